package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** From the residual stream to logits. Ranks divide the vocabulary. */
public final class Head extends Part {
    private final Embedding embedding;
    private final String name;
    private boolean biased;
    private double scale = 1;
    private double softCap;
    private Linear linear;

    private Head(Embedding embedding, String name) {
        this.embedding = embedding;
        this.name = name;
    }

    /** A projection of its own. */
    public static Head of(String name, Embedding embedding) {
        return new Head(embedding, name);
    }

    /** The table of tokens. */
    public static Head tied(Embedding embedding) {
        return new Head(embedding, null);
    }

    /** With a bias. */
    public Head biased() {
        biased = true;
        return this;
    }

    /** Multiplies the logits. */
    public Head scaled(double by) {
        scale = by;
        return this;
    }

    /** Turns a logit {@code x} into {@code cap * tanh(x / cap)}. */
    public Head softCap(double cap) {
        softCap = cap;
        return this;
    }

    @Override
    protected void loadWeights(PartLoader from) {
        if (name == null && !from.device().cpu()) {
            linear = from.operators().linear(embedding.table(), null);
            return;
        }
        // The CPU keeps the table for itself, in another type and order.
        String weight = name == null ? embedding.name() : name;
        Piece piece = Piece.of(weight, embedding.vocabulary());
        linear = own(from.linear(embedding.hidden(), biased, LinearFormat.Cut.OUTPUTS, piece));
    }

    Tensor run(Tensor x, Operators operators) {
        Tensor logits = operators.project(x, linear);
        if (scale != 1) {
            try (Scalar by = new Scalar(scale)) {
                logits.mul_(by);
            }
        }
        if (softCap > 0) {
            try (Scalar cap = new Scalar(softCap)) {
                logits.div_(cap).tanh_().mul_(cap);
            }
        }
        return logits;
    }

    @Override
    protected long ownParameters() {
        return name == null
                ? 0
                : (long) embedding.vocabulary() * embedding.hidden() + (biased ? embedding.vocabulary() : 0);
    }
}
