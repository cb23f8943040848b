package dev.tokamak.engine.scheduling;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.scheduler.Sequence;

/** Writes a sequence's next tokens into a plan, and what it wants of them. */
final class RowWriter {
    private RowWriter() {}

    /**
     * Adds a row.
     *
     * @param count how many tokens that are known or in flight
     * @param drafts how many of the sequence's drafts behind them
     * @return whether it is sampled from
     */
    static boolean write(StepPlan plan, Sequence sequence, int count, int drafts, boolean newSlot) {
        SamplingParams params = sequence.params();
        int position = sequence.computedTokens();
        int end = position + count;
        boolean sampled = generates(sequence) && end == sequence.length() + sequence.inFlight();
        int outputIndex = sequence.generatedTokens() + sequence.inFlight();
        plan.addRow(sequence.id(), sequence.slot(), flags(sequence, end, sampled, newSlot), position, outputIndex);
        if (position < sequence.length()) {
            plan.addTokens(sequence.tokens(), position, Math.min(end, sequence.length()) - position);
        }
        if (end > sequence.length()) {
            plan.addToken(StepPlan.LAST_SAMPLED);
        }
        if (drafts > 0) {
            plan.addDrafts(sequence.drafts(), 0, drafts);
        }
        if (sequence.draftCount() > 0) {
            sequence.setDrafts(sequence.drafts(), 0);
        }
        if (newSlot && generates(sequence)) {
            plan.setSampling(SamplingState.of(
                    params,
                    sequence.seed(),
                    sequence.endTokens(),
                    sequence.tokens(),
                    sequence.promptTokens(),
                    sequence.length()));
        }
        if (sampled && params.logprobs().isPresent()) {
            plan.setLogprobs(params.logprobs().getAsInt());
        }
        if (sequence.scoresPrompt()) {
            score(plan, sequence, position, end);
        }
        if (sequence.pooling() != null) {
            plan.setPooling(sequence.pooling());
        }
        if (sequence.secondText() >= 0) {
            plan.setSecondText(sequence.secondText());
        }
        if (sequence.adapter() >= 0) {
            plan.setAdapter(sequence.adapter());
        }
        return sampled;
    }

    private static boolean generates(Sequence sequence) {
        return sequence.pooling() == null && sequence.maxTokens() > 0;
    }

    private static int flags(Sequence sequence, int end, boolean sampled, boolean newSlot) {
        int flags = newSlot ? StepPlan.FLAG_NEW_SLOT : 0;
        if (sampled) {
            flags |= StepPlan.FLAG_SAMPLE;
            flags |= sequence.masked() ? StepPlan.FLAG_NEEDS_MASK : 0;
            flags |= sequence.params().logprobs().isPresent() ? StepPlan.FLAG_LOGPROBS : 0;
        }
        boolean pooled = sequence.pooling() != null && end == sequence.promptTokens();
        return pooled ? flags | StepPlan.FLAG_POOL : flags;
    }

    /** What was scored before, in the life that a preemption ended, is not scored again. */
    private static void score(StepPlan plan, Sequence sequence, int position, int end) {
        int from = Math.max(position, sequence.scoredPositions());
        int to = Math.min(end, sequence.promptTokens() - 1);
        if (from < to) {
            int top = sequence.params().promptLogprobs().orElse(0);
            plan.addScores(from - position, top, sequence.tokens(), from + 1, to - from);
        }
    }
}
