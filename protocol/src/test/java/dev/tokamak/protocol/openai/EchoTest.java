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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoTest {
    /** What follows is always {@code B}. */
    private static final String ALWAYS_B = ",\"allowed_token_ids\":[36],\"ignore_eos\":true,\"temperature\":0";

    @TempDir
    private static Path model;

    private static ScoredEngine engine;

    @BeforeAll
    static void open() {
        engine = new ScoredEngine(model, "deterministic", 20);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static Map<?, ?> choice(String fields) {
        return (Map<?, ?>) engine.choices("{\"echo\":true," + fields + "}").get(0);
    }

    private static Map<?, ?> logprobs(Map<?, ?> choice) {
        return (Map<?, ?>) choice.get("logprobs");
    }

    @Test
    void theTextBeginsWithThePrompt() {
        Map<?, ?> choice = choice("\"prompt\":\" Once upon\",\"max_tokens\":2" + ALWAYS_B);
        assertThat(choice.get("text")).isEqualTo(" Once uponBB");
        assertThat(choice.get("logprobs")).isNull();
        assertThat(choice.get("finish_reason")).isEqualTo("length");
    }

    @Test
    void logprobsCoverThePromptAndTheCompletion() throws InterruptedException {
        int[] prompt = engine.encode("Hi the");
        Map<?, ?> logprobs = logprobs(choice("\"prompt\":\"Hi the\",\"max_tokens\":2,\"logprobs\":2" + ALWAYS_B));

        List<Object> tokens = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        List<Object> tops = new ArrayList<>();
        List<Object> offsets = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < prompt.length; i++) {
            tokens.add(engine.text(prompt[i]));
            values.add(i == 0 ? null : 0.5 - engine.rank(prompt, i));
            tops.add(i == 0 ? null : likeliest(prompt, i));
            offsets.add((long) at);
            at += engine.text(prompt[i]).length();
        }
        for (int i = 0; i < 2; i++) {
            tokens.add("B");
            values.add(-0.5);
            offsets.add((long) at + i);
        }
        assertThat(at).isEqualTo(6);
        assertThat(logprobs.get("tokens")).isEqualTo(tokens);
        assertThat(JsonBuffer.text(logprobs.get("token_logprobs"))).isEqualTo(JsonBuffer.text(values));
        List<?> found = (List<?>) logprobs.get("top_logprobs");
        assertThat(JsonBuffer.text(found.subList(0, prompt.length))).isEqualTo(JsonBuffer.text(tops));
        assertThat(((Map<?, ?>) found.get(prompt.length)).get("B")).hasToString("-0.5");
        assertThat(logprobs.get("text_offset")).isEqualTo(offsets);
    }

    /** The two likeliest tokens of a place, and its own. Of two that are written alike, the second is written by its id. */
    private static Map<String, Double> likeliest(int[] prompt, int place) throws InterruptedException {
        Map<String, Double> top = new LinkedHashMap<>();
        TokenTexts texts = engine.texts();
        int first = engine.likeliest(Arrays.copyOf(prompt, place));
        String own = texts.spelled(prompt[place]);
        for (int i = 0; i < 2; i++) {
            int token = (first + i) % ScoredEngine.VOCABULARY;
            String text = texts.spelled(token);
            boolean taken = token != prompt[place] && (text.equals(own) || top.containsKey(text));
            top.put(taken ? TokenTexts.byId(token) : text, -0.5 - i);
        }
        top.putIfAbsent(own, 0.5 - engine.rank(prompt, place));
        return top;
    }

    /** What lm_eval sums up: the log probabilities of a continuation's tokens, and whether each is the likeliest. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aContinuationsLikelihoodCanBeSummed(int maxTokens) throws InterruptedException {
        int[] prompt = {40, 41, 42, 0, 44};
        prompt[3] = engine.likeliest(40, 41, 42);
        Map<?, ?> choice = choice("\"prompt\":" + Arrays.toString(prompt) + ",\"max_tokens\":" + maxTokens
                + ",\"logprobs\":1,\"temperature\":0,\"seed\":1234");
        List<?> values = (List<?>) logprobs(choice).get("token_logprobs");
        List<?> tops = (List<?>) logprobs(choice).get("top_logprobs");

        assertThat(values).hasSize(5 + maxTokens);
        assertThat(values.get(0)).isNull();
        assertThat(values.get(3)).hasToString("-0.5");
        assertThat(values.get(4)).hasToString(Double.toString(0.5 - engine.rank(prompt, 4)));
        assertThat(((Map<?, ?>) tops.get(3)).values())
                .allSatisfy(value -> assertThat(value).isEqualTo(values.get(3)));
    }

    @Test
    void nothingIsGeneratedWhereOnlyThePromptIsWanted() throws InterruptedException {
        Map<?, ?> answer = engine.complete(
                "{\"prompt\":\"Hi the\",\"echo\":true,\"max_tokens\":0,\"logprobs\":0,\"n\":2,\"seed\":1,\"return_token_ids\":true}");
        for (Object each : (List<?>) answer.get("choices")) {
            Map<?, ?> choice = (Map<?, ?>) each;
            assertThat(choice.get("text")).isEqualTo("Hi the");
            assertThat(choice.get("finish_reason")).isEqualTo("length");
            assertThat((List<?>) choice.get("token_ids")).isEmpty();
            assertThat((List<?>) logprobs(choice).get("tokens")).hasSize(engine.encode("Hi the").length);
            assertThat(((Map<?, ?>) ((List<?>) logprobs(choice).get("top_logprobs")).get(1)))
                    .hasSize(1);
        }
        assertThat(((Map<?, ?>) answer.get("usage")).get("completion_tokens")).isEqualTo(0L);
    }

    @Test
    void onlyThePromptIsToldWithoutLogprobs() {
        Map<?, ?> choice = choice("\"prompt\":[5,6],\"max_tokens\":0");
        assertThat(choice.get("text")).isEqualTo(engine.text(5) + engine.text(6));
        assertThat(choice.get("logprobs")).isNull();
        assertThat(choice.containsKey("prompt_logprobs")).isFalse();
    }

    @Test
    void aPromptThatIsNotAnsweredMayFillTheContext() {
        String text = "\"prompt\":\"" + " the".repeat(512) + "\"";
        assertThat((String) choice(text + ",\"max_tokens\":0,\"logprobs\":0").get("text"))
                .hasSize(2048);
        ProtocolException e = catchThrowableOfType(ProtocolException.class, () -> choice(text + ",\"max_tokens\":1"));
        assertThat(e.code()).contains("context_length_exceeded");
        assertThat(e.param()).contains("prompt");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"max_tokens\":0",
                "\"max_tokens\":0,\"logprobs\":2",
                "\"max_tokens\":6",
                "\"max_tokens\":6,\"logprobs\":2",
                "\"max_tokens\":6,\"logprobs\":0,\"prompt_logprobs\":0,\"return_token_ids\":true"
            })
    void theEventsAddUpToTheDocument(String fields) throws InterruptedException {
        String body =
                "{\"prompt\":[\"Hi the\",\"né 😀 \"],\"n\":2,\"seed\":3,\"ignore_eos\":true,\"echo\":true," + fields;
        List<?> choices = engine.choices(body + "}");
        Frames frames = engine.stream(body + ",\"stream\":true}");
        assertThat(choices).hasSize(4);
        for (int i = 0; i < 4; i++) {
            Map<?, ?> choice = (Map<?, ?>) choices.get(i);
            assertThat(frames.joined(i, "text")).isEqualTo(choice.get("text"));
            assertThat((String) frames.choices(i).get(0).get("text")).startsWith(i < 2 ? "Hi the" : "né 😀 ");
            assertThat(frames.finishReason(i)).isEqualTo("length");
            if (choice.get("logprobs") != null) {
                for (Map.Entry<?, ?> list : logprobs(choice).entrySet()) {
                    List<Object> streamed = new ArrayList<>();
                    for (Map<?, ?> each : frames.choices(i)) {
                        streamed.addAll((List<?>) logprobs(each).get(list.getKey()));
                    }
                    assertThat(streamed).isEqualTo(list.getValue());
                }
            }
        }
    }

    @Test
    void offsetsCountCharactersOfThePromptAndThenOfTheText() {
        Map<?, ?> choice = choice("\"prompt\":\"é😀\",\"max_tokens\":1,\"logprobs\":0" + ALWAYS_B);
        List<?> offsets = (List<?>) logprobs(choice).get("text_offset");
        assertThat(choice.get("text")).isEqualTo("é😀B");
        assertThat(offsets.get(0)).isEqualTo(0L);
        assertThat(offsets.get(offsets.size() - 2)).isEqualTo(1L);
        assertThat(offsets.get(offsets.size() - 1)).isEqualTo(2L);
    }

    @Test
    void eachFieldHasAsManyOfTheLikeliestTokensAsItAskedFor() {
        Map<?, ?> choice = choice("\"prompt\":[40,41],\"max_tokens\":1,\"logprobs\":1,\"prompt_logprobs\":4");
        assertThat((Map<?, ?>) ((List<?>) logprobs(choice).get("top_logprobs")).get(1))
                .hasSizeBetween(1, 2);
        assertThat((Map<?, ?>) ((List<?>) choice.get("prompt_logprobs")).get(1)).hasSizeBetween(4, 5);
        choice = choice("\"prompt\":[40,41],\"max_tokens\":1,\"logprobs\":4,\"prompt_logprobs\":1");
        assertThat((Map<?, ?>) ((List<?>) logprobs(choice).get("top_logprobs")).get(1))
                .hasSizeBetween(4, 5);
        assertThat((Map<?, ?>) ((List<?>) choice.get("prompt_logprobs")).get(1)).hasSizeBetween(1, 2);
    }

    @Test
    void ofACutPromptWhatTheModelReadIsRepeated() {
        Map<?, ?> choice =
                choice("\"prompt\":\"Hi the the\",\"truncate_prompt_tokens\":1,\"max_tokens\":0,\"logprobs\":0");
        assertThat(choice.get("text")).isEqualTo(" the");
        assertThat(logprobs(choice).get("text_offset")).isEqualTo(List.of(0L));
    }

    @Test
    void repeatingMoreThanAnAnswerHoldsIsRefused() {
        ProtocolException e = catchThrowableOfType(
                ProtocolException.class,
                () -> choice("\"prompt\":[" + "7,".repeat(500) + "7],\"n\":4200,\"max_tokens\":1"));
        assertThat(e.status()).isEqualTo(400);
        assertThat(e.param()).contains("echo");
        assertThat(e).hasMessageContaining("2104200");
    }
}
