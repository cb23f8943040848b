package dev.tokamak.grammars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.grammars.schema.JsonSource;
import dev.tokamak.grammars.schema.SchemaForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaFormTest {
    private static void check(String schema) {
        SchemaForm.check(JsonSource.parse("JSON schema", schema), "#");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"propertyNames\":5}                                   | 'propertyNames' at '#'",
                "{\"pattern\":[\"a\"]}                                   | 'pattern' at '#'",
                "{\"format\":5}                                          | 'format' at '#'",
                "{\"minLength\":\"5\"}                                   | 'minLength' at '#'",
                "{\"minLength\":-1}                                      | 'minLength' at '#'",
                "{\"maximum\":\"5\"}                                     | 'maximum' at '#'",
                "{\"exclusiveMinimum\":\"5\"}                            | 'exclusiveMinimum' at '#'",
                "{\"uniqueItems\":1}                                     | 'uniqueItems' at '#'",
                "{\"enum\":\"a\"}                                        | 'enum' at '#'",
                "{\"required\":[1]}                                      | 'required' at '#'",
                "{\"type\":{\"a\":1}}                                    | 'type' at '#'",
                "{\"type\":[1]}                                          | 'type' at '#'",
                "{\"items\":5}                                           | 'items' at '#'",
                "{\"items\":[true,5]}                                    | '#/items/1'",
                "{\"anyOf\":{}}                                          | 'anyOf' at '#'",
                "{\"anyOf\":[{},null]}                                   | '#/anyOf/1'",
                "{\"not\":\"a\"}                                         | 'not' at '#'",
                "{\"properties\":[]}                                     | 'properties' at '#'",
                "{\"properties\":{\"a\":5}}                              | 'properties' at '#'",
                "{\"properties\":{\"a\":{\"items\":{\"pattern\":1}}}}    | 'pattern' at '#/properties/a/items'",
                "{\"dependencies\":{\"a\":[1]}}                          | 'dependencies' at '#'",
                "{\"dependentRequired\":{\"a\":{}}}                      | 'dependentRequired' at '#'",
                "{\"$ref\":{}}                                           | '$ref' at '#'",
                "5                                                       | '#'"
            })
    void aKeywordOfTheWrongKindIsRefusedByItsPlace(String schema, String place) {
        assertThatThrownBy(() -> check(schema))
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining(place);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "{}",
                "{\"properties\":{\"pattern\":{\"type\":[\"string\",\"null\"]},\"items\":true},\"required\":[\"items\"]}",
                "{\"items\":[{},true],\"additionalItems\":false,\"prefixItems\":[{}]}",
                "{\"exclusiveMinimum\":true,\"minimum\":1.5,\"maxLength\":5.0,\"nullable\":true}",
                "{\"dependencies\":{\"a\":[\"b\"],\"c\":{}},\"dependentRequired\":{\"a\":[]}}",
                "{\"const\":{\"pattern\":[1]},\"enum\":[{\"items\":5}],\"default\":{\"type\":1},\"x-note\":{\"not\":1}}",
                "{\"$defs\":{\"note\":\"no schema\",\"a\":{\"pattern\":\"a\"}},\"$ref\":\"#/$defs/a\"}"
            })
    void whatIsWellFormedPasses(String schema) {
        assertThatCode(() -> check(schema)).doesNotThrowAnyException();
    }

    @Test
    void itIsCheckedBeforeAnythingIsCompiled() {
        new Grammars().refuses(StructuredOutput.Kind.JSON_SCHEMA, "{\"propertyNames\":5}", "propertyNames");
    }
}
