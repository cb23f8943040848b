package dev.tokamak.grammars;

import static dev.tokamak.api.StructuredOutput.Kind.CHOICE;
import static dev.tokamak.api.StructuredOutput.Kind.GRAMMAR;
import static dev.tokamak.api.StructuredOutput.Kind.JSON_SCHEMA;
import static dev.tokamak.api.StructuredOutput.Kind.REGEX;
import static dev.tokamak.api.StructuredOutput.Kind.STRUCTURAL_TAG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import dev.tokamak.grammars.regex.RegexClasses;
import dev.tokamak.grammars.regex.RegexParser;
import dev.tokamak.spi.grammar.GrammarState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrammarLimitsTest {
    private static final Grammars GRAMMARS = new Grammars();

    @Test
    void expressionsThatExpandBeyondTheLimitAreRefused() {
        GRAMMARS.refuses(REGEX, "((a{1,1000}){1,1000}){1,1000}", "limit", "300000");
        GRAMMARS.refuses(REGEX, "a{1000000}", "limit of 100000");
        GRAMMARS.refuses(REGEX, "(a?){20000}", "limit");
    }

    @Test
    void expressionsThatDefeatBacktrackingAreHarmless() {
        GRAMMARS.accepts(REGEX, "(a+)+b", "a".repeat(50) + "b");
        GRAMMARS.accepts(REGEX, "(a|aa)*(a|aaa)*c", "a".repeat(60) + "c");
        GRAMMARS.rejects(REGEX, "(x+x+)+y", "x".repeat(60));
        GRAMMARS.accepts(REGEX, "(a|b)*a(a|b){18}", "ab".repeat(20) + "a" + "b".repeat(18));
    }

    @Test
    void aMaskThatWouldTakeTooLongStillGoesOnByBytes() {
        GrammarState state = GRAMMARS.compile(REGEX, "[\\s\\S]*(a[\\s\\S]{0,300}b[\\s\\S]{2000}|c)")
                .newState();
        int[] words = new int[(GRAMMARS.vocabulary.size() + 31) / 32];
        for (byte b : "abab".repeat(20).getBytes(StandardCharsets.UTF_8)) {
            state.fillMask(words, 0);
            assertThat(words[b >>> 5] >>> b & 1).isOne();
            assertThat(state.accept(b)).isTrue();
        }
    }

    @Test
    void schemasThatRecurseForEverAreRefused() {
        GRAMMARS.refuses(JSON_SCHEMA, "{\"$ref\":\"#\"}", "for ever");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"allOf\":[{\"$ref\":\"#\"}]}", "limit of 200 levels");
        GRAMMARS.refuses(
                JSON_SCHEMA,
                "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}",
                "for ever");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}", "for ever");
    }

    @Test
    void schemasThatExpandToGigabytesAreRefused() {
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":\"string\",\"minLength\":2000000000}", "limit");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":\"string\",\"pattern\":\"a\",\"minLength\":200000}", "limit");
        StringBuilder all = new StringBuilder("{\"allOf\":[");
        for (int i = 0; i < 12; i++) {
            all.append(i == 0 ? "" : ",")
                    .append("{\"anyOf\":[{\"required\":[\"a")
                    .append(i)
                    .append("\"]},{\"required\":[\"b")
                    .append(i)
                    .append("\"]}]}");
        }
        GRAMMARS.refuses(JSON_SCHEMA, all + "]}", "limit");
    }

    @Test
    void aThousandToolsCompileWithinTheLimit() {
        StringBuilder tags = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            tags.append(i == 0 ? "" : ",")
                    .append("{\"type\":\"tag\",\"begin\":\"<f=tool_")
                    .append(i)
                    .append(
                            ">\",\"content\":{\"type\":\"json_schema\",\"json_schema\":{\"type\":\"object\",\"properties\":"
                                    + "{\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"integer\"}},\"required\":[\"a\"]}},"
                                    + "\"end\":\"</f>\"}");
        }
        String source = "{\"type\":\"structural_tag\",\"format\":{\"type\":\"triggered_tags\",\"triggers\":[\"<f=\"],"
                + "\"tags\":[" + tags + "]}}";
        GRAMMARS.accepts(STRUCTURAL_TAG, source, "x<f=tool_999>{\"a\":\"b\",\"b\":1}</f>");
    }

    @Test
    void aThousandCharacterPropertiesAreReadOnceAndShareTheirStates() {
        GRAMMARS.accepts(REGEX, "\\p{L}?".repeat(1000), "é", "", "é".repeat(1000));
        GRAMMARS.rejects(REGEX, "\\p{L}?".repeat(1000), "1", "é".repeat(1001));
        GRAMMARS.accepts(REGEX, "\\p{L}?\\p{N}?".repeat(200), "é1é");
        CompileBudget budget = new CompileBudget(Grammars.UNTIMED, false);
        CharAutomaton automaton =
                RegexParser.parse("\\p{L}?".repeat(1000), budget).automaton(budget);
        assertThat(automaton.states()).isEqualTo(1001);
        assertThat(automaton.edges(0)).hasSize(1);
        assertThat(automaton.edges(0).get(0).on()).isSameAs(RegexClasses.property("L"));
    }

    @Test
    void deepNestingIsRefused() {
        GRAMMARS.refuses(JSON_SCHEMA, "{\"items\":".repeat(5000) + "{}" + "}".repeat(5000), "");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"items\":".repeat(400) + "{}" + "}".repeat(400), "limit of 200 levels");
        GRAMMARS.refuses(REGEX, "(".repeat(5000) + "a" + ")".repeat(5000), "limit of 200 levels");
        GRAMMARS.refuses(GRAMMAR, "root ::= " + "(".repeat(5000) + "\"a\"" + ")".repeat(5000), "limit of 200 levels");
    }

    @Test
    void longSourcesAreRefused() {
        GRAMMARS.refuses(REGEX, "a".repeat((1 << 20) + 1), "limit is 1048576");
        GRAMMARS.refuses(new StructuredOutput(CHOICE, "", List.of("a".repeat(1 << 20), "b")), "limit is 1048576");
    }

    @Test
    void hugeNumbersAreRefused() {
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":\"integer\",\"minimum\":1e999999}", "");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":\"number\",\"maximum\":1e-5000}", "");
        GRAMMARS.refuses(JSON_SCHEMA, "{\"type\":\"number\",\"multipleOf\":123456789}", "multipleOf");
    }
}
