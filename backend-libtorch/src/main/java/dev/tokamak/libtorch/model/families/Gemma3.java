package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LayerWindows;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.Head;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.operators.Activation;
import java.util.List;

/** Gemma 3, text: heads are normalised, five layers of six see a window and rotate faster than the sixth. */
final class Gemma3 extends DecoderFamily {
    Gemma3() {
        super("Gemma3ForCausalLM", "gemma3_text", """
                {
                "vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216,
                "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
                "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh", "max_position_embeddings": 131072,
                "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0,
                "tie_word_embeddings": true, "attention_bias": false, "query_pre_attn_scalar": 256,
                "sliding_window": 4096, "sliding_window_pattern": 6, "final_logit_softcapping": null,
                "attn_logit_softcapping": null, "use_bidirectional_attention": false
                }""");
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return super.embedding(sizes).scaled(Math.sqrt(sizes.hidden));
    }

    @Override
    Norm norm(DecoderSizes sizes, String name) {
        return Norm.rmsPlusOne(name, sizes.hidden, sizes.epsilon);
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        return Gemma2.sandwiched(this, sizes, index);
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        boolean biased = config.flag("attention_bias");
        String name = layer(index) + "self_attn.";
        int period = LayerWindows.period(config);
        int window = LayerWindows.of(
                config, sizes.layers, config.sizeOrNone("sliding_window"), layer -> (layer + 1) % period != 0)[index];
        return super.attention(sizes, index)
                .biased(biased, biased)
                .scale(1 / Math.sqrt(config.positive("query_pre_attn_scalar")))
                .softCap(config.positiveOrNone("attn_logit_softcapping").orElse(0))
                .headNorms(name + "q_norm", name + "k_norm", sizes.epsilon, true)
                .rotary(window > 0 ? 1 : 0, sizes.headDim, false)
                .window(window);
    }

    @Override
    Activation activation(DecoderSizes sizes) {
        sizes.config.ignore("hidden_act");
        return activation(sizes, "hidden_activation");
    }

    @Override
    Head head(DecoderSizes sizes, Embedding embedding) {
        return super.head(sizes, embedding)
                .softCap(sizes.config.positiveOrNone("final_logit_softcapping").orElse(0));
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(
                new RotaryTable(sizes.config.rotary("full_attention", "rope_theta"), sizes.headDim, sizes.headDim),
                new RotaryTable(
                        sizes.config.rotary("sliding_attention", "rope_local_base_freq"),
                        sizes.headDim,
                        sizes.headDim));
    }
}
