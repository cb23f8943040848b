package dev.tokamak.libtorch.model;

import dev.tokamak.libtorch.config.ModelConfig;

/** The sizes that nearly every decoder's configuration has, under the names that most give them. Immutable. */
public final class DecoderSizes {
    /** Bounds that keep the number of parameters within a long, far above what there is. */
    private static final int WIDEST = 1 << 22;

    private static final int MOST_LAYERS = 1 << 12;

    public final ModelConfig config;
    public final int layers;
    public final int hidden;
    public final int heads;
    public final int kvHeads;
    public final int headDim;
    public final int intermediate;
    public final int vocabulary;
    public final double epsilon;

    public DecoderSizes(ModelConfig config) {
        this.config = config;
        layers = config.size("num_hidden_layers");
        hidden = config.size("hidden_size");
        heads = config.size("num_attention_heads");
        kvHeads = config.sizeOrNone("num_key_value_heads").orElse(heads);
        headDim = config.sizeOrNone("head_dim").orElse(hidden / heads);
        intermediate = config.size("intermediate_size");
        vocabulary = config.size("vocab_size");
        epsilon = config.positive("rms_norm_eps");
        if (heads % kvHeads != 0) {
            throw config.unsupported("has " + heads + " heads that cannot share " + kvHeads + " key-value heads");
        }
        if (headDim < 2 || headDim % 2 != 0) {
            throw config.unsupported("has heads of " + headDim + " elements (head_dim, or else hidden_size divided by"
                    + " num_attention_heads), which rotary embedding cannot pair");
        }
        if (Math.max((long) heads * headDim, Math.max(hidden, intermediate)) > WIDEST || layers > MOST_LAYERS) {
            throw config.unsupported("describes a model of " + layers + " layers, " + hidden + " wide, with " + heads
                    + " heads of " + headDim + " and an MLP of " + intermediate + ", which no machine holds");
        }
    }
}
