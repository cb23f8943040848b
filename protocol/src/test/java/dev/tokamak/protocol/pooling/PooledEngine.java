package dev.tokamak.protocol.pooling;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A real engine and tokenizer under the protocol; only the model is a hash of what it reads. */
final class PooledEngine implements AutoCloseable {
    final TokamakEngine engine;
    final PoolingProtocol protocol;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    PooledEngine(Path folder, String... options) {
        this(folder, PooledModel.MAX_TEXTS, options);
    }

    PooledEngine(Path folder, int maxQueuedRequests, String... options) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("deterministic.vocabulary", "600"));
        for (int i = 0; i < options.length; i += 2) {
            all.put("deterministic." + options[i], options[i + 1]);
        }
        engine = TokamakEngine.open(EngineConfig.builder(folder)
                .servedModelNames(List.of("hash"))
                .tokenizer(Path.of("src/test/resources/tokenizer"))
                .tokenizerProvider("huggingface")
                .executor("deterministic")
                .maxNumSeqs(16)
                .maxQueuedRequests(maxQueuedRequests)
                .options(all)
                .build());
        protocol = new PoolingProtocol(engine);
    }

    /** What the engine gives without the protocol. */
    RequestOutput pooled(int[] tokens, PoolingParams params) throws InterruptedException {
        PoolingRequest request =
                PoolingRequest.builder(Prompt.tokens(tokens), params).build();
        try (RequestStream stream = engine.pool(List.of(request)).get(0)) {
            return stream.take().orElseThrow();
        }
    }

    float[] vector(String text) throws InterruptedException {
        return pooled(engine.encode(text, true), PoolingParams.defaults())
                .pooled()
                .orElseThrow();
    }

    /** The answer to a body. */
    Object answer(Function<byte[], Call> endpoint, String body) {
        Call call = endpoint.apply(bytes(body));
        byte[] answer = call.respond(threads).join();
        call.close();
        return StrictJson.value(new String(answer, StandardCharsets.UTF_8));
    }

    Map<?, ?> object(Function<byte[], Call> endpoint, String body) {
        return (Map<?, ?>) answer(endpoint, body);
    }

    /** Why a body is refused, at whatever moment. */
    ProtocolException refusal(Function<byte[], Call> endpoint, String body) {
        return catchThrowableOfType(ProtocolException.class, () -> {
            try {
                endpoint.apply(bytes(body)).respond(threads).join();
            } catch (CompletionException e) {
                throw e.getCause();
            }
        });
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** An item of {@code data}. */
    static Map<?, ?> item(Map<?, ?> answer, int index) {
        return (Map<?, ?>) ((List<?>) answer.get("data")).get(index);
    }

    static float[] floats(Object list) {
        List<?> numbers = (List<?>) list;
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = ((Number) numbers.get(i)).floatValue();
        }
        return floats;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        engine.close();
    }
}
