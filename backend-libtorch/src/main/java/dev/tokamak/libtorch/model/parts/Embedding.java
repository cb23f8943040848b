package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Operators;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The table of tokens, and those of positions and parts of a sequence where a model learns them. Ranks divide the vocabulary. */
public final class Embedding extends Part {
    private final String name;
    private final int vocabulary;
    private final int hidden;
    private double scale = 1;
    private String positionName;
    private int positions;
    private int positionOffset;
    private String typeName;
    private int types;
    private Norm norm;
    private Tensor table;
    private Tensor positionTable;
    private Tensor typeTable;

    public Embedding(String name, int vocabulary, int hidden) {
        this.name = name;
        this.vocabulary = vocabulary;
        this.hidden = hidden;
    }

    /** Multiplies what was looked up, in the compute type. */
    public Embedding scaled(double by) {
        scale = by;
        return this;
    }

    /**
     * Adds a learned vector for each position.
     *
     * @param table its name, without {@code .weight}
     * @param count how many positions a sequence has at most
     * @param offset rows of the table before that of position 0
     */
    public Embedding positions(String table, int count, int offset) {
        positionName = table;
        positions = count;
        positionOffset = offset;
        return this;
    }

    /**
     * Adds a learned vector for each part of a sequence.
     *
     * @param table its name, without {@code .weight}
     * @param count how many parts are told apart
     */
    public Embedding types(String table, int count) {
        typeName = table;
        types = count;
        return this;
    }

    /** Normalises the sum. */
    public Embedding normed(Norm by) {
        norm = with(by);
        return this;
    }

    @Override
    protected void loadWeights(PartLoader from) {
        table = own(from.table(name + ".weight", vocabulary, hidden));
        if (positionName != null) {
            positionTable = own(from.table(positionName + ".weight", positions + positionOffset, hidden));
        }
        if (typeName != null) {
            typeTable = own(from.table(typeName + ".weight", types, hidden));
        }
    }

    Tensor run(Operators operators) {
        Tensor rows = operators.embed(table);
        if (scale != 1) {
            try (Scalar by = new Scalar(scale)) {
                rows.mul_(by);
            }
        }
        if (positionTable != null) {
            try (Tensor usable = positionTable.narrow(0, positionOffset, positions)) {
                rows.add_(torch.index_select(usable, 0, operators.positions()));
            }
        }
        if (typeTable != null) {
            Tensor ofTokens = operators.tokenTypes();
            rows.add_(
                    ofTokens == null || types == 1
                            ? typeTable.narrow(0, 0, 1)
                            : torch.index_select(typeTable, 0, ofTokens));
        }
        return norm == null ? rows : norm.run(rows, operators);
    }

    String name() {
        return name;
    }

    int vocabulary() {
        return vocabulary;
    }

    int hidden() {
        return hidden;
    }

    Tensor table() {
        return table;
    }

    @Override
    protected long ownParameters() {
        long rows = (long) vocabulary + (positionName == null ? 0 : positions + positionOffset) + types;
        return rows * hidden;
    }
}
