package dev.tokamak.grammars;

import static dev.tokamak.api.StructuredOutput.Kind.JSON_SCHEMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.grammar.GrammarState;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The words that assert something about a value beyond its own kind. */
class SchemaWordsTest {
    private static final Grammars GRAMMARS = new Grammars();
    private static final String AB = "\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"integer\"}}";

    private static void accepts(String schema, String... texts) {
        GRAMMARS.accepts(JSON_SCHEMA, schema, texts);
    }

    private static void rejects(String schema, String... texts) {
        GRAMMARS.rejects(JSON_SCHEMA, schema, texts);
    }

    @Test
    void notExcludesValuesTypesAndPatterns() {
        String values = "{\"type\":\"string\",\"not\":{\"enum\":[\"a\",\"bc\"]}}";
        accepts(values, "\"\"", "\"b\"", "\"abc\"");
        rejects(values, "\"a\"", "\"bc\"", "\"\\u0061\"", "1");
        String types = "{\"not\":{\"type\":[\"object\",\"array\",\"integer\"]}}";
        accepts(types, "\"a\"", "null", "1.5", "true");
        rejects(types, "{}", "[]", "1", "1.0", "1e0");
        String pattern = "{\"type\":\"string\",\"not\":{\"pattern\":\"^ab+$\"},\"maxLength\":3}";
        accepts(pattern, "\"a\"", "\"abc\"");
        rejects(pattern, "\"ab\"", "\"abb\"", "\"abcd\"");
        String numbers = "{\"type\":\"number\",\"not\":{\"const\":1.5}}";
        accepts(numbers, "1", "1.51");
        rejects(numbers, "1.5", "1.50", "15e-1");
        String bounds = "{\"type\":\"integer\",\"not\":{\"minimum\":3,\"maximum\":5}}";
        accepts(bounds, "2", "6");
        rejects(bounds, "3", "5");
    }

    @Test
    void notExcludesMembersAndCombinations() {
        String required = "{\"type\":\"object\"," + AB + ",\"not\":{\"required\":[\"a\",\"b\"]}}";
        accepts(required, "{}", "{\"a\":1}", "{\"b\":1}");
        rejects(required, "{\"a\":1,\"b\":2}");
        String property = "{\"type\":\"object\"," + AB + ",\"not\":{\"properties\":{\"a\":{\"const\":1}}}}";
        accepts(property, "{\"a\":2}", "{\"a\":2,\"b\":1}");
        rejects(property, "{}", "{\"a\":1}", "{\"b\":1}");
        String twice = "{\"not\":{\"not\":{\"type\":\"string\"}}}";
        accepts(twice, "\"a\"");
        rejects(twice, "1");
        String anyOf = "{\"type\":[\"string\",\"integer\"],\"not\":{\"anyOf\":[{\"const\":\"a\"},{\"minimum\":2}]}}";
        // A string keeps 'minimum', which speaks of numbers only, and so breaks its negation.
        accepts(anyOf, "1", "-5");
        rejects(anyOf, "\"a\"", "\"b\"", "2");
        String open = "{\"type\":\"object\",\"not\":{\"required\":[\"a\"]}}";
        accepts(open, "{}", "{\"b\":1}");
        rejects(open, "{\"a\":1}", "{\"b\":1,\"a\":1}");
    }

    @Test
    void dependenciesHoldWhereThePropertyIsWritten() {
        String modern = "{\"type\":\"object\"," + AB + ",\"dependentRequired\":{\"a\":[\"b\"]}}";
        String older = "{\"type\":\"object\"," + AB + ",\"dependencies\":{\"a\":[\"b\"]}}";
        for (String schema : new String[] {modern, older}) {
            accepts(schema, "{}", "{\"b\":1}", "{\"a\":1,\"b\":2}");
            rejects(schema, "{\"a\":1}");
        }
        String schemas = "{\"type\":\"object\"," + AB
                + ",\"dependentSchemas\":{\"a\":{\"properties\":{\"b\":{\"minimum\":5}},\"required\":[\"b\"]}}}";
        accepts(schemas, "{\"b\":1}", "{\"a\":1,\"b\":5}");
        rejects(schemas, "{\"a\":1}", "{\"a\":1,\"b\":4}");
    }

    @Test
    void conditionsChooseWhatHolds() {
        String schema = "{\"type\":\"object\",\"properties\":{\"kind\":{\"enum\":[\"card\",\"cash\"]},"
                + "\"number\":{\"type\":\"string\"}},\"required\":[\"kind\"],"
                + "\"if\":{\"properties\":{\"kind\":{\"const\":\"card\"}}},\"then\":{\"required\":[\"number\"]},"
                + "\"else\":{\"properties\":{\"number\":false}}}";
        accepts(schema, "{\"kind\":\"card\",\"number\":\"1\"}", "{\"kind\":\"cash\"}");
        rejects(schema, "{\"kind\":\"card\"}", "{\"kind\":\"cash\",\"number\":\"1\"}");
        accepts("{\"then\":{\"type\":\"null\"},\"type\":\"integer\"}", "1");
        String lengths = "{\"type\":\"string\",\"if\":{\"pattern\":\"^a\"},\"then\":{\"minLength\":3}}";
        accepts(lengths, "\"abc\"", "\"b\"");
        rejects(lengths, "\"ab\"");
    }

