package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.onnxruntime.OrtException;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.LLM;
import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.pooling.PoolingProtocol;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.tokenizers.HuggingFaceTokenizerProvider;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole engine on a real encoder gives the vectors that ONNX Runtime computes from the same weights. */
final class MiniLmTest {
    private static final List<String> TEXTS = List.of(
            "Hello, world!",
            "The quick brown fox jumps over the lazy dog.",
            "",
            "Łódź Привет 你好，世界 😀",
            "word ".repeat(200),
            "How do I bake bread?",
            "Flour, water, salt and yeast make bread.");

    private static MiniLm reference;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void open() throws OrtException, IOException {
        reference = new MiniLm();
        tokenizer = new HuggingFaceTokenizerProvider().create(reference.folder());
    }

    @AfterAll
    static void close() throws OrtException {
        tokenizer.close();
        reference.close();
    }

    private static LLM llm(int maxNumSeqs, int maxNumBatchedTokens) {
        return LLM.open(EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .maxNumSeqs(maxNumSeqs)
                .maxNumBatchedTokens(maxNumBatchedTokens)
                .build());
    }

    private static void assertVectors(List<float[]> found) throws OrtException {
        assertThat(found).hasSameSizeAs(TEXTS);
        for (int i = 0; i < found.size(); i++) {
            float[] expected = reference.vector(tokenizer.encode(TEXTS.get(i), true));
            assertThat(found.get(i)).as(TEXTS.get(i)).containsExactly(expected, offset(1e-4f));
        }
    }

    @Test
    void vectorsAreThoseOfOnnxRuntimeHoweverManyTextsAStepHas() throws OrtException, InterruptedException {
        for (int[] limits : new int[][] {{16, 1024}, {2, 256}, {1, 256}}) {
            try (LLM llm = llm(limits[0], limits[1])) {
                assertVectors(llm.embed(TEXTS, PoolingParams.defaults()));
            }
        }
    }

    @Test
    void aRequestMayChooseItsOwnPoolingLengthAndNumbers() throws OrtException, InterruptedException {
        try (LLM llm = llm(16, 1024)) {
            List<float[]> whole = llm.embed(TEXTS, PoolingParams.defaults());
            PoolingParams shorter = PoolingParams.builder().dimensions(96).build();
            List<float[]> cut = llm.embed(TEXTS, shorter);
            for (int i = 0; i < TEXTS.size(); i++) {
                double squares = 0;
                for (int j = 0; j < 96; j++) {
                    squares += whole.get(i)[j] * whole.get(i)[j];
                }
                assertThat(cut.get(i)).hasSize(96);
                assertThat(cut.get(i)[7]).isCloseTo((float) (whole.get(i)[7] / Math.sqrt(squares)), offset(1e-5f));
            }
            PoolingParams plain = PoolingParams.builder()
                    .kind(PoolingKind.MEAN)
                    .normalised(false)
                    .build();
            float[] mean = llm.embed(List.of(TEXTS.get(0)), plain).get(0);
            double length = 0;
            for (float value : mean) {
                length = Math.hypot(length, value);
            }
            assertThat(length).isNotCloseTo(1, offset(0.1));
            assertThat(mean[3]).isCloseTo((float) (whole.get(0)[3] * length), offset(1e-4f));
        }
    }

    @Test
    void aTextThatIsLongerThanTheCheckpointAllowsIsRefusedUnlessMoreIsAskedFor()
            throws OrtException, InterruptedException {
        String text = "word ".repeat(300);
        try (LLM llm = llm(4, 1024)) {
            assertThatThrownBy(() -> llm.embed(List.of(text), PoolingParams.defaults()))
                    .isInstanceOf(TokamakException.class)
                    .hasMessageContaining("256");
        }
        EngineConfig config = EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .maxModelLen(512)
                .build();
        try (LLM llm = LLM.open(config)) {
            float[] found = llm.embed(List.of(text), PoolingParams.defaults()).get(0);
            assertThat(found).containsExactly(reference.vector(tokenizer.encode(text, true)), offset(1e-4f));
        }
    }

