package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.FinishReason;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.spi.scheduler.Scheduler;
import dev.tokamak.spi.scheduler.SchedulerContext;
import dev.tokamak.spi.scheduler.SchedulerProvider;
import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.Sequence;
import dev.tokamak.spi.scheduler.SequenceView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Steps a scheduler as an engine would, and checks what it plans on the way. */
final class SchedulerDriver implements Scheduler.Events {
    /** The token whose logits are not numbers; the model never draws it. */
    static final int POISON = 300;

    private static final int BLOCK = 4;

    final Scheduler scheduler;
    final Map<Long, List<Integer>> scored = new HashMap<>();
    final Map<Long, Integer> vectors = new HashMap<>();
    private final Map<Long, FinishReason> finished = new HashMap<>();
    private final Map<Long, Sequence> added = new HashMap<>();
    private final Map<Long, int[]> proposals = new HashMap<>();
    private final PlainKvCache kvCache;
    private final DeterministicExecutor executor;
    private final ModelInfo info;
    private final int slots;
    private final int budget;
    private final ArrayDeque<StepPlan> inFlight = new ArrayDeque<>();
    private final StepResult result = new StepResult();
    private Random random = new Random(0);
    private long steps;

    SchedulerDriver(SchedulerProvider provider, int blocks, int stepsInFlight, int slots, int budget, boolean encoder) {
        this.slots = slots;
        this.budget = budget;
        executor = new DeterministicExecutor(new DeterministicExecutor.Settings(
                256, 512, blocks, BLOCK, 0, stepsInFlight, slots, POISON, false, encoder));
        info = executor.load((what, fraction) -> {});
        executor.allocateKvCache(BLOCK, blocks);
        kvCache = encoder ? new PlainKvCache(512, BLOCK) : new PlainKvCache(blocks, BLOCK);
        SchedulingPolicy byArrival = new SchedulingPolicy() {
            @Override
            public int compare(SequenceView a, SequenceView b) {
                return Long.compare(a.arrival(), b.arrival());
            }
        };
        scheduler = provider.create(new SchedulerContext(
                byArrival, kvCache, slots, budget, 512, BLOCK, stepsInFlight, info.promptMayBeCut(), info.maxDrafts()));
    }

    void add(Sequence sequence) {
        added.put(sequence.id(), sequence);
        scheduler.add(sequence);
    }

    /** Proposes a sequence's own tokens from now on, some of them wrong. */
    void propose(Sequence sequence, int[] output, Random by) {
        proposals.put(sequence.id(), output);
        random = by;
    }

    FinishReason ended(long id) {
        return finished.get(id);
    }

    /** Launches what can be launched. Returns the plan launched last, or null. */
    StepPlan launch() {
        StepPlan last = null;
        while (inFlight.size() < executor.maxInFlight()) {
            StepPlan plan = new StepPlan();
            plan.begin(++steps);
            if (!scheduler.schedule(plan)) {
                break;
            }
            launch(plan);
            last = plan;
        }
        return last;
    }

    /** Launches a plan that the scheduler has filled. */
    void launch(StepPlan plan) {
        check(plan);
        executor.launch(plan);
        if (plan.needsMasks()) {
            StepMasks masks = new StepMasks(info.vocabularySize(), plan.maskedPositions());
            masks.resize(plan.maskedPositions());
            Arrays.fill(masks.words(), -1);
            executor.sample(masks);
        }
        inFlight.add(plan);
    }

    private void check(StepPlan plan) {
        assertThat(plan.tokens()).as("tokens of a step").isBetween(1, budget);
        for (int i = 0; i < plan.endedSlots(); i++) {
            for (StepPlan before : inFlight) {
                for (int row = 0; row < before.rows(); row++) {
                    assertThat(before.slot(row)).as("a slot in flight").isNotEqualTo(plan.endedSlot(i));
                }
            }
        }
        Set<Integer> named = new HashSet<>();
        for (int row = 0; row < plan.rows(); row++) {
            Sequence sequence = added.get(plan.sequenceId(row));
            assertThat(plan.slot(row)).as("a slot").isBetween(0, slots - 1);
            assertThat(named.add(plan.slot(row))).as("one row for each slot").isTrue();
            assertThat(plan.tokenCount(row)).as("tokens of a row").isPositive();
            assertThat(plan.drafts(row)).as("drafts of a row").isLessThanOrEqualTo(info.maxDrafts());
            if (plan.has(row, StepPlan.FLAG_NEEDS_MASK)) {
                assertThat(plan.drafts(row)).as("drafts under a mask").isZero();
            }
            if (!info.promptMayBeCut()) {
                assertThat(plan.tokenCount(row))
                        .as("tokens of a prompt that may not be cut")
                        .isEqualTo(sequence.promptTokens());
            }
        }
    }

    /** Takes what the oldest step yielded. Returns false if none is in flight. */
    boolean land() {
        if (inFlight.isEmpty()) {
            return false;
        }
        executor.await(result);
        scheduler.update(inFlight.remove(), result, this);
        return true;
    }

    void landAll() {
        while (land()) {
            // Until nothing is in flight.
        }
    }

    boolean step() {
        launch();
        return land();
    }

    /** The executor has failed: what is in flight is lost. */
    void loseSteps() {
        scheduler.recover(inFlight.toArray(StepPlan[]::new), this);
        inFlight.clear();
        executor.reset();
    }

    /** Runs until nobody runs or waits, and checks that everything was given back. */
    void runToTheEnd() {
        int idle = 0;
        while (scheduler.running() + scheduler.waiting() > 0 || !inFlight.isEmpty()) {
            idle = step() ? 0 : idle + 1;
            assertThat(idle).as("turns without progress").isLessThan(3);
        }
        assertThat(kvCache.freeBlocks()).as("free blocks at the end").isEqualTo(kvCache.totalBlocks());
    }

    @Override
    public void token(Sequence sequence, int token, StepResult from, int row, int index) {
        assertThat(sequence.tokens()[sequence.length() - 1])
                .as("a token is appended when it is told")
                .isEqualTo(token);
        assertThat(finished).as("tokens end when their sequence does").doesNotContainKey(sequence.id());
        int[] known = proposals.get(sequence.id());
        if (known != null) {
            int at = sequence.generatedTokens();
            int[] drafts = Arrays.copyOfRange(known, at, Math.min(known.length, at + random.nextInt(5)));
            if (drafts.length > 0 && random.nextInt(3) == 0) {
                drafts[random.nextInt(drafts.length)] ^= 1;
            }
            sequence.setDrafts(drafts, drafts.length);
        }
    }

    @Override
    public void scored(Sequence sequence, int first, StepResult from, int row) {
        List<Integer> tokens = scored.computeIfAbsent(sequence.id(), id -> new ArrayList<>());
        assertThat(first).as("positions are scored in order and once").isEqualTo(tokens.size());
        for (int i = 0; i < from.scoreCount(row); i++) {
            tokens.add(from.scoredToken(row, i));
        }
    }

    @Override
    public void pooled(Sequence sequence, StepResult from, int row) {
        assertThat(vectors.put(sequence.id(), from.vectorCount(row)))
                .as("pooled once")
                .isNull();
    }

    @Override
    public void finished(Sequence sequence, FinishReason reason, int stopToken) {
        assertThat(sequence.ended())
                .as("a sequence that has finished has ended")
                .isTrue();
        assertThat(finished.put(sequence.id(), reason)).as("finished once").isNull();
    }
}
