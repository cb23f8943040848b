package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What an executor does in one step: rows of sequences, each with the tokens to compute, the blocks to put their keys and
 * values in, and what to return. Owned by the engine and reused; written by the engine thread, read by one executor thread
 * after {@link Executor#launch}.
 *
 * <p>All of it is integers, so that {@link #writeTo} gives a worker process the step in one copy. What a plan says is told by
 * {@link StepRows}; the methods here write it.
 *
 * @since 0.1
 */
@Incubating
public final class StepPlan extends StepRows {
    /** An input id that stands for the token that the row's slot has sampled last. */
    public static final int LAST_SAMPLED = -1;

    /** The slot is begun anew. The row carries all blocks and, if the slot will ever be sampled from, a sampling change. */
    public static final int FLAG_NEW_SLOT = 1;

    /** The row's last positions are sampled from: the last one, and one more for each draft. Without it the row only fills the cache. */
    public static final int FLAG_SAMPLE = 2;

    /** Sampling waits for masks of {@link StepMasks}, one for each sampled position. Comes with {@link #FLAG_SAMPLE}. */
    public static final int FLAG_NEEDS_MASK = 4;

    /** The log probability and rank of each sampled token are returned, with the likeliest {@link #logprobs} tokens. */
    public static final int FLAG_LOGPROBS = 8;

    /** The row's last token is its prompt's last one: what its {@link #pooling} makes of the prompt is returned. */
    public static final int FLAG_POOL = 16;

    /** An empty plan. */
    public StepPlan() {}

    /**
     * Empties the plan.
     *
     * @param stepId the step's number, growing
     */
    public void begin(long stepId) {
        this.stepId = stepId;
        rows = 0;
        token.clear();
        block.clear();
        sampling.clear();
        rare.clear();
        score.clear();
        span.clear();
        ended.clear();
        count();
    }

    /**
     * Adds a row. What else it has is added by the next calls: first the tokens that are known, then drafts.
     *
     * @param sequenceId the sequence
     * @param slot the sequence's slot
     * @param flags {@code FLAG_} values
     * @param position how many of the sequence's tokens were computed before; the first token's position
     * @param outputIndex how many tokens the sequence has generated before this step, counting those in flight; with the seed it
     *     keys the random numbers
     * @return the row's index
     */
    public int addRow(long sequenceId, int slot, int flags, int position, int outputIndex) {
        int at = rows * ROW_INTS;
        if (at == row.length) {
            row = Arrays.copyOf(row, at * 2);
        }
        int[] ints = row;
        ints[at + SEQUENCE_LOW] = (int) sequenceId;
        ints[at + SEQUENCE_HIGH] = (int) (sequenceId >>> 32);
        ints[at + SLOT] = slot;
        ints[at + FLAGS] = flags;
        ints[at + TOKEN_OFFSET] = token.size;
        ints[at + TOKEN_COUNT] = 0;
        ints[at + POSITION] = position;
        ints[at + BLOCK_OFFSET] = block.size;
        ints[at + BLOCK_INTS] = 0;
        ints[at + SAMPLING_OFFSET] = -1;
        ints[at + OUTPUT_INDEX] = outputIndex;
        ints[at + LOGPROBS] = 0;
        ints[at + ADAPTER] = -1;
        ints[at + DRAFTS] = 0;
        ints[at + RARE_OFFSET] = -1;
        ints[at + ROW_INTS - 1] = 0;
        if ((flags & FLAG_SAMPLE) != 0) {
            sampledRows++;
            countSampled(flags, 1);
        }
        pooledRows += (flags & FLAG_POOL) != 0 ? 1 : 0;
        return rows++;
    }

    private void countSampled(int flags, int positions) {
        sampledPositions += positions;
        maskedPositions += (flags & FLAG_NEEDS_MASK) != 0 ? positions : 0;
    }

    private void add(int field, int value) {
        row[(rows - 1) * ROW_INTS + field] += value;
    }

    private void set(int field, int value) {
        row[(rows - 1) * ROW_INTS + field] = value;
    }

    private void setRare(int field, int value) {
        int at = of(rows - 1, RARE_OFFSET);
        if (at < 0) {
            at = rare.addZeros(RARE_INTS);
            rare.ints[at + SCORES_OFFSET] = -1;
            rare.ints[at + SECOND_TEXT] = -1;
            set(RARE_OFFSET, at);
        }
        rare.ints[at + field] = value;
    }

    /**
     * Adds tokens to the row added last.
     *
     * @param ids where they are
     * @param from index of the first
     * @param count how many
     */
    public void addTokens(int[] ids, int from, int count) {
        token.add(ids, from, count);
        add(TOKEN_COUNT, count);
    }

    /**
     * Adds one token to the row added last.
     *
     * @param id a token id or {@link #LAST_SAMPLED}
     */
    public void addToken(int id) {
        token.add(id);
        add(TOKEN_COUNT, 1);
    }

    /**
     * Adds draft tokens to the row added last, behind the tokens that are known. The row has {@link #FLAG_SAMPLE}: a token is drawn at
     * the last known position and, as long as the draft there is the one that was drawn, at the next, so that it yields one token
     * more than drafts were right. Of the others nothing is left but garbage in the cache, which the sequence's next row
     * overwrites; until this row has landed nobody knows where that begins, so that none is planned.
     *
     * @param ids where they are
     * @param from index of the first
     * @param count at most {@link ModelInfo#maxDrafts()} for a row
     */
    public void addDrafts(int[] ids, int from, int count) {
        addTokens(ids, from, count);
        add(DRAFTS, count);
        drafts += count;
        if (has(rows - 1, FLAG_SAMPLE)) {
            countSampled(flags(rows - 1), count);
        }
    }

    /**
     * Puts block ids into the block table of the row added last.
     *
     * @param group the KV group
     * @param startIndex the first entry of the block table to set
     * @param ids where the ids are
     * @param from index of the first in {@code ids}
     * @param count how many
     */
    public void addBlocks(int group, int startIndex, int[] ids, int from, int count) {
        block.add(group);
        block.add(startIndex);
        block.add(count);
        block.add(ids, from, count);
        add(BLOCK_INTS, 3 + count);
    }

    /**
     * Sets how the slot of the row added last samples from now on.
     *
     * @param state copied
     */
    public void setSampling(SamplingState state) {
        set(SAMPLING_OFFSET, sampling.size);
        sampling.add(state.length());
        state.appendTo(sampling);
    }

    /**
     * Sets how many of the likeliest tokens the row added last returns with {@link #FLAG_LOGPROBS}.
     *
     * @param count 0 or more
     */
    public void setLogprobs(int count) {
        set(LOGPROBS, count);
    }

    /**
     * Asks for the log probabilities of tokens that are known to follow positions of the row added last, once for a row. The token
     * behind the row's last position need not be in the row.
     *
     * @param first the first position, counted from the row's first token
     * @param top how many of the likeliest tokens each position returns
     * @param following where the tokens are that follow these positions
     * @param from index of the first in {@code following}
     * @param count how many positions, 1 or more
     */
    public void addScores(int first, int top, int[] following, int from, int count) {
        setRare(SCORES_OFFSET, score.size);
        score.add(first);
        score.add(count);
        score.add(top);
        score.add(following, from, count);
        scoredPositions += count;
    }

    /**
     * Says what is made of the hidden states of the prompt of the row added last; each of its rows says it, and the last of them has
     * {@link #FLAG_POOL}.
     *
     * @param pooling never null
     */
    public void setPooling(Pooling pooling) {
        setRare(POOLING, pooling.encoded());
        setRare(DIMENSIONS, pooling.dimensions());
    }

    /**
     * Says where the second of two texts begins in the sequence of the row added last.
     *
     * @param position of its first token
     */
    public void setSecondText(int position) {
        setRare(SECOND_TEXT, position);
    }

    /**
     * Sets the adapter of the row added last.
     *
     * @param handle of {@link Executor#prepareAdapter}
     */
    public void setAdapter(int handle) {
        set(ADAPTER, handle);
    }

    /**
     * Gives positions of the row added last embeddings that were prepared, instead of those of their token ids.
     *
     * @param position the first position in the sequence
     * @param length how many positions, 1 or more
     * @param embeddings the handle under which the executor has them
     */
    public void addSpan(int position, int length, int embeddings) {
        span.add(rows - 1);
        span.add(position);
        span.add(length);
        span.add(embeddings);
    }

    /**
     * Tells that a slot has lost its sequence since the plan before. No row in flight or to come names it before one with
     * {@link #FLAG_NEW_SLOT}.
     *
     * @param slot of an earlier row
     */
    public void endSlot(int slot) {
        ended.add(slot);
    }

    /**
     * How long {@link #writeTo}'s output is.
     *
     * @return in bytes
     */
    public int byteSize() {
        return StepPlanFormat.byteSize(this);
    }

    /**
     * Writes the plan, little-endian, at the buffer's position: a header (magic, version, step id low and high, row count, section
     * count), then for each section its kind and its length, then the sections' contents, all in ints.
     *
     * @param buffer with {@link #byteSize()} bytes of room; its byte order is set
     */
    public void writeTo(ByteBuffer buffer) {
        StepPlanFormat.write(this, buffer);
    }

    /**
     * Reads what {@link #writeTo} wrote, from the buffer's position. Unknown sections are skipped.
     *
     * @param buffer a whole plan
     * @throws IllegalArgumentException if it is not one, or of another version
     */
    public void readFrom(ByteBuffer buffer) {
        StepPlanFormat.read(this, buffer);
    }

    /**
     * Is shown block changes.
     *
     * @since 0.1
     */
    @Incubating
    @FunctionalInterface
    public interface BlockChangeVisitor {
        /**
         * One change: {@code ids[from .. from + count)} go into the group's block table from {@code startIndex} on.
         *
         * @param group the KV group
         * @param startIndex the first entry to set
         * @param ids where the block ids are
         * @param from index of the first
         * @param count how many
         */
        void change(int group, int startIndex, int[] ids, int from, int count);
    }
}
