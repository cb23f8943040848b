package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the residual stream to logits. Ranks divide the vocabulary. */
public final class Head extends Part {
    private static final Logger log = LoggerFactory.getLogger(Head.class);

    private final Embedding embedding;
    private final String name;
    private boolean tied;
    private boolean biased;
    private double scale = 1;
    private double softCap;
    private Linear linear;

    private Head(Embedding embedding, String name, boolean tied) {
        this.embedding = embedding;
        this.name = name;
        this.tied = tied;
    }

    /** A projection of its own. */
    public static Head of(String name, Embedding embedding) {
        return new Head(embedding, name, false);
    }

    /** The table of tokens, unless the checkpoint has another one under the head's name. */
    public static Head tied(String name, Embedding embedding) {
        return new Head(embedding, name, true);
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

    /**
     * The score of one token, less that of another, instead of those of all tokens.
     *
     * @param config of the model, for errors
     * @param yes the token
     * @param no the other; empty for none
     */
    public Projection score(ModelConfig config, int yes, OptionalInt no) {
        int vocabulary = embedding.vocabulary();
        if (yes >= vocabulary || no.orElse(0) >= vocabulary) {
            throw config.unsupported("has " + vocabulary
                    + " tokens (vocab_size); its LogitScore module asks for tokens " + yes + " and " + no.orElse(0));
        }
        if (scale != 1 || softCap > 0) {
            throw config.unsupported("scales or caps logits, of which LogitScore modules are not built");
        }
        UnaryOperator<Tensor> rows = table -> {
            Tensor row = table.narrow(0, yes, 1);
            return no.isEmpty() ? row : row.sub(table.narrow(0, no.getAsInt(), 1));
        };
        return new Projection(embedding.hidden(), 1, biased, null, from -> {
            String table = tied && !from.weights().has(name + ".weight") ? embedding.name() : name;
            return new Piece[] {new Piece(table, vocabulary, 1, rows, 0, 0, null)};
        });
    }

    @Override
    protected void loadWeights(PartLoader from) {
        String own = name + ".weight";
        if (tied && from.weights().has(own) && !from.weights().same(embedding.name() + ".weight", own)) {
            log.warn("{} is not the table of tokens, to which config.json ties it; the checkpoint's own is taken", own);
            tied = false;
        }
        if (tied && !from.device().cpu()) {
            linear = from.operators().linear(embedding.table(), null);
            return;
        }
        // The CPU keeps the table for itself, in another type and order.
        String weight = tied ? embedding.name() : name;
        List<Piece> pieces = List.of(Piece.of(weight, embedding.vocabulary()));
        // A table of tokens is stored by rows whatever the projections are like.
        linear = own(new DenseFormat(false).load(from, pieces, embedding.hidden(), biased, LinearFormat.Cut.OUTPUTS));
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
        return tied ? 0 : (long) embedding.vocabulary() * embedding.hidden() + (biased ? embedding.vocabulary() : 0);
    }
}
