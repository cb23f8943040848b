package dev.tokamak.engine.scheduling;

import dev.tokamak.api.FinishReason;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.scheduler.Scheduler;
import dev.tokamak.spi.scheduler.SchedulerContext;
import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.Arrays;

/**
 * Continuous batching with chunked prefill under one token budget (Yu et al., "Orca", OSDI 2022; Agrawal et al.,
 * "Sarathi-Serve", OSDI 2024).
 *
 * <p><b>Implementation notes.</b> There is no prefill and no decode phase: a sequence has computed tokens that chase its known
 * ones, where the tokens that steps in flight will sample count as known. Running sequences come first, those that
 * outlast others in front; when blocks run out, the last one gives up its own and waits to be recomputed. Since rows are
 * planned from the front and victims taken from the end, a victim never has a row in the plan being made. Waiting
 * sequences are admitted only if nothing was given up, and only if blocks for all their known tokens are free, so
 * that a prompt in chunks cannot strand halfway.
 *
 * <p>Who waits is served by turns ({@link WaitingLine}), and a submission whose sequences hold more than an equal share of what
 * runs gives one up where another's finds no room.
 *
 * <p>A plan may be made while others are in flight. Three rules keep that right. A sequence that lost its blocks is not admitted
 * again before its last row has landed; its token is kept. A row remembers its sequence's incarnation, so blocks taken after
 * it was planned are not committed on its word. And the draw of a row that was planned without a mask is void if a mask has
 * come to hold since: its last position is computed again, and nothing is planned on that draw meanwhile. Where a row has
 * drafts, nobody knows how many tokens it yields, and its sequence waits for it.
 *
 * <p>Nothing is allocated in the steady state; admission allocates the sequence's sampling state.
 */
final class TokenBudgetScheduler implements Scheduler {
    private final SchedulingPolicy policy;
    private final KvCacheManager kvCache;
    private final int maxNumBatchedTokens;
    private final boolean promptMayBeCut;
    private final int maxDrafts;
    private final WaitingLine waiting;
    private final RunningList running;
    private final SlotPool slots;
    private final Landing landing;

    private final PlannedRows[] inFlight;
    private int oldestInFlight;
    private int plansInFlight;

    private Sequence[] passedOver = new Sequence[16];
    private Sequence blocked;
    private int freeBlocksWhenBlocked;
    private long preemptions;

    TokenBudgetScheduler(SchedulerContext context) {
        policy = context.policy();
        kvCache = context.kvCache();
        maxNumBatchedTokens = context.maxNumBatchedTokens();
        promptMayBeCut = context.promptMayBeCut();
        maxDrafts = context.maxDrafts();
        waiting = new WaitingLine(policy);
        running = new RunningList(policy, context.maxNumSeqs());
        slots = new SlotPool(context.maxNumSeqs());
        landing = new Landing(kvCache, slots, this::end);
        inFlight = new PlannedRows[context.stepsInFlight()];
        for (int i = 0; i < inFlight.length; i++) {
            inFlight[i] = new PlannedRows();
        }
    }

    @Override
    public void add(Sequence sequence) {
        sequence.setSchedulerState(new SequenceState());
        waiting.join(sequence);
    }

    @Override
    public void abort(Sequence sequence) {
        if (!sequence.ended()) {
            end(sequence);
        }
    }

    @Override
    public boolean schedule(StepPlan plan) {
        if (plansInFlight == inFlight.length) {
            throw new IllegalStateException(plansInFlight + " plans are in flight already");
        }
        PlannedRows rows = inFlight[(oldestInFlight + plansInFlight) % inFlight.length];
        share();
        long preemptionsBefore = preemptions;
        int budget = planRunning(plan, rows);
        if (preemptions == preemptionsBefore) {
            admit(plan, rows, budget);
        }
        if (rows.size() == 0) {
            return false;
        }
        slots.tellEnded(plan);
        plansInFlight++;
        return true;
    }

    /** Where the first in line finds no slot or blocks, a submission that holds more than its share gives some up. */
    private void share() {
        Sequence first = waiting.first();
        if (first == null || running.size() == 0) {
            return;
        }
        boolean noSlot = slots.isEmpty() && !slots.freesOneSoon();
        if (noSlot || !slots.isEmpty() && stillBlocked(first)) {
            running.sort();
            Sequence victim = waiting.takeFromTheLargest(running);
            if (victim != null) {
                preempt(victim);
            }
        }
    }

