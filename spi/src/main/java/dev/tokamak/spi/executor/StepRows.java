package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;

/**
 * What a {@link StepPlan} says, for those who read it.
 *
 * <p><b>Rows.</b> A row computes some tokens of one sequence, of which each position may yield something: the last
 * {@link #sampledCount} ones are sampled from, for {@link #scoredCount} ones the token that is known to follow gets a log
 * probability, and all of them count for the row's {@link #pooling}. A row's block changes put block ids into the block table of the
 * row's slot, per KV group, from an index on. A row's sampling change, if it has one, holds for the slot from this step on.
 *
 * <p><b>Side sections.</b> Embedding spans replace what the token table would give. An executor that does not offer a section in
 * {@link ModelInfo#sideSections()} never gets one.
 *
 * <p>A long file of one-line accessors, since a reader of plans finds all that they say in one place.
 *
 * @since 0.2
 */
@Incubating
public abstract sealed class StepRows permits StepPlan {
    /** A power of two, since every reader multiplies by it. */
    static final int ROW_INTS = 16;

    static final int SEQUENCE_LOW = 0;
    static final int SEQUENCE_HIGH = 1;
    static final int SLOT = 2;
    static final int FLAGS = 3;
    static final int TOKEN_OFFSET = 4;
    static final int TOKEN_COUNT = 5;
    static final int POSITION = 6;
    static final int BLOCK_OFFSET = 7;
    static final int BLOCK_INTS = 8;
    static final int SAMPLING_OFFSET = 9;
    static final int OUTPUT_INDEX = 10;
    static final int LOGPROBS = 11;
    static final int ADAPTER = 12;
    static final int DRAFTS = 13;
    static final int RARE_OFFSET = 14;

    /** What few rows have: where its scores are, its pooling, how many dimensions, where its second text begins. */
    static final int RARE_INTS = 4;

    static final int SCORES_OFFSET = 0;
    static final int POOLING = 1;
    static final int DIMENSIONS = 2;
    static final int SECOND_TEXT = 3;

    /** A row's first scored position, how many there are, how many likeliest tokens; then the tokens that follow. */
    static final int SCORES_HEAD = 3;

    /** A span's row, first position, length and handle. */
    static final int SPAN_INTS = 4;

    int[] row = new int[ROW_INTS * 64];
    final IntSection token = new IntSection(1024);
    final IntSection block = new IntSection(1024);
    final IntSection sampling = new IntSection(256);
    final IntSection rare = new IntSection(16);
    final IntSection score = new IntSection(16);
    final IntSection span = new IntSection(16);
    final IntSection ended = new IntSection(16);

    long stepId;
    int rows;
    int sampledRows;
    int sampledPositions;
    int maskedPositions;
    int scoredPositions;
    int pooledRows;
    int drafts;

    StepRows() {}

    final int of(int index, int field) {
        return row[index * ROW_INTS + field];
    }

    private int rare(int index, int field, int otherwise) {
        int at = of(index, RARE_OFFSET);
        return at < 0 ? otherwise : rare.ints[at + field];
    }

    /** Counts what the rows ask for. */
    final void count() {
        sampledRows = 0;
        sampledPositions = 0;
        maskedPositions = 0;
        scoredPositions = 0;
        pooledRows = 0;
        drafts = 0;
        for (int i = 0; i < rows; i++) {
            int sampled = sampledCount(i);
            sampledRows += sampled > 0 ? 1 : 0;
            sampledPositions += sampled;
            maskedPositions += has(i, StepPlan.FLAG_NEEDS_MASK) ? sampled : 0;
            scoredPositions += scoredCount(i);
            pooledRows += has(i, StepPlan.FLAG_POOL) ? 1 : 0;
            drafts += drafts(i);
        }
    }

    /**
     * The step's number.
     *
     * @return as set by {@link StepPlan#begin}
     */
    public final long stepId() {
        return stepId;
    }

    /**
     * How many rows there are.
     *
     * @return 0 or more
     */
    public final int rows() {
        return rows;
    }

    /**
     * How many tokens all rows compute.
     *
     * @return 0 or more
     */
    public final int tokens() {
        return token.size;
    }

    /**
     * How many rows are sampled from.
     *
     * @return from 0 to {@link #rows()}
     */
    public final int sampledRows() {
        return sampledRows;
    }

    /**
     * How many positions are sampled from: rows of logits, in the order of the rows and, within a row, of its positions.
     *
     * @return more than {@link #sampledRows()} if a row has drafts
     */
    public final int sampledPositions() {
        return sampledPositions;
    }

