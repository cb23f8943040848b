package dev.tokamak.libtorch.model.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class DistanceScoresTest {
    /** How far the key is behind the query at least, and the bucket from there on, as {@code transformers} computes them for MPNet. */
    private static final int[][] BUCKETS = {
        {-400, 15},
        {-90, 14},
        {-63, 13},
        {-45, 12},
        {-31, 11},
        {-22, 10},
        {-15, 9},
        {-11, 8},
        {-7, 7},
        {-6, 6},
        {-5, 5},
        {-4, 4},
        {-3, 3},
        {-2, 2},
        {-1, 1},
        {0, 0},
        {1, 17},
        {2, 18},
        {3, 19},
        {4, 20},
        {5, 21},
        {6, 22},
        {7, 23},
        {8, 24},
        {12, 25},
        {16, 26},
        {23, 27},
        {32, 28},
        {46, 29},
        {64, 30},
        {91, 31}
    };

    @Test
    void everyDistanceIsInTheBucketWhereTransformersHasIt() {
        NavigableMap<Integer, Integer> expected = new TreeMap<>();
        for (int[] from : BUCKETS) {
            expected.put(from[0], from[1]);
        }
        DistanceScores scores = new DistanceScores("bias", 32, 32, 4, 512);
        for (int behind = -400; behind <= 400; behind++) {
            assertThat(scores.bucket(behind))
                    .as("distance %d", behind)
                    .isEqualTo(expected.floorEntry(behind).getValue());
        }
    }
}
