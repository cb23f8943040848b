package dev.tokamak.spi.scheduler;

import dev.tokamak.api.Incubating;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.Pooling;
import java.util.Arrays;

/**
 * One token sequence of a request: its tokens, how far it is computed, its slot and its blocks. Made on the submitting
 * thread; from {@link Scheduler#add} on, read and written on the engine thread only.
 *
 * <p>A long file of one-line accessors: scheduler, cache and engine each keep a part of one sequence here.
 *
 * @since 0.1
 */
@Incubating
public final class Sequence implements SequenceView {
    /** The slot of a sequence that has none. */
    public static final int NO_SLOT = -1;

    private static final int[] NO_TOKENS = {};

    /** Room for this many generated tokens from the start, so that most sequences never grow while they run. */
    private static final int INITIAL_OUTPUT = 2048;

    private final long id;
    private final long arrival;
    private final long arrivalNanos;
    private final int priority;
    private final SamplingParams params;
    private final long seed;
    private final int[] endTokens;
    private final int maxTokens;
    private final Object owner;
    private long submission;
    private long turn;

    private int[] tokens;
    private int length;
    private final int promptTokens;
    private long[] prefixKeys;
    private int keyedBlocks;

    private int computed;
    private int inFlight;
    private int slot = NO_SLOT;
    private int cachedTokens = -1;
    private boolean ended;
    private boolean masked;
    private int[] forced = NO_TOKENS;
    private int adapter = -1;
    private Wishes wishes = Wishes.NONE;
    private Object schedulerState;
    private Object cacheState;

    /** What few sequences want beside their tokens; apart, so that the others stay small. */
    private static final class Wishes {
        static final Wishes NONE = new Wishes();

        boolean scoresPrompt;
        int scored;
        Pooling pooling;
        int secondText = -1;
        boolean drafted;
        int[] drafts = NO_TOKENS;
        int draftCount;
    }

    private Wishes own() {
        if (wishes == Wishes.NONE) {
            wishes = new Wishes();
        }
        return wishes;
    }

