package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;

/**
 * Token masks for the rows of a step that asked for them: one for each position of such a row that is sampled from, in the order of
 * the rows and then of the positions, so mostly one a row. The mask of a position behind drafts holds if they are what was drawn.
 * A mask of {@code wordsPerRow} ints has a bit for each token id, lowest first; a set bit allows the token. Owned by the engine and
 * reused; filled on several threads, each mask by one.
 *
 * @since 0.1
 */
@Incubating
public final class StepMasks {
    private final int wordsPerRow;
    private int rows;
    private int[] words;

    /**
     * Masks for a vocabulary.
     *
     * @param vocabularySize token ids
     * @param rows capacity to begin with
     */
    public StepMasks(int vocabularySize, int rows) {
        this.wordsPerRow = (vocabularySize + 31) >>> 5;
        this.words = new int[Math.max(1, rows) * wordsPerRow];
    }

    /**
     * Makes room for a step's masks; contents are undefined.
     *
     * @param rows how many masks, {@link StepPlan#maskedPositions()}
     */
    public void resize(int rows) {
        this.rows = rows;
        if (words.length < rows * wordsPerRow) {
            words = new int[rows * wordsPerRow * 2];
        }
    }

    /**
     * A copy, for an executor that reads the masks later than {@link Executor#sample} returns.
     *
     * @return the same rows in memory of its own
     */
    public StepMasks copy() {
        StepMasks copy = new StepMasks(wordsPerRow * 32, rows);
        copy.rows = rows;
        System.arraycopy(words, 0, copy.words, 0, rows * wordsPerRow);
        return copy;
    }

    /**
     * How many masks there are.
     *
     * @return as set by {@link #resize}
     */
    public int rows() {
        return rows;
    }

    /**
     * The length of a row.
     *
     * @return in ints
     */
    public int wordsPerRow() {
        return wordsPerRow;
    }

    /**
     * The bits of all rows, one after another.
     *
     * @return shared; only the first {@code rows() * wordsPerRow()} ints count
     */
    public int[] words() {
        return words;
    }

    /**
     * Where a mask begins in {@link #words()}.
     *
     * @param row from 0
     * @return an index
     */
    public int offset(int row) {
        return row * wordsPerRow;
    }
}
