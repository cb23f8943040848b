package dev.tokamak.libtorch.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.operators.Activation;
import dev.tokamak.libtorch.operators.PoolingMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code sentence-transformers} writes beside a checkpoint, in its old and its new spellings. */
final class SentenceModulesTest {
    @TempDir
    private Path folder;

    @Test
    void aFolderWithoutModulesHasNone() {
        assertThat(SentenceModules.read(folder)).isEqualTo(SentenceModules.NONE);
    }

    @Test
    void severalFlagsAreSeveralPoolingsInTheOrderInWhichTheyAreConcatenated() throws IOException {
        modules("models.Transformer", "", "models.Pooling", "1_Pooling");
        write("1_Pooling/config.json", """
                {"word_embedding_dimension": 64, "pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true,
                 "pooling_mode_max_tokens": false, "include_prompt": true}""");
        SentenceModules modules = SentenceModules.read(folder);
        assertThat(modules.pooling()).containsExactly(PoolingMode.FIRST, PoolingMode.MEAN);
        assertThat(modules.width()).hasValue(64);
        assertThat(modules.unitLength()).isFalse();
        assertThat(modules.makeVectors()).isTrue();
    }

    @Test
    void aNameOrNamesOfPoolingsGoBeforeFlags() throws IOException {
        modules("base.Transformer", "", "x.Pooling", "1_Pooling");
        write("1_Pooling/config.json", "{\"pooling_mode\": \"lasttoken\", \"pooling_mode_cls_token\": true}");
        assertThat(SentenceModules.read(folder).pooling()).containsExactly(PoolingMode.LAST);
        write("1_Pooling/config.json", "{\"pooling_mode\": [\"weightedmean\", \"mean_sqrt_len_tokens\"]}");
        assertThat(SentenceModules.read(folder).pooling())
                .containsExactly(PoolingMode.WEIGHTED_MEAN, PoolingMode.MEAN_SQRT_LENGTH);
    }

    @Test
    void poolingThatSaysNothingIsTheMean() throws IOException {
        modules("models.Transformer", "", "models.Pooling", "1_Pooling");
        write("1_Pooling/config.json", "{\"pooling_mode_cls_token\": false}");
        assertThat(SentenceModules.read(folder).pooling()).containsExactly(PoolingMode.MEAN);
    }

    @Test
    void denseLayersKeepTheirOrderAndHaveBiasAndTanhUnlessTheySayOtherwise() throws IOException {
        modules(
                "models.Transformer",
                "",
                "models.Pooling",
                "1_Pooling",
                "models.Dense",
                "2_Dense",
                "models.Dense",
                "3_Dense",
                "models.Normalize",
                "4_Normalize");
        write("1_Pooling/config.json", "{}");
        write("2_Dense/config.json", """
                {"in_features": 64, "out_features": 128, "bias": false,
                 "activation_function": "torch.nn.modules.linear.Identity"}""");
        write("3_Dense/config.json", """
                {"in_features": 128, "out_features": 32, "use_residual": true}""");
        SentenceModules modules = SentenceModules.read(folder);
        assertThat(modules.dense())
                .containsExactly(
                        new SentenceModules.Dense("2_Dense", 64, 128, false, null, false),
                        new SentenceModules.Dense("3_Dense", 128, 32, true, Activation.TANH, true));
        assertThat(modules.unitLength()).isTrue();
    }