    private int planRunning(StepPlan plan, PlannedRows rows) {
        running.sort();
        int budget = maxNumBatchedTokens;
        for (int i = 0; i < running.size() && budget > 0; i++) {
            Sequence sequence = running.get(i);
            int count = makeRoom(sequence, tokensToPlan(sequence, budget));
            if (count > 0) {
                int drafts = draftsToPlan(sequence, count, budget - count);
                addRow(plan, rows, sequence, count, drafts, false);
                budget -= count + drafts;
            }
        }
        return budget;
    }

    private int tokensToPlan(Sequence sequence, int budget) {
        int planned = sequence.inFlight();
        SequenceState state = SequenceState.of(sequence);
        boolean nothingLeft = planned > 0 && sequence.generatedTokens() + planned >= sequence.maxTokens();
        boolean drawInFlightIsVoid = sequence.masked() && state.freeDrawsInFlight > 0;
        boolean tokensWillFollow = planned > 0 && (sequence.forced().length > 0 || sequence.drafted());
        if (nothingLeft || drawInFlightIsVoid || tokensWillFollow || state.draftsInFlight) {
            return 0;
        }
        int wanted = sequence.length() + planned - sequence.computedTokens();
        return wanted <= 0 ? 0 : capped(sequence, wanted, budget);
    }

    private int capped(Sequence sequence, int wanted, int budget) {
        if (!promptMayBeCut) {
            return wanted <= budget && policy.tokens(sequence, wanted, budget) > 0 ? wanted : 0;
        }
        int most = Math.min(wanted, budget);
        return Math.max(0, Math.min(most, policy.tokens(sequence, wanted, budget)));
    }

    /** How many drafts go along: no sequence gives up blocks for what may turn out wrong. */
    private int draftsToPlan(Sequence sequence, int count, int budget) {
        if (sequence.draftCount() == 0 || sequence.masked() || sequence.inFlight() > 0) {
            return 0;
        }
        int end = sequence.computedTokens() + count;
        int useful = sequence.maxTokens() - sequence.generatedTokens() - 1;
        int drafts = Math.min(Math.min(sequence.draftCount(), maxDrafts), Math.min(budget, useful));
        boolean whole = end == sequence.length();
        return whole && drafts > 0 && kvCache.ensure(sequence, end + drafts) ? drafts : 0;
    }

    /** Finds blocks for {@code count} more tokens, if need be by preemption. Returns how many tokens there is room for. */
    private int makeRoom(Sequence sequence, int count) {
        while (count > 0 && !kvCache.ensure(sequence, sequence.computedTokens() + count)) {
            Sequence victim = running.last();
            if (victim != sequence) {
                preempt(victim);
            } else if (running.size() > 1) {
                preempt(sequence);
                return 0;
            } else if (plansInFlight > 0) {
                return 0; // What is in flight gives blocks back when it lands.
            } else {
                count /= 2; // Alone: blocks behind a sliding window come back as the sequence goes on.
            }
        }
        return count;
    }

    private void preempt(Sequence sequence) {
        stop(sequence);
        waiting.comeBack(sequence);
        preemptions++;
    }

    private void stop(Sequence sequence) {
        if (running.remove(sequence)) {
            waiting.stopped(sequence);
        }
        surrender(sequence);
    }

    /** Takes slot and blocks from a sequence; what was computed is lost, what was sampled is kept. */
    private void surrender(Sequence sequence) {
        kvCache.release(sequence);
        SequenceState.of(sequence).incarnation++;
        sequence.setComputed(0);
        if (sequence.slot() != Sequence.NO_SLOT) {
            slots.giveBack(sequence.slot());
            sequence.setSlot(Sequence.NO_SLOT);
        }
    }

