package dev.tokamak.libtorch.model;

import dev.tokamak.libtorch.config.ModelConfig;

/** The sizes that every decoder has, and every encoder. Immutable. */
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
    public final int context;
    public final double epsilon;

    /**
     * @param config where they come from
     * @param layers how many
     * @param hidden width of the residual stream
     * @param heads of queries
     * @param kvHeads of keys and values
     * @param headDim elements of a head
     * @param intermediate width between the projections of a feed-forward network
     * @param vocabulary width of the logits
     * @param context tokens of a sequence
     * @param epsilon of the norms
     */
    public DecoderSizes(
            ModelConfig config,
            int layers,
            int hidden,
            int heads,
            int kvHeads,
            int headDim,
            int intermediate,
            int vocabulary,
            int context,
            double epsilon) {
        this.config = config;
        this.layers = layers;
        this.hidden = hidden;
        this.heads = heads;
        this.kvHeads = kvHeads;
        this.headDim = headDim;
        this.intermediate = intermediate;
        this.vocabulary = vocabulary;
        this.context = context;
        this.epsilon = epsilon;
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

    /**
     * Those of a configuration with the names that most have.
     *
     * @param config of the model
     * @param epsilonKey which number the norms add
     */
    public static DecoderSizes of(ModelConfig config, String epsilonKey) {
        return of(config, config.size("intermediate_size"), config.positive(epsilonKey));
    }

    /** Those of a configuration with the names that most have, but for the width of the feed-forward networks. */
    public static DecoderSizes of(ModelConfig config, int intermediate, double epsilon) {
        int hidden = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        return new DecoderSizes(
                config,
                config.size("num_hidden_layers"),
                hidden,
                heads,
                config.sizeOrNone("num_key_value_heads").orElse(heads),
                config.sizeOrNone("head_dim").orElse(hidden / heads),
                intermediate,
                config.size("vocab_size"),
                config.size("max_position_embeddings"),
                epsilon);
    }
}
