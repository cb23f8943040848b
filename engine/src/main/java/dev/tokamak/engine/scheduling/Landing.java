package dev.tokamak.engine.scheduling;

import dev.tokamak.api.FinishReason;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.spi.kvcache.KvCacheManager;
import dev.tokamak.spi.scheduler.Scheduler.Events;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.function.Consumer;

/** What becomes of rows that have landed: tokens, scores and vectors go to their sequences, and some of these end. */
final class Landing {
    private final KvCacheManager kvCache;
    private final SlotPool slots;
    private final Consumer<Sequence> end;

    /**
     * @param kvCache of the scheduler
     * @param slots of the scheduler
     * @param end takes a sequence out of the scheduler
     */
    Landing(KvCacheManager kvCache, SlotPool slots, Consumer<Sequence> end) {
        this.kvCache = kvCache;
        this.slots = slots;
        this.end = end;
    }

    /** Takes what a row yielded, in the order of the plans. */
    void land(StepPlan plan, int row, PlannedRows rows, StepResult result, Events events) {
        Sequence sequence = rows.sequence(row);
        SequenceState state = SequenceState.of(sequence);
        state.rowsInFlight--;
        slots.landed(plan.slot(row));
        boolean sampled = plan.has(row, StepPlan.FLAG_SAMPLE);
        boolean underMask = plan.has(row, StepPlan.FLAG_NEEDS_MASK);
        if (sampled) {
            sequence.setInFlight(sequence.inFlight() - 1);
            state.freeDrawsInFlight -= underMask ? 0 : 1;
            state.draftsInFlight = false;
        }
        if (sequence.ended()) {
            return;
        }
        if (result.failed(row)) {
            finish(sequence, FinishReason.ERROR, -1, events);
            return;
        }
        takeScores(plan, row, result, sequence, events);
        boolean current = rows.current(row);
        boolean drawnWithoutItsMask = sequence.masked() && !underMask;
        if (sampled && (drawnWithoutItsMask || result.tokenCount(row) == 0)) {
            if (current) {
                sequence.setComputed(sequence.length() - 1);
            }
            return;
        }
        int known = plan.position(row) + plan.tokenCount(row) - plan.drafts(row);
        if (current) {
            kvCache.commit(sequence, known);
        }
        int drawn = result.tokenCount(row);
        for (int i = 0; i < drawn && !sequence.ended() && sequence.masked() == underMask; i++) {
            take(sequence, result.token(row, i), result, row, i, events);
        }
        if (current && plan.drafts(row) > 0 && !sequence.ended()) {
            sequence.setComputed(sequence.length() - 1);
        }
        if (drawn > 0) {
            takeForced(sequence, result, row, drawn - 1, events);
        } else if (known == sequence.promptTokens()) {
            endWithPrompt(sequence, result, row, events);
        }
    }

    private static void takeScores(StepPlan plan, int row, StepResult result, Sequence sequence, Events events) {
        if (result.scoreCount(row) > 0) {
            int first = plan.position(row) + plan.scoredFrom(row);
            events.scored(sequence, first, result, row);
            sequence.setScoredPositions(first + result.scoreCount(row));
        }
    }

    /** The prompt is computed, of a sequence that generates nothing. */
    private void endWithPrompt(Sequence sequence, StepResult result, int row, Events events) {
        if (sequence.pooling() != null) {
            events.pooled(sequence, result, row);
            finish(sequence, FinishReason.STOP, -1, events);
        } else if (sequence.maxTokens() == 0) {
            finish(sequence, FinishReason.LENGTH, -1, events);
        }
    }

    /** Takes the tokens that had to follow the one that was drawn; the next plan computes them like a part of a prompt. */
    private void takeForced(Sequence sequence, StepResult result, int row, int i, Events events) {
        int[] forced = sequence.forced();
        sequence.clearForced();
        for (int j = 0; j < forced.length && !sequence.ended(); j++) {
            take(sequence, forced[j], result, row, i, events);
        }
    }

    private void take(Sequence sequence, int token, StepResult result, int row, int i, Events events) {
        sequence.append(token);
        events.token(sequence, token, result, row, i);
        int generated = sequence.generatedTokens();
        if (generated > sequence.params().minTokens() && contains(sequence.endTokens(), token)) {
            finish(sequence, FinishReason.STOP, token, events);
        } else if (generated >= sequence.maxTokens()) {
            finish(sequence, FinishReason.LENGTH, -1, events);
        }
    }

    private static boolean contains(int[] tokens, int token) {
        for (int t : tokens) {
            if (t == token) {
                return true;
            }
        }
        return false;
    }

    /** Ends a sequence and tells it. */
    void finish(Sequence sequence, FinishReason reason, int stopToken, Events events) {
        end.accept(sequence);
        events.finished(sequence, reason, stopToken);
    }
}
