package dev.tokamak.libtorch.model;

/** The sizes that nearly every decoder's configuration has, under the names that most give them. Immutable. */
public final class DecoderSizes {
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
        kvHeads = config.size("num_key_value_heads", heads);
        headDim = config.size("head_dim", hidden / heads);
        intermediate = config.size("intermediate_size");
        vocabulary = config.size("vocab_size");
        epsilon = config.number("rms_norm_eps", 1e-6);
        if (heads % kvHeads != 0) {
            throw config.unsupported("has " + heads + " heads that cannot share " + kvHeads + " key-value heads");
        }
        if (headDim % 2 != 0) {
            throw config.unsupported("has head_dim = " + headDim + ", which rotary embedding cannot pair");
        }
    }
}
