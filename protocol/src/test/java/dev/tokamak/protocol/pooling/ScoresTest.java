package dev.tokamak.protocol.pooling;

import static dev.tokamak.protocol.pooling.PooledEngine.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.api.PoolingParams;
import dev.tokamak.protocol.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scores of pairs by a head that sees both, and by the vectors of each. */
class ScoresTest {
    private static final Offset<Double> NEAR = offset(1e-6);
    private static final List<String> TEXTS = List.of("flour", "planets and moons", "bread");

    @TempDir
    private static Path crossFolder;

    @TempDir
    private static Path apartFolder;

    private static PooledEngine cross;
    private static PooledEngine apart;

    @BeforeAll
    static void open() throws IOException {
        cross = new PooledEngine(crossFolder, "encoder", "true", "labels", "1");
        Files.writeString(
                apartFolder.resolve("config_sentence_transformers.json"),
                "{\"prompts\":{\"query\":\"ask: \",\"passage\":\"read: \"}}");
        apart = new PooledEngine(apartFolder, "encoder", "true");
    }

    @AfterAll
    static void close() {
        cross.close();
        apart.close();
    }

    private static double logit(String query, String document) throws InterruptedException {
        int[] tokens = cross.engine.encodePair(query, document).tokenIds();
        return cross.pooled(tokens, PoolingParams.defaults()).pooled().orElseThrow()[0];
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    private static double cosine(String query, String document) throws InterruptedException {
        float[] one = apart.vector("ask: " + query);
        float[] other = apart.vector("read: " + document);
        return IntStream.range(0, one.length)
                .mapToDouble(i -> one[i] * other[i])
                .sum();
    }

    private static double score(Map<?, ?> answer, int index) {
        return ((Number) item(answer, index).get("score")).doubleValue();
    }

    @ParameterizedTest
    @CsvSource({"queries,documents", "queries,items", "data_1,data_2", "text_1,text_2"})
    void aQueryIsScoredAgainstEachDocument(String first, String second) throws InterruptedException {
        Map<?, ?> answer = cross.object(
                cross.protocol::score,
                "{\"model\":\"hash\",\"" + first + "\":\"bake\",\"" + second
                        + "\":[\"flour\",{\"text\":\"planets and moons\"}]}");
        assertThat((String) answer.get("id")).startsWith("score-");
        assertThat((List<?>) answer.get("data")).hasSize(2);
        assertThat(item(answer, 1).get("object")).isEqualTo("score");
        assertThat(item(answer, 1).get("index")).isEqualTo(1L);
        assertThat(score(answer, 0)).isCloseTo(sigmoid(logit("bake", "flour")), NEAR);
        assertThat(score(answer, 1)).isCloseTo(sigmoid(logit("bake", "planets and moons")), NEAR);
        long tokens = cross.engine.encodePair("bake", "flour").tokenIds().length
                + cross.engine.encodePair("bake", "planets and moons").tokenIds().length;
        assertThat(((Map<?, ?>) answer.get("usage")).get("prompt_tokens")).isEqualTo(tokens);
    }

    @Test
    void textsArePairedOneByOneAndLogitsAreLeftAsTheyAreWhereAskedFor() throws InterruptedException {
        String body = "{\"queries\":[\"a\",\"b\"],\"documents\":[\"flour\",\"bread\"],\"use_activation\":false}";
        Map<?, ?> answer = cross.object(cross.protocol::score, body);
        assertThat(score(answer, 0)).isCloseTo(logit("a", "flour"), NEAR);
        assertThat(score(answer, 1)).isCloseTo(logit("b", "bread"), NEAR);
        Map<?, ?> near = apart.object(apart.protocol::score, body);
        assertThat(score(near, 1)).isCloseTo(cosine("b", "bread"), NEAR);
    }

    @Test
    void withoutAHeadTheScoreIsTheCosineOfTheVectors() throws InterruptedException {
        Map<?, ?> answer = apart.object(
                apart.protocol::score, "{\"text_1\":\"bake\",\"text_2\":[\"flour\",\"planets and moons\",\"bread\"]}");
        for (int i = 0; i < 3; i++) {
            assertThat(score(answer, i)).isCloseTo(cosine("bake", TEXTS.get(i)), NEAR);
        }
    }

    @Test
    void documentsAreRankedTheBestFirst() throws InterruptedException {
        String fields = "\"query\":\"bake\",\"documents\":[\"flour\",\"planets and moons\",{\"text\":\"bread\"}]";
        Map<?, ?> answer = cross.object(cross.protocol::rerank, "{" + fields + "}");
        assertThat((String) answer.get("id")).startsWith("rerank-");
        assertThat(answer.get("model")).isEqualTo("hash");
        assertThat(((Map<?, ?>) answer.get("usage")).get("total_tokens")).isNotEqualTo(0L);
        List<?> results = (List<?>) answer.get("results");
        assertThat(results).hasSize(3);
        double before = Double.POSITIVE_INFINITY;
        for (Object each : results) {
            Map<?, ?> result = (Map<?, ?>) each;
            String text = TEXTS.get((int) (long) result.get("index"));
            double score = ((Number) result.get("relevance_score")).doubleValue();
            assertThat(score).isCloseTo(sigmoid(logit("bake", text)), NEAR).isLessThanOrEqualTo(before);
            assertThat(result.get("document")).isEqualTo(Map.of("text", text));
            before = score;
        }
        List<?> first = (List<?>)
                cross.object(cross.protocol::rerank, "{" + fields + ",\"top_n\":2,\"return_documents\":false}")
                        .get("results");
        assertThat(first).hasSize(2);
        assertThat(((Map<?, ?>) first.get(0)).get("index")).isEqualTo(((Map<?, ?>) results.get(0)).get("index"));
        assertThat(((Map<?, ?>) first.get(0)).containsKey("document")).isFalse();
        assertThat((List<?>) cross.object(cross.protocol::rerank, "{" + fields + ",\"top_n\":0}")
                        .get("results"))
                .hasSize(3);
    }

    @Test
    void aBodyWithTextsIsAnsweredAsTextEmbeddingsInferenceDoes() throws InterruptedException {
        String fields = "\"query\":\"bake\",\"texts\":[\"flour\",\"planets and moons\",\"bread\"]";
        List<?> ranks = (List<?>)
                cross.answer(cross.protocol::rerank, "{" + fields + ",\"raw_scores\":true,\"return_text\":true}");
        assertThat(ranks).hasSize(3);
        for (Object each : ranks) {
            Map<?, ?> rank = (Map<?, ?>) each;
            String text = TEXTS.get((int) (long) rank.get("index"));
            assertThat(rank.get("text")).isEqualTo(text);
            assertThat(((Number) rank.get("score")).doubleValue()).isCloseTo(logit("bake", text), NEAR);
        }
        Map<?, ?> plain = (Map<?, ?>) ((List<?>) cross.answer(cross.protocol::rerank, "{" + fields + "}")).get(0);
        String best = TEXTS.get((int) (long) plain.get("index"));
        assertThat(((Number) plain.get("score")).doubleValue()).isCloseTo(sigmoid(logit("bake", best)), NEAR);
        assertThat(plain.containsKey("text")).isFalse();
    }

    @Test
    void queriesAndDocumentsAreCutToTheirOwnNumbersOfTokens() throws InterruptedException {
        String longer = "one two three four five six seven";
        Map<?, ?> answer = cross.object(
                cross.protocol::score,
                "{\"queries\":\"" + longer + "\",\"documents\":\"" + longer
                        + "\",\"max_tokens_per_query\":2,\"max_tokens_per_doc\":3}");
        long tokens = (long) ((Map<?, ?>) answer.get("usage")).get("prompt_tokens");
        int around = cross.engine.encodePair("", "").tokenIds().length;
        assertThat(tokens).isEqualTo(around + 5);
    }

    @Test
    void aDocumentIsCutSoThatThePairFits() {
        String huge = "7".repeat(100_000);
        Map<?, ?> answer = cross.object(
                cross.protocol::score,
                "{\"queries\":\"one two\",\"documents\":\"" + huge + "\",\"truncate_prompt_tokens\":20}");
        assertThat(((Map<?, ?>) answer.get("usage")).get("prompt_tokens")).isEqualTo(20L);
        ProtocolException refusal =
                cross.refusal(cross.protocol::score, "{\"queries\":\"a\",\"documents\":[\"b\",\"" + huge + "\"]}");
        assertThat(refusal.code()).contains("context_length_exceeded");
        assertThat(refusal.param()).contains("documents[1]");
        for (PooledEngine each : List.of(cross, apart)) {
            ProtocolException query =
                    each.refusal(each.protocol::rerank, "{\"query\":\"" + huge + "\",\"documents\":[\"a\"]}");
            assertThat(query.code()).contains("context_length_exceeded");
            assertThat(query.param()).contains("query");
        }
    }

    @Test
    void aModelThatTellsSeveralLabelsApartScoresNothing(@TempDir Path folder) {
        try (PooledEngine labels = new PooledEngine(folder, "encoder", "true", "labels", "3")) {
            ProtocolException refusal =
                    labels.refusal(labels.protocol::score, "{\"queries\":\"a\",\"documents\":\"b\"}");
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal.param()).contains("model");
            assertThat(refusal).hasMessageContaining("does not support the task score; it supports [classify]");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "                                                   | queries       | missing_required_parameter",
                "\"queries\": \"a\"                                 | documents     | missing_required_parameter",
                "\"documents\": \"a\"                               | queries       | missing_required_parameter",
                "\"text_2\": \"a\"                                  | text_1        | missing_required_parameter",
                "\"queries\": 7, \"documents\": \"a\"               | queries       | invalid_type",
                "\"queries\": \"a\", \"documents\": []              | documents     | invalid_value",
                "\"queries\": \"a\", \"documents\": [\"a\", 7]      | documents[1]  | invalid_type",
                "\"queries\": \"a\", \"documents\": [{}]            | documents[0].text | missing_required_parameter",
                "\"queries\": [\"a\",\"b\"], \"documents\": [\"c\"] | documents     | invalid_value",
                "\"queries\": \"a\", \"documents\": \"b\", \"use_activation\": 1 | use_activation | invalid_type",
                "\"queries\": \"a\", \"documents\": \"b\", \"instruction\": \"c\" | instruction | unsupported_parameter",
                "\"queries\": \"a\", \"documents\": \"b\", \"chat_template_kwargs\": {} | chat_template_kwargs | unsupported_parameter",
                "\"queries\": \"a\", \"documents\": \"b\", \"truncation_side\": \"left\" | truncation_side | unsupported_parameter",
                "\"queries\": \"a\", \"documents\": \"b\", \"max_tokens_per_doc\": 0 | max_tokens_per_doc | invalid_value",
                "\"queries\": \"a\", \"documents\": \"b\", \"max_tokens_per_query\": \"1\" | max_tokens_per_query | invalid_type",
                "\"queries\": \"a\", \"documents\": \"b\", \"model\": \"c\" | model | model_not_found"
            })
    void badFieldsOfScoreAreNamed(String fields, String param, String code) {
        assertRefused(cross.refusal(cross.protocol::score, "{" + (fields == null ? "" : fields) + "}"), param, code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"documents\": [\"a\"]                              | query        | missing_required_parameter",
                "\"query\": \"a\"                                    | documents    | missing_required_parameter",
                "\"query\": [\"a\"], \"documents\": [\"a\"]          | query        | invalid_type",
                "\"query\": \"a\", \"documents\": \"a\"              | documents    | invalid_type",
                "\"query\": \"a\", \"documents\": []                 | documents    | invalid_value",
                "\"query\": \"a\", \"documents\": [\"a\", null]      | documents[1] | invalid_type",
                "\"query\": \"a\", \"documents\": [\"a\"], \"top_n\": -1 | top_n     | invalid_value",
                "\"query\": \"a\", \"documents\": [\"a\"], \"return_documents\": 1 | return_documents | invalid_type",
                "\"query\": \"a\", \"texts\": [7]                    | texts[0]     | invalid_type",
                "\"query\": \"a\", \"texts\": [\"a\"], \"raw_scores\": 1 | raw_scores | invalid_type",
                "\"query\": \"a\", \"texts\": [\"a\"], \"return_text\": 1 | return_text | invalid_type",
                "\"query\": \"a\", \"texts\": [\"a\"], \"truncate\": 1 | truncate    | invalid_type",
                "\"query\": \"a\", \"texts\": [\"a\"], \"truncation_direction\": \"Up\" | truncation_direction | invalid_value",
                "\"query\": \"a\", \"texts\": [\"a\"], \"truncation_direction\": \"Left\" | truncation_direction | unsupported_parameter"
            })
    void badFieldsOfRerankAreNamed(String fields, String param, String code) {
        assertRefused(cross.refusal(cross.protocol::rerank, "{" + fields + "}"), param, code);
    }

    private static void assertRefused(ProtocolException refusal, String param, String code) {
        assertThat(refusal.status()).isEqualTo(code.equals("model_not_found") ? 404 : 400);
        assertThat(refusal.param()).contains(param);
        assertThat(refusal.code()).contains(code);
    }
}
