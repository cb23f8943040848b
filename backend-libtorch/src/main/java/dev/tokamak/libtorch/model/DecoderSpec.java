package dev.tokamak.libtorch.model;

import dev.tokamak.api.TokamakException;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What a family's decoder is made of: sizes, and which parts its layers have. A family starts from {@link #of} and changes
 * what is different in it. Mutable until the decoder is built.
 */
public final class DecoderSpec {
    public final int layers;
    public final int hidden;
    public final int heads;
    public final int kvHeads;
    public final int headDim;
    public final int intermediate;
    public final int vocabulary;
    final int context;
    private final int longest;
    public final double epsilon;
    public final Rotary rotary;

    /** Whether the output projection is the embedding table. */
    boolean tied;

    /** Whether the projections to queries, keys and values add a bias. */
    public boolean qkvBias;

    /** Whether the attention's output projection adds a bias. */
    public boolean outputBias;

    /** Whether the MLP's projections add a bias. */
    public boolean mlpBias;

    /** Whether each head's query and key are normalised before the rotation. */
    public boolean headNorms;

    /** For each layer how many tokens a token sees, itself included; 0 for all. */
    public int[] windows;

    private DecoderSpec(ModelConfig config) {
        layers = config.size("num_hidden_layers");
        hidden = config.size("hidden_size");
        heads = config.size("num_attention_heads");
        kvHeads = config.size("num_key_value_heads", heads);
        headDim = config.size("head_dim", hidden / heads);
        intermediate = config.size("intermediate_size");
        vocabulary = config.size("vocab_size");
        context = config.size("max_position_embeddings");
        longest = config.context();
        epsilon = config.number("rms_norm_eps", 1e-6);
        rotary = config.rotary();
        tied = config.flag("tie_word_embeddings", false);
        windows = new int[layers];
        config.require("hidden_act", "silu");
        if (heads % kvHeads != 0) {
            throw config.unsupported("has " + heads + " heads that cannot share " + kvHeads + " key-value heads");
        }
        if (headDim % 2 != 0) {
            throw config.unsupported("has head_dim = " + headDim + ", which rotary embedding cannot pair");
        }
    }

    /** The sizes of a configuration; no biases, no head norms, no sliding windows. */
    public static DecoderSpec of(ModelConfig config) {
        return new DecoderSpec(config);
    }

    public int queryWidth() {
        return heads * headDim;
    }

    public int keyWidth() {
        return kvHeads * headDim;
    }

    /** The window that all layers share; 0 if they do not share one. */
    public int commonWindow() {
        return Arrays.stream(windows).distinct().count() == 1 ? windows[0] : 0;
    }

    public long kvElementsPerToken() {
        return 2L * keyWidth() * layers;
    }

    /** How many parameters there are, tied ones counted once. */
    public long parameters() {
        long qkv = queryWidth() + 2L * keyWidth();
        long layer = qkv * hidden + (qkvBias ? qkv : 0);
        layer += (long) queryWidth() * hidden + (outputBias ? hidden : 0);
        layer += 3L * intermediate * hidden + (mlpBias ? 2L * intermediate + hidden : 0);
        layer += 2L * hidden + (headNorms ? 2L * headDim : 0);
        return layers * layer + hidden + (tied ? 1L : 2L) * vocabulary * hidden;
    }

    /**
     * The most tokens of a sequence.
     *
     * @param asked {@code --max-model-len}
     * @return that, or else the model's context
     * @throws TokamakException if the model does not take so many
     */
    public int maxModelLen(OptionalInt asked) {
        if (asked.orElse(0) > longest) {
            throw TokamakException.configuration("--max-model-len " + asked.getAsInt() + " is more than the " + longest
                    + " tokens that the model takes (max_position_embeddings in its config.json)");
        }
        return asked.orElse(context);
    }
}
