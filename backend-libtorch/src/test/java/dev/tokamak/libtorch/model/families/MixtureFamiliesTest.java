package dev.tokamak.libtorch.model.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.AttentionShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The configurations of mixtures of experts, as their publishers and {@code transformers} write them. */
final class MixtureFamiliesTest {
    private static final String TINY = "\"vocab_size\": 32, \"hidden_size\": 64, \"intermediate_size\": 96,"
            + " \"num_hidden_layers\": 4, \"num_attention_heads\": 4, \"num_key_value_heads\": 4,"
            + " \"max_position_embeddings\": 128";

    @TempDir
    private Path folder;

    @Test
    void productsAreScaledByTheStretchOfTheContext() throws IOException {
        String yarn = ", \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 40, \"mscale\": 1.0,"
                + " \"original_max_position_embeddings\": 4096";
        double stretched = 0.1 * Math.log(40) + 1;
        String v3 = "\"model_type\": \"deepseek_v3\"";
        assertThat(scale(v3)).isEqualTo(1 / Math.sqrt(192));
        assertThat(scale(v3 + yarn + "}")).isEqualTo(1 / Math.sqrt(192));
        assertThat(scale(v3 + yarn + ", \"mscale_all_dim\": 1.0}")).isEqualTo(stretched * stretched / Math.sqrt(192));
    }

    @ParameterizedTest
    @CsvSource({
        "deepseek_v2, scoring_func, sigmoid",
        "deepseek_v2, topk_method, noaux_tc",
        "deepseek_v3, scoring_func, softmax",
        "deepseek_v3, topk_method, greedy"
    })
    void anotherRouterThanTheFamilysIsRefusedByName(String type, String key, String value) {
        assertRefused(
                "\"model_type\": \"" + type + "\", \"num_experts_per_tok\": 2, \"" + key + "\": \"" + value + "\", "
                        + TINY,
                "has " + key + " = \"" + value + "\"");
    }

    @Test
    void whatTransformersDoesNotReadOfDeepseekIsRefusedWhereItChangesTheModel() {
        String v2 = "\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 2, ";
        assertRefused(v2 + "\"norm_topk_prob\": true, " + TINY, "has norm_topk_prob = true where false is expected");
        assertRefused(v2 + "\"moe_layer_freq\": 2, " + TINY, "moe_layer_freq = 2");
        assertRefused("\"model_type\": \"deepseek_v2\", " + TINY, "has num_experts_per_tok = null");
        assertRefused(v2 + "\"kv_lora_rank\": 1000000000, " + TINY, "which no machine holds");
        assertRefused(
                v2 + TINY.replace("\"num_key_value_heads\": 4", "\"num_key_value_heads\": 2"),
                "has num_key_value_heads = 2 where 4, as many as heads");
    }

    @Test
    void layersOfGlm4MoeLiteHaveExpertsFromTheSecondOnUnlessTheFileSaysOtherwise() throws IOException {
        String lite = "\"model_type\": \"glm4_moe_lite\"";
        assertThat(mixtures(lite)).isEqualTo(3);
        assertThat(mixtures(lite + ", \"first_k_dense_replace\": 1")).isEqualTo(3);
        assertThat(mixtures(lite + ", \"mlp_layer_types\": [\"dense\", \"dense\", \"dense\", \"sparse\"]"))
                .isEqualTo(1);
        assertRefused(lite + ", \"first_k_dense_replace\": 2, " + TINY, "has first_k_dense_replace = 2");
        assertRefused(lite + ", \"mlp_layer_types\": [\"dense\"], " + TINY, "has mlp_layer_types = [\"dense\"]");
        assertRefused(lite + ", \"head_dim\": 32, " + TINY, "has head_dim = 32 where 64, as in qk_rope_head_dim");
    }

    @Test
    void dotsMayCallItsScoresByTheNameOfTheirBalance() throws IOException {
        String dots = "\"model_type\": \"dots1\", \"n_routed_experts\": 4, \"n_shared_experts\": 1,"
                + " \"num_experts_per_tok\": 2";
        assertThat(mixtures(dots + ", \"scoring_func\": \"noaux_tc\"")).isEqualTo(4);
        assertRefused(dots + ", \"scoring_func\": \"softmax\", " + TINY, "where sigmoid or noaux_tc is expected");
        assertRefused("\"model_type\": \"dots1\", " + TINY, "has n_routed_experts = null");
    }

    private double scale(String json) throws IOException {
        return model(json + ", " + TINY).cacheLayers().get(0).scale();
    }

    @Test
    void gptOssOfPackedWeightsIsRefusedByTheNameOfItsFormat() {
        assertRefused(
                "\"model_type\": \"gpt_oss\", \"quantization_config\": {\"quant_method\": \"mxfp4\"}, " + TINY,
                "(quantization_config, method mxfp4)");
    }

