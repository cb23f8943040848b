package dev.tokamak.grammars;

import static dev.tokamak.api.StructuredOutput.Kind.JSON_OBJECT;
import static dev.tokamak.api.StructuredOutput.Kind.JSON_SCHEMA;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaGrammarTest {
    private static final Grammars GRAMMARS = new Grammars();
    private static final Grammars STRICT = new Grammars(true);

    @Test
    void anyJsonObjectIsAnObject() {
        GRAMMARS.accepts(
                JSON_OBJECT,
                "",
                "{}",
                "{\"a\": [1, {\"b\": null}], \"c\": \"\\ud83d\\ude00\"}",
                "{\n  \"a\": -1.5e3\n}");
        GRAMMARS.rejects(
                JSON_OBJECT, "", "[]", "{\"a\"}", "{\"a\":1,}", "{\"a\":01}", "{\"a\":\"\\ud83d\"}", "{} ", "{\"a\":1");
    }

    @Test
    void propertiesComeInDeclaredOrderAndOptionalOnesMayBeLeftOut() {
        String schema =
                "{\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"boolean\"},\"c\":{\"type\":\"null\"}},"
                        + "\"required\":[\"b\"]}";
        GRAMMARS.accepts(
                JSON_SCHEMA, schema, "{\"a\":1,\"b\":true,\"c\":null}", "{\"b\": false}", "{\"b\":true, \"c\":null}");
        GRAMMARS.rejects(
                JSON_SCHEMA, schema, "{}", "{\"a\":1}", "{\"b\":true,\"a\":1}", "{\"b\":true,\"x\":1}", "{\"b\":1}");
    }

    @Test
    void additionalPropertiesComeLastAndNeverRepeatADeclaredName() {
        String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},"
                + "\"additionalProperties\":{\"type\":\"boolean\"}}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "{\"a\":1,\"b\":true}", "{\"ab\":true}", "{\"\":false}");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "{\"a\":true}", "{\"\\u0061\":true}", "{\"b\":1}");
    }

    @Test
    void whiteSpaceIsBounded() {
        String schema = "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "[1,2]", "[ 1, 2 ]", "[\n  1,\n  2\n]");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "[  1]", "[\n\n1]", "[1 ,2]", " [1]");
    }

    @Test
    void numbersStayWithinTheirBounds() {
        String integer = "{\"type\":\"integer\",\"minimum\":-12,\"exclusiveMaximum\":345,\"multipleOf\":3}";
        GRAMMARS.accepts(JSON_SCHEMA, integer, "-12", "0", "3", "342");
        GRAMMARS.rejects(JSON_SCHEMA, integer, "-13", "-15", "345", "1", "1.0", "03");
        String number = "{\"type\":\"number\",\"exclusiveMinimum\":0.25,\"maximum\":10.5}";
        GRAMMARS.accepts(JSON_SCHEMA, number, "0.2500001", "0.3", "1", "9.99", "10.5", "10.50");
        GRAMMARS.rejects(JSON_SCHEMA, number, "0.25", "0.250", "0", "10.51", "11", "-1", "1e1");
    }

    @Test
    void stringsObeyLengthPatternAndFormatTogether() {
        String schema = "{\"type\":\"string\",\"pattern\":\"b\",\"minLength\":2,\"maxLength\":3}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "\"ab\"", "\"éb漢\"", "\"b\\\"\"");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "\"b\"", "\"abcd\"", "\"aa\"");
        GRAMMARS.accepts(JSON_SCHEMA, "{\"type\":\"string\",\"format\":\"date\"}", "\"2024-02-29\"");
        GRAMMARS.rejects(JSON_SCHEMA, "{\"type\":\"string\",\"format\":\"date\"}", "\"2023-02-29\"", "\"2023-13-01\"");
    }

    @Test
    void lengthCountsCharactersHoweverTheyAreWritten() {
        String schema = "{\"type\":\"string\",\"maxLength\":2}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "\"\\u00e9\\ud83d\\ude00\"", "\"😀😀\"", "\"\\n\\\"\"");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "\"abc\"", "\"\\u00e9ab\"");
    }

    @Test
    void referencesMayBeRecursive() {
        String schema =
                "{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"},"
                        + "\"next\":{\"anyOf\":[{\"$ref\":\"#/$defs/n\"},{\"type\":\"null\"}]}},\"required\":[\"v\",\"next\"]}}}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "{\"v\":1,\"next\":{\"v\":2,\"next\":{\"v\":3,\"next\":null}}}");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "{\"v\":1,\"next\":{\"v\":2}}");
    }

    @Test
    void allOfHoldsAllOfThem() {
        String schema =
                "{\"allOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}},\"required\":[\"a\"]},"
                        + "{\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":5},\"b\":{\"type\":\"null\"}}}]}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "{\"a\":5}", "{\"a\":6,\"b\":null}");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "{\"a\":4}", "{\"a\":5.5}", "{\"b\":null}");
    }

    @Test
    void oneOfTakesBranchesThatExcludeEachOtherAsTheyAre() {
        String tagged =
                "{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"x\"}},\"required\":[\"k\"]},"
                        + "{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"y\"},\"n\":{\"type\":\"integer\"}},\"required\":[\"k\"]}]}";
        GRAMMARS.accepts(JSON_SCHEMA, tagged, "{\"k\":\"x\"}", "{\"k\":\"y\",\"n\":1}");
    }

    @Test
    void enumKeepsOnlyWhatTheOtherKeywordsAllow() {
        String schema = "{\"enum\":[\"a\",\"bcd\",1,{\"x\":[null]}],\"type\":[\"string\",\"object\"]}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "\"a\"", "\"bcd\"", "{\"x\":[null]}", "{ \"x\": [null] }");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "1", "\"b\"");
    }

    @Test
    void patternPropertiesAndCountsAreEnforced() {
        String schema = "{\"type\":\"object\",\"patternProperties\":{\"^n_\":{\"type\":\"integer\"}},"
                + "\"additionalProperties\":false,\"maxProperties\":2}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "{}", "{\"n_a\":1,\"n_b\":2}");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "{\"a\":1}", "{\"n_a\":true}", "{\"n_a\":1,\"n_b\":2,\"n_c\":3}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimun", "faker", "_comment", "propertyOrder"})
    void unknownWordsAreAnnotationsButInStrictModeRefusedByName(String keyword) {
        String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"" + keyword + "\":{}}}}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "{\"a\":1}");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "{\"a\":true}");
        STRICT.refuses(JSON_SCHEMA, schema, keyword, "#/properties/a");
    }

    @Test
    void unknownFormatsAreAnnotationsButInStrictModeRefusedByName() {
        String schema = "{\"type\":\"string\",\"format\":\"iban\",\"maxLength\":3}";
        GRAMMARS.accepts(JSON_SCHEMA, schema, "\"abc\"");
        GRAMMARS.rejects(JSON_SCHEMA, schema, "\"abcd\"");
        STRICT.refuses(JSON_SCHEMA, schema, "iban", "date-time");
        STRICT.accepts(JSON_SCHEMA, "{\"type\":\"string\",\"format\":\"date\"}", "\"2024-02-29\"");
    }

    @Test
    void malformedSchemasAreRefused() {
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":", "not valid JSON");
        GRAMMARS.refuses(JSON_SCHEMA, "{} {}", "JSON");
        GRAMMARS.refuses(JSON_SCHEMA, "[]", "must be an object, true or false");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":\"text\"}", "'text'");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"minLength\":\"2\"}", "minLength");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"minLength\":-1}", "minLength");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"required\":\"a\"}", "required");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"$ref\":\"#/$defs/x\"}", "#/$defs/x");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"$ref\":\"https://example.com/s\"}", "https://example.com/s");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"enum\":[\"\\ud800\"]}", "surrogate");
        GRAMMARS.refuses(JSON_SCHEMA, "false", "No finite text");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":\"string\",\"minLength\":3,\"maxLength\":2}", "No finite text");
    }
}
