package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.weights.SafetensorsFile;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be right and wrong with the files of models that give vectors. */
final class EncoderFilesTest {
    @TempDir
    private Path folder;

    /** Files hold an encoder alone or within a model with a head, whose place {@code transformers} does not ask about. */
    @ParameterizedTest
    @CsvSource({
        "bert, bert.",
        "roberta, roberta.",
        "distilbert, distilbert.",
        "mpnet, mpnet.",
        "modernbert, model.",
        "qwen3_embedding, model."
    })
    void anEncoderIsFoundWithinAModelThatHasAHead(String name, String place) throws IOException {
        assertVectorsWith(name, tensor -> place + tensor);
    }

    @Test
    void theFirstNamesOfNormsAreKnown() throws IOException {
        assertVectorsWith("bert", tensor -> tensor.replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta"));
    }

    private void assertVectorsWith(String name, UnaryOperator<String> named) throws IOException {
        EncoderReference.write(name, named, folder);
        try (Texts texts = new Texts(EncoderReference.of(name), folder)) {
            texts.assertOwn(texts.run(texts.own(), 0, 1, 2, 3), 0, 1, 2, 3);
        }
    }

    @Test
    void aTextWhoseVectorIsNoNumbersFailsAlone() throws IOException {
        EncoderReference reference = EncoderReference.of("bert");
        EncoderReference.write("bert", UnaryOperator.identity(), folder);
        breakToken(reference.texts().get(0).tokens()[2]);
        try (Texts texts = new Texts(reference, folder)) {
            StepPlan plan = texts.begin();
            texts.whole(plan, 3, texts.own());
            texts.whole(plan, 0, texts.own());
            texts.whole(plan, 3, new Pooling(PoolingKind.ALL, true, 0));
            StepResult result = texts.result(plan);
            assertThat(result.failed(0)).isFalse();
            assertThat(result.vectorCount(0)).isEqualTo(1);
            assertThat(result.failed(1)).isTrue();
            assertThat(result.vectorCount(1)).isZero();
            assertThat(result.failed(2)).isFalse();
            assertThat(result.vectorCount(2)).isEqualTo(1);
        }
    }

    private void breakToken(int token) throws IOException {
        Path weights = folder.resolve("model.safetensors");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        int width = 64;
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            long table = file.entries().get("embeddings.word_embeddings.weight").start();
            int at = (int) (8 + bytes.getLong(0) + table) + token * width * Float.BYTES;
            bytes.putFloat(at, Float.NaN);
        }
        Files.write(weights, bytes.array());
    }

    @Test
    void aModuleWithoutItsWeightsIsRefused() throws IOException {
        EncoderReference.write("embeddinggemma", UnaryOperator.identity(), folder);
        assertRefused("embeddinggemma", folder.resolve("2_Dense") + " has no weights: neither model.safetensors nor");
    }

    @Test
    void modulesOfOtherWidthsThanTheModelAreRefused() throws IOException {
        EncoderReference.write("embeddinggemma", UnaryOperator.identity(), folder);
        edit("2_Dense/config.json", "\"in_features\": 64", "\"in_features\": 65");
        assertRefused("embeddinggemma", "has vectors of 64 elements where its module 2_Dense takes 65");
        edit("1_Pooling/config.json", "\"embedding_dimension\": 64", "\"embedding_dimension\": 63");
        assertRefused("embeddinggemma", "has vectors of 64 elements, its Pooling module asks for 63");
    }

    @Test
    void tokensOfAScoreThatTheModelDoesNotHaveAreRefused() throws IOException {
        EncoderReference.write("qwen3_reranker", UnaryOperator.identity(), folder);
        edit("1_LogitScore/config.json", "\"true_token_id\": 9", "\"true_token_id\": 256");
        assertRefused("qwen3_reranker", "has 256 tokens (vocab_size); its LogitScore module asks for tokens 256 and 7");
    }

    private void edit(String name, String found, String replacement) throws IOException {
        Path file = folder.resolve(name);
        String text = Files.readString(file);
        assertThat(text).contains(found);
        Files.writeString(file, text.replace(found, replacement));
    }

    private void assertRefused(String name, String problem) {
        assertThatThrownBy(() -> new Texts(EncoderReference.of(name), folder).close())
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(problem);
    }
}
