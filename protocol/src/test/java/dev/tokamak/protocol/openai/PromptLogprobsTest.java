package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.JsonBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptLogprobsTest {
    @TempDir
    private static Path model;

    private static ScoredEngine engine;

    @BeforeAll
    static void open() {
        engine = new ScoredEngine(model, "deterministic", -1);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void eachPlaceOfACompletionsPromptHasItsTokenAndTheLikeliest() throws InterruptedException {
        List<?> choices = engine.choices(
                "{\"prompt\":[[5,6,7,300],[9,8]],\"n\":2,\"seed\":1,\"max_tokens\":2,\"prompt_logprobs\":2}");

        assertThat(choices).hasSize(4);
        for (int i = 0; i < 4; i++) {
            int[] prompt = i < 2 ? new int[] {5, 6, 7, 300} : new int[] {9, 8};
            assertThat(JsonBuffer.text(((Map<?, ?>) choices.get(i)).get("prompt_logprobs")))
                    .isEqualTo(JsonBuffer.text(expected(prompt, 2)));
        }
    }

    @Test
    void aChatsAnswerHasThoseOfItsPromptOnce() throws InterruptedException {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":3,\"n\":2,\"seed\":1";
        int[] prompt = engine.encode("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant");
        Map<?, ?> answer = engine.chat(body + ",\"prompt_logprobs\":1}");

        assertThat(JsonBuffer.text(answer.get("prompt_logprobs"))).isEqualTo(JsonBuffer.text(expected(prompt, 1)));
        assertThat(engine.chat(body + "}").containsKey("prompt_logprobs")).isFalse();
        assertThat(((Map<?, ?>) ((List<?>) answer.get("choices")).get(0)).containsKey("prompt_logprobs"))
                .isFalse();
    }

    @Test
    void theFirstTokenAloneHasNull() {
        Map<?, ?> choice = (Map<?, ?>) engine.choices("{\"prompt\":[5],\"max_tokens\":1,\"prompt_logprobs\":3}")
                .get(0);
        assertThat(JsonBuffer.text(choice.get("prompt_logprobs"))).isEqualTo("[null]");
    }

    @Test
    void minusOneAsksForTheWholeVocabularyWhereThereIsNoLimit() {
        Map<?, ?> choice = (Map<?, ?>) engine.choices("{\"prompt\":[5,6],\"max_tokens\":1,\"prompt_logprobs\":-1}")
                .get(0);
        assertThat((Map<?, ?>) ((List<?>) choice.get("prompt_logprobs")).get(1)).hasSize(ScoredEngine.VOCABULARY);
    }

    @Test
    void aStreamTakesZeroAndTellsNone() throws InterruptedException {
        Frames frames = engine.stream("{\"prompt\":[5,6],\"max_tokens\":2,\"prompt_logprobs\":0,\"stream\":true}");
        assertThat(frames.choices(0)).isNotEmpty().allSatisfy(choice -> assertThat(
                        choice.containsKey("prompt_logprobs"))
                .isFalse());
    }

    @Test
    void moreThanAnAnswerHoldsAreRefusedBeforeTheyAreComputed() {
        String digits = "[" + "7,".repeat(400) + "7]";
        ProtocolException completion = catchThrowableOfType(
                ProtocolException.class,
                () -> engine.complete("{\"prompt\":" + digits + ",\"n\":9,\"max_tokens\":1,\"prompt_logprobs\":-1}"));
        assertThat(completion.status()).isEqualTo(400);
        assertThat(completion.param()).contains("prompt_logprobs");
        assertThat(completion).hasMessageContaining("2169009").hasMessageContaining("2097152");
    }

    static List<Map<String, Object>> expected(int[] prompt, int count) throws InterruptedException {
        List<Map<String, Object>> places = new ArrayList<>();
        places.add(null);
        for (int i = 1; i < prompt.length; i++) {
            Map<String, Object> place = new LinkedHashMap<>();
            int likeliest = engine.likeliest(Arrays.copyOf(prompt, i));
            place.put(Integer.toString(prompt[i]), entry(prompt[i], engine.rank(prompt, i)));
            for (int j = 0; j < count; j++) {
                int token = (likeliest + j) % ScoredEngine.VOCABULARY;
                place.putIfAbsent(Integer.toString(token), entry(token, j + 1));
            }
            places.add(place);
        }
        return places;
    }

    private static Map<String, Object> entry(int token, int rank) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("logprob", 0.5 - rank);
        entry.put("rank", (long) rank);
        entry.put("decoded_token", engine.text(token));
        return entry;
    }
}