    private void admit(StepPlan plan, PlannedRows rows, int budget) {
        int passed = 0;
        int left = budget;
        while (left > 0 && !slots.isEmpty()) {
            Sequence sequence = waiting.first();
            if (sequence == null || SequenceState.of(sequence).rowsInFlight > 0 || stillBlocked(sequence)) {
                break;
            }
            sequence.setComputed(sequence.computesAllPositions() ? 0 : kvCache.attachCachedPrefix(sequence));
            int wanted = sequence.length() - sequence.computedTokens();
            int count = capped(sequence, wanted, left);
            if (count == 0) {
                drop(sequence);
                if (!promptMayBeCut && wanted > left) {
                    break; // The next step has room for it, whatever its length.
                }
                waiting.setAside(sequence);
                passed = passOver(sequence, passed);
                continue;
            }
            count = roomToBegin(sequence, count);
            if (count == 0) {
                drop(sequence);
                blocked = sequence;
                freeBlocksWhenBlocked = kvCache.freeBlocks();
                break;
            }
            waiting.admitted(sequence);
            if (sequence.cachedTokens() < 0) {
                sequence.setCachedTokens(Math.min(sequence.computedTokens(), sequence.promptTokens()));
            }
            sequence.setSlot(slots.take());
            running.add(sequence);
            addRow(plan, rows, sequence, count, 0, true);
            left -= count;
        }
        for (int i = 0; i < passed; i++) {
            waiting.comeBack(passedOver[i]);
            passedOver[i] = null;
        }
    }

    private boolean stillBlocked(Sequence sequence) {
        return sequence == blocked && kvCache.freeBlocks() <= freeBlocksWhenBlocked && running.size() > 0;
    }

    private int passOver(Sequence sequence, int passed) {
        if (passed == passedOver.length) {
            passedOver = Arrays.copyOf(passedOver, passed * 2);
        }
        passedOver[passed] = sequence;
        return passed + 1;
    }

    /** Blocks for all tokens known, or, for a sequence that is alone, for as many as there are blocks for. */
    private int roomToBegin(Sequence sequence, int count) {
        if (kvCache.ensure(sequence, sequence.length())) {
            return count;
        }
        int smaller = promptMayBeCut && running.size() == 0 && plansInFlight == 0 ? count : 0;
        while (smaller > 0 && !kvCache.ensure(sequence, sequence.computedTokens() + smaller)) {
            smaller /= 2;
        }
        return smaller;
    }

    private void drop(Sequence sequence) {
        kvCache.release(sequence);
        sequence.setComputed(0);
    }

    private void addRow(StepPlan plan, PlannedRows rows, Sequence sequence, int count, int drafts, boolean newSlot) {
        boolean sampled = RowWriter.write(plan, sequence, count, drafts, newSlot);
        kvCache.writeBlocks(sequence, plan, newSlot);
        sequence.setComputed(sequence.computedTokens() + count + drafts);
        sequence.setInFlight(sequence.inFlight() + (sampled ? 1 : 0));
        SequenceState state = SequenceState.of(sequence);
        state.rowsInFlight++;
        state.freeDrawsInFlight += sampled && !sequence.masked() ? 1 : 0;
        if (drafts > 0) {
            state.draftsInFlight = true;
        }
        slots.planned(sequence.slot());
        rows.add(sequence);
    }

    @Override
    public void update(StepPlan plan, StepResult result, Events events) {
        PlannedRows rows = inFlight[oldestInFlight];
        for (int row = 0; row < rows.size(); row++) {
            landing.land(plan, row, rows, result, events);
        }
        rows.clear();
        oldestInFlight = (oldestInFlight + 1) % inFlight.length;
        plansInFlight--;
    }

    private void end(Sequence sequence) {
        sequence.end();
        waiting.leave(sequence);
        stop(sequence);
        if (blocked == sequence) {
            blocked = null;
        }
    }

    @Override
    public void recover(StepPlan[] plans, Events events) {
        for (int i = 0; i < plansInFlight; i++) {
            PlannedRows rows = inFlight[(oldestInFlight + i) % inFlight.length];
            for (int row = 0; row < rows.size(); row++) {
                Sequence sequence = rows.sequence(row);
                SequenceState.of(sequence).rowsInFlight = 0;
                SequenceState.of(sequence).freeDrawsInFlight = 0;
                SequenceState.of(sequence).draftsInFlight = false;
                sequence.setInFlight(0);
                if (!sequence.ended()) {
                    landing.finish(sequence, FinishReason.ERROR, -1, events);
                }
            }
            rows.clear();
        }
        plansInFlight = 0;
        while (running.size() > 0) {
            Sequence sequence = running.last();
            stop(sequence);
            waiting.comeBack(sequence);
        }
        slots.reset();
    }

    @Override
    public int running() {
        return running.size();
    }

    @Override
    public int waiting() {
        return waiting.size();
    }

    @Override
    public long preemptions() {
        return preemptions;
    }
}
