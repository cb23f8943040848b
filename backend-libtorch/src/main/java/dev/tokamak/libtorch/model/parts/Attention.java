package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.AttentionLayer;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.tensors.TensorType;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention from multi-head to multi-query. Ranks divide the heads; where there are fewer key-value heads than ranks, ranks share
 * them. Made by {@link #builder}.
 */
public final class Attention extends Sublayer implements CachingSublayer {
    private final Builder made;
    private final AttentionShape shape;
    private final Norm queryNorm;
    private final Norm keyNorm;
    private int cacheLayer = -1;
    private Linear qkv;
    private Linear out;
    private AttentionLayer layer;

    private Attention(Builder made) {
        this.made = made;
        this.shape = new AttentionShape(made.heads, made.kvHeads, made.headDim, made.scale, made.window, made.softCap);
        boolean widths = made.queryNormName != null && !made.normByHead;
        this.queryNorm = with(widths ? made.widthNorm(made.queryNormName, shape.queryWidth()) : null);
        this.keyNorm = with(widths ? made.widthNorm(made.keyNormName, shape.keyWidth()) : null);
    }

    /**
     * Attention with scale {@code 1 / sqrt(headDim)}, no window, no biases, no norms, and rotation of whole heads by the model's
     * first rotary table.
     */
    public static Builder builder(int hidden, int heads, int kvHeads, int headDim) {
        return new Builder(hidden, heads, kvHeads, headDim);
    }

    @Override
    public AttentionShape shape() {
        return shape;
    }

    /** Whether the softmax has sinks. */
    public boolean hasSinks() {
        return made.sinks != null;
    }

    /** Whether a token sees the whole sequence, those behind it included, without a cache. */
    public boolean bidirectional() {
        return made.bidirectional;
    }

    @Override
    public void cacheLayer(int index) {
        cacheLayer = index;
    }

    @Override
    protected void loadWeights(PartLoader from) {
        qkv = own(from.linear(made.hidden, made.qkvBiased, LinearFormat.Cut.OUTPUTS, made.turned()));
        out = own(from.linear(
                shape.queryWidth(), made.outputBiased, LinearFormat.Cut.INPUTS, Piece.of(made.output, made.hidden)));
        Tensor headNorm = made.queryNormName != null && made.normByHead ? own(headNorm(from)) : null;
        Tensor sinks =
                made.sinks == null ? null : own(from.vector(TensorType.F32, Piece.of(made.sinks, made.heads), ""));
        layer = new AttentionLayer(shape, cacheLayer, made.table(), headNorm, made.normEpsilon, sinks);
    }

    /** The queries' weight for each head, then the keys'. */
    private Tensor headNorm(PartLoader from) {
        try (Tensor query = headNorm(from, made.queryNormName);
                Tensor key = headNorm(from, made.keyNormName);
                Tensor queries = query.view(1, -1).expand(made.heads, made.headDim);
                Tensor keys = key.view(1, -1).expand(made.kvHeads, made.headDim);
                TensorVector both = new TensorVector(queries, keys);
                Scalar plus = new Scalar(made.normPlusOne ? 1.0 : 0.0)) {
            return torch.cat(both, 0).add_(plus);
        }
    }

    private Tensor headNorm(PartLoader from, String name) {
        // One more than a 16-bit weight would lose bits of it.
        TensorType type = made.normPlusOne ? TensorType.F32 : from.device().type();
        return from.vector(type, made.turned(Piece.of(name, made.headDim)), ".weight");
    }

    @Override
    Tensor run(Tensor x, Operators operators) {
        Tensor all = qkv.apply(x);
        if (queryNorm != null) {
            normalise(all.narrow(1, 0, shape.queryWidth()), queryNorm, operators);
            normalise(all.narrow(1, shape.queryWidth(), shape.keyWidth()), keyNorm, operators);
        }
        if (made.clip > 0) {
            try (Scalar least = new Scalar(-made.clip);
                    Scalar most = new Scalar(made.clip)) {
                all.clamp_(new ScalarOptional(least), new ScalarOptional(most));
            }
        }
        return made.bidirectional
                ? operators.attentionWithin(all, layer, made.distances == null ? null : made.distances.scores())
                : operators.attention(all, layer);
    }

    private static void normalise(Tensor part, Norm norm, Operators operators) {
        part.copy_(norm.run(part.contiguous(), operators));
    }

    @Override
    Linear output() {
        return out;
    }

    @Override
    protected long ownParameters() {
        long width = shape.queryWidth() + 2L * shape.keyWidth();
        return width * made.hidden
                + (made.qkvBiased ? width : 0)
                + (long) shape.queryWidth() * made.hidden
                + (made.outputBiased ? made.hidden : 0)
                + (made.queryNormName != null && made.normByHead ? 2L * made.headDim : 0)
                + (made.sinks == null ? 0 : made.heads);
    }

    /** Says what attention is like. */
    public static final class Builder {
        private final int hidden;
        private final int heads;
        private final int kvHeads;
        private final int headDim;
        private double scale;
        private int window;
        private double softCap;
        private double clip;
        private int rotary;
        private int rotaryDim;
        private boolean interleaved;
        private Piece query;
        private Piece key;
        private Piece value;
        private String output;
        private boolean qkvBiased;
        private boolean outputBiased;
        private String queryNormName;
        private String keyNormName;
        private boolean normByHead;
        private boolean normPlusOne;
        private double normEpsilon;
        private String sinks;
        private boolean bidirectional;
        private DistanceScores distances;

        private Builder(int hidden, int heads, int kvHeads, int headDim) {
            this.hidden = hidden;
            this.heads = heads;
            this.kvHeads = kvHeads;
            this.headDim = headDim;
            this.scale = 1 / Math.sqrt(headDim);
            this.rotaryDim = headDim;
        }

        /** Projections of their own: names, each without {@code .weight}. */
        public Builder weights(String queries, String keys, String values, String back) {
            return weights(
                    Piece.of(queries, heads * headDim),
                    Piece.of(keys, kvHeads * headDim),
                    Piece.of(values, kvHeads * headDim),
                    back);
        }

        /** Projections as rows of stored weights. */
        public Builder weights(Piece queries, Piece keys, Piece values, String back) {
            query = queries;
            key = keys;
            value = values;
            output = back;
            return this;
        }

        /** Whether the projections have biases. */
        public Builder biased(boolean qkv, boolean back) {
            qkvBiased = qkv;
            outputBiased = back;
            return this;
        }

        /** By what products of queries and keys are multiplied. */
        public Builder scale(double by) {
            scale = by;
            return this;
        }

        /** How many tokens a token sees, itself included; 0 for all. */
        public Builder window(int tokens) {
            window = tokens;
            return this;
        }

        /** Caps scaled products softly. */
        public Builder softCap(double cap) {
            softCap = cap;
            return this;
        }

        /** Clamps queries, keys and values, behind norms of all of them, to {@code [-most, most]}. */
        public Builder clip(double most) {
            clip = most;
            return this;
        }

        /**
         * How positions turn queries and keys.
         *
         * @param table which of the model's rotary tables
         * @param elements how many of a head's first elements are turned; 0 for none
         * @param sideBySide whether the checkpoint's pairs lie side by side, rather than half of {@code elements} apart
         */
        public Builder rotary(int table, int elements, boolean sideBySide) {
            rotary = table;
            rotaryDim = elements;
            interleaved = sideBySide;
            return this;
        }

        /** Normalises each head of queries and keys by its root mean square. */
        public Builder headNorms(String queries, String keys, double epsilon, boolean plusOne) {
            queryNormName = queries;
            keyNormName = keys;
            normEpsilon = epsilon;
            normPlusOne = plusOne;
            normByHead = true;
            return this;
        }

        /** Normalises all queries together, and all keys, by their root mean square. */
        public Builder widthNorms(String queries, String keys, double epsilon) {
            queryNormName = queries;
            keyNormName = keys;
            normEpsilon = epsilon;
            normByHead = false;
            return this;
        }

        /** A score for each head that takes part in the softmax without a value. */
        public Builder sinks(String name) {
            sinks = name;
            return this;
        }

        /** Lets a token see the whole sequence, or its window on both sides, without a cache. */
        public Builder bidirectional() {
            bidirectional = true;
            return this;
        }

        /** Adds scores by distance, which the layers of a model share; for attention in both directions. */
        public Builder distances(DistanceScores shared) {
            distances = shared;
            return this;
        }

        public Attention build() {
            if (bidirectional ? softCap > 0 || sinks != null : distances != null) {
                throw new IllegalStateException(
                        "caps and sinks are for attention to what came before, distances for both directions");
            }
            return new Attention(this);
        }

        private int table() {
            return bidirectional && rotaryDim == 0 ? -1 : rotary;
        }

        /** In the order that the rotation asks for. */
        private Norm widthNorm(String name, int width) {
            return Norm.rms(turned(Piece.of(name, width)), normEpsilon);
        }

        private Piece turned(Piece piece) {
            return interleaved || rotaryDim == 0 ? piece : piece.paired(headDim, rotaryDim);
        }

        private Piece[] turned() {
            return new Piece[] {turned(query), turned(key), value};
        }
    }
}
