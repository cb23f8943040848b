package dev.tokamak.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.FinishReason;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.engine.cache.PagedKvCacheManagerProvider;
import dev.tokamak.engine.cache.PrefixKeys;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.scheduler.Scheduler;
import dev.tokamak.spi.scheduler.SchedulerContext;
import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.Sequence;
import dev.tokamak.tck.DeterministicExecutor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** Scheduler, cache manager and deterministic executor, stepped by hand on the test's own thread. */
final class SteppedModel implements Scheduler.Events {
    final Scheduler scheduler;
    final KvCacheManager kvCache;
    final Map<Long, FinishReason> finished = new HashMap<>();

    /** What a sequence's drafts are taken from, by its id: as many tokens of it as the length at hand says, some of them wrong. */
    final Map<Long, int[]> proposals = new HashMap<>();

    /** What was scored of a sequence's prompt, by its id. */
    final Map<Long, List<Integer>> scored = new HashMap<>();

    /** The vectors that a sequence has ended with, by its id. */
    final Map<Long, List<float[]>> vectors = new HashMap<>();

    /** Sequences pass through here before the scheduler gets them. */
    Consumer<Sequence> prepare = sequence -> {};

    int draftsTaken;
    private final Random random = new Random(1);
    final int maxNumSeqs;
    final int budget;
    private final DeterministicExecutor executor;
    private final PrefixKeys keys;
    private final PrefixKeys.Chain[] chains = new PrefixKeys.Chain[4096];
    private final Set<Integer> begun = new HashSet<>();
    private final StepPlan[] plans;
    private final StepResult result = new StepResult();
    private int oldest;
    private int inFlight;
    private long steps;

    SteppedModel(DeterministicExecutor.Settings settings, SchedulingPolicy policy, int maxNumSeqs, int budget) {
        this.maxNumSeqs = maxNumSeqs;
        this.budget = budget;
        executor = new DeterministicExecutor(settings);
        ModelInfo info = executor.load((what, fraction) -> {});
        executor.allocateKvCache(settings.blockSize(), settings.blocks());
        kvCache = new PagedKvCacheManagerProvider()
                .create(info.kvGroups(), settings.blocks(), settings.blockSize(), true);
        scheduler = new TokenBudgetSchedulerProvider()
                .create(new SchedulerContext(
                        policy,
                        kvCache,
                        maxNumSeqs,
                        budget,
                        info.maxModelLen(),
                        settings.blockSize(),
                        executor.maxInFlight(),
                        info.promptMayBeCut(),
                        info.maxDrafts()));
        keys = PrefixKeys.seeded(5, settings.blockSize());
        plans = new StepPlan[executor.maxInFlight()];
        Arrays.setAll(plans, i -> new StepPlan());
    }

    Sequence add(int id, int[] prompt, SamplingParams params, int priority, boolean sharing) {
        return add(id, id, prompt, params, priority, sharing);
    }

    /** Adds a sequence of a submission of several. */
    Sequence addTo(long submission, int id, int[] prompt, SamplingParams params, int priority) {
        return add(submission, id, prompt, params, priority, false);
    }

    private Sequence add(long submission, int id, int[] prompt, SamplingParams params, int priority, boolean sharing) {
        Sequence sequence = new Sequence(
                id,
                id,
                id,
                priority,
                params,
                7 + id,
                prompt,
                new int[0],
                params.maxTokens().orElse(16),
                null);
        if (sharing) {
            chains[id] = keys.chain("");
            chains[id].begin(sequence, prompt.length + 64);
        }
        sequence.setSubmission(submission);
        prepare.accept(sequence);
        scheduler.add(sequence);
        return sequence;
    }

    /** Launches what can be launched. Returns the plan launched last, or null. */
    StepPlan launch() {
        StepPlan last = null;
        while (inFlight < plans.length) {
            StepPlan plan = plans[(oldest + inFlight) % plans.length];
            plan.begin(++steps);
            if (!scheduler.schedule(plan)) {
                break;
            }
            assertPlan(plan);
            executor.launch(plan);
            inFlight++;
            last = plan;
        }
        return last;
    }

    private void assertPlan(StepPlan plan) {
        assertThat(plan.tokens()).isBetween(1, budget);
        assertThat(scheduler.running()).isLessThanOrEqualTo(maxNumSeqs);
        for (int i = 0; i < plan.endedSlots(); i++) {
            assertThat(begun.remove(plan.endedSlot(i)))
                    .as("slot %d is said to have ended once", plan.endedSlot(i))
                    .isTrue();
            assertThat(inFlight(plan.endedSlot(i)))
                    .as("slot %d has ended and no plan in flight names it", plan.endedSlot(i))
                    .isFalse();
        }
        Set<Integer> slots = new HashSet<>();
        for (int row = 0; row < plan.rows(); row++) {
            assertThat(slots.add(plan.slot(row))).as("one row for each slot").isTrue();
            boolean isNew = begun.add(plan.slot(row));
            assertThat(plan.has(row, StepPlan.FLAG_NEW_SLOT))
                    .as("a row begins a slot that has ended, and no other")
                    .isEqualTo(isNew);
        }
    }

    private boolean inFlight(int slot) {
        for (int i = 0; i < inFlight; i++) {
            StepPlan plan = plans[(oldest + i) % plans.length];
            for (int row = 0; row < plan.rows(); row++) {
                if (plan.slot(row) == slot) {
                    return true;
                }
            }
        }
        return false;
    }

    boolean land() {
        if (inFlight == 0) {
            return false;
        }
        executor.await(result);
        StepPlan plan = plans[oldest];
        oldest = (oldest + 1) % plans.length;
        inFlight--;
        scheduler.update(plan, result, this);
        return true;
    }

    /** A step of the loop. Returns whether anything was under way. */
    boolean step() {
        launch();
        return land();
    }

    void runToTheEnd() {
        int idle = 0;
        while (scheduler.running() + scheduler.waiting() > 0 || inFlight > 0) {
            idle = step() ? 0 : idle + 1;
            assertThat(idle).as("turns without progress").isLessThan(3);
        }
    }

    @Override
    public void token(Sequence sequence, int token, StepResult from, int row, int index) {
        PrefixKeys.Chain chain = chains[(int) sequence.id()];
        if (chain != null) {
            chain.extend(sequence);
        }
        draftsTaken += index > 0 ? 1 : 0;
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
        List<float[]> its = new ArrayList<>();
        for (int i = 0; i < from.vectorCount(row); i++) {
            its.add(from.vector(row, i));
        }
        assertThat(vectors.put(sequence.id(), its)).as("pooled once").isNull();
    }

    @Override
    public void finished(Sequence sequence, FinishReason reason, int stopToken) {
        assertThat(finished.put(sequence.id(), reason)).as("finished once").isNull();
    }

    static int[] output(Sequence sequence) {
        return Arrays.copyOfRange(sequence.tokens(), sequence.promptTokens(), sequence.length());
    }
}
