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

    /** As many parameters as torch counts in the classes of {@code transformers}. */
    @Test
    void publishedConfigurationsGiveModelsOfTheirPublishedSizes() throws IOException {
        assertThat(parameters("""
                "architectures": ["MixtralForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 2,
                "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336,
                "max_position_embeddings": 32768, "model_type": "mixtral", "num_attention_heads": 32,
                "num_experts_per_tok": 2, "num_hidden_layers": 32, "num_key_value_heads": 8, "num_local_experts": 8,
                "output_router_logits": false, "rms_norm_eps": 1e-05, "rope_theta": 1000000.0,
                "router_aux_loss_coef": 0.02, "sliding_window": null, "tie_word_embeddings": false,
                "torch_dtype": "bfloat16", "transformers_version": "4.36.0.dev0", "use_cache": true,
                "vocab_size": 32000
                """)).isEqualTo(46_702_792_704L);
        assertThat(parameters("""
                "architectures": ["Qwen2MoeForCausalLM"], "attention_dropout": 0.0, "decoder_sparse_step": 1,
                "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 5632,
                "max_position_embeddings": 8192, "max_window_layers": 21, "model_type": "qwen2_moe",
                "moe_intermediate_size": 1408, "norm_topk_prob": false, "num_attention_heads": 16, "num_experts": 60,
                "num_experts_per_tok": 4, "num_hidden_layers": 24, "num_key_value_heads": 16,
                "output_router_logits": false, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
                "router_aux_loss_coef": 0.001, "shared_expert_intermediate_size": 5632, "sliding_window": 32768,
                "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_sliding_window": false,
                "vocab_size": 151936
                """)).isEqualTo(14_315_784_192L);
        assertThat(parameters("""
                "architectures": ["Qwen3MoeForCausalLM"], "attention_bias": false, "decoder_sparse_step": 1,
                "head_dim": 128, "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 6144,
                "max_position_embeddings": 40960, "max_window_layers": 48, "mlp_only_layers": [],
                "model_type": "qwen3_moe", "moe_intermediate_size": 768, "norm_topk_prob": true,
                "num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8, "num_hidden_layers": 48,
                "num_key_value_heads": 4, "output_router_logits": false, "rms_norm_eps": 1e-06, "rope_scaling": null,
                "rope_theta": 1000000.0, "router_aux_loss_coef": 0.001, "sliding_window": null,
                "tie_word_embeddings": false, "use_sliding_window": false, "vocab_size": 151936
                """)).isEqualTo(30_532_122_624L);
        assertThat(parameters("""
                "architectures": ["OlmoeForCausalLM"], "attention_bias": false, "clip_qkv": null,
                "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 1024,
                "max_position_embeddings": 4096, "model_type": "olmoe", "norm_topk_prob": false,
                "num_attention_heads": 16, "num_experts": 64, "num_experts_per_tok": 8, "num_hidden_layers": 16,
                "num_key_value_heads": 16, "output_router_logits": false, "rms_norm_eps": 1e-05,
                "rope_scaling": null, "rope_theta": 10000.0, "router_aux_loss_coef": 0.01,
                "tie_word_embeddings": false, "vocab_size": 50304
                """)).isEqualTo(6_919_161_856L);
        assertThat(parameters("""
                "architectures": ["GraniteMoeForCausalLM"], "attention_bias": false, "attention_multiplier": 0.015625,
                "embedding_multiplier": 12.0, "hidden_act": "silu", "hidden_size": 1024, "intermediate_size": 512,
                "logits_scaling": 6.0, "max_position_embeddings": 4096, "model_type": "granitemoe",
                "num_attention_heads": 16, "num_experts_per_tok": 8, "num_hidden_layers": 24,
                "num_key_value_heads": 8, "num_local_experts": 32, "output_router_logits": false,
                "residual_multiplier": 0.22, "rms_norm_eps": 1e-06, "rope_scaling": null, "rope_theta": 10000,
                "router_aux_loss_coef": 0.0, "tie_word_embeddings": true, "vocab_size": 49155
                """)).isEqualTo(1_334_628_352L);
        // The correction of the scores is a buffer to torch.
        assertThat(parameters("""
                "architectures": ["Glm4MoeForCausalLM"], "attention_bias": true, "first_k_dense_replace": 1,
                "head_dim": 128, "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 10944,
                "max_position_embeddings": 131072, "model_type": "glm4_moe", "moe_intermediate_size": 1408,
                "n_group": 1, "n_routed_experts": 128, "n_shared_experts": 1, "norm_topk_prob": true,
                "num_attention_heads": 96, "num_experts_per_tok": 8, "num_hidden_layers": 46,
                "num_key_value_heads": 8, "num_nextn_predict_layers": 1, "partial_rotary_factor": 0.5,
                "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 1000000, "routed_scaling_factor": 1.0,
                "tie_word_embeddings": false, "topk_group": 1, "use_qk_norm": false, "vocab_size": 151552
                """)).isEqualTo(106_852_245_504L + 5_760);
        assertThat(parameters("""
                "architectures": ["GptOssForCausalLM"], "attention_bias": true, "experts_per_token": 4,
                "head_dim": 64, "hidden_act": "silu", "hidden_size": 2880, "initial_context_length": 4096,
                "intermediate_size": 2880, "max_position_embeddings": 131072, "model_type": "gpt_oss",
                "num_attention_heads": 64, "num_experts_per_tok": 4, "num_hidden_layers": 24,
                "num_key_value_heads": 8, "num_local_experts": 32, "output_router_logits": false,
                "rms_norm_eps": 1e-05, "rope_scaling": {"beta_fast": 32.0, "beta_slow": 1.0, "factor": 32.0,
                "original_max_position_embeddings": 4096, "rope_type": "yarn", "truncate": false},
                "rope_theta": 150000, "router_aux_loss_coef": 0.9, "sliding_window": 128, "swiglu_limit": 7.0,
                "tie_word_embeddings": false, "vocab_size": 201088
                """)).isEqualTo(20_914_757_184L);
    }

    @Test
    void publishedConfigurationsOfLatentAttentionGiveModelsOfTheirPublishedSizes() throws IOException {
        assertThat(parameters("""
                "architectures": ["DeepseekV2ForCausalLM"], "attention_bias": false, "aux_loss_alpha": 0.001,
                "auto_map": {"AutoModel": "modeling_deepseek.DeepseekV2Model"}, "ep_size": 1,
                "first_k_dense_replace": 1, "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 10944,
                "kv_lora_rank": 512, "max_position_embeddings": 163840, "model_type": "deepseek_v2",
                "moe_intermediate_size": 1408, "moe_layer_freq": 1, "n_group": 1, "n_routed_experts": 64,
                "n_shared_experts": 2, "norm_topk_prob": false, "num_attention_heads": 16, "num_experts_per_tok": 6,
                "num_hidden_layers": 27, "num_key_value_heads": 16, "pretraining_tp": 1, "q_lora_rank": null,
                "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-06, "rope_scaling": {
                "beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 0.707, "mscale_all_dim": 0.707,
                "original_max_position_embeddings": 4096, "type": "yarn"}, "rope_theta": 10000,
                "routed_scaling_factor": 1.0, "scoring_func": "softmax", "seq_aux": true, "topk_group": 1,
                "topk_method": "greedy", "v_head_dim": 128, "vocab_size": 102400
                """)).isEqualTo(15_706_484_224L);
        // The correction of the scores is a buffer to torch.
        assertThat(parameters("""
                "architectures": ["DeepseekV3ForCausalLM"], "attention_bias": false, "ep_size": 1,
                "first_k_dense_replace": 3, "hidden_act": "silu", "hidden_size": 7168, "intermediate_size": 18432,
                "kv_lora_rank": 512, "max_position_embeddings": 163840, "model_type": "deepseek_v3",
                "moe_intermediate_size": 2048, "moe_layer_freq": 1, "n_group": 8, "n_routed_experts": 256,
                "n_shared_experts": 1, "norm_topk_prob": true, "num_attention_heads": 128, "num_experts_per_tok": 8,
                "num_hidden_layers": 61, "num_key_value_heads": 128, "num_nextn_predict_layers": 1,
                "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-06,
                "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 1.0, "mscale_all_dim": 1.0,
                "original_max_position_embeddings": 4096, "type": "yarn"}, "rope_theta": 10000,
                "routed_scaling_factor": 2.5, "scoring_func": "sigmoid", "tie_word_embeddings": false,
                "topk_group": 4, "topk_method": "noaux_tc", "v_head_dim": 128, "vocab_size": 129280
                """)).isEqualTo(671_026_404_352L + 14_848);
    }

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

    private long parameters(String json) throws IOException {
        return model(json).parameters();
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