    /**
     * Whether {@link Executor#sample} must follow.
     *
     * @return true if a row has {@link StepPlan#FLAG_NEEDS_MASK}
     */
    public final boolean needsMasks() {
        return maskedPositions > 0;
    }

    /**
     * How many masks the step gets: one for each sampled position of the rows with {@link StepPlan#FLAG_NEEDS_MASK}.
     *
     * @return 0 or more
     */
    public final int maskedPositions() {
        return maskedPositions;
    }

    /**
     * How many positions of all rows are scored.
     *
     * @return 0 or more
     */
    public final int scoredPositions() {
        return scoredPositions;
    }

    /**
     * How many rows have {@link StepPlan#FLAG_POOL}.
     *
     * @return from 0 to {@link #rows()}
     */
    public final int pooledRows() {
        return pooledRows;
    }

    /**
     * How many draft tokens all rows have.
     *
     * @return 0 or more
     */
    public final int draftTokens() {
        return drafts;
    }

    /**
     * A row's sequence.
     *
     * @param index of the row
     * @return the sequence id
     */
    public final long sequenceId(int index) {
        return (of(index, SEQUENCE_LOW) & 0xffffffffL) | ((long) of(index, SEQUENCE_HIGH) << 32);
    }

    /**
     * A row's slot.
     *
     * @param index of the row
     * @return the slot
     */
    public final int slot(int index) {
        return of(index, SLOT);
    }

    /**
     * A row's flags.
     *
     * @param index of the row
     * @return {@code FLAG_} values of {@link StepPlan}
     */
    public final int flags(int index) {
        return of(index, FLAGS);
    }

    /**
     * Whether a row has a flag.
     *
     * @param index of the row
     * @param flag a {@code FLAG_} value of {@link StepPlan}
     * @return true if it is set
     */
    public final boolean has(int index, int flag) {
        return (of(index, FLAGS) & flag) != 0;
    }

    /**
     * Where a row's tokens begin in {@link #tokenIds()}.
     *
     * @param index of the row
     * @return an index
     */
    public final int tokenOffset(int index) {
        return of(index, TOKEN_OFFSET);
    }

    /**
     * How many tokens a row computes.
     *
     * @param index of the row
     * @return 1 or more, {@link #drafts} included
     */
    public final int tokenCount(int index) {
        return of(index, TOKEN_COUNT);
    }

    /**
     * The position of a row's first token.
     *
     * @param index of the row
     * @return how many tokens of the sequence were computed before
     */
    public final int position(int index) {
        return of(index, POSITION);
    }

    /**
     * How many tokens a row's sequence has generated before this step; the first sampled position draws the token of that index.
     *
     * @param index of the row
     * @return 0 or more
     */
    public final int outputIndex(int index) {
        return of(index, OUTPUT_INDEX);
    }

    /**
     * How many of a row's last tokens are drafts: tokens that may follow, to be verified.
     *
     * @param index of the row
     * @return 0 mostly
     */
    public final int drafts(int index) {
        return of(index, DRAFTS);
    }

    /**
     * How many of a row's last positions are sampled from.
     *
     * @param index of the row
     * @return 0, or one more than it has {@link #drafts}
     */
    public final int sampledCount(int index) {
        return has(index, StepPlan.FLAG_SAMPLE) ? of(index, DRAFTS) + 1 : 0;
    }

    /**
     * How many of the likeliest tokens each sampled position of a row returns.
     *
     * @param index of the row
     * @return 0 or more
     */
    public final int logprobs(int index) {
        return of(index, LOGPROBS);
    }

    /**
     * For how many positions of a row the token that follows gets a log probability.
     *
     * @param index of the row
     * @return 0 mostly
     */
    public final int scoredCount(int index) {
        int at = rare(index, SCORES_OFFSET, -1);
        return at < 0 ? 0 : score.ints[at + 1];
    }

    /**
     * A row's first scored position.
     *
     * @param index of a row with {@link #scoredCount}
     * @return counted from the row's first token; the others follow
     */
    public final int scoredFrom(int index) {
        return score.ints[rare(index, SCORES_OFFSET, -1)];
    }

    /**
     * How many of the likeliest tokens each scored position of a row returns.
     *
     * @param index of a row with {@link #scoredCount}
     * @return 0 or more
     */
    public final int scoredTop(int index) {
        return score.ints[rare(index, SCORES_OFFSET, -1) + 2];
    }

