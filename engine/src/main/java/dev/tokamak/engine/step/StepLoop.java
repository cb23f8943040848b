package dev.tokamak.engine.step;

import dev.tokamak.api.EngineHealth;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.output.Completion;
import dev.tokamak.engine.output.OutputRing;
import dev.tokamak.engine.output.Request;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.StepMasks;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.scheduler.Scheduler;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Plans, launches and awaits steps, on the engine thread. Other threads reach it through commands in its inbox, and hear from
 * it through the output ring, {@link #health()} and the counters.
 *
 * <p><b>Implementation notes.</b> Up to {@link Executor#maxInFlight()} steps are under way: while one runs, the next is planned and
 * launched, so that a device never waits for the host. The masks of a step may depend on the tokens of the one before: they are
 * filled and given when that one has landed, while the forward pass runs that needs them only at its end. Plans and results are
 * reused; a plan is touched again only after its step was awaited. If a step fails, everything in flight is void: the sequences
 * in those plans fail, the others start anew, and after {@value #FAILURES_UNTIL_DEAD} failures without a success between them
 * the loop gives up. A failure of the scheduler or of this class ends the loop at once, since nobody can tell what state is
 * left; every request hears of it.
 *
 * <p>A long class, since whatever changes which steps are under way, failures included, has to see the same few counters.
 */
public final class StepLoop {
    private static final System.Logger LOG = System.getLogger(StepLoop.class.getName());

    /** This many failed steps in a row, and the executor is taken for dead. */
    static final int FAILURES_UNTIL_DEAD = 3;

    private static final long NOTHING_TO_PLAN_NANOS = 1_000_000;

    private final Executor executor;
    private final Scheduler scheduler;
    private final KvCacheManager kvCache;
    private final OutputRing ring;
    private final Counters counters = new Counters();
    private final StepEvents events;
    private final MaskFiller masks;
    private final long watchdogNanos;

    private final Inbox inbox = new Inbox();
    private final ConcurrentHashMap<Long, Request> live = new ConcurrentHashMap<>();
    private final AtomicInteger sequences = new AtomicInteger();
    private final Map<Long, Completion> constrained = new HashMap<>();

    private final StepPlan[] plans;
    private final StepResult result = new StepResult();
    private int oldest;
    private int inFlight;
    private long stepId;
    private int failures;

    /** Whether the step launched last waits for its masks. */
    private boolean masksDue;

    private boolean closing;

    private volatile boolean idle;
    private volatile long lastProgressNanos = System.nanoTime();
    private volatile String deadBecause;

    /**
     * A loop.
     *
     * @param executor loaded, with its cache allocated
     * @param scheduler empty
     * @param kvCache the scheduler's
     * @param ring to the output thread
     * @param vocabularySize the width of a mask
     * @param maskWorkers may help to fill masks
     * @param maskWorkerCount how many of them at once
     * @param watchdogMillis how long a step may take before the engine counts as stalled
     */
    public StepLoop(
            Executor executor,
            Scheduler scheduler,
            KvCacheManager kvCache,
            OutputRing ring,
            int vocabularySize,
            ExecutorService maskWorkers,
            int maskWorkerCount,
            long watchdogMillis) {
        this.executor = executor;
        this.scheduler = scheduler;
        this.kvCache = kvCache;
        this.ring = ring;
        this.masks = new MaskFiller(vocabularySize, maskWorkers, maskWorkerCount);
        this.watchdogNanos = watchdogMillis * 1_000_000;
        this.events = new StepEvents(this, ring, counters, vocabularySize);
        this.plans = new StepPlan[executor.maxInFlight()];
        Arrays.setAll(plans, i -> new StepPlan());
        count();
    }

    /** Takes a request; any thread. It is registered before this returns, so that whatever ends the engine ends it too. */
    public void submit(Request request) {
        live.put(request.number(), request);
        inbox.put(() -> begin(request));
        if (deadBecause != null) {
            request.collector().fail(dead());
            live.remove(request.number());
        }
    }

    /** Ends a request of which nobody reads; any thread. */
    public void abort(Request request) {
        live.remove(request.number());
        inbox.put(() -> drop(request));
    }

    /** Ends a completion whose text has come to a stop string; any thread. */
    public void abort(Completion completion) {
        inbox.put(() -> drop(completion));
    }

    /** A request has ended and needs no answer any more; any thread. */
    public void forget(Request request) {
        live.remove(request.number());
    }

    /** Asks the loop to end; any thread. Running requests end as aborted. */
    public void close() {
        inbox.put(() -> closing = true);
    }

    /** Fails whatever still waits for the loop, which did not end by itself; any thread. */
    public void abandon(String because) {
        deadBecause = because;
        live.values().forEach(request -> request.collector().fail(dead()));
        live.clear();
    }

    /**
     * Makes room for sequences that are about to be submitted; any thread. Each one's room is free again when it has ended.
     *
     * @param count how many
     * @param most how many may run or wait, these included
     * @return how many run or wait already, if that leaves too little room, else -1
     */
    public int reserve(int count, int most) {
        int before = sequences.get();
        while ((long) before + count <= most) {
            if (sequences.compareAndSet(before, before + count)) {
                return -1;
            }
            before = sequences.get();
        }
        return before;
    }

    /** Gives back room that was {@linkplain #reserve reserved} for sequences that will not be submitted; any thread. */
    public void release(int count) {
        sequences.addAndGet(-count);
    }

    /** The loop's counters. */
    public Counters counters() {
        return counters;
    }

    /** How the loop is. Any thread. */
    public EngineHealth health() {
        String dead = deadBecause;
        if (dead != null) {
            return new EngineHealth(EngineHealth.State.DEAD, dead);
        }
        long still = System.nanoTime() - lastProgressNanos;
        if (!idle && still > watchdogNanos) {
            return new EngineHealth(
                    EngineHealth.State.STALLED,
                    "no step has completed for " + still / 1_000_000 + " ms while " + counters.running
                            + " sequences run and " + counters.waiting + " wait");
        }
        return new EngineHealth(EngineHealth.State.READY, "");
    }

    /** Runs until {@link #close} or until the engine is dead; the engine thread's work. */
    public void run() {
        try {
            while (!closing) {
                turn();
            }
            if (deadBecause == null) {
                endAll();
            }
        } catch (Throwable t) {
            LOG.log(System.Logger.Level.ERROR, "the engine thread has failed", t);
            die("the engine failed: " + StepEvents.told(t));
        } finally {
            ring.close();
        }
    }

    /**
     * One turn: takes commands, launches what can be launched, and awaits the oldest step, or rests until there is something to do.
     * Called by {@link #run}, or by who drives the loop by hand and is then the engine thread.
     *
     * @throws InterruptedException if the thread is interrupted while masks are being filled
     */
    public void turn() throws InterruptedException {
        inbox.drain();
        while (!closing && !masksDue && inFlight < plans.length && launch()) {
            inbox.drain();
        }
        if (inFlight > 0) {
            land();
        } else if (closing) {
            return;
        } else if (scheduler.running() + scheduler.waiting() == 0) {
            rest();
        } else {
            // A policy may hold everything back for a while.
            LockSupport.parkNanos(this, NOTHING_TO_PLAN_NANOS);
        }
        publish();
    }

    private void rest() {
        count();
        publish();
        idle = true;
        inbox.await();
        lastProgressNanos = System.nanoTime();
        idle = false;
    }

    private void publish() {
        if (!ring.current().isEmpty()) {
            ring.publish();
        }
    }

    private boolean launch() throws InterruptedException {
        StepPlan plan = plans[(oldest + inFlight) % plans.length];
        plan.begin(++stepId);
        if (!scheduler.schedule(plan)) {
            return false;
        }
        inFlight++;
        counters.running = scheduler.running();
        counters.waiting = scheduler.waiting();
        if (plan.needsMasks()) {
            takeMaskedRows(plan);
        }
        try {
            executor.launch(plan);
        } catch (Throwable e) {
            recover(e);
            return false;
        }
        return giveMasks();
    }

    private void takeMaskedRows(StepPlan plan) {
        masks.begin();
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.has(row, StepPlan.FLAG_NEEDS_MASK)) {
                masks.add(constrained.get(plan.sequenceId(row)));
            }
        }
        if (masks.size() != plan.maskedPositions()) {
            throw new IllegalStateException("the scheduler has planned drafts under a mask: " + plan.maskedPositions()
                    + " positions in " + masks.size() + " rows");
        }
        masksDue = true;
    }

    /** Gives the step launched last its masks, if they are due and all tokens before it are known. Returns false if that fails. */
    private boolean giveMasks() throws InterruptedException {
        if (!masksDue || inFlight > 1) {
            return true;
        }
        masksDue = false;
        StepMasks filled = masks.fill();
        try {
            executor.sample(filled);
        } catch (Throwable e) {
            recover(e);
            return false;
        }
        settleMaskedRows();
        return true;
    }

    private void settleMaskedRows() {
        for (int i = 0; i < masks.size(); i++) {
            Completion completion = masks.completion(i);
            if (completion.sequence().ended()) {
                continue;
            }
            DrawConstraint constraint = completion.constraint();
            if (constraint.violation() != null) {
                scheduler.abort(completion.sequence());
                events.failed(completion, constraint.violation());
            } else if (constraint.complete()) {
                scheduler.abort(completion.sequence());
                events.complete(completion);
            } else {
                completion.sequence().setForced(constraint.forced());
            }
        }
    }

    private void land() throws InterruptedException {
        StepPlan plan = plans[oldest];
        try {
            executor.await(result);
            if (result.rows() != plan.rows()) {
                throw new IllegalStateException(
                        "the executor answered a step of " + plan.rows() + " rows with " + result.rows() + " rows");
            }
        } catch (Throwable e) {
            recover(e);
            return;
        }
        events.begin(null);
        scheduler.update(plan, result, events);
        oldest = (oldest + 1) % plans.length;
        inFlight--;
        failures = 0;
        counters.steps++;
        counters.stepTokens += plan.tokens();
        lastProgressNanos = System.nanoTime();
        giveMasks();
        count();
    }

    private void count() {
        counters.running = scheduler.running();
        counters.waiting = scheduler.waiting();
        counters.freeBlocks = kvCache.freeBlocks();
        counters.totalBlocks = kvCache.totalBlocks();
        counters.preemptions = scheduler.preemptions();
        counters.prefixQueries = kvCache.prefixQueries();
        counters.prefixHits = kvCache.prefixHits();
    }

    private void recover(Throwable failure) {
        failures++;
        counters.failedSteps++;
        LOG.log(System.Logger.Level.ERROR, "a step failed, number " + failures + " in a row", failure);
        StepPlan[] lost = new StepPlan[inFlight];
        Arrays.setAll(lost, i -> plans[(oldest + i) % plans.length]);
        events.begin(failure);
        scheduler.recover(lost, events);
        oldest = 0;
        inFlight = 0;
        masksDue = false;
        count();
        lastProgressNanos = System.nanoTime();
        if (failures >= FAILURES_UNTIL_DEAD) {
            die(failures + " steps have failed in a row, the last one with: " + StepEvents.told(failure));
            return;
        }
        try {
            executor.reset();
            String health = executor.health();
            if (!health.isEmpty()) {
                die(health);
            }
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "the executor could not be reset", e);
            die("the executor could not be reset: " + StepEvents.told(e));
        }
    }

    private void begin(Request request) {
        if (request.collector().closed()) {
            for (Completion completion : request.completions()) {
                completion.sequence().end();
                ended(completion);
            }
        } else {
            add(request.completions()[0]);
        }
    }

    /** Hands a completion to the scheduler. */
    void add(Completion completion) {
        Sequence sequence = completion.sequence();
        if (sequence.ended()) {
            return;
        }
        if (completion.constraint() != null) {
            constrained.put(sequence.id(), completion);
            sequence.setMasked(completion.constraint().holds());
        }
        scheduler.add(sequence);
    }

    /** Ends what is left of a request. */
    void drop(Request request) {
        for (Completion completion : request.completions()) {
            drop(completion);
        }
    }

    private void drop(Completion completion) {
        Sequence sequence = completion.sequence();
        if (sequence.ended()) {
            return;
        }
        counters.requestsAborted++;
        if (completion.index() == 0 || completion.request().isFannedOut()) {
            scheduler.abort(sequence);
        }
        sequence.end();
        ended(completion);
    }

    /** Lets go of what was kept for a completion. */
    void ended(Completion completion) {
        release(1);
        if (completion.constraint() != null) {
            constrained.remove(completion.sequence().id());
        }
    }

    private void endAll() {
        deadBecause = "the engine is closed";
        for (Request request : live.values()) {
            for (Completion completion : request.completions()) {
                if (!completion.sequence().ended()) {
                    ring.current().finished(completion, FinishReason.ABORT, -1);
                }
            }
            publish();
        }
    }

    private void die(String because) {
        closing = true;
        deadBecause = because;
        LOG.log(System.Logger.Level.ERROR, "the engine is dead: {0}", because);
        publish();
        for (Request request : live.values()) {
            ring.current().failed(request.completions()[0], dead());
            publish();
        }
    }

    private TokamakException dead() {
        return new TokamakException(ErrorCode.ENGINE_DEAD, deadBecause);
    }
}
