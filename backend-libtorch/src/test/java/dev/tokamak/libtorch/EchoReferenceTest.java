package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.protocol.json.StrictJson;
import dev.tokamak.protocol.openai.OpenAiProtocol;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Likelihoods of texts as an evaluation harness asks for them over HTTP are those that {@code transformers} computes. */
class EchoReferenceTest {
    @ParameterizedTest
    @ValueSource(strings = {"llama3", "qwen2"})
    void aContinuationHasTheLikelihoodThatTheReferenceGivesIt(String name) {
        Reference reference = Reference.of(name);
        try (TokamakEngine engine = TokamakEngine.open(EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .tokenizerProvider("bytes")
                .build())) {
            OpenAiProtocol protocol = OpenAiProtocol.builder(
                            engine, engine.tokenizer().vocabulary())
                    .build();
            for (Reference.Case each : reference.cases()) {
                for (int maxTokens = 0; maxTokens < 2; maxTokens++) {
                    assertLikelihood(each, echo(protocol, whole(each), maxTokens), maxTokens);
                }
            }
        }
    }

    private static int[] whole(Reference.Case each) {
        int[] whole = Arrays.copyOf(each.prompt(), each.prompt().length + each.continuation().length);
        System.arraycopy(each.continuation(), 0, whole, each.prompt().length, each.continuation().length);
        return whole;
    }

    private static Map<?, ?> echo(OpenAiProtocol protocol, int[] prompt, int maxTokens) {
        String body = "{\"prompt\":" + Arrays.toString(prompt)
                + ",\"echo\":true,\"logprobs\":1,\"temperature\":0,\"max_tokens\":" + maxTokens + "}";
        byte[] answer = protocol.completions(body.getBytes(StandardCharsets.UTF_8))
                .respond(Runnable::run)
                .join();
        Map<?, ?> document = (Map<?, ?>) StrictJson.value(new String(answer, StandardCharsets.UTF_8));
        return (Map<?, ?>) ((Map<?, ?>) ((List<?>) document.get("choices")).get(0)).get("logprobs");
    }

    /** The reference has chosen the likeliest tokens, and tells the logits of each choice or of every fourth. */
    private static void assertLikelihood(Reference.Case each, Map<?, ?> logprobs, int maxTokens) {
        List<?> values = (List<?>) logprobs.get("token_logprobs");
        List<?> tops = (List<?>) logprobs.get("top_logprobs");
        int length = each.prompt().length + each.continuation().length;
        assertThat(values).hasSize(length + maxTokens);
        assertThat(values.get(0)).isNull();
        for (int i = each.prompt().length; i < length; i++) {
            double best = ((Map<?, ?>) tops.get(i))
                    .values().stream()
                            .mapToDouble(value -> ((Number) value).doubleValue())
                            .max()
                            .orElseThrow();
            assertThat(best).isEqualTo(((Number) values.get(i)).doubleValue());
        }
        int every = each.continuation().length / each.logits().length;
        for (int i = 0; i < each.logits().length; i++) {
            int token = each.continuation()[i * every];
            assertThat(((Number) values.get(each.prompt().length + i * every)).doubleValue())
                    .isCloseTo(ReferenceTest.logSoftmax(each.logits()[i])[token], within(1e-4));
        }
    }
}
