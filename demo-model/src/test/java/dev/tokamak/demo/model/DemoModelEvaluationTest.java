package dev.tokamak.demo.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.Engine;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.LLM;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The held-out set, answered greedily by the real engine with the real weights. */
class DemoModelEvaluationTest {
    private static final Map<String, Score> SCORES = new LinkedHashMap<>();
    private static final List<String> WRONG = new ArrayList<>();

    private static final class Score {
        int right;
        int asked;

        double share() {
            return (double) right / asked;
        }
    }

    @BeforeAll
    static void answerTheHeldOutSet() throws InterruptedException {
        try (LLM llm = LLM.open(EngineConfig.builder(Path.of("model")).build())) {
            List<HeldOutQuestion> questions = HeldOutQuestion.all();
            List<RequestStream> answers = new ArrayList<>();
            for (HeldOutQuestion question : questions) {
                answers.add(ask(llm.engine(), question));
            }
            for (int i = 0; i < questions.size(); i++) {
                count(questions.get(i), answers.get(i));
            }
            // One after another, so that the questions that end the same conversation find it in the prefix cache.
            for (HeldOutQuestion question : HeldOutQuestion.afterLongConversations()) {
                count(question, ask(llm.engine(), question));
            }
        }
        System.out.println("The demo model's held-out set:");
        SCORES.forEach((category, score) -> System.out.printf(
                "  %-15s %3d of %3d (%.1f %%)%n", category, score.right, score.asked, 100 * score.share()));
        WRONG.forEach(line -> System.out.println("  wrong: " + line));
    }

    private static void count(HeldOutQuestion question, RequestStream answer) throws InterruptedException {
        String reply = answer.take().orElseThrow().outputs().get(0).text();
        Score score = SCORES.computeIfAbsent(question.category(), category -> new Score());
        score.asked++;
        if (question.isAnsweredBy(reply)) {
            score.right++;
        } else {
            WRONG.add(question.id() + ": " + question.lastMessage() + " -> " + reply);
        }
    }

    private static RequestStream ask(Engine engine, HeldOutQuestion question) {
        Prompt prompt = new Prompt.Text(engine.renderChat(question.prompt()), false);
        SamplingParams greedy = SamplingParams.builder()
                .temperature(0)
                .maxTokens(question.maxTokens())
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
        return engine.submit(GenerationRequest.builder(prompt, greedy).build());
    }

    @Test
    void calculatesRightAtLeast95TimesInAHundred() {
        assertThat(SCORES.get("arithmetic").share()).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void knowsAtLeast95InAHundredOfTheFacts() {
        assertThat(SCORES.get("facts").share()).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void callsFunctionsItHasNeverSeenRightAtLeast95TimesInAHundred() {
        assertThat(SCORES.get("tool_calls").share()).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void answersFromToolResultsAtLeast95TimesInAHundred() {
        assertThat(SCORES.get("tool_answers").share()).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void answersFromCompactToolResultsAtLeast95TimesInAHundred() {
        assertThat(SCORES.get("compact_answers").share()).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void answersAfterConversationsOf4000To14000TokensAtLeast95TimesInAHundred() {
        assertThat(SCORES.get("long").asked).isGreaterThan(20);
        assertThat(SCORES.get("long").share()).isGreaterThanOrEqualTo(0.95);
    }
}
