package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.model.parts.Sublayer;
import java.util.List;

/** Phi 3 and 4: fused projections, and in Phi 4 mini a rotation of three quarters of a head. */
final class Phi3 extends DecoderFamily {
    Phi3() {
        super("Phi3ForCausalLM", "phi3", """
                {
                "vocab_size": 32064, "hidden_size": 3072, "intermediate_size": 8192,
                "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": null,
                "head_dim": null, "hidden_act": "silu", "max_position_embeddings": 4096,
                "original_max_position_embeddings": 4096, "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
                "tie_word_embeddings": false, "sliding_window": null, "partial_rotary_factor": 1.0
                }""");
    }

    @Override
    public String publishedAs() {
        return "Phi 3 and 3.5 mini, Phi 4, Phi 4 mini";
    }

    /** What Phi 4 mini says of a code of its own. */
    @Override
    public String understood() {
        return """
                {"full_attn_mod": 1, "interpolate_factor": 1}""";
    }

    @Override
    int rotaryDim(DecoderSizes sizes) {
        return sizes.config.rotaryDim(sizes.headDim);
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(new RotaryTable(sizes.config.rotaryByLength(), rotaryDim(sizes), sizes.headDim));
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        String fused = layer(index) + "self_attn.qkv_proj";
        int queries = sizes.heads * sizes.headDim;
        int keys = sizes.kvHeads * sizes.headDim;
        int all = queries + 2 * keys;
        return super.attention(sizes, index)
                .weights(
                        Piece.slice(fused, all, 0, queries),
                        Piece.slice(fused, all, queries, keys),
                        Piece.slice(fused, all, queries + keys, keys),
                        layer(index) + "self_attn.o_proj")
                .window(sizes.config.sizeOrNone("sliding_window").orElse(0));
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        return gatedFused(sizes, layer(index) + "mlp.", activation(sizes));
    }
}
