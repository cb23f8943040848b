package dev.tokamak.spi.scheduler;

import dev.tokamak.api.FinishReason;
import dev.tokamak.api.Incubating;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;

/**
 * Decides what each step computes. Owns its sequences from {@link #add} until it reports them finished. Called on the engine
 * thread only.
 *
 * <p>A scheduler may plan step <i>n+1</i> before {@link #update} of step <i>n</i>: it then assumes that every sampled row yields one
 * token. Rows of sequences that have ended meanwhile are ignored in {@code update}.
 *
 * <p>Beside tokens, a sequence may want log probabilities of its prompt ({@link Sequence#scoresPrompt()}), so that its rows score
 * what was not scored before, or vectors ({@link Sequence#pooling()}): then it generates nothing and ends with them. Either may need
 * every position of the prompt to be computed ({@link Sequence#computesAllPositions()}), whatever the prefix cache holds. A sequence
 * that may generate no token ends when its prompt is computed.
 *
 * @since 0.1
 */
@Incubating
public interface Scheduler {
    /**
     * Takes a sequence to be run.
     *
     * @param sequence waiting, with its tokens and prefix keys set
     */
    void add(Sequence sequence);

    /**
     * Ends a sequence. Its blocks are free for the next plan made.
     *
     * @param sequence of an earlier {@link #add}; nothing happens if it has ended
     */
    void abort(Sequence sequence);

    /**
     * Plans a step.
     *
     * @param plan begun by the caller, filled here
     * @return false if there is nothing to run now; the plan is empty then
     */
    boolean schedule(StepPlan plan);

    /**
     * Takes what a step yielded, in the order of the plans.
     *
     * @param plan as filled by {@link #schedule}
     * @param result of that plan
     * @param events told what happened to each sequence
     */
    void update(StepPlan plan, StepResult result, Events events);

    /**
     * The executor has failed the plans in flight and lost its slots: fails the sequences in them and makes every other running
     * sequence wait for a new start.
     *
     * @param plans in flight, oldest first; possibly none
     * @param events told of the failed sequences
     */
    void recover(StepPlan[] plans, Events events);

    /**
     * How many sequences run.
     *
     * @return those with a slot
     */
    int running();

    /**
     * How many sequences wait.
     *
     * @return those without a slot
     */
    int waiting();

    /**
     * How many times a sequence had to give up its blocks.
     *
     * @return since the start
     */
    long preemptions();

    /**
     * Is told what a step did. From within these calls the engine may call {@link #add} and {@link #abort}.
     *
     * @since 0.1
     */
    @Incubating
    interface Events {
        /**
         * A sequence has a new token.
         *
         * @param sequence the token is appended already
         * @param token its id
         * @param result for log probabilities
         * @param row of the result
         * @param index of the token in the row
         */
        void token(Sequence sequence, int token, StepResult result, int row, int index);

        /**
         * Positions of a sequence's prompt were scored.
         *
         * @param sequence that wants it
         * @param first the first of these positions; the result has one score for each
         * @param result with the scores
         * @param row of the result
         * @since 0.2
         */
        default void scored(Sequence sequence, int first, StepResult result, int row) {}

        /**
         * A sequence has its vectors. It is told as finished next.
         *
         * @param sequence that wants them
         * @param result with the vectors
         * @param row of the result
         * @since 0.2
         */
        default void pooled(Sequence sequence, StepResult result, int row) {}

        /**
         * A sequence has ended; its slot and blocks are given back.
         *
         * @param sequence no longer known to the scheduler
         * @param reason why
         * @param stopToken the token that stopped it, or -1
         */
        void finished(Sequence sequence, FinishReason reason, int stopToken);
    }
}
