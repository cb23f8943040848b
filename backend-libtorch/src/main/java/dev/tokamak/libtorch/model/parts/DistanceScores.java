package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.tensors.TensorType;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What is added to the products of queries and keys by how far apart they are, learned for each head and for buckets of distances that
 * grow logarithmically (Raffel et al. 2020, arXiv:1910.10683). All layers of a model share it. Ranks divide the heads.
 */
public final class DistanceScores extends Part {
    /** From here on distances share the last bucket. */
    private static final int FARTHEST = 128;

    private final String name;
    private final int stored;
    private final int buckets;
    private final int heads;
    private final int positions;
    private Tensor scores;

    /**
     * @param name of the table, without {@code .weight}
     * @param stored rows of it
     * @param buckets how many of them are used, for both directions together
     * @param heads of queries
     * @param positions tokens of a sequence at most
     */
    public DistanceScores(String name, int stored, int buckets, int heads, int positions) {
        this.name = name;
        this.stored = stored;
        this.buckets = buckets;
        this.heads = heads;
        this.positions = positions;
    }

    @Override
    protected void loadWeights(PartLoader from) {
        long[] index = new long[2 * positions - 1];
        for (int i = 0; i < index.length; i++) {
            index[i] = bucket(i - positions + 1);
        }
        try (Tensor table = from.table(name + ".weight", stored, heads);
                Tensor rows = from.device().upload(index, index.length);
                Tensor chosen = torch.index_select(table, 0, rows);
                Tensor turned = chosen.t();
                Tensor wide = turned.to(TensorType.F32.scalarType())) {
            scores = own(wide.contiguous());
        }
    }

    /**
     * The bucket of a distance, with the arithmetic of {@code transformers} in float32.
     *
     * @param behind by how much the key is behind the query
     */
    int bucket(int behind) {
        int half = buckets / 2;
        int first = behind > 0 ? half : 0;
        int distance = Math.abs(behind);
        int exact = half / 2;
        if (distance < exact) {
            return first + distance;
        }
        float share = (float) Math.log((float) distance / exact) / (float) Math.log((double) FARTHEST / exact);
        return first + Math.min(half - 1, exact + (int) (share * (half - exact)));
    }

    /** {@code [heads, 2 * positions - 1]}, from a key that is {@code positions - 1} before the query on. */
    Tensor scores() {
        return scores;
    }

    @Override
    protected long ownParameters() {
        return (long) stored * heads;
    }
}
