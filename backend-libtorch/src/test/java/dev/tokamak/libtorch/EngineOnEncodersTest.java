package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.TokamakEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole engine gives the reference's vectors and scores, whatever its scheduler puts into a step. */
final class EngineOnEncodersTest {
    static Stream<String> models() {
        return EncoderReference.names().stream();
    }

    private static EngineConfig.Builder config(EncoderReference reference) {
        return EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .tokenizerProvider("bytes")
                .maxNumSeqs(3);
    }

    private static void assertVectors(TokamakEngine engine, EncoderReference reference) throws InterruptedException {
        List<PoolingRequest> requests = new ArrayList<>();
        for (EncoderReference.Text text : reference.texts()) {
            PoolingRequest.Builder request =
                    PoolingRequest.builder(Prompt.tokens(text.tokens()), PoolingParams.defaults());
            text.second().ifPresent(request::secondText);
            requests.add(request.build());
        }
        List<RequestStream> streams = engine.pool(requests);
        for (int i = 0; i < streams.size(); i++) {
            try (RequestStream stream = streams.get(i)) {
                assertThat(stream.take().orElseThrow().pooled().orElseThrow())
                        .as("text %d", i)
                        .containsExactly(reference.vectors()[i], offset(1e-4f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void vectorsAndScoresAreThoseOfTheReference(String name) throws InterruptedException {
        EncoderReference reference = EncoderReference.of(name);
        try (TokamakEngine engine = TokamakEngine.open(config(reference).build())) {
            assertVectors(engine, reference);
            // Once more, for what the first time has left in a cache.
            assertVectors(engine, reference);
        }
    }

    @Test
    void moreNumbersThanAVectorHasAreRefusedWhateverItIsMadeOf() {
        EncoderReference reference = EncoderReference.of("embeddinggemma");
        int[] tokens = reference.texts().get(0).tokens();
        try (TokamakEngine engine = TokamakEngine.open(config(reference).build())) {
            PoolingParams.Builder head = PoolingParams.builder().dimensions(49);
            PoolingParams.Builder mean =
                    PoolingParams.builder().kind(PoolingKind.MEAN).dimensions(65);
            assertRefused(engine, tokens, head, "dimensions must be at most 48 here, got 49");
            assertRefused(engine, tokens, mean, "dimensions must be at most 64 here, got 65");
        }
    }

    private static void assertRefused(
            TokamakEngine engine, int[] tokens, PoolingParams.Builder params, String message) {
        PoolingRequest request =
                PoolingRequest.builder(Prompt.tokens(tokens), params.build()).build();
        assertThatThrownBy(() -> engine.pool(List.of(request)))
                .isInstanceOf(TokamakException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3_embedding", "qwen3_reranker", "qwen3_classes"})
    void decodersGiveTheSameInChunksOfSeven(String name) throws InterruptedException {
        EncoderReference reference = EncoderReference.of(name);
        try (TokamakEngine engine =
                TokamakEngine.open(config(reference).maxNumBatchedTokens(7).build())) {
            assertVectors(engine, reference);
            assertVectors(engine, reference);
        }
    }
}