    /**
     * A sequence that waits.
     *
     * @param id unique in the engine, growing
     * @param arrival the place in the order of arrival
     * @param arrivalNanos when the request was submitted
     * @param priority lower goes first
     * @param params the request's
     * @param seed settled for this sequence
     * @param prompt token ids; copied
     * @param endTokens ids that end the sequence, end-of-sequence and stop ids
     * @param maxTokens how many tokens it may generate, settled against the context; 0 for none
     * @param owner what the engine ties to it; opaque to schedulers
     */
    public Sequence(
            long id,
            long arrival,
            long arrivalNanos,
            int priority,
            SamplingParams params,
            long seed,
            int[] prompt,
            int[] endTokens,
            int maxTokens,
            Object owner) {
        this.id = id;
        this.arrival = arrival;
        this.arrivalNanos = arrivalNanos;
        this.priority = priority;
        this.params = params;
        this.seed = seed;
        this.endTokens = endTokens;
        this.maxTokens = maxTokens;
        this.owner = owner;
        this.submission = id;
        this.turn = arrival;
        this.promptTokens = prompt.length;
        this.tokens = Arrays.copyOf(prompt, prompt.length + Math.min(maxTokens, INITIAL_OUTPUT));
        this.length = prompt.length;
        this.prefixKeys = new long[0];
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public long arrival() {
        return arrival;
    }

    @Override
    public long turn() {
        return turn;
    }

    /**
     * Gives the sequence a place in the line of those that wait.
     *
     * @param turn see {@link SequenceView#turn()}
     */
    public void setTurn(long turn) {
        this.turn = turn;
    }

    /**
     * What the sequence was submitted with: all completions of all prompts of one call have the same number.
     *
     * @return the sequence's own id unless set
     */
    public long submission() {
        return submission;
    }

    /**
     * Says what the sequence was submitted with, before it is handed to a scheduler.
     *
     * @param submission unique among submissions, such as the id of the first sequence
     */
    public void setSubmission(long submission) {
        this.submission = submission;
    }

    @Override
    public long arrivalNanos() {
        return arrivalNanos;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public int promptTokens() {
        return promptTokens;
    }

    @Override
    public int generatedTokens() {
        return length - promptTokens;
    }

    @Override
    public int computedTokens() {
        return computed;
    }

    /**
     * The request's sampling parameters.
     *
     * @return never null
     */
    public SamplingParams params() {
        return params;
    }

    /**
     * The random seed.
     *
     * @return settled for this sequence
     */
    public long seed() {
        return seed;
    }

    /**
     * Ids that end the sequence.
     *
     * @return shared
     */
    public int[] endTokens() {
        return endTokens;
    }

    /**
     * How many tokens it may generate.
     *
     * @return 0 if it ends with its prompt
     */
    public int maxTokens() {
        return maxTokens;
    }

    /**
     * What the engine tied to it.
     *
     * @return opaque to schedulers
     */
    public Object owner() {
        return owner;
    }

    /**
     * The tokens that the host knows, prompt first.
     *
     * @return shared; only the first {@link #length()} count
     */
    public int[] tokens() {
        return tokens;
    }

    /**
     * How many tokens the host knows.
     *
     * @return prompt and confirmed output
     */
    public int length() {
        return length;
    }

    /**
     * Appends a confirmed token.
     *
     * @param token its id
     */
    public void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length + Math.max(256, length >> 1));
        }
        tokens[length++] = token;
    }

    /**
     * The keys of the full blocks of the tokens known, two longs each, chained from the first block on.
     *
     * @return shared; only the first {@code 2 * keyedBlocks()} count
     */
    public long[] prefixKeys() {
        return prefixKeys;
    }

    /**
     * How many full blocks have a key.
     *
     * @return 0 if the sequence takes no part in the prefix cache
     */
    public int keyedBlocks() {
        return keyedBlocks;
    }

    /**
     * Sets the keys of the prompt's full blocks.
     *
     * @param keys two longs a block, possibly with room for more behind them; not copied
     * @param blocks how many keys there are
     */
    public void setPrefixKeys(long[] keys, int blocks) {
        this.prefixKeys = keys;
        this.keyedBlocks = blocks;
    }

    /**
     * Adds the key of the next full block, one that generated tokens have filled.
     *
     * @param first half of the key
     * @param second half of the key
     */
    public void appendPrefixKey(long first, long second) {
        if (2 * keyedBlocks == prefixKeys.length) {
            prefixKeys = Arrays.copyOf(prefixKeys, Math.max(16, 2 * prefixKeys.length));
        }
        prefixKeys[2 * keyedBlocks] = first;
        prefixKeys[2 * keyedBlocks + 1] = second;
        keyedBlocks++;
    }

    /**
     * Sets for how many tokens keys and values are computed or in flight.
     *
     * @param computed in tokens
     */
    public void setComputed(int computed) {
        this.computed = computed;
    }

    /**
     * How many sampled tokens are in flight: planned, not confirmed.
     *
     * @return 0 or more
     */
    public int inFlight() {
        return inFlight;
    }

    /**
     * Sets how many sampled tokens are in flight.
     *
     * @param inFlight 0 or more
     */
    public void setInFlight(int inFlight) {
        this.inFlight = inFlight;
    }

    /**
     * The executor's slot.
     *
     * @return {@link #NO_SLOT} while it waits
     */
    public int slot() {
        return slot;
    }

    /**
     * Sets the slot.
     *
     * @param slot or {@link #NO_SLOT}
     */
    public void setSlot(int slot) {
        this.slot = slot;
    }

    /**
     * How many prompt tokens came from the prefix cache when the sequence first ran.
     *
     * @return -1 before that
     */
    public int cachedTokens() {
        return cachedTokens;
    }

    /**
     * Sets how many prompt tokens came from the prefix cache.
     *
     * @param cachedTokens 0 or more
     */
    public void setCachedTokens(int cachedTokens) {
        this.cachedTokens = cachedTokens;
    }

    /**
     * Whether it has finished or was aborted.
     *
     * @return true once it has
     */
    public boolean ended() {
        return ended;
    }

    /** Marks it as ended. */
    public void end() {
        ended = true;
    }

    /**
     * Whether its next token must be drawn under a mask. A row of such a sequence may be planned while the token before is in
     * flight, if that one is drawn under a mask as well: the engine gives the mask when it knows the token. It carries no drafts.
     *
     * @return true while a grammar holds
     */
    public boolean masked() {
        return masked;
    }

    /**
     * Sets whether its next token must be drawn under a mask.
     *
     * @param masked true while a grammar holds
     */
    public void setMasked(boolean masked) {
        this.masked = masked;
    }

    /**
     * Tokens that must follow the one in flight. A scheduler plans nothing for the sequence until that one has landed, appends them
     * behind it, one event each, and goes on from there; one that leaves them alone has them drawn one by one.
     *
     * @return shared; mostly none
     */
    public int[] forced() {
        return forced;
    }

    /**
     * Sets the tokens that must follow the one in flight.
     *
     * @param tokens not copied; possibly none
     */
    public void setForced(int[] tokens) {
        this.forced = tokens;
    }

    /** No token must follow the one in flight any more. */
    public void clearForced() {
        this.forced = NO_TOKENS;
    }

    /**
     * The adapter's handle.
     *
     * @return -1 for none
     */
    public int adapter() {
        return adapter;
    }

    /**
     * Sets the adapter.
     *
     * @param adapter a handle, or -1
     */
    public void setAdapter(int adapter) {
        this.adapter = adapter;
    }

    /**
     * Whether log probabilities of its prompt are wanted.
     *
     * @return false unless set
     */
    public boolean scoresPrompt() {
        return wishes.scoresPrompt;
    }

    /**
     * Sets whether log probabilities of its prompt are wanted, with as many likeliest tokens as its parameters say.
     *
     * @param scoresPrompt before it is handed to a scheduler
     */
    public void setScoresPrompt(boolean scoresPrompt) {
        own().scoresPrompt = scoresPrompt;
    }

    /**
     * How many of the prompt's positions were scored, from the first on. The last one has nothing to score, since no token of the prompt
     * follows.
     *
     * @return 0 or more; what was scored stays so, whatever happens to the sequence's blocks
     */
    public int scoredPositions() {
        return wishes.scored;
    }

    /**
     * Sets how many of the prompt's positions were scored.
     *
     * @param scored 0 or more
     */
    public void setScoredPositions(int scored) {
        own().scored = scored;
    }

    /**
     * The vectors that are wanted instead of tokens.
     *
     * @return null for a sequence that generates
     */
    public Pooling pooling() {
        return wishes.pooling;
    }

    /**
     * Makes it a sequence that ends with vectors of its prompt.
     *
     * @param pooling before it is handed to a scheduler
     */
    public void setPooling(Pooling pooling) {
        own().pooling = pooling;
    }

    /**
     * Whether the executor must see every position of the prompt, so that no prefix of it may come from the cache.
     *
     * @return true while something is wanted of positions behind which nothing was computed yet
     */
    public boolean computesAllPositions() {
        return wishes.scoresPrompt && wishes.scored < promptTokens - 1
                || wishes.pooling != null && wishes.pooling.readsAllTokens();
    }

    /**
     * Where the second of two texts begins.
     *
     * @return the position of its first token, or -1 if there is one text
     */
    public int secondText() {
        return wishes.secondText;
    }

    /**
     * Sets where the second of two texts begins.
     *
     * @param position of its first token
     */
    public void setSecondText(int position) {
        own().secondText = position;
    }

    /**
     * Whether somebody proposes drafts of its tokens. A scheduler plans nothing ahead of a token in flight then, since drafts follow a
     * token that is known.
     *
     * @return false unless set
     */
    public boolean drafted() {
        return wishes.drafted;
    }

    /**
     * Sets whether somebody proposes drafts of its tokens.
     *
     * @param drafted for as long as it is so
     */
    public void setDrafted(boolean drafted) {
        own().drafted = drafted;
    }

    /**
     * Tokens that may follow those that are known, to be verified with the next row; they are gone when that is planned.
     *
     * @return shared; only the first {@link #draftCount()} count
     */
    public int[] drafts() {
        return wishes.drafts;
    }

    /**
     * How many drafts there are.
     *
     * @return 0 mostly
     */
    public int draftCount() {
        return wishes.draftCount;
    }

    /**
     * Proposes tokens. A scheduler may take fewer of them, or none.
     *
     * @param tokens not copied
     * @param count how many of them, from the first on
     */
    public void setDrafts(int[] tokens, int count) {
        own().drafts = tokens;
        own().draftCount = count;
    }

    /**
     * What the scheduler keeps with the sequence.
     *
     * @return as set, at first null
     */
    public Object schedulerState() {
        return schedulerState;
    }

    /**
     * Sets what the scheduler keeps with the sequence.
     *
     * @param state anything, or null
     */
    public void setSchedulerState(Object state) {
        this.schedulerState = state;
    }

    /**
     * What the KV cache manager keeps with the sequence.
     *
     * @return as set, at first null
     */
    public Object cacheState() {
        return cacheState;
    }

    /**
     * Sets what the KV cache manager keeps with the sequence.
     *
     * @param state anything, or null
     */
    public void setCacheState(Object state) {
        this.cacheState = state;
    }

    @Override
    public String toString() {
        return "Sequence[" + id + ", prompt=" + promptTokens + ", length=" + length + ", computed=" + computed
                + ", slot=" + slot + "]";
    }
}