    @Test
    void theTokensOfALogitScoreAreRead() throws IOException {
        modules("base.Transformer", "", "cross_encoder.modules.logit_score.LogitScore", "1_LogitScore");
        write("1_LogitScore/config.json", "{\"true_token_id\": 9693, \"false_token_id\": 2152}");
        assertThat(SentenceModules.read(folder).score())
                .hasValue(new SentenceModules.TokenScore(9693, OptionalInt.of(2152)));
        write("1_LogitScore/config.json", "{\"true_token_id\": 9693, \"false_token_id\": null}");
        assertThat(SentenceModules.read(folder).score())
                .hasValue(new SentenceModules.TokenScore(9693, OptionalInt.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "xlm-roberta", "distilbert"})
    void theMostTokensStandInAFileNamedAfterTheModel(String kind) throws IOException {
        modules("models.Transformer", "");
        write("sentence_" + kind + "_config.json", "{\"max_seq_length\": 128, \"do_lower_case\": false}");
        assertThat(SentenceModules.read(folder).mostTokens()).hasValue(128);
        write("sentence_" + kind + "_config.json", "{\"max_seq_length\": null}");
        assertThat(SentenceModules.read(folder).mostTokens()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "sentence_transformers.models.WeightedLayerPooling, 1_Pooling",
        "sentence_transformers.models.Dense, 1_Dense",
        "sentence_transformers.models.Normalize, 1_Pooling",
        "custom_st.Pooling, 1_Pooling"
    })
    void whatDoesNotStandBehindATransformerHereIsRefusedByName(String type, String path) throws IOException {
        write("modules.json", """
                [{"path": "", "type": "sentence_transformers.models.Transformer"}, {"path": "%s", "type": "%s"}]""".formatted(path, type));
        write("1_Pooling/config.json", "{}");
        write("1_Dense/config.json", "{\"in_features\": 64, \"out_features\": 128}");
        assertRefused("modules.json asks for " + type + " (" + path + ") in a place where it is not supported");
    }

    @Test
    void aTransformerInAnotherFolderIsRefused() throws IOException {
        modules("models.Transformer", "0_Transformer");
        assertRefused("(0_Transformer) in a place where it is not supported");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"pooling_mode\": \"median\"} | pools by median; supported are cls, max, mean",
                "{\"include_prompt\": false} | leaves prompts out of the vector (include_prompt)",
                "{\"pooling_mode\": 3} | has pooling_mode = 3 where a list of texts is expected",
                "{\"word_embedding_dimension\": -1} | has word_embedding_dimension = -1",
                "{\"whiten\": true} | asks for whiten = true, which is not known for Pooling"
            })
    void poolingThatNobodyKnowsIsRefused(String config, String problem) throws IOException {
        modules("models.Transformer", "", "models.Pooling", "1_Pooling");
        write("1_Pooling/config.json", config);
        assertRefused(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"in_features\": 64} | lacks out_features",
                "{\"in_features\": 64, \"out_features\": 8, \"activation_function\": \"my.Act\"} | has activation_function",
                "{\"in_features\": 64, \"out_features\": 8, \"module_input_name\": \"token_embeddings\"} | has module_input_name"
            })
    void aDenseLayerThatNobodyKnowsIsRefused(String config, String problem) throws IOException {
        modules("models.Transformer", "", "models.Pooling", "1_Pooling", "models.Dense", "2_Dense");
        write("1_Pooling/config.json", "{}");
        write("2_Dense/config.json", config);
        assertRefused(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[1]", "[{\"type\": \"x\"}]", "[{\"type\": 1, \"path\": \"\"}]", "["})
    void modulesThatAreNoListOfModulesAreRefused(String text) throws IOException {
        write("modules.json", text);
        assertRefused("modules.json");
    }

    @Test
    void aFolderOutsideOfTheCheckpointIsRefused() throws IOException {
        modules("models.Transformer", "", "models.Pooling", "../elsewhere");
        assertRefused("names the folder \"../elsewhere\", which is not within");
    }

    private void assertRefused(String problem) {
        assertThatThrownBy(() -> SentenceModules.read(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(problem)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    /** Types without the name of the library, each with its folder. */
    private void modules(String... typesAndPaths) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < typesAndPaths.length; i += 2) {
            text.append(text.isEmpty() ? "[" : ",")
                    .append("{\"type\": \"sentence_transformers.")
                    .append(typesAndPaths[i])
                    .append("\", \"path\": \"")
                    .append(typesAndPaths[i + 1])
                    .append("\"}");
        }
        write("modules.json", text + "]");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
