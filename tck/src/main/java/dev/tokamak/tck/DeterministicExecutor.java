package dev.tokamak.tck;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.KvGroup;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.ModelInfo.Task;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * <p>Honours {@code minTokens}, allowed tokens, bad words, biases of minus infinity and masks, verifies drafts, scores prompts and makes
 * vectors, each out of the cells of the positions concerned. A row that computes the token {@link Settings#poison} reports
 * logits that are not numbers. With {@link Settings#encoder} it is a model that generates nothing, has no cache and needs
 * each prompt whole: a cell depends on all tokens of its row.
 *
 * <p>One file, so that who writes an executor reads a whole one.
 */
public final class DeterministicExecutor implements Executor {
    private static final int[] NO_BLOCKS = {};
    private static final int MAX_DRAFTS = 8;

    private final Settings settings;
    private final long stepNanos;
    private final DeterministicSlot[] slots;
    private final ArrayDeque<Outcome> launched = new ArrayDeque<>();
    private final ArrayDeque<Outcome> spare = new ArrayDeque<>();
    private final StepPlan.BlockChangeVisitor setBlocks = this::setBlocks;
    private DeterministicSlot changing;
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
     * @param encoder whether it gives vectors only, of prompts that are whole
     * @param labels how many labels a head tells apart, up to 8; 0 for a model without one
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
            boolean free,
            boolean encoder,
            int labels) {
        /** A model without a head. */
        public Settings(
                int vocabulary,
                int context,
                int blocks,
                int blockSize,
                int window,
                int stepsInFlight,
                int slots,
                int poison,
                boolean free,
                boolean encoder) {
            this(vocabulary, context, blocks, blockSize, window, stepsInFlight, slots, poison, free, encoder, 0);
        }

        /** A model that generates. */
        public Settings(
                int vocabulary,
                int context,
                int blocks,
                int blockSize,
                int window,
                int stepsInFlight,
                int slots,
                int poison,
                boolean free) {
            this(vocabulary, context, blocks, blockSize, window, stepsInFlight, slots, poison, free, false);
        }

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
                    Boolean.parseBoolean(options.getOrDefault("deterministic.free", "false")),
                    Boolean.parseBoolean(options.getOrDefault("deterministic.encoder", "false")),
                    number(options, "labels", small.labels));
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

    /** A step that was computed and waits to be awaited. */
    private static final class Outcome {
        StepPlan plan;
        /** By token of the plan. */
        long[] state = new long[64];

        /** By token of the plan, from each row's first sampled position on. */
        int[] drawn = new int[64];

        /** By row. */
        int[] drawnCount = new int[64];

        boolean[] failed = new boolean[64];
        boolean sampled;
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
        this.slots = new DeterministicSlot[settings.slots()];
    }

    @Override
    public ModelInfo load(LoadProgress progress) {
        List<KvGroup> groups = new ArrayList<>();
        if (!settings.encoder()) {
            groups.add(KvGroup.full(Long.BYTES));
        }
        if (!settings.encoder() && settings.window() > 0) {
            groups.add(KvGroup.window(settings.window(), Long.BYTES));
        }
        progress.update("weights", 1);
        ModelInfo.Builder described = ModelInfo.builder("Deterministic")
                .maxModelLen(settings.context())
                .vocabularySize(settings.vocabulary())
                .blockSizes(List.of(settings.blockSize()))
                .kvGroups(groups)
                .tasks(tasks())
                .promptMayBeCut(!settings.encoder())
                .scoresPrompts(!settings.encoder())
                .poolings(EnumSet.complementOf(EnumSet.of(PoolingKind.HEAD)))
                .vectorSize(DeterministicVectors.SIZE)
                .maxDrafts(settings.encoder() ? 0 : MAX_DRAFTS);
        if (settings.labels() > 0) {
            described
                    .poolings(EnumSet.allOf(PoolingKind.class))
                    .pooling(new Pooling(PoolingKind.HEAD, false, 0))
                    .headSize(settings.labels());
        }
        info = described.build();
        return info;
    }

    private Set<Task> tasks() {
        if (settings.labels() > 0) {
            return settings.labels() == 1 ? Set.of(Task.CLASSIFY, Task.SCORE) : Set.of(Task.CLASSIFY);
        }
        return settings.encoder() ? Set.of(Task.EMBED) : Set.of(Task.GENERATE, Task.EMBED);
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
        outcome.sampled = false;
        if (stepNanos > 0) {
            lastStepEnd = Math.max(lastStepEnd, System.nanoTime()) + stepNanos;
            outcome.endNanos = lastStepEnd;
        }
        if (outcome.state.length < plan.tokens()) {
            outcome.state = new long[plan.tokens() * 2];
            outcome.drawn = new int[plan.tokens() * 2];
        }
        if (outcome.failed.length < plan.rows()) {
            outcome.drawnCount = new int[plan.rows() * 2];
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
        DeterministicSlot slot = slot(plan, row);
        changing = slot;
        plan.forEachBlockChange(row, setBlocks);
        if (plan.changesSampling(row)) {
            slot.setSampling(plan.sampling(row));
        }
        int from = plan.tokenOffset(row);
        int end = from + plan.tokenCount(row);
        boolean poisoned = false;
        for (int i = from; i < end; i++) {
            int token = plan.tokenIds()[i];
            token = token == StepPlan.LAST_SAMPLED ? slot.lastSampled : token;
            poisoned |= token == settings.poison();
            boolean alone = settings.free() || settings.encoder();
            outcome.state[i] = alone ? token : cell(slot, plan.position(row) + i - from, token);
        }
        outcome.failed[row] = poisoned;
        if (settings.encoder()) {
            lookAtEachOther(outcome.state, from, end);
        }
        Pooling pooling = plan.pooling(row);
        if (pooling != null) {
            slot.vectors.add(pooling.kind(), outcome.state, from, end);
        }
    }

    /** An encoder's cells: each depends on all tokens of the row, in both directions. */
    private static void lookAtEachOther(long[] state, int from, int end) {
        long all = 0;
        for (int i = from; i < end; i++) {
            all += mix(state[i] * 31 + i - from);
        }
        for (int i = from; i < end; i++) {
            state[i] = mix(all ^ mix(state[i] + i - from));
        }
    }

    private DeterministicSlot slot(StepPlan plan, int row) {
        int index = plan.slot(row);
        if (plan.has(row, StepPlan.FLAG_NEW_SLOT)) {
            slots[index] = new DeterministicSlot();
        }
        if (slots[index] == null) {
            throw new IllegalStateException("slot " + index + " was not begun");
        }
        return slots[index];
    }

    private void setBlocks(int group, int start, int[] ids, int from, int count) {
        DeterministicSlot slot = changing;
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
    private long cell(DeterministicSlot slot, int position, int token) {
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
            outcome.drawnCount[row] = 0;
            if (plan.has(row, StepPlan.FLAG_SAMPLE)) {
                draw(outcome, row, masks, masked);
                masked += plan.has(row, StepPlan.FLAG_NEEDS_MASK) ? plan.sampledCount(row) : 0;
            }
        }
        outcome.sampled = true;
    }

    /** Draws at a row's sampled positions, as long as each draft is the token that was drawn where it follows. */
    private void draw(Outcome outcome, int row, StepMasks masks, int firstMask) {
        StepPlan plan = outcome.plan;
        DeterministicSlot slot = slots[plan.slot(row)];
        boolean underMask = plan.has(row, StepPlan.FLAG_NEEDS_MASK);
        int drafts = plan.drafts(row);
        int first = firstSampled(plan, row);
        int count = 0;
        boolean right = true;
        while (right) {
            int offset = underMask ? masks.offset(firstMask + count) : -1;
            int token = choose(plan, row, count, outcome.state[first + count], slot, masks, offset);
            outcome.failed[row] |= token < 0;
            outcome.drawn[first + count] = token;
            slot.sampled(Math.max(0, token), plan.outputIndex(row) + count);
            right = count < drafts && plan.tokenIds()[first + count + 1] == token;
            count++;
        }
        outcome.drawnCount[row] = count;
    }

    private static int firstSampled(StepPlan plan, int row) {
        return plan.tokenOffset(row) + plan.tokenCount(row) - plan.sampledCount(row);
    }

    /** The token that the hash points at, or the next one that may be drawn; -1 if none may. */
    private int choose(StepPlan plan, int row, int i, long state, DeterministicSlot slot, StepMasks masks, int offset) {
        int outputIndex = plan.outputIndex(row) + i;
        int first = settings.free() ? cheap(plan, row, i) : slot.hashed(state, outputIndex, settings.vocabulary());
        for (int j = 0; j < settings.vocabulary(); j++) {
            int token = first + j < settings.vocabulary() ? first + j : first + j - settings.vocabulary();
            if (slot.allows(token, outputIndex, masks, offset)) {
                return token;
            }
        }
        return -1;
    }

    private int cheap(StepPlan plan, int row, int i) {
        return Math.floorMod((plan.position(row) + i) * 31 + (int) plan.sequenceId(row), settings.vocabulary());
    }

    @Override
    public void await(StepResult into) {
        Outcome outcome = launched.remove();
        if (!outcome.sampled) {
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
                fill(outcome, row, into);
                into.endRow();
            }
        }
        spare.push(outcome);
    }

    private void fill(Outcome outcome, int row, StepResult into) {
        StepPlan plan = outcome.plan;
        int count = outcome.drawnCount[row];
        for (int i = 0, first = count == 0 ? 0 : firstSampled(plan, row); i < count; i++) {
            addToken(plan, row, outcome.drawn[first + i], into);
        }
        for (int i = 0; plan.scoredPositions() > 0 && i < plan.scoredCount(row); i++) {
            long state = outcome.state[plan.tokenOffset(row) + plan.scoredFrom(row) + i];
            addScore(plan.scoredToken(row, i), state, plan.scoredTop(row), into);
        }
        if (plan.has(row, StepPlan.FLAG_POOL)) {
            slots[plan.slot(row)].vectors.fill(plan.pooling(row), settings.labels(), into);
        }
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
        int[] top = top(token, plan.logprobs(row));
        into.addToken(token, -0.5f, 1, top, falling(top.length));
    }

    /** The likeliest token behind a position is the one that a greedy sequence draws there. */
    private void addScore(int token, long state, int count, StepResult into) {
        int likeliest = (int) Long.remainderUnsigned(mix(state), settings.vocabulary());
        int rank = Math.floorMod(token - likeliest, settings.vocabulary()) + 1;
        int[] top = top(likeliest, count);
        into.addScore(token, 0.5f - rank, rank, top, falling(top.length));
    }

    private int[] top(int likeliest, int count) {
        int[] top = new int[Math.min(count, settings.vocabulary())];
        Arrays.setAll(top, i -> (likeliest + i) % settings.vocabulary());
        return top;
    }

    private static float[] falling(int count) {
        float[] logprobs = new float[count];
        for (int i = 0; i < count; i++) {
            logprobs[i] = -0.5f - i;
        }
        return logprobs;
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
    static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
