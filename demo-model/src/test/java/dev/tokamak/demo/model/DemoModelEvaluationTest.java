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
    private static double seconds;

    private static final class Score {
        int right;
        int asked;

        double share() {
            return (double) right / asked;
        }
    }

    @BeforeAll
    static void answerTheHeldOutSet() throws InterruptedException {
        long start = System.nanoTime();
        List<String> wrong = new ArrayList<>();
        try (LLM llm = LLM.open(EngineConfig.builder(Path.of("model")).build())) {
            List<HeldOutQuestion> questions = HeldOutQuestion.all();
            List<RequestStream> answers = new ArrayList<>();
            for (HeldOutQuestion question : questions) {
                answers.add(ask(llm.engine(), question));
            }
            for (int i = 0; i < questions.size(); i++) {
                HeldOutQuestion question = questions.get(i);
                String reply =
                        answers.get(i).take().orElseThrow().outputs().get(0).text();
                Score score = SCORES.computeIfAbsent(question.category(), category -> new Score());
                score.asked++;
                if (question.isAnsweredBy(reply)) {
                    score.right++;
                } else {
                    wrong.add(question.id() + ": " + question.lastMessage() + " -> " + reply);
                }
            }
        }
        seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("The demo model's held-out set in %.1f s:%n", seconds);
        SCORES.forEach((category, score) -> System.out.printf(
                "  %-13s %3d of %3d (%.1f %%)%n", category, score.right, score.asked, 100 * score.share()));
        wrong.forEach(line -> System.out.println("  wrong: " + line));
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
    void answersTheWholeSetWithinAMinute() {
        assertThat(seconds).isLessThan(60);
    }
}
