package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.Prompt;
import dev.tokamak.protocol.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompletionTest {
    @Test
    void aDocumentHasOpenAisShape() {
        Map<?, ?> answer = answer(new ScriptedEngine("a \"b\" 😀"), "{\"prompt\":\"x\"}");
        assertThat(answer.keySet().toString())
                .isEqualTo("[id, object, created, model, choices, system_fingerprint, usage]");
        assertThat((String) answer.get("id")).startsWith("cmpl-");
        assertThat(answer.get("object")).isEqualTo("text_completion");
        Map<?, ?> choice = (Map<?, ?>) ((List<?>) answer.get("choices")).get(0);
        assertThat(choice.keySet().toString()).isEqualTo("[index, text, logprobs, finish_reason, stop_reason]");
        assertThat(choice.get("text")).isEqualTo("a \"b\" 😀");
    }

    @Test
    void maxTokensIsSixteenUnlessSaid() {
        ScriptedEngine engine = new ScriptedEngine("a");
        answer(engine, "{\"prompt\":\"x\",\"max_tokens\":null}");
        assertThat(engine.lastRequest().samplingParams().maxTokens()).hasValue(16);
    }

    @Test
    void aPromptComesAsTextOrTokensOrListsOfThem() {
        ScriptedEngine engine = new ScriptedEngine("a");
        answer(engine, "{\"prompt\":[5,6]}");
        assertThat(((Prompt.Tokens) engine.lastRequest().prompt()).tokenIds()).containsExactly(5, 6);
        answer(engine, "{\"prompt\":[[5],[6,7]]}");
        assertThat(((Prompt.Tokens) engine.lastRequest().prompt()).tokenIds()).containsExactly(6, 7);
        answer(engine, "{\"prompt\":[\"x\",\"y\"],\"add_special_tokens\":false}");
        assertThat(engine.lastRequest().prompt()).isEqualTo(new Prompt.Text("y", false));
        assertThat(engine.submitted()).hasSize(5);
    }

    @Test
    void choicesOfSeveralPromptsAreNumberedOnwards() {
        String body = "{\"prompt\":[\"x\",\"y\"],\"n\":2";
        Map<?, ?> answer = answer(new ScriptedEngine("a", "b"), body + "}");
        List<?> choices = (List<?>) answer.get("choices");
        assertThat(choices).extracting(c -> ((Map<?, ?>) c).get("index")).isEqualTo(List.of(0L, 1L, 2L, 3L));
        assertThat(choices).extracting(c -> ((Map<?, ?>) c).get("text")).isEqualTo(List.of("a", "b", "a", "b"));
        Frames frames = stream(new ScriptedEngine("a", "b"), body + ",\"stream\":true}");
        for (int i = 0; i < 4; i++) {
            assertThat(frames.joined(i, "text")).isEqualTo(i % 2 == 0 ? "a" : "b");
            assertThat(frames.finishReason(i)).isEqualTo("stop");
        }
    }

    @Test
    void usageIsSummedOverThePrompts() {
        ScriptedEngine engine = new ScriptedEngine("a");
        Frames frames =
                stream(engine, "{\"prompt\":[[1],[1,2]],\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        Map<?, ?> last = frames.documents().get(frames.documents().size() - 1);
        assertThat(((Map<?, ?>) last.get("usage")).get("prompt_tokens")).isEqualTo(3L);
        assertThat(((Map<?, ?>) last.get("usage")).get("completion_tokens")).isEqualTo(2L);
    }

    @Test
    void logprobsAreTheSameListsInBothForms() {
        String body = "{\"prompt\":\"x\",\"logprobs\":2";
        Map<?, ?> choice = (Map<?, ?>)
                ((List<?>) answer(new ScriptedEngine("one dog"), body + "}").get("choices")).get(0);
        Map<?, ?> whole = (Map<?, ?>) choice.get("logprobs");
        assertThat(whole.keySet().toString()).isEqualTo("[tokens, token_logprobs, top_logprobs, text_offset]");
        assertThat(String.join(
                        "",
                        ((List<?>) whole.get("tokens"))
                                .stream().map(String::valueOf).toList()))
                .isEqualTo("one dog");
        Frames frames = stream(new ScriptedEngine("one dog"), body + ",\"stream\":true}");
        for (Object field : whole.keySet()) {
            List<Object> streamed = new java.util.ArrayList<>();
            frames.choices(0).forEach(c -> streamed.addAll((List<?>) ((Map<?, ?>) c.get("logprobs")).get(field)));
            assertThat(streamed).isEqualTo(whole.get(field));
        }
    }

    @Test
    void promptsAreCutWhereAskedFor() {
        ScriptedEngine engine = new ScriptedEngine("a");
        answer(engine, "{\"prompt\":[1,2,3,4],\"truncate_prompt_tokens\":2}");
        assertThat(((Prompt.Tokens) engine.lastRequest().prompt()).tokenIds()).containsExactly(3, 4);
        answer(engine, "{\"prompt\":[1,2,3,4],\"truncate_prompt_tokens\":2,\"truncation_side\":\"right\"}");
        assertThat(((Prompt.Tokens) engine.lastRequest().prompt()).tokenIds()).containsExactly(1, 2);
    }

    @Test
    void badWordsAreForbiddenAtTheBeginningAndBehindASpace() {
        ScriptedEngine engine = new ScriptedEngine("a");
        answer(engine, "{\"prompt\":\"x\",\"bad_words\":[\" the\"]}");
        int[] alone = engine.encode("the", false);
        int[] spaced = engine.encode(" the", false);
        List<List<Integer>> sequences = engine.lastRequest().samplingParams().badWords();
        assertThat(sequences.get(0)).hasSize(alone.length);
        assertThat(sequences).hasSize(alone.length == spaced.length ? 2 : 1);
    }

    @Test
    void theListOfModelsNamesEachAlias() {
        ScriptedEngine engine = new ScriptedEngine("a");
        OpenAiProtocol protocol =
                OpenAiProtocol.builder(engine, engine.tokenizer().vocabulary()).build();
        Map<?, ?> models = (Map<?, ?>) StrictJson.value(new String(protocol.models(), StandardCharsets.UTF_8));
        assertThat((List<?>) models.get("data"))
                .extracting(m -> ((Map<?, ?>) m).get("id"))
                .isEqualTo(List.of("tiny", "tiny-alias"));
    }

    private static Map<?, ?> answer(ScriptedEngine engine, String body) {
        OpenAiProtocol protocol =
                OpenAiProtocol.builder(engine, engine.tokenizer().vocabulary()).build();
        byte[] answer = protocol.completions(body.getBytes(StandardCharsets.UTF_8))
                .respond(Runnable::run)
                .join();
        return (Map<?, ?>) StrictJson.value(new String(answer, StandardCharsets.UTF_8));
    }

    private static Frames stream(ScriptedEngine engine, String body) {
        OpenAiProtocol protocol =
                OpenAiProtocol.builder(engine, engine.tokenizer().vocabulary()).build();
        return Frames.of(
                protocol.completions(body.getBytes(StandardCharsets.UTF_8)).open());
    }
}
