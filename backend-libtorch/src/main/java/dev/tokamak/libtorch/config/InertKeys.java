package dev.tokamak.libtorch.config;

import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * Keys of {@code config.json} that change nothing in what a model computes from tokens: where it came from, how it was trained,
 * how text is generated with it (which {@code generation_config.json} says), and how {@code transformers} runs it. A key belongs
 * here if no family computes by it without reading it.
 */
final class InertKeys {
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            // Where it came from.
            "_name_or_path",
            "name_or_path",
            "_commit_hash",
            "transformers_version",
            "transformers.js_config",
            "model_type",
            "architectures",
            "auto_map",
            "custom_pipelines",
            "is_llama_config",
            "max_seq_len",
            "max_sequence_length",
            "model_max_length",
            "seq_length",
            "tokenizer_class",
            "processor_class",
            "prefix",
            "task_specific_params",
            "finetuning_task",
            "unsloth_version",
            "unsloth_fixed",
            "unsloth_template",
            "_unsloth_auto_tokenizer",
            "mlx_version",
            "eos_token",
            "bos_token",
            "pad_token",
            "model_name",
            "model_version",
            "license",
            "language",
            // Types and tricks of one implementation.
            "dtype",
            "torch_dtype",
            "torchscript",
            "use_bfloat16",
            "return_dict",
            "use_return_dict",
            "output_attentions",
            "output_hidden_states",
            "output_router_logits",
            "attn_implementation",
            "_attn_implementation",
            "_attn_implementation_autoset",
            "_attn_implementation_internal",
            "experts_implementation",
            "_experts_implementation",
            "_flash_attn_2_enabled",
            "use_flash_attn",
            "use_flash_attention",
            "use_flash_attention_2",
            "use_cache",
            "use_cache_quantization",
            "use_cache_kernel",
            "fused_bias_fc",
            "gradient_checkpointing",
            "chunk_size_feed_forward",
            "pretraining_tp",
            "save_model_accelerator",
            "tp_plan",
            "ep_size",
            "tf_legacy_loss",
            "keys_to_ignore_at_inference",
            "is_composition",
            // Training.
            "initializer_range",
            "initializer_factor",
            "init_std",
            "init_method",
            "attention_dropout",
            "attention_probs_dropout_prob",
            "attn_dropout",
            "attn_pdrop",
            "classifier_dropout",
            "dropout",
            "embd_pdrop",
            "embedding_dropout",
            "ffn_dropout",
            "hidden_dropout",
            "hidden_dropout_prob",
            "mlp_dropout",
            "resid_pdrop",
            "residual_dropout",
            "router_aux_loss_coef",
            "router_jitter_noise",
            "aux_loss_alpha",
            "router_z_loss_coef",
            "seq_aux",
            "label_smoothing",
            "layerdrop",
            "sequence_parallel",
            "train_seq_len",
            // Labels of heads that are not built.
            "id2label",
            "label2id",
            "num_labels",
            "problem_type",
            // What sentence-transformers makes of a cross-encoder's logits, which are given as they are.
            "sentence_transformers",
            "sbert_ce_default_activation_function",
            // Tokens and generation: the tokenizer's files and generation_config.json say what holds.
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "sep_token_id",
            "unk_token_id",
            "cls_token_id",
            "mask_token_id",
            "decoder_start_token_id",
            "forced_bos_token_id",
            "forced_eos_token_id",
            "bad_words_ids",
            "begin_suppress_tokens",
            "suppress_tokens",
            "cache_implementation",
            "diversity_penalty",
            "do_sample",
            "early_stopping",
            "encoder_no_repeat_ngram_size",
            "exponential_decay_length_penalty",
            "generation_config",
            "length_penalty",
            "max_length",
            "max_new_tokens",
            "min_length",
            "no_repeat_ngram_size",
            "num_beam_groups",
            "num_beams",
            "num_return_sequences",
            "output_scores",
            "remove_invalid_values",
            "repetition_penalty",
            "return_dict_in_generate",
            "temperature",
            "top_k",
            "top_p",
            "typical_p",
            // What rotary embedding was once told beside its numbers.
            "finetuned",
            // Attention by chunks, which transformers does not know: plain attention is the same up to the chunks'
            // length.
            "dual_chunk_attention_config",
            // From which layer on there are windows, if there are: those that have them so read it.
            "max_window_layers");

    /** Keys that change something, and the value at which they do not. */
    private static final Map<String, JsonValue> NEUTRAL = Map.ofEntries(
            Map.entry("is_decoder", JsonValue.TRUE),
            Map.entry("num_experts", Json.createValue(0)),
            Map.entry("num_local_experts", Json.createValue(0)),
            Map.entry("n_routed_experts", Json.createValue(0)),
            Map.entry("n_shared_experts", Json.createValue(0)),
            Map.entry("moe_layer_freq", Json.createValue(1)),
            Map.entry("num_nextn_predict_layers", Json.createValue(0)),
            Map.entry("logit_scale", Json.createValue(1)),
            Map.entry("logits_scaling", Json.createValue(1)),
            Map.entry("embedding_multiplier", Json.createValue(1)),
            Map.entry("residual_multiplier", Json.createValue(1)),
            Map.entry("partial_rotary_factor", Json.createValue(1)));

    /** Whether tokens look back only, where false is not the same as nothing. */
    private static final Set<String> DIRECTIONS = Set.of("causal", "is_causal");

    /** Keys beside {@code text_config}. */
    private static final Set<String> OTHER_INPUTS = Set.of(
            "vision_config",
            "audio_config",
            "vision_feature_layer",
            "vision_feature_layers",
            "vision_feature_select_strategy",
            "vision_aspect_ratio",
            "projector_hidden_act",
            "projector_layernorm_eps",
            "multimodal_projector_bias",
            "use_image_newline_parameter",
            "image_grid_pinpoints",
            "image_seq_length",
            "image_token_index",
            "image_token_id",
            "video_token_index",
            "video_token_id",
            "audio_token_index",
            "audio_token_id",
            "vision_token_id",
            "vision_start_token_id",
            "vision_end_token_id",
            "boi_token_index",
            "eoi_token_index",
            "boi_token_id",
            "eoi_token_id",
            "mm_tokens_per_image",
            "downsample_ratio",
            "projector_bias",
            "_pad_token_id",
            "spatial_merge_size",
            "scale_factor",
            "ignore_index",
            "hidden_size",
            "vocab_size");

    private InertKeys() {}

    /**
     * Whether a key that nothing has read is without effect: by its name, by its value for that name, or because its value says
     * "none": null, false, an empty text, list or object.
     */
    static boolean without(String key, JsonValue value) {
        if (DIRECTIONS.contains(key)) {
            return value == JsonValue.NULL || value == JsonValue.TRUE;
        }
        if (WITHOUT_EFFECT.contains(key) || value == JsonValue.NULL || value == JsonValue.FALSE) {
            return true;
        }
        if (value instanceof JsonString text) {
            return text.getString().isEmpty();
        }
        if (value instanceof JsonStructure) {
            return value instanceof Collection<?> list
                    ? list.isEmpty()
                    : value.asJsonObject().isEmpty();
        }
        return same(NEUTRAL.get(key), value);
    }

    /** Whether two values are the same, however numbers are written. */
    static boolean same(JsonValue expected, JsonValue found) {
        return expected instanceof JsonNumber one && found instanceof JsonNumber other
                ? one.doubleValue() == other.doubleValue()
                : found.equals(expected);
    }

    /** Whether a key of a model for several kinds of input is about others than text, or says again what its language model says. */
    static boolean ofOtherInputs(String key) {
        return OTHER_INPUTS.contains(key);
    }
}
