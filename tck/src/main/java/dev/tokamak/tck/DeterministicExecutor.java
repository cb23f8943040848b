package dev.tokamak.tck;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.spi.executor.TokenList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * An executor whose "model" is a hash: the next token depends on every token before it, read back from paged blocks through
 * the slot's block tables, and on nothing else. A scheduler or cache manager that hands out a wrong, stale or shared block
 * gives other tokens than the same prompt run alone; everything that is right gives the same ones.
 *
 * <p>A position's cell is a hash of its token and of all cells that it sees; the drawn token is a hash of the last cell,
 * with the seed and the output index where the temperature is above 0. With {@link Settings#free} the cells are left out: a token
 * costs next to nothing then, and what is measured is the engine alone. It can take a fixed time for each step, in which it
 * uses no processor: tokens then come at a device's pace instead of faster than anybody reads.
 *
 * <p>Honours {@code minTokens}, allowed tokens, bad words, biases of minus infinity and masks. A row that computes the token {@link Settings#poison} reports logits
 * that are not numbers.
 */
public final class DeterministicExecutor implements Executor {
    private static final int[] NO_BLOCKS = {};

    private final Settings settings;
    private final long stepNanos;
    private final Slot[] slots;
    private final ArrayDeque<Outcome> launched = new ArrayDeque<>();
    private final ArrayDeque<Outcome> spare = new ArrayDeque<>();
    private final StepPlan.BlockChangeVisitor setBlocks = this::setBlocks;
    private Slot changing;
    private ModelInfo info;
    private int blockSize;
    private long[][] cells;
    private long lastStepEnd;

    /**
     * What kind of model it pretends to be.
     *
     * @param vocabulary token ids
     * @param context tokens in a sequence
     * @param blocks KV blocks
     * @param blockSize tokens in a block
     * @param window of a second KV group with a sliding window, or 0 for one group with full attention
     * @param stepsInFlight how many steps may be under way
     * @param slots how many sequences may run
     * @param poison a token whose logits are not numbers, or -1
     * @param free whether tokens are made without looking at the cache
     */
    public record Settings(
            int vocabulary,
            int context,
            int blocks,
            int blockSize,
            int window,
            int stepsInFlight,
            int slots,
            int poison,
            boolean free) {
        /** A small model: 256 tokens, a context of 512, 256 blocks of 4, two steps in flight. */
        public static Settings small() {
            return new Settings(256, 512, 256, 4, 0, 2, 1024, -1, false);
        }

        /**
         * Settings from an engine's options, {@code deterministic.vocabulary} and so on, small by default.
         *
         * @param options the engine's
         * @return settings
         */
        public static Settings of(Map<String, String> options) {
            Settings small = small();
            return new Settings(
                    number(options, "vocabulary", small.vocabulary),
                    number(options, "context", small.context),
                    number(options, "blocks", small.blocks),
                    number(options, "block-size", small.blockSize),
                    number(options, "window", small.window),
                    number(options, "steps-in-flight", small.stepsInFlight),
                    number(options, "slots", small.slots),
                    number(options, "poison", small.poison),
                    Boolean.parseBoolean(options.getOrDefault("deterministic.free", "false")));
        }

        static int number(Map<String, String> options, String name, int otherwise) {
            String value = options.get("deterministic." + name);
            try {
                return value == null ? otherwise : Integer.parseInt(value);
            } catch (NumberFormatException e) {
                throw TokamakException.configuration(
                        "the option deterministic." + name + " must be a whole number, got " + value);
            }
        }
    }

    /** What a slot keeps from step to step. */
    private static final class Slot {
        final List<int[]> tables = new ArrayList<>();
        SamplingState sampling;
        int lastSampled = -1;

        /** The sequence's tokens so far, where there are bad words. */
        int[] history = {};

        void setSampling(SamplingState state) {
            sampling = state;
            if (!state.badWords().isEmpty()) {
                int prompt = state.promptTokens().length();
                history = new int[prompt + state.outputTokens().length()];
                state.promptTokens().copyTo(history, 0);
                state.outputTokens().copyTo(history, prompt);
            }
        }

        void sampled(int token, int outputIndex) {
            lastSampled = token;
            if (!sampling.badWords().isEmpty()) {
                int at = sampling.promptTokens().length() + outputIndex;
                history = Arrays.copyOf(history, at + 1);
                history[at] = token;
            }
        }

        boolean isBad(int token) {
            for (TokenList word : sampling.badWords()) {
                if (word.isNext(history, history.length) && word.last() == token) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A step that was computed and waits to be awaited. */
    private static final class Outcome {
        StepPlan plan;
        long[] state = new long[64];
        int[] tokens = new int[64];
        boolean[] failed = new boolean[64];
        boolean drawn;
        long endNanos;
    }

    /**
     * An executor, not loaded yet.
     *
     * @param settings what kind of model it pretends to be
     */
    public DeterministicExecutor(Settings settings) {
        this(settings, 0);
    }

    /**
     * An executor that keeps a pace, not loaded yet.
     *
     * @param settings what kind of model it pretends to be
     * @param stepNanos how long a step takes, one after the other; 0 for no longer than it must
     */
    public DeterministicExecutor(Settings settings, long stepNanos) {
        this.settings = settings;
        this.stepNanos = stepNanos;
        this.slots = new Slot[settings.slots()];
    }

    @Override
    public ModelInfo load(LoadProgress progress) {
        List<KvGroup> groups = new ArrayList<>();
        groups.add(KvGroup.full(Long.BYTES));
        if (settings.window() > 0) {
            groups.add(KvGroup.window(settings.window(), Long.BYTES));
        }
        progress.update("weights", 1);
        info = ModelInfo.builder("Deterministic")
                .maxModelLen(settings.context())
                .vocabularySize(settings.vocabulary())
                .blockSizes(List.of(settings.blockSize()))
                .kvGroups(groups)
                .build();
        return info;
    }

    @Override
    public int kvCapacity(int ofBlockSize) {
        return settings.blocks();
    }

    @Override
    public void allocateKvCache(int ofBlockSize, int blocks) {
        blockSize = ofBlockSize;
        cells = new long[settings.free() ? 0 : blocks][ofBlockSize];
    }

    @Override
    public void warmUp() {}

    @Override
    public int maxInFlight() {
        return settings.stepsInFlight();
    }

    @Override
    public void launch(StepPlan plan) {
        info.requireSupport(plan);
        if (launched.size() == settings.stepsInFlight()) {
            throw new IllegalStateException(launched.size() + " steps are in flight already");
        }
        Outcome outcome = spare.isEmpty() ? new Outcome() : spare.pop();
        outcome.plan = plan;
        outcome.drawn = false;
        if (stepNanos > 0) {
            lastStepEnd = Math.max(lastStepEnd, System.nanoTime()) + stepNanos;
            outcome.endNanos = lastStepEnd;
        }
        if (outcome.state.length < plan.rows()) {
            outcome.state = new long[plan.rows() * 2];
            outcome.tokens = new int[plan.rows() * 2];
            outcome.failed = new boolean[plan.rows() * 2];
        }
        for (int i = 0; i < plan.endedSlots(); i++) {
            slots[plan.endedSlot(i)] = null;
        }
        for (int row = 0; row < plan.rows(); row++) {
            compute(plan, row, outcome);
        }
        launched.add(outcome);
        if (!plan.needsMasks()) {
            draw(outcome, null);
        }
    }

    private void compute(StepPlan plan, int row, Outcome outcome) {
        Slot slot = slot(plan, row);
        changing = slot;
        plan.forEachBlockChange(row, setBlocks);
        if (plan.changesSampling(row)) {
            slot.setSampling(plan.sampling(row));
        }
        long state = 0;
        boolean poisoned = false;
        for (int i = 0; i < plan.tokenCount(row); i++) {
            int token = plan.tokenIds()[plan.tokenOffset(row) + i];
            token = token == StepPlan.LAST_SAMPLED ? slot.lastSampled : token;
            poisoned |= token == settings.poison();
            state = settings.free() ? token : cell(slot, plan.position(row) + i, token);
        }
        outcome.state[row] = state;
        outcome.failed[row] = poisoned;
    }

    private Slot slot(StepPlan plan, int row) {
        int index = plan.slot(row);
        if (plan.has(row, StepPlan.FLAG_NEW_SLOT)) {
            slots[index] = new Slot();
        }
        if (slots[index] == null) {
            throw new IllegalStateException("slot " + index + " was not begun");
        }
        return slots[index];
    }

    private void setBlocks(int group, int start, int[] ids, int from, int count) {
        Slot slot = changing;
        while (slot.tables.size() <= group) {
            slot.tables.add(NO_BLOCKS);
        }
        int[] table = slot.tables.get(group);
        if (table.length < start + count) {
            table = Arrays.copyOf(table, Math.max(start + count, table.length * 2));
            slot.tables.set(group, table);
        }
        System.arraycopy(ids, from, table, start, count);
    }

    /** Computes and stores a position's cells, one in each group. */
    private long cell(Slot slot, int position, int token) {
        long value = mix(token + 1);
        for (int group = 0; group < slot.tables.size(); group++) {
            int[] table = slot.tables.get(group);
            int from = group == 0 ? 0 : Math.max(0, position - settings.window() + 1);
            for (int p = from; p < position; p++) {
                value += mix(cells[table[p / blockSize]][p % blockSize] ^ p);
            }
        }
        long cell = mix(value ^ position);
        for (int[] table : slot.tables) {
            cells[table[position / blockSize]][position % blockSize] = cell;
        }
        return cell;
    }

    @Override
    public void sample(StepMasks masks) {
        draw(launched.getLast(), masks);
    }

    private void draw(Outcome outcome, StepMasks masks) {
        StepPlan plan = outcome.plan;
        int masked = 0;
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.has(row, StepPlan.FLAG_SAMPLE)) {
                boolean underMask = plan.has(row, StepPlan.FLAG_NEEDS_MASK);
                int offset = underMask ? masks.offset(masked++) : -1;
                Slot slot = slots[plan.slot(row)];
                int token = choose(plan, row, outcome.state[row], slot, masks, offset);
                outcome.failed[row] |= token < 0;
                outcome.tokens[row] = token;
                slot.sampled(Math.max(0, token), plan.outputIndex(row));
            }
        }
        outcome.drawn = true;
    }

    /** The token that the hash points at, or the next one that may be drawn; -1 if none may. */
    private int choose(StepPlan plan, int row, long state, Slot slot, StepMasks masks, int offset) {
        int first = settings.free() ? cheap(plan, row) : hashed(state, slot.sampling, plan.outputIndex(row));
        for (int i = 0; i < settings.vocabulary(); i++) {
            int token = first + i < settings.vocabulary() ? first + i : first + i - settings.vocabulary();
            if (allowed(token, plan.outputIndex(row), slot, masks, offset)) {
                return token;
            }
        }
        return -1;
    }

    private int cheap(StepPlan plan, int row) {
        return Math.floorMod(plan.position(row) * 31 + (int) plan.sequenceId(row), settings.vocabulary());
    }

    private int hashed(long state, SamplingState sampling, int outputIndex) {
        long hash = mix(state);
        if (!sampling.greedy()) {
            hash = mix(hash ^ mix(sampling.seed()) + outputIndex);
        }
        return (int) Long.remainderUnsigned(hash, settings.vocabulary());
    }

    private static boolean allowed(int token, int outputIndex, Slot slot, StepMasks masks, int offset) {
        SamplingState sampling = slot.sampling;
        if (offset >= 0 && (masks.words()[offset + (token >>> 5)] & (1 << token)) == 0) {
            return false;
        }
        if (outputIndex < sampling.minTokens() && sampling.endTokens().contains(token)) {
            return false;
        }
        if (slot.isBad(token)) {
            return false;
        }
        TokenList biased = sampling.biasTokens();
        for (int i = 0; i < biased.length(); i++) {
            if (biased.get(i) == token && sampling.bias(i) == Float.NEGATIVE_INFINITY) {
                return false;
            }
        }
        return sampling.allowedTokens().isEmpty() || sampling.allowedTokens().contains(token);
    }

    @Override
    public void await(StepResult into) {
        Outcome outcome = launched.remove();
        if (!outcome.drawn) {
            throw new IllegalStateException("step " + outcome.plan.stepId() + " was awaited before it was sampled");
        }
        StepPlan plan = outcome.plan;
        if (stepNanos > 0) {
            waitUntil(outcome.endNanos);
        }
        into.begin();
        for (int row = 0; row < plan.rows(); row++) {
            if (outcome.failed[row]) {
                into.endFailedRow();
            } else {
                if (plan.has(row, StepPlan.FLAG_SAMPLE)) {
                    addToken(plan, row, outcome.tokens[row], into);
                }
                into.endRow();
            }
        }
        spare.push(outcome);
    }

    private static void waitUntil(long endNanos) {
        for (long left = endNanos - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void addToken(StepPlan plan, int row, int token, StepResult into) {
        if (!plan.has(row, StepPlan.FLAG_LOGPROBS)) {
            into.addToken(token);
            return;
        }
        int count = Math.min(plan.logprobs(row), settings.vocabulary());
        int[] top = new int[count];
        float[] logprobs = new float[count];
        for (int i = 0; i < count; i++) {
            top[i] = (token + i) % settings.vocabulary();
            logprobs[i] = -0.5f - i;
        }
        into.addToken(token, -0.5f, 1, top, logprobs);
    }

    @Override
    public void reset() {
        launched.clear();
        Arrays.fill(slots, null);
    }

    @Override
    public void close() {
        cells = null;
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
