package dev.tokamak.protocol.pooling;

import static dev.tokamak.protocol.pooling.PooledEngine.floats;
import static dev.tokamak.protocol.pooling.PooledEngine.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.engine.model.Labels.Activation;
import dev.tokamak.protocol.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels, vectors of tokens, and the vectors that Text Embeddings Inference gives. */
class PoolingTest {
    private static final List<String> NAMES = List.of("good", "bad", "LABEL_2");

    @TempDir
    private static Path labelsFolder;

    @TempDir
    private static Path vectorsFolder;

    private static PooledEngine labels;
    private static PooledEngine vectors;

    @BeforeAll
    static void open() throws IOException {
        Files.writeString(labelsFolder.resolve("config.json"), "{\"id2label\":{\"0\":\"good\",\"1\":\"bad\"}}");
        labels = new PooledEngine(labelsFolder, "encoder", "true", "labels", "3");
        vectors = new PooledEngine(vectorsFolder, "encoder", "true");
    }

    @AfterAll
    static void close() {
        labels.close();
        vectors.close();
    }

    private static float[] logits(String text) throws InterruptedException {
        return labels.vector(text);
    }

    @Test
    void eachTextHasTheProbabilitiesOfTheLabelsAndTheLikeliest() throws InterruptedException {
        Map<?, ?> answer =
                labels.object(labels.protocol::classify, "{\"model\":\"hash\",\"input\":[\"one\",\"two\",\"three\"]}");
        assertThat((String) answer.get("id")).startsWith("classify-");
        int i = 0;
        for (String text : List.of("one", "two", "three")) {
            float[] expected = Activation.PROBABILITIES.of(logits(text));
            float[] found = floats(item(answer, i).get("probs"));
            assertThat(found).containsExactly(expected, offset(1e-6f));
            assertThat(item(answer, i).get("num_classes")).isEqualTo(3L);
            int best = found[0] >= found[1] && found[0] >= found[2] ? 0 : found[1] >= found[2] ? 1 : 2;
            assertThat(item(answer, i).get("label")).isEqualTo(NAMES.get(best));
            i++;
        }
        Map<?, ?> raw = labels.object(labels.protocol::classify, "{\"input\":\"one\",\"use_activation\":false}");
        assertThat(floats(item(raw, 0).get("probs"))).containsExactly(logits("one"), offset(1e-6f));
    }

    @Test
    void poolingGivesAVectorForEachTokenUnlessAskedForOneOfTheText() throws InterruptedException {
        int[] ids = vectors.engine.encode("some text", true);
        List<float[]> expected = vectors.pooled(
                        ids, PoolingParams.builder().kind(PoolingKind.ALL).build())
                .vectors();
        for (String task : List.of("", ",\"task\":\"token_embed\"")) {
            Map<?, ?> answer = vectors.object(vectors.protocol::pooling, "{\"input\":\"some text\"" + task + "}");
            assertThat(item(answer, 0).get("object")).isEqualTo("pooling");
            List<?> found = (List<?>) item(answer, 0).get("data");
            assertThat(found).hasSize(ids.length);
            for (int i = 0; i < ids.length; i++) {
                assertThat(floats(found.get(i))).containsExactly(expected.get(i));
            }
        }
        Map<?, ?> whole = vectors.object(vectors.protocol::pooling, "{\"input\":\"some text\",\"task\":\"embed\"}");
        assertThat(floats(item(whole, 0).get("data"))).containsExactly(vectors.vector("some text"));
        Map<?, ?> head = labels.object(labels.protocol::pooling, "{\"input\":\"one\"}");
        assertThat(floats(item(head, 0).get("data")))
                .containsExactly(Activation.PROBABILITIES.of(logits("one")), offset(1e-6f));
    }

    @Test
    void textEmbeddingsInferenceGetsBareVectors() throws InterruptedException {
        List<?> answer = (List<?>) vectors.answer(vectors.protocol::embed, "{\"inputs\":[\"one\",\"two\"]}");
        assertThat(answer).hasSize(2);
        assertThat(floats(answer.get(1))).containsExactly(vectors.vector("two"));
        String ids = Arrays.toString(vectors.engine.encode("two", true));
        assertThat(floats(((List<?>) vectors.answer(vectors.protocol::embed, "{\"inputs\":[" + ids + "]}")).get(0)))
                .containsExactly(vectors.vector("two"));
        List<?> cut = (List<?>) vectors.answer(
                vectors.protocol::embed,
                "{\"inputs\":\"" + "7".repeat(10_000) + "\",\"truncate\":true,\"normalize\":false,\"dimensions\":2}");
        assertThat(floats(cut.get(0))).hasSize(2);
    }

    @Test
    void aTaskThatTheModelLacksIsNamed() {
        String body = "{\"input\":\"a\",\"inputs\":\"a\"}";
        for (ProtocolException refusal : List.of(
                labels.refusal(labels.protocol::embeddings, body), labels.refusal(labels.protocol::embed, body))) {
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal.param()).contains("model");
            assertThat(refusal).hasMessageContaining("does not support the task embed; it supports [classify]");
        }
        assertThat(vectors.refusal(vectors.protocol::classify, body))
                .hasMessageContaining("does not support the task classify; it supports [embed]");
        assertThat(labels.refusal(labels.protocol::pooling, "{\"input\":\"a\",\"task\":\"token_embed\"}"))
                .hasMessageContaining("does not support the task");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "pooling  | \"input\": \"a\", \"task\": \"plugin\"            | task             | invalid_value",
                "pooling  | \"input\": \"a\", \"task\": 7                     | task             | invalid_type",
                "pooling  | \"input\": []                                     | input            | invalid_value",
                "pooling  | \"input\": \"a\", \"encoding_format\": \"hex\"    | encoding_format  | invalid_value",
                "pooling  | \"messages\": []                                  | messages         | unsupported_parameter",
                "classify | \"input\": \"a\", \"use_activation\": 1           | use_activation   | invalid_type",
                "classify | \"input\": [7, \"a\"]                             | input[1]         | invalid_type",
                "classify | \"input\": \"a\", \"truncate_prompt_tokens\": -2  | truncate_prompt_tokens | invalid_value",
                "embed    | \"input\": \"a\"                                  | inputs           | missing_required_parameter",
                "embed    | \"inputs\": [\"a\", 1]                            | inputs[1]        | invalid_type",
                "embed    | \"inputs\": \"a\", \"normalize\": 1               | normalize        | invalid_type",
                "embed    | \"inputs\": \"a\", \"truncate\": \"yes\"          | truncate         | invalid_type",
                "embed    | \"inputs\": \"a\", \"truncation_direction\": \"Up\" | truncation_direction | invalid_value",
                "embed    | \"inputs\": \"a\", \"dimensions\": 9              | dimensions       | invalid_value",
                "embed    | \"inputs\": \"a\", \"prompt_name\": \"x\"         | prompt_name      | invalid_value"
            })
    void badFieldsAreNamed(String endpoint, String fields, String param, String code) {
        PoolingProtocol of = endpoint.equals("classify") ? labels.protocol : vectors.protocol;
        PooledEngine served = endpoint.equals("classify") ? labels : vectors;
        ProtocolException refusal = served.refusal(
                endpoint.equals("classify") ? of::classify : endpoint.equals("embed") ? of::embed : of::pooling,
                "{" + fields + "}");
        assertThat(refusal.status()).isEqualTo(400);
        assertThat(refusal.param()).contains(param);
        assertThat(refusal.code()).contains(code);
    }
}
