package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Operators;
import org.bytedeco.pytorch.Tensor;

/**
 * One layer: attention and a feed-forward network around the residual stream, with norms before them, behind them, or over the sums, one
 * after the other or side by side.
 */
public final class Block extends Part {
    private final Sublayer attention;
    private final Sublayer feedForward;
    private Norm beforeAttention;
    private Norm behindAttention;
    private Norm beforeFeedForward;
    private Norm behindFeedForward;
    private Norm overAttention;
    private Norm overFeedForward;
    private boolean parallel;
    private double scale = 1;

    public Block(Sublayer attention, Sublayer feedForward) {
        this.attention = with(attention);
        this.feedForward = with(feedForward);
    }

    /** Normalises what goes into each. */
    public Block before(Norm ofAttention, Norm ofFeedForward) {
        beforeAttention = with(ofAttention);
        beforeFeedForward = with(ofFeedForward);
        return this;
    }

    /** Normalises what comes out of each. */
    public Block behind(Norm ofAttention, Norm ofFeedForward) {
        behindAttention = with(ofAttention);
        behindFeedForward = with(ofFeedForward);
        return this;
    }

    /** Normalises the stream itself when each has been added to it, as the first transformers did. */
    public Block over(Norm ofAttention, Norm ofFeedForward) {
        overAttention = with(ofAttention);
        overFeedForward = with(ofFeedForward);
        return this;
    }

    /** Gives both the same stream. If the feed-forward network has no norm of its own, both have the attention's. */
    public Block parallel() {
        parallel = true;
        return this;
    }

    /** Multiplies what is added to the stream. */
    public Block scaled(double by) {
        scale = by;
        return this;
    }

    /** The attention, or what stands in its place. */
    Sublayer attention() {
        return attention;
    }

    Sublayer feedForward() {
        return feedForward;
    }

    @Override
    protected void loadWeights(PartLoader from) {}

    @Override
    protected long ownParameters() {
        return 0;
    }

    void run(Residual stream, Operators operators) {
        Tensor x = input(stream, beforeAttention);
        rest(stream, x, attention.run(x, operators), operators);
    }

    /** As the last block of a model: behind the attention, the stream has the sampled rows alone; without any, nothing is done to it. */
    void runSampled(Residual stream, boolean sampled, Operators operators) {
        Tensor x = input(stream, beforeAttention);
        Tensor inner = attention.run(x, operators);
        if (sampled) {
            stream.choose(operators::sampled);
            rest(stream, operators.sampled(x), operators.sampled(inner), operators);
        }
    }

    private void rest(Residual stream, Tensor x, Tensor inner, Operators operators) {
        if (parallel) {
            Tensor own = beforeFeedForward == null ? x : input(stream, beforeFeedForward);
            Tensor beside = feedForward.run(own, operators);
            add(stream, attention, inner, behindAttention, operators);
            add(stream, feedForward, beside, behindFeedForward, operators);
            return;
        }
        add(stream, attention, inner, behindAttention, operators);
        normalise(stream, overAttention);
        add(
                stream,
                feedForward,
                feedForward.run(input(stream, beforeFeedForward), operators),
                behindFeedForward,
                operators);
        normalise(stream, overFeedForward);
    }

    private static void normalise(Residual stream, Norm norm) {
        if (norm != null) {
            stream.normalise(norm);
        }
    }

    private static Tensor input(Residual stream, Norm norm) {
        return norm == null ? stream.value() : stream.normed(norm);
    }

    private void add(Residual stream, Sublayer sublayer, Tensor inner, Norm norm, Operators operators) {
        if (norm == null) {
            stream.add(sublayer, inner, scale);
        } else {
            Tensor whole = sublayer.output() == null ? inner : sublayer.output().apply(inner);
            stream.add(norm.run(whole, operators), scale);
        }
    }
}