    @Test
    void gptOssRotatesByYarnUnlessTheFileSaysOtherwise() throws IOException {
        String model = "\"model_type\": \"gpt_oss\", " + TINY;
        for (String none : new String[] {"", ", \"rope_parameters\": null"}) {
            assertThat(model(model + none).rotaries().get(0).rotary().attentionFactor())
                    .isEqualTo((float) (0.1 * Math.log(32) + 1));
        }
        assertThat(model(model + ", \"rope_scaling\": {\"rope_type\": \"default\"}")
                        .rotaries()
                        .get(0)
                        .rotary()
                        .attentionFactor())
                .isEqualTo(1);
    }

    @Test
    void windowsStandWhereTransformersPutsThem() throws IOException {
        assertThat(windows("\"model_type\": \"gpt_oss\"")).containsExactly(128, 0, 128, 0);
        assertThat(windows("\"model_type\": \"mixtral\"")).containsOnly(0);
        assertThat(windows("\"model_type\": \"mixtral\", \"sliding_window\": 8"))
                .containsOnly(8);
        assertThat(windows("\"model_type\": \"qwen2_moe\", \"sliding_window\": 8"))
                .containsOnly(0);
        assertThat(windows("\"model_type\": \"qwen2_moe\", \"sliding_window\": 0, \"use_sliding_window\": false"))
                .containsOnly(0);
        assertThat(windows("\"model_type\": \"qwen2_moe\", \"sliding_window\": 8, \"use_sliding_window\": true"))
                .containsExactly(8, 0, 8, 0);
        assertThat(windows("\"model_type\": \"qwen3_moe\", \"sliding_window\": 8, \"use_sliding_window\": true,"
                        + " \"max_window_layers\": 2"))
                .containsOnly(8);
    }

    @Test
    void denseLayersStandWhereTransformersPutsThem() throws IOException {
        assertThat(mixtures("\"model_type\": \"qwen3_moe\", \"decoder_sparse_step\": 3"))
                .isEqualTo(1);
        assertThat(mixtures("\"model_type\": \"qwen2_moe\", \"mlp_only_layers\": [0, 3]"))
                .isEqualTo(2);
        assertThat(mixtures("\"model_type\": \"glm4_moe\", \"first_k_dense_replace\": 3"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "mixtral, num_experts, num_local_experts",
        "qwen3_moe, num_local_experts, num_experts",
        "olmoe, num_local_experts, num_experts",
        "glm4_moe, num_local_experts, n_routed_experts"
    })
    void theOtherNameOfTheNumberOfExpertsWillDo(String type, String other, String name) throws IOException {
        String json = "\"model_type\": \"" + type + "\", \"num_experts_per_tok\": 2, \"" + other + "\": 6, " + TINY;
        assertThat(model(json).mixtures().get(0).experts()).isEqualTo(6);
        assertRefused(json + ", \"" + name + "\": 7", "which say the same, with two values");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mixtral",
                "qwen2_moe",
                "qwen3_moe",
                "olmoe",
                "granitemoe",
                "glm4_moe",
                "gpt_oss",
                "deepseek_v2",
                "deepseek_v3"
            })
    void moreExpertsATokenThanThereAreAreRefused(String type) {
        assertRefused(
                "\"model_type\": \"" + type + "\", \"num_experts_per_tok\": 1000, " + TINY,
                "has num_experts_per_tok = 1000 where a number up to that of the experts, ");
    }

    @Test
    void expertsThatNoMachineHoldsAreRefusedBeforeMemoryIsTaken() {
        assertRefused(
                "\"model_type\": \"mixtral\", \"num_local_experts\": 1000000000, " + TINY, "which no machine holds");
        assertRefused(
                "\"model_type\": \"qwen3_moe\", \"moe_intermediate_size\": 1000000000, " + TINY,
                "which no machine holds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"n_group\": 3", "\"n_group\": 4, \"topk_group\": 5", "\"n_group\": 64"})
    void groupsThatCannotGiveATokenItsExpertsAreRefused(String groups) {
        assertRefused("\"model_type\": \"glm4_moe\", " + groups + ", " + TINY, "groups (n_group)");
    }

    @Test
    void whatAnExpertDoesNotKnowIsRefusedByName() {
        assertRefused(
                "\"model_type\": \"mixtral\", \"shared_expert_intermediate_size\": 64, " + TINY,
                "shared_expert_intermediate_size");
        assertRefused("\"model_type\": \"olmoe\", \"routed_scaling_factor\": 2.5, " + TINY, "routed_scaling_factor");
        assertRefused("\"model_type\": \"gpt_oss\", \"hidden_act\": \"gelu\", " + TINY, "hidden_act = \"gelu\"");
    }

    private int[] windows(String json) throws IOException {
        return model(json + ", " + TINY).cacheLayers().stream()
                .mapToInt(AttentionShape::window)
                .toArray();
    }

    private int mixtures(String json) throws IOException {
        return model(json + ", " + TINY).mixtures().size();
    }

    private Transformer model(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{" + json + "}");
        ModelConfig config = ModelConfig.read(folder);
        return ModelFamily.of(config).compose(config);
    }

    private void assertRefused(String json, String problem) {
        assertThatThrownBy(() -> model(json))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(problem)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }
}
