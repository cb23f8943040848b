package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.Sublayer;

/** Falcon 7B, 40B and 180B: multi-query or grouped attention beside the feed-forward network. */
final class Falcon extends LayerNormFamily {
    Falcon() {
        super("FalconForCausalLM", "falcon", """
                {
                "vocab_size": 65024, "hidden_size": 4544, "num_hidden_layers": 32, "num_attention_heads": 71,
                "num_ln_in_parallel_attn": null, "layer_norm_epsilon": 1e-05, "num_kv_heads": null, "alibi": false,
                "new_decoder_architecture": false, "multi_query": true, "parallel_attn": true, "bias": false,
                "max_position_embeddings": 2048, "ffn_hidden_size": null, "activation": "gelu",
                "tie_word_embeddings": true, "rope_theta": 10000.0
                }""");
    }

    @Override
    public String publishedAs() {
        return "Falcon 7B, 40B, 180B and 2";
    }

    /** What Falcon 2 says beside the width of its feed-forward networks. */
    @Override
    public String understood() {
        return """
                {"ff_factor": 4}""";
    }

    @Override
    DecoderSizes sizes(ModelConfig config) {
        if (config.flag("alibi")) {
            throw config.unsupported("has alibi, biases by distance instead of rotation, which are not built");
        }
        int hidden = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        boolean grouped = config.flag("new_decoder_architecture");
        int named = config.sizeOrNone("num_kv_heads").orElse(heads);
        boolean shared = config.flag("multi_query");
        int kvHeads = grouped ? named : shared ? 1 : heads;
        return new DecoderSizes(
                config,
                config.size("num_hidden_layers"),
                hidden,
                heads,
                kvHeads,
                hidden / heads,
                config.sizeOrNone("ffn_hidden_size").orElse(4 * hidden),
                config.size("vocab_size"),
                config.size("max_position_embeddings"),
                config.positive("layer_norm_epsilon"));
    }

    @Override
    String prefix() {
        return "transformer.";
    }

    @Override
    String layer(int index) {
        return prefix() + "h." + index + ".";
    }

    @Override
    Embedding embedding(DecoderSizes sizes) {
        return new Embedding(prefix() + "word_embeddings", sizes.vocabulary, sizes.hidden);
    }

    @Override
    Norm lastNorm(DecoderSizes sizes) {
        return norm(sizes, prefix() + "ln_f");
    }

    @Override
    Block block(DecoderSizes sizes, int index) {
        ModelConfig config = sizes.config;
        boolean parallel = config.flag("parallel_attn");
        boolean grouped = config.flag("new_decoder_architecture");
        int norms = config.sizeOrNone("num_ln_in_parallel_attn").orElse(2);
        if (grouped && norms == 2) {
            return new Block(attention(sizes, index).build(), feedForward(sizes, index))
                    .before(norm(sizes, layer(index) + "ln_attn"), norm(sizes, layer(index) + "ln_mlp"))
                    .parallel();
        }
        return grouped || parallel ? parallelBlock(sizes, index) : super.block(sizes, index);
    }

    @Override
    Attention.Builder attention(DecoderSizes sizes, int index) {
        String fused = layer(index) + "self_attention.query_key_value";
        int shared = sizes.heads / sizes.kvHeads;
        boolean biased = sizes.config.flag("bias");
        return super.attention(sizes, index)
                .weights(
                        Piece.grouped(fused, sizes.kvHeads, shared + 2, 0, shared, sizes.headDim),
                        Piece.grouped(fused, sizes.kvHeads, shared + 2, shared, 1, sizes.headDim),
                        Piece.grouped(fused, sizes.kvHeads, shared + 2, shared + 1, 1, sizes.headDim),
                        layer(index) + "self_attention.dense")
                .biased(biased, biased);
    }

    @Override
    Sublayer feedForward(DecoderSizes sizes, int index) {
        String name = layer(index) + "mlp.";
        return FeedForward.plain(
                name + "dense_h_to_4h",
                name + "dense_4h_to_h",
                activation(sizes, "activation"),
                sizes.hidden,
                sizes.intermediate,
                sizes.config.flag("bias"));
    }
}
