package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What an executor does in one step: rows of sequences, each with the tokens to compute, the blocks to put their keys and
 * values in, and what to return. Owned by the engine and reused; written by the engine thread, read by one executor thread
 * after {@link Executor#launch}.
 *
 * <p>All of it is integers in little-endian sections, so that {@link #writeTo} gives a worker process the step in one copy:
 * a header of {@value #HEADER_INTS} ints (magic, version, step id low and high, row count, section count), then for each
 * section its kind and its length in ints, then the sections' contents. A reader skips sections that it does not know.
 *
 * <p>A row's block changes put block ids into the block table of the row's slot, per KV group, from an index on. A row's sampling
 * change, if it has one, holds for the slot from this step on.
 *
 * @since 0.1
 */
@Incubating
public final class StepPlan {
    /** An input id that stands for the token that the row's slot has sampled last. */
    public static final int LAST_SAMPLED = -1;

    /** The slot is begun anew. The row carries a sampling change and all blocks. */
    public static final int FLAG_NEW_SLOT = 1;

    /** The row's last position is sampled from. Without it the row only fills the cache. */
    public static final int FLAG_SAMPLE = 2;

    /** Sampling waits for a mask of {@link StepMasks}. Comes with {@link #FLAG_SAMPLE}. */
    public static final int FLAG_NEEDS_MASK = 4;

    /** The log probability and rank of the sampled token are returned, with the likeliest {@link #logprobs} tokens. */
    public static final int FLAG_LOGPROBS = 8;

    /** The format of {@link #writeTo}. */
    public static final int VERSION = 1;

    /** Ints in the header of {@link #writeTo}. */
    public static final int HEADER_INTS = 6;

    private static final int MAGIC = 0x504b4f54;
    private static final int SECTION_ROWS = 1;
    private static final int SECTION_TOKENS = 2;
    private static final int SECTION_BLOCKS = 3;
    private static final int SECTION_SAMPLING = 4;

    private static final int ROW_INTS = 16;
    private static final int SEQUENCE_LOW = 0;
    private static final int SEQUENCE_HIGH = 1;
    private static final int SLOT = 2;
    private static final int FLAGS = 3;
    private static final int TOKEN_OFFSET = 4;
    private static final int TOKEN_COUNT = 5;
    private static final int POSITION = 6;
    private static final int BLOCK_OFFSET = 7;
    private static final int BLOCK_INTS = 8;
    private static final int SAMPLING_OFFSET = 9;
    private static final int OUTPUT_INDEX = 10;
    private static final int LOGPROBS = 11;
    private static final int ADAPTER = 12;

    private long stepId;
    private int rows;
    private int[] row = new int[ROW_INTS * 64];
    private int tokenInts;
    private int[] token = new int[1024];
    private int blockInts;
    private int[] block = new int[1024];
    private int samplingInts;
    private int[] sampling = new int[256];
    private int masks;
    private int sampled;

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
        tokenInts = 0;
        blockInts = 0;
        samplingInts = 0;
        masks = 0;
        sampled = 0;
    }

    /**
     * Adds a row. Its tokens, block changes and sampling change are added by the next calls.
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
        if (at + ROW_INTS > row.length) {
            row = Arrays.copyOf(row, row.length * 2);
        }
        row[at + SEQUENCE_LOW] = (int) sequenceId;
        row[at + SEQUENCE_HIGH] = (int) (sequenceId >>> 32);
        row[at + SLOT] = slot;
        row[at + FLAGS] = flags;
        row[at + TOKEN_OFFSET] = tokenInts;
        row[at + TOKEN_COUNT] = 0;
        row[at + POSITION] = position;
        row[at + BLOCK_OFFSET] = blockInts;
        row[at + BLOCK_INTS] = 0;
        row[at + SAMPLING_OFFSET] = -1;
        row[at + OUTPUT_INDEX] = outputIndex;
        row[at + LOGPROBS] = 0;
        row[at + ADAPTER] = -1;
        row[at + 13] = 0;
        row[at + 14] = 0;
        row[at + 15] = 0;
        if ((flags & FLAG_NEEDS_MASK) != 0) {
            masks++;
        }
        if ((flags & FLAG_SAMPLE) != 0) {
            sampled++;
        }
        return rows++;
    }

    /**
     * Adds tokens to the row added last.
     *
     * @param ids where they are
     * @param from index of the first
     * @param count how many
     */
    public void addTokens(int[] ids, int from, int count) {
        token = ensure(token, tokenInts + count);
        System.arraycopy(ids, from, token, tokenInts, count);
        tokenInts += count;
        row[(rows - 1) * ROW_INTS + TOKEN_COUNT] += count;
    }

    /**
     * Adds one token to the row added last.
     *
     * @param id a token id or {@link #LAST_SAMPLED}
     */
    public void addToken(int id) {
        token = ensure(token, tokenInts + 1);
        token[tokenInts++] = id;
        row[(rows - 1) * ROW_INTS + TOKEN_COUNT]++;
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
        block = ensure(block, blockInts + 3 + count);
        block[blockInts] = group;
        block[blockInts + 1] = startIndex;
        block[blockInts + 2] = count;
        System.arraycopy(ids, from, block, blockInts + 3, count);
        blockInts += 3 + count;
        row[(rows - 1) * ROW_INTS + BLOCK_INTS] += 3 + count;
    }

    /**
     * Sets how the slot of the row added last samples from now on.
     *
     * @param state encoded by {@link SamplingState#encode}
     */
    public void setSampling(int[] state) {
        sampling = ensure(sampling, samplingInts + state.length + 1);
        row[(rows - 1) * ROW_INTS + SAMPLING_OFFSET] = samplingInts;
        sampling[samplingInts] = state.length;
        System.arraycopy(state, 0, sampling, samplingInts + 1, state.length);
        samplingInts += state.length + 1;
    }

    /**
     * Sets how many of the likeliest tokens the row added last returns with {@link #FLAG_LOGPROBS}.
     *
     * @param count 0 or more
     */
    public void setLogprobs(int count) {
        row[(rows - 1) * ROW_INTS + LOGPROBS] = count;
    }

    /**
     * Sets the adapter of the row added last.
     *
     * @param handle of {@link Executor#prepareAdapter}
     */
    public void setAdapter(int handle) {
        row[(rows - 1) * ROW_INTS + ADAPTER] = handle;
    }

    private static int[] ensure(int[] array, int length) {
        return length <= array.length ? array : Arrays.copyOf(array, Math.max(length, array.length * 2));
    }

    /**
     * The step's number.
     *
     * @return as set by {@link #begin}
     */
    public long stepId() {
        return stepId;
    }

    /**
     * How many rows there are.
     *
     * @return 0 or more
     */
    public int rows() {
        return rows;
    }

    /**
     * How many tokens all rows compute.
     *
     * @return 0 or more
     */
    public int tokens() {
        return tokenInts;
    }

    /**
     * How many rows are sampled from.
     *
     * @return from 0 to {@link #rows()}
     */
    public int sampledRows() {
        return sampled;
    }

    /**
     * Whether {@link Executor#sample} must follow.
     *
     * @return true if a row has {@link #FLAG_NEEDS_MASK}
     */
    public boolean needsMasks() {
        return masks > 0;
    }

    /**
     * How many rows have {@link #FLAG_NEEDS_MASK}.
     *
     * @return 0 or more
     */
    public int maskedRows() {
        return masks;
    }

    /**
     * A row's sequence.
     *
     * @param index of the row
     * @return the sequence id
     */
    public long sequenceId(int index) {
        int at = index * ROW_INTS;
        return (row[at + SEQUENCE_LOW] & 0xffffffffL) | ((long) row[at + SEQUENCE_HIGH] << 32);
    }

    /**
     * A row's slot.
     *
     * @param index of the row
     * @return the slot
     */
    public int slot(int index) {
        return row[index * ROW_INTS + SLOT];
    }

    /**
     * A row's flags.
     *
     * @param index of the row
     * @return {@code FLAG_} values
     */
    public int flags(int index) {
        return row[index * ROW_INTS + FLAGS];
    }

    /**
     * Whether a row has a flag.
     *
     * @param index of the row
     * @param flag a {@code FLAG_} value
     * @return true if it is set
     */
    public boolean has(int index, int flag) {
        return (row[index * ROW_INTS + FLAGS] & flag) != 0;
    }

    /**
     * Where a row's tokens begin in {@link #tokenIds()}.
     *
     * @param index of the row
     * @return an index
     */
    public int tokenOffset(int index) {
        return row[index * ROW_INTS + TOKEN_OFFSET];
    }

    /**
     * How many tokens a row computes.
     *
     * @param index of the row
     * @return 1 or more
     */
    public int tokenCount(int index) {
        return row[index * ROW_INTS + TOKEN_COUNT];
    }

    /**
     * The position of a row's first token.
     *
     * @param index of the row
     * @return how many tokens of the sequence were computed before
     */
    public int position(int index) {
        return row[index * ROW_INTS + POSITION];
    }

    /**
     * How many tokens a row's sequence has generated before this step.
     *
     * @param index of the row
     * @return 0 or more
     */
    public int outputIndex(int index) {
        return row[index * ROW_INTS + OUTPUT_INDEX];
    }

    /**
     * How many of the likeliest tokens a row returns.
     *
     * @param index of the row
     * @return 0 or more
     */
    public int logprobs(int index) {
        return row[index * ROW_INTS + LOGPROBS];
    }

    /**
     * A row's adapter.
     *
     * @param index of the row
     * @return its handle, or -1 for none
     */
    public int adapter(int index) {
        return row[index * ROW_INTS + ADAPTER];
    }

    /**
     * The tokens of all rows, one row after another.
     *
     * @return shared; only the first {@link #tokens()} count
     */
    public int[] tokenIds() {
        return token;
    }

    /**
     * Hands a row's block changes to a visitor.
     *
     * @param index of the row
     * @param visitor called once for each change, in order
     */
    public void forEachBlockChange(int index, BlockChangeVisitor visitor) {
        int at = row[index * ROW_INTS + BLOCK_OFFSET];
        int end = at + row[index * ROW_INTS + BLOCK_INTS];
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
    public boolean changesSampling(int index) {
        return row[index * ROW_INTS + SAMPLING_OFFSET] >= 0;
    }

    /**
     * How a row's slot samples from this step on.
     *
     * @param index of a row with {@link #changesSampling}
     * @return the decoded state
     */
    public SamplingState sampling(int index) {
        int at = row[index * ROW_INTS + SAMPLING_OFFSET];
        return SamplingState.decode(Arrays.copyOfRange(sampling, at + 1, at + 1 + sampling[at]));
    }

    /**
     * How long {@link #writeTo}'s output is.
     *
     * @return in bytes
     */
    public int byteSize() {
        return 4 * (HEADER_INTS + 8 + rows * ROW_INTS + tokenInts + blockInts + samplingInts);
    }

    /**
     * Writes the plan, little-endian, at the buffer's position.
     *
     * @param buffer with {@link #byteSize()} bytes of room; its byte order is set
     */
    public void writeTo(ByteBuffer buffer) {
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(MAGIC).putInt(VERSION).putInt((int) stepId).putInt((int) (stepId >>> 32));
        buffer.putInt(rows).putInt(4);
        buffer.putInt(SECTION_ROWS).putInt(rows * ROW_INTS);
        buffer.putInt(SECTION_TOKENS).putInt(tokenInts);
        buffer.putInt(SECTION_BLOCKS).putInt(blockInts);
        buffer.putInt(SECTION_SAMPLING).putInt(samplingInts);
        putInts(buffer, row, rows * ROW_INTS);
        putInts(buffer, token, tokenInts);
        putInts(buffer, block, blockInts);
        putInts(buffer, sampling, samplingInts);
    }

    private static void putInts(ByteBuffer buffer, int[] ints, int count) {
        buffer.asIntBuffer().put(ints, 0, count);
        buffer.position(buffer.position() + 4 * count);
    }

    /**
     * Reads what {@link #writeTo} wrote, from the buffer's position. Unknown sections are skipped.
     *
     * @param buffer a whole plan
     * @throws IllegalArgumentException if it is not one, or of another version
     */
    public void readFrom(ByteBuffer buffer) {
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        int magic = buffer.getInt();
        int version = buffer.getInt();
        if (magic != MAGIC || version != VERSION) {
            throw new IllegalArgumentException("not a step plan of version " + VERSION + ": magic "
                    + Integer.toHexString(magic) + ", version " + version);
        }
        begin((buffer.getInt() & 0xffffffffL) | ((long) buffer.getInt() << 32));
        int rowCount = buffer.getInt();
        int sections = buffer.getInt();
        int[] kinds = new int[sections];
        int[] lengths = new int[sections];
        for (int i = 0; i < sections; i++) {
            kinds[i] = buffer.getInt();
            lengths[i] = buffer.getInt();
        }
        for (int i = 0; i < sections; i++) {
            switch (kinds[i]) {
                case SECTION_ROWS -> row = getInts(buffer, row, lengths[i]);
                case SECTION_TOKENS -> token = getInts(buffer, token, tokenInts = lengths[i]);
                case SECTION_BLOCKS -> block = getInts(buffer, block, blockInts = lengths[i]);
                case SECTION_SAMPLING -> sampling = getInts(buffer, sampling, samplingInts = lengths[i]);
                default -> buffer.position(buffer.position() + 4 * lengths[i]);
            }
        }
        rows = rowCount;
        for (int i = 0; i < rows; i++) {
            masks += has(i, FLAG_NEEDS_MASK) ? 1 : 0;
            sampled += has(i, FLAG_SAMPLE) ? 1 : 0;
        }
    }

    private static int[] getInts(ByteBuffer buffer, int[] array, int count) {
        int[] into = count <= array.length ? array : new int[count];
        buffer.asIntBuffer().get(into, 0, count);
        buffer.position(buffer.position() + 4 * count);
        return into;
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