    @Test
    void anEncoderGeneratesNothing() {
        try (TokamakEngine engine = TokamakEngine.open(EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .build())) {
            assertThatThrownBy(() -> engine.submit(GenerationRequest.builder(
                                    Prompt.text("Hello"),
                                    SamplingParams.builder().build())
                            .build()))
                    .isInstanceOf(TokamakException.class)
                    .hasMessageContaining("does not generate text");
        }
    }

    @Test
    void theEmbeddingsEndpointGivesTheVectorsOfOnnxRuntimeAndCutsTextsWithinTheirMarks() throws OrtException {
        try (TokamakEngine engine = TokamakEngine.open(EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .maxNumBatchedTokens(1024)
                .build())) {
            Call call = new PoolingProtocol(engine).embeddings("""
                            {"input": ["How do I bake bread?", "Łódź Привет 你好，世界 😀"],
                             "truncate_prompt_tokens": 24}
                            """.getBytes(StandardCharsets.UTF_8));
            JsonArray data = json(call.respond(Runnable::run).join()).getJsonArray("data");
            assertThat(vector(data, 0))
                    .containsExactly(reference.vector(tokenizer.encode("How do I bake bread?", true)), offset(1e-4f));
            assertThat(vector(data, 1))
                    .containsExactly(reference.vector(tokenizer.encode("Łódź Привет 你好，世界 😀", true)), offset(1e-4f));
            call = new PoolingProtocol(engine)
                    .embeddings("{\"input\": \"one two three four five\", \"truncate_prompt_tokens\": 4}"
                            .getBytes(StandardCharsets.UTF_8));
            data = json(call.respond(Runnable::run).join()).getJsonArray("data");
            assertThat(vector(data, 0))
                    .containsExactly(reference.vector(tokenizer.encode("one two", true)), offset(1e-4f));
        }
    }

    @Test
    void theScoresOfDocumentsAreTheCosinesOfTheirVectors() throws OrtException {
        String query = "How do I bake bread?";
        List<String> documents =
                List.of("Jupiter is bigger than all other planets.", "Flour, water, salt and yeast make a loaf.");
        try (TokamakEngine engine = TokamakEngine.open(EngineConfig.builder(reference.folder())
                .executor("libtorch")
                .device("cpu")
                .build())) {
            Call call = new PoolingProtocol(engine)
                    .rerank(("{\"query\": \"" + query + "\", \"documents\": [\"" + String.join("\", \"", documents)
                                    + "\"]}")
                            .getBytes(StandardCharsets.UTF_8));
            JsonArray results = json(call.respond(Runnable::run).join()).getJsonArray("results");
            float[] asked = reference.vector(tokenizer.encode(query, true));
            for (int rank = 0; rank < 2; rank++) {
                JsonObject result = results.getJsonObject(rank);
                assertThat(result.getInt("index")).isEqualTo(1 - rank);
                float[] vector = reference.vector(tokenizer.encode(documents.get(1 - rank), true));
                assertThat(result.getJsonNumber("relevance_score").doubleValue())
                        .isCloseTo(product(asked, vector), offset(1e-4));
            }
        }
    }

    private static JsonObject json(byte[] body) {
        try (JsonReader reader = Json.createReader(new ByteArrayInputStream(body))) {
            return reader.readObject();
        }
    }

    private static float[] vector(JsonArray data, int index) {
        List<JsonNumber> numbers =
                data.getJsonObject(index).getJsonArray("embedding").getValuesAs(JsonNumber.class);
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) numbers.get(i).doubleValue();
        }
        return vector;
    }

    @Test
    void questionsAreNearestToTheirAnswers() throws InterruptedException {
        List<String> texts = new ArrayList<>(List.of(
                "How do I bake bread?",
                "Which planet is the largest?",
                "Flour, water, salt and yeast make a loaf.",
                "Jupiter is bigger than all other planets."));
        try (LLM llm = llm(16, 1024)) {
            List<float[]> vectors = llm.embed(texts, PoolingParams.defaults());
            assertThat(product(vectors.get(0), vectors.get(2))).isGreaterThan(product(vectors.get(0), vectors.get(3)));
            assertThat(product(vectors.get(1), vectors.get(3))).isGreaterThan(product(vectors.get(1), vectors.get(2)));
        }
    }

    private static double product(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }
}
