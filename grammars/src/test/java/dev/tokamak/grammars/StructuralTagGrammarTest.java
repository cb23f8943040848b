package dev.tokamak.grammars;

import static dev.tokamak.api.StructuredOutput.Kind.STRUCTURAL_TAG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.grammar.GrammarState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StructuralTagGrammarTest {
    private static final Grammars GRAMMARS = new Grammars();
    private static final String TAGS =
            "[{\"type\":\"tag\",\"begin\":\"<f=a>\",\"content\":{\"type\":\"json_schema\",\"json_schema\":"
                    + "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\"}},\"required\":[\"x\"]}},\"end\":\"</f>\"},"
                    + "{\"type\":\"tag\",\"begin\":\"<f=b>\",\"content\":{\"type\":\"any_text\"},\"end\":[\"</f>\",\"<end>\"]}]";

    private static String tag(String format) {
        return "{\"type\":\"structural_tag\",\"format\":" + format + "}";
    }

    @Test
    void afterATriggerATagMustBeCompleted() {
        String source = tag("{\"type\":\"triggered_tags\",\"triggers\":[\"<f=\"],\"tags\":" + TAGS + "}");
        GRAMMARS.accepts(
                STRUCTURAL_TAG, source, "", "free < text", "a<f=a>{\"x\":1}</f>b", "<<f=b>any { text</f><f=b><end>");
        GRAMMARS.rejects(STRUCTURAL_TAG, source, "<f=", "<f=c>", "<f=a>{}</f>", "a<f=a>{\"x\":1}");
    }

    @Test
    void theOlderFormMeansTheSame() {
        String source =
                "{\"structures\":[{\"begin\":\"<f=a>\",\"schema\":{\"type\":\"integer\"},\"end\":\"</f>\"}],\"triggers\":[\"<f\"]}";
        GRAMMARS.accepts(STRUCTURAL_TAG, source, "text", "x<f=a>12</f>y");
        GRAMMARS.rejects(STRUCTURAL_TAG, source, "<f", "<f=a>1.5</f>");
    }

    @Test
    void atLeastOneAndStopAfterFirstBoundTheTags() {
        String needed =
                tag("{\"type\":\"triggered_tags\",\"triggers\":[\"<f=\"],\"tags\":" + TAGS + ",\"at_least_one\":true}");
        GRAMMARS.accepts(STRUCTURAL_TAG, needed, "<f=a>{\"x\":1}</f>", "<f=a>{\"x\":1}</f> more");
        GRAMMARS.rejects(STRUCTURAL_TAG, needed, "", "text");
        String single = tag("{\"type\":\"triggered_tags\",\"triggers\":[\"<f=\"],\"tags\":" + TAGS
                + ",\"stop_after_first\":true,\"at_least_one\":true}");
        GRAMMARS.rejects(STRUCTURAL_TAG, single, "<f=a>{\"x\":1}</f> more");
    }

    @Test
    void separatedTagsHaveNothingElseBetweenThem() {
        String source = tag(
                "{\"type\":\"tags_with_separator\",\"separator\":\"\\n\",\"at_least_one\":true,\"tags\":" + TAGS + "}");
        GRAMMARS.accepts(STRUCTURAL_TAG, source, "<f=a>{\"x\":1}</f>", "<f=a>{\"x\":1}</f>\n<f=b>t</f>");
        GRAMMARS.rejects(STRUCTURAL_TAG, source, "", "<f=a>{\"x\":1}</f><f=b>t</f>", "<f=a>{\"x\":1}</f>\n");
    }

    @Test
    void formatsNest() {
        String source = tag("{\"type\":\"sequence\",\"elements\":[{\"type\":\"const_string\",\"value\":\"A\"},"
                + "{\"type\":\"optional\",\"content\":{\"type\":\"regex\",\"pattern\":\"[0-9]+\"}},"
                + "{\"type\":\"or\",\"elements\":[{\"type\":\"grammar\",\"grammar\":\"root ::= \\\"g\\\"+\"},"
                + "{\"type\":\"repeat\",\"min\":2,\"max\":3,\"content\":{\"type\":\"const_string\",\"value\":\"r\"}}]},"
                + "{\"type\":\"star\",\"content\":{\"type\":\"const_string\",\"value\":\"s\"}}]}");
        GRAMMARS.accepts(STRUCTURAL_TAG, source, "Ag", "A12ggss", "Arr", "A1rrrs");
        GRAMMARS.rejects(STRUCTURAL_TAG, source, "A", "Ar", "Arrrr", "A1");
    }

    @Test
    void aSpecialTokenMayWriteItsOwnTextAndNothingElse() {
        String source = tag(
                "{\"type\":\"tag\",\"begin\":\"<|tool_call|>{\",\"content\":{\"type\":\"any_text\"},\"end\":\"}<|/tool_call|>\"}");
        SyntheticVocabulary vocabulary = GRAMMARS.vocabulary;
        int open = vocabulary.addedToken("<|tool_call|>").orElseThrow();
        int close = vocabulary.addedToken("<|/tool_call|>").orElseThrow();
        GrammarState state = GRAMMARS.compile(STRUCTURAL_TAG, source).newState();
        int[] words = new int[(vocabulary.size() + 31) / 32];
        state.fillMask(words, 0);
        assertThat(words[open >>> 5] >>> open & 1).isOne();
        assertThat(state.accept(close)).isFalse();
        assertThat(state.accept(open)).isTrue();
        assertThat(state.accept('{')).isTrue();
        assertThat(state.accept(open)).isFalse();
        assertThat(state.accept('}')).isTrue();
        assertThat(state.accept(close)).isTrue();
        assertThat(state.terminated()).isTrue();
        GRAMMARS.accepts(STRUCTURAL_TAG, source, "<|tool_call|>{x}<|/tool_call|>");
    }

    @Test
    void specialTokensStayOutOfJsonEvenWhereTheirTextIsAllowed() {
        GrammarState state = GRAMMARS.compile(dev.tokamak.api.StructuredOutput.Kind.JSON_OBJECT, "")
                .newState();
        for (int token : GRAMMARS.vocabulary.tokenise("{\"a\": \"".getBytes(StandardCharsets.UTF_8), new Random(3))) {
            state.accept(token);
        }
        List<Integer> special = GRAMMARS.vocabulary.specialTokens();
        assertThat(special).noneMatch(state::accept);
    }

    @Test
    void whatIsNotSupportedIsRefusedByName() {
        GRAMMARS.refuses(STRUCTURAL_TAG, tag("{\"type\":\"magic\"}"), "magic");
        GRAMMARS.refuses(STRUCTURAL_TAG, tag("{\"type\":\"const_string\",\"value\":\"a\",\"colour\":1}"), "colour");
        GRAMMARS.refuses(
                STRUCTURAL_TAG, tag("{\"type\":\"tag\",\"begin\":\"a\",\"content\":{\"type\":\"any_text\"}}"), "end");
        GRAMMARS.refuses(STRUCTURAL_TAG, tag("{\"type\":\"json_schema\",\"json_schema\":{\"type\":\"text\"}}"), "text");
        GRAMMARS.refuses(
                STRUCTURAL_TAG,
                tag("{\"type\":\"triggered_tags\",\"triggers\":[\"<g\"],\"tags\":" + TAGS + "}"),
                "exactly one of the triggers");
        GRAMMARS.refuses(STRUCTURAL_TAG, "[]", "must be a JSON object");
    }
}