    /**
     * The token that is known to follow a scored position.
     *
     * @param index of a row with {@link #scoredCount}
     * @param i from 0 to {@link #scoredCount}
     * @return a token id
     */
    public final int scoredToken(int index, int i) {
        return score.ints[rare(index, SCORES_OFFSET, -1) + SCORES_HEAD + i];
    }

    /**
     * What is to be made of the hidden states of a row's prompt. Each row of a prompt that comes in several says it.
     *
     * @param index of the row
     * @return null mostly
     */
    public final Pooling pooling(int index) {
        int encoded = rare(index, POOLING, 0);
        return encoded == 0 ? null : Pooling.decoded(encoded, rare(index, DIMENSIONS, 0));
    }

    /**
     * Where the second of two texts begins, for models that tell the texts of a pair apart.
     *
     * @param index of the row
     * @return the position of its first token in the sequence, or -1 if there is one text
     */
    public final int secondText(int index) {
        return rare(index, SECOND_TEXT, -1);
    }

    /**
     * Whether any row has a {@link #pooling}.
     *
     * @return mostly false
     */
    public final boolean poolsSomething() {
        if (rare.size == 0) {
            return false;
        }
        for (int i = 0; i < rows; i++) {
            if (rare(i, POOLING, 0) != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * A row's adapter.
     *
     * @param index of the row
     * @return its handle, or -1 for none
     */
    public final int adapter(int index) {
        return of(index, ADAPTER);
    }

    /**
     * The tokens of all rows, one row after another.
     *
     * @return shared; only the first {@link #tokens()} count
     */
    public final int[] tokenIds() {
        return token.ints;
    }

    /**
     * Hands a row's block changes to a visitor.
     *
     * @param index of the row
     * @param visitor called once for each change, in order
     */
    public final void forEachBlockChange(int index, StepPlan.BlockChangeVisitor visitor) {
        int[] block = this.block.ints;
        int at = of(index, BLOCK_OFFSET);
        int end = at + of(index, BLOCK_INTS);
        while (at < end) {
            int count = block[at + 2];
            visitor.change(block[at], block[at + 1], block, at + 3, count);
            at += 3 + count;
        }
    }

    /**
     * Whether a row changes how its slot samples.
     *
     * @param index of the row
     * @return true if {@link #sampling} has something
     */
    public final boolean changesSampling(int index) {
        return of(index, SAMPLING_OFFSET) >= 0;
    }

    /**
     * How a row's slot samples from this step on.
     *
     * @param index of a row with {@link #changesSampling}
     * @return a copy, which outlives the plan
     */
    public final SamplingState sampling(int index) {
        int at = of(index, SAMPLING_OFFSET);
        return SamplingState.copyOf(sampling.ints, at + 1, sampling.ints[at]);
    }

    /**
     * How many embedding spans there are.
     *
     * @return 0 unless the executor offers {@link ModelInfo.SideSection#EMBEDDING_SPANS}
     */
    public final int spans() {
        return span.size / SPAN_INTS;
    }

    /**
     * A span's row.
     *
     * @param i from 0 to {@link #spans()}
     * @return its index
     */
    public final int spanRow(int i) {
        return span.ints[i * SPAN_INTS];
    }

    /**
     * The first position that a span's embeddings are for.
     *
     * @param i from 0 to {@link #spans()}
     * @return a position of the sequence; the span may begin before the row or end behind it, where a prompt comes in several
     */
    public final int spanPosition(int i) {
        return span.ints[i * SPAN_INTS + 1];
    }

    /**
     * How many positions a span's embeddings are for.
     *
     * @param i from 0 to {@link #spans()}
     * @return 1 or more
     */
    public final int spanLength(int i) {
        return span.ints[i * SPAN_INTS + 2];
    }

    /**
     * A span's embeddings.
     *
     * @param i from 0 to {@link #spans()}
     * @return the handle under which the executor has them
     */
    public final int spanEmbeddings(int i) {
        return span.ints[i * SPAN_INTS + 3];
    }

    /**
     * How many slots have lost their sequence since the plan before, so that what they hold can be dropped.
     *
     * @return 0 or more
     */
    public final int endedSlots() {
        return ended.size;
    }

    /**
     * A slot that has lost its sequence. It may be begun anew by a row of this plan: whoever drops what it held does so first.
     *
     * @param i from 0 to {@link #endedSlots()}
     * @return the slot
     */
    public final int endedSlot(int i) {
        return ended.ints[i];
    }
}
