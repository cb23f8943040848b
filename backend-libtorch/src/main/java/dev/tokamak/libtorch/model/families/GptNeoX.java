package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Head;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.model.parts.Sublayer;
import java.util.List;

/** GPT-NeoX and Pythia: attention and feed-forward network side by side, each behind a norm of its own. */
final class GptNeoX extends LayerNormFamily {
    GptNeoX() {
        super("GPTNeoXForCausalLM", "gpt_neox", """
                {
                "vocab_size": 50432, "hidden_size": 6144, "num_hidden_layers": 44, "num_attention_heads": 64,
                "num_key_value_heads": null, "head_dim": null, "intermediate_size": 24576, "hidden_act": "gelu",
                "max_position_embeddings": 2048, "layer_norm_eps": 1e-05, "tie_word_embeddings": false,
                "use_parallel_residual": true, "attention_bias": true, "rope_theta": 10000.0,
                "rotary_emb_base": 10000.0, "rotary_pct": 0.25, "partial_rotary_factor": 0.25
                }""");
    }

    @Override
    public String publishedAs() {
        return "GPT-NeoX, Pythia, Dolly 2";
    }

    @Override
    String prefix() {
        return "gpt_neox.";
    }

    @Override
    int rotaryDim(DecoderSizes sizes) {
        return sizes.config.rotaryDim(sizes.headDim, "rotary_pct");
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return new Embedding(prefix() + "embed_in", sizes.vocabulary, sizes.hidden);
    }

    @Override
    Norm lastNorm(DecoderSizes sizes) {
        return norm(sizes, prefix() + "final_layer_norm");
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        Block block = super.block(sizes, index);
        return sizes.config.flag("use_parallel_residual") ? block.parallel() : block;
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        String fused = layer(index) + "attention.query_key_value";
        int heads = sizes.heads;
        boolean biased = sizes.config.flag("attention_bias");
        return super.attention(sizes, index)
                .weights(
                        Piece.grouped(fused, heads, 3, 0, 1, sizes.headDim),
                        Piece.grouped(fused, heads, 3, 1, 1, sizes.headDim),
                        Piece.grouped(fused, heads, 3, 2, 1, sizes.headDim),
                        layer(index) + "attention.dense")
                .biased(biased, biased);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        String name = layer(index) + "mlp.";
        return FeedForward.plain(
                name + "dense_h_to_4h",
                name + "dense_4h_to_h",
                activation(sizes),
                sizes.hidden,
                sizes.intermediate,
                true);
    }

    @Override
    Head head(DecoderSizes sizes, Embedding embedding) {
        return sizes.config.flag("tie_word_embeddings")
                ? Head.tied("embed_out", embedding)
                : Head.of("embed_out", embedding);
    }

    @Override
    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(new RotaryTable(sizes.config.rotary(null, "rotary_emb_base"), rotaryDim(sizes), sizes.headDim));
    }
}