    @Test
    void tuplesOfOlderDraftsAreTuples() {
        String closed = "{\"type\":\"array\",\"items\":[{\"type\":\"integer\"},{\"type\":\"string\"}],"
                + "\"additionalItems\":false}";
        accepts(closed, "[]", "[1]", "[1,\"a\"]");
        rejects(closed, "[\"a\"]", "[1,\"a\",1]");
        String open = "{\"type\":\"array\",\"items\":[{\"type\":\"integer\"}],\"additionalItems\":{\"type\":\"null\"}}";
        accepts(open, "[1,null,null]");
        rejects(open, "[1,1]");
        String flags = "{\"type\":\"integer\",\"minimum\":3,\"exclusiveMinimum\":true,\"maximum\":5,"
                + "\"exclusiveMaximum\":false}";
        accepts(flags, "4", "5");
        rejects(flags, "3", "6");
    }

    @Test
    void itemsOfFewValuesAreUnique() {
        String colours =
                "{\"type\":\"array\",\"items\":{\"enum\":[\"r\",\"g\",\"b\"]},\"uniqueItems\":true,\"minItems\":1}";
        accepts(colours, "[\"r\"]", "[\"b\",\"r\"]", "[\"g\",\"b\",\"r\"]");
        rejects(colours, "[]", "[\"r\",\"r\"]", "[\"r\",\"g\",\"r\"]");
        String digits = "{\"type\":\"array\",\"items\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":6},"
                + "\"uniqueItems\":true,\"maxItems\":2}";
        accepts(digits, "[]", "[0,6]");
        rejects(digits, "[3,3]", "[1,2,3]", "[7]");
        String mixed =
                "{\"type\":\"array\",\"prefixItems\":[{\"type\":\"string\"},{\"type\":\"null\"}],\"items\":false,"
                        + "\"uniqueItems\":true}";
        accepts(mixed, "[\"a\",null]");
        new Grammars(true).accepts(JSON_SCHEMA, mixed, "[\"a\"]");
    }

    @Test
    void containsIsCounted() {
        String one = "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"contains\":{\"minimum\":10}}";
        accepts(one, "[10]", "[1,2,30]", "[11,1]");
        rejects(one, "[]", "[1,2]", "[\"a\",10]");
        String range = "{\"type\":\"array\",\"contains\":{\"const\":\"x\"},\"minContains\":2,\"maxContains\":3,"
                + "\"items\":{\"type\":\"string\"},\"maxItems\":4}";
        accepts(range, "[\"x\",\"x\"]", "[\"x\",\"a\",\"x\",\"x\"]");
        rejects(range, "[\"x\"]", "[\"x\",\"x\",\"x\",\"x\"]", "[\"x\",\"x\",\"a\",\"a\",\"a\"]");
        String two =
                "{\"type\":\"array\",\"allOf\":[{\"contains\":{\"type\":\"null\"}},{\"contains\":{\"type\":\"boolean\"}}]}";
        accepts(two, "[null,true]", "[1,false,null]");
        rejects(two, "[null]", "[true,1]");
    }

    @Test
    void oneOfHoldsForExactlyOneBranch() {
        String numbers = "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"number\",\"minimum\":2}]}";
        accepts(numbers, "1", "2.5");
        rejects(numbers, "2", "3", "1.5");
        String names = "{\"type\":\"object\"," + AB + ",\"oneOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]}";
        accepts(names, "{\"a\":1}", "{\"b\":1}");
        rejects(names, "{}", "{\"a\":1,\"b\":1}");
        String discriminated = "{\"discriminator\":{\"propertyName\":\"k\"},\"oneOf\":["
                + "{\"type\":\"object\",\"properties\":{\"k\":{\"enum\":[\"x\"]},\"n\":{\"type\":\"integer\"}},\"required\":[\"k\"]},"
                + "{\"type\":\"object\",\"properties\":{\"k\":{\"enum\":[\"y\",\"z\"]},\"n\":{\"type\":\"string\"}},\"required\":[\"k\"]}]}";
        accepts(discriminated, "{\"k\":\"x\",\"n\":1}", "{\"k\":\"z\",\"n\":\"a\"}");
        rejects(discriminated, "{\"k\":\"x\",\"n\":\"a\"}", "{\"n\":1}");
        String patterns =
                "{\"oneOf\":[{\"type\":\"string\",\"pattern\":\"^a\"},{\"type\":\"string\",\"pattern\":\"^b\"}]}";
        accepts(patterns, "\"a\"", "\"bc\"");
        rejects(patterns, "\"c\"");
    }

    @Test
    void longMaximaAreCounted() {
        String text = "{\"type\":\"string\",\"maxLength\":100000}";
        accepts(text, "\"\"", "\"aé\\n\"");
        assertThat(GRAMMARS.acceptsBytes(text, '"' + "é".repeat(100_000) + '"')).isTrue();
        assertThat(GRAMMARS.acceptsBytes(text, '"' + "é".repeat(100_001) + '"')).isFalse();
        String both = "{\"type\":\"string\",\"minLength\":2000,\"maxLength\":2001}";
        assertThat(GRAMMARS.acceptsBytes(both, '"' + "a".repeat(1_999) + '"')).isFalse();
        assertThat(GRAMMARS.acceptsBytes(both, '"' + "a".repeat(2_001) + '"')).isTrue();
        assertThat(GRAMMARS.acceptsBytes(both, '"' + "a".repeat(2_002) + '"')).isFalse();
        String pattern = "{\"type\":\"string\",\"pattern\":\"^[a-z]+(-[a-z]+)*$\",\"maxLength\":65535}";
        accepts(pattern, "\"ab-c\"");
        rejects(pattern, "\"ab-\"");
        assertThat(GRAMMARS.acceptsBytes(pattern, '"' + "ab-".repeat(21_844) + "abc\""))
                .isTrue();
        assertThat(GRAMMARS.acceptsBytes(pattern, '"' + "ab-".repeat(21_845) + "c\""))
                .isFalse();
        String array = "{\"type\":\"array\",\"items\":{\"const\":1},\"minItems\":2,\"maxItems\":1000}";
        assertThat(GRAMMARS.acceptsBytes(array, "[" + "1,".repeat(999) + "1]")).isTrue();
        assertThat(GRAMMARS.acceptsBytes(array, "[" + "1,".repeat(1000) + "1]")).isFalse();
        rejects(array, "[]", "[1]");
        accepts("{\"type\":\"string\",\"maxLength\":2147483647}", "\"a\"");
        accepts("{\"type\":\"array\",\"maxItems\":9007199254740991}", "[1]");
        String members = "{\"type\":\"object\",\"maxProperties\":1000,\"additionalProperties\":{\"type\":\"null\"}}";
        accepts(members, "{}", "{\"a\":null,\"b\":null}");
    }

    @Test
    void masksOfCountedStringsLeaveRoomForTheRest() {
        GrammarState state = GRAMMARS.compile(JSON_SCHEMA, "{\"type\":\"string\",\"maxLength\":5000}")
                .newState();
        int[] words = new int[(GRAMMARS.vocabulary.size() + 31) / 32];
        for (byte b : ('"' + "a".repeat(4_998)).getBytes(StandardCharsets.UTF_8)) {
            assertThat(state.accept(b)).isTrue();
        }
        state.fillMask(words, 0);
        for (int token = 0; token < GRAMMARS.vocabulary.size(); token++) {
            boolean allowed = (words[token >>> 5] >>> token & 1) != 0;
            assertThat(allowed)
                    .as(new String(GRAMMARS.vocabulary.bytes(token), StandardCharsets.UTF_8))
                    .isEqualTo(state.fork().accept(token));
        }
    }

    @Test
    void membersAreCounted() {
        String schema = "{\"type\":\"object\"," + AB + ",\"additionalProperties\":false,\"minProperties\":1,"
                + "\"maxProperties\":1}";
        accepts(schema, "{\"a\":1}", "{\"b\":1}");
        rejects(schema, "{}", "{\"a\":1,\"b\":1}");
    }

    @Test
    void namesThatSeveralPatternsMatchSatisfyAllOfThem() {
        String schema = "{\"type\":\"object\",\"properties\":{\"ab\":{\"type\":\"integer\"}},"
                + "\"patternProperties\":{\"^a\":{\"minimum\":5},\"b$\":{\"maximum\":9}},\"additionalProperties\":false}";
        accepts(schema, "{\"ab\":7}", "{\"axb\":7}", "{\"ax\":50}", "{\"xb\":1}");
        rejects(schema, "{\"ab\":4}", "{\"axb\":10}", "{\"axb\":4}", "{\"ax\":4}", "{\"x\":1}");
        String merged = "{\"type\":\"object\",\"allOf\":[{\"patternProperties\":{\"^a\":{\"type\":\"integer\"}}},"
                + "{\"properties\":{\"b\":{\"type\":\"null\"}},\"additionalProperties\":{\"minimum\":3}}]}";
        accepts(merged, "{\"b\":null,\"a\":3}", "{\"a\":4}");
        rejects(merged, "{\"a\":2}", "{\"a\":\"x\"}");
    }

    @Test
    void propertiesMayHaveTheNamesOfKeywords() {
        String schema = "{\"type\":\"object\",\"allOf\":[{\"properties\":{\"enum\":{\"type\":\"integer\"},"
                + "\"allOf\":{\"type\":\"null\"}}},{\"properties\":{\"enum\":{\"minimum\":2},\"const\":{},\"$ref\":{\"maximum\":1}}}]}";
        accepts(schema, "{\"enum\":2,\"allOf\":null,\"const\":[],\"$ref\":1}");
        rejects(schema, "{\"enum\":1}", "{\"allOf\":1}", "{\"$ref\":2}");
    }

    @Test
    void whatIsUnevaluatedIsWhatNoBranchSpokeOf() {
        String schema = "{\"type\":\"object\",\"allOf\":[{\"properties\":{\"a\":{\"type\":\"integer\"}}}],"
                + "\"properties\":{\"b\":{\"type\":\"integer\"}},\"unevaluatedProperties\":false}";
        accepts(schema, "{}", "{\"b\":1}", "{\"b\":1,\"a\":1}");
        rejects(schema, "{\"c\":1}");
        String items =
                "{\"type\":\"array\",\"prefixItems\":[{\"type\":\"integer\"}],\"unevaluatedItems\":{\"type\":\"null\"}}";
        accepts(items, "[1]", "[1,null]");
        rejects(items, "[1,1]");
        GRAMMARS.refuses(
                JSON_SCHEMA,
                "{\"type\":\"object\",\"not\":{\"required\":[\"a\"]},\"unevaluatedProperties\":false}",
                "unevaluatedProperties");
    }

    @Test
    void nullableAddsNullToANamedType() {
        String schema = "{\"type\":\"string\",\"nullable\":true,\"maxLength\":1}";
        accepts(schema, "null", "\"a\"");
        rejects(schema, "\"ab\"", "1");
        rejects("{\"type\":\"string\",\"nullable\":false}", "null");
        rejects("{\"type\":\"string\",\"nullable\":true,\"enum\":[\"a\"]}", "null");
    }

    @Test
    void literalsAreWhatEveryOtherWordAllows() {
        String schema = "{\"enum\":[[1],[1,1],{\"a\":1},{\"b\":1},3,\"x\"],\"uniqueItems\":true,\"required\":[\"a\"],"
                + "\"not\":{\"const\":3}}";
        accepts(schema, "[1]", "{\"a\":1}", "\"x\"");
        rejects(schema, "[1,1]", "{\"b\":1}", "3");
    }

    @Test
    void referencesGoByAnchorsAndIdentifiersToo() {
        String schema =
                "{\"$id\":\"https://example.com/root\",\"$ref\":\"item#here\",\"$defs\":{\"i\":{\"$id\":\"item\","
                        + "\"$defs\":{\"h\":{\"$anchor\":\"here\",\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/n\"}},"
                        + "\"n\":{\"type\":\"integer\"}}}}}";
        accepts(schema, "[]", "[1]");
        rejects(schema, "1", "[true]");
        String older = "{\"id\":\"http://example.com/a#\",\"type\":\"object\",\"properties\":{\"x\":"
                + "{\"$ref\":\"http://example.com/a#/definitions/n\"},\"y\":{\"$ref\":\"#m\"}},"
                + "\"definitions\":{\"n\":{\"type\":\"null\"},\"o\":{\"id\":\"#m\",\"type\":\"boolean\"}}}";
        accepts(older, "{\"x\":null,\"y\":true}");
        rejects(older, "{\"x\":1}", "{\"y\":null}");
        String dynamic =
                "{\"$dynamicAnchor\":\"node\",\"type\":\"object\",\"properties\":{\"next\":{\"$dynamicRef\":\"#node\"}}}";
        accepts(dynamic, "{\"next\":{\"next\":{}}}");
        rejects(dynamic, "{\"next\":1}");
    }

    @Test
    void wordsThatAreMadeInsideAreNotAClientsToSay() {
        GRAMMARS.refuses(JSON_SCHEMA, "{\"\\u0000notValues\":[1]}", "character 0");
    }

    @Test
    void whatCannotBeEnforcedIsRefusedByName() {
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":\"string\",\"not\":{\"format\":\"email\"}}", "format", "not");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":\"string\",\"pattern\":\"(?=a)b\"}", "lookahead");
        GRAMMARS.refuses(
                JSON_SCHEMA,
                "{\"type\":\"array\",\"contains\":{\"const\":1},\"unevaluatedItems\":false}",
                "unevaluatedItems",
                "contains");
    }
}
