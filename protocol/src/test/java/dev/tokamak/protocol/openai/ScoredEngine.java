package dev.tokamak.protocol.openai;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.protocol.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The protocol on the deterministic executor, of which it is known how likely each token is at each place: the likeliest token is the one
 * that is drawn there greedily, the next ids follow it in rank, and rank {@code r} has the log probability {@code 0.5 - r}.
 */
final class ScoredEngine implements AutoCloseable {
    static final int VOCABULARY = 600;

    private static final String TEMPLATE =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";

    private final TokamakEngine engine;
    private final OpenAiProtocol protocol;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    ScoredEngine(Path model, String executor, int maxLogprobs) {
        engine = TokamakEngine.open(EngineConfig.builder(model)
                .tokenizer(Path.of("src/test/resources/tokenizer"))
                .tokenizerProvider("huggingface")
                .chatTemplate(TEMPLATE)
                .executor(executor)
                .options(Map.of("deterministic.vocabulary", Integer.toString(VOCABULARY)))
                .build());
        protocol = OpenAiProtocol.builder(engine, engine.tokenizer().vocabulary())
                .options(ServingOptions.builder().maxLogprobs(maxLogprobs).build())
                .build();
    }

    OpenAiProtocol protocol() {
        return protocol;
    }

    int[] encode(String text) {
        return engine.encode(text, false);
    }

    TokenTexts texts() {
        return new TokenTexts(engine.tokenizer().vocabulary(), false);
    }

    String text(int id) {
        return texts().decoded(id);
    }

    /** The choices of a plain completion's answer. */
    List<?> choices(String body) {
        return (List<?>) complete(body).get("choices");
    }

    Map<?, ?> complete(String body) {
        return read(protocol.completions(bytes(body)).respond(threads).join());
    }

    Map<?, ?> chat(String body) {
        return read(protocol.chatCompletions(bytes(body)).respond(threads).join());
    }

    Frames stream(String body) throws InterruptedException {
        return Frames.await(protocol.completions(bytes(body)).open());
    }

    /** The likeliest token behind a prompt. */
    int likeliest(int... prompt) throws InterruptedException {
        SamplingParams params = SamplingParams.builder()
                .temperature(0)
                .maxTokens(1)
                .ignoreEos(true)
                .outputKind(OutputKind.FINAL_ONLY)
                .build();
        try (RequestStream stream = engine.submit(
                GenerationRequest.builder(Prompt.tokens(prompt), params).build())) {
            RequestOutput output = stream.take().orElseThrow();
            return output.outputs().get(0).tokenIds()[0];
        }
    }

    /** The rank of a prompt's token at its place. */
    int rank(int[] prompt, int place) throws InterruptedException {
        return Math.floorMod(prompt[place] - likeliest(Arrays.copyOf(prompt, place)), VOCABULARY) + 1;
    }

    private static Map<?, ?> read(byte[] answer) {
        return (Map<?, ?>) StrictJson.value(new String(answer, StandardCharsets.UTF_8));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        engine.close();
    }
}
