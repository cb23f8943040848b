package dev.tokamak.spi.executor;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.Incubating;
import dev.tokamak.api.TokamakException;
import java.nio.file.Path;

/**
 * Runs a model. The engine calls {@link #load}, {@link #kvCapacity}, {@link #allocateKvCache} and {@link #warmUp} once,
 * in this order, then steps: {@link #launch}, {@link #sample} if {@link StepPlan#needsMasks()}, and {@link #await}. At
 * most {@link #maxInFlight()} steps are under way, and they end in the order of their launch.
 *
 * <p>All calls come from one thread, the engine thread, except {@link #health}, {@link #prepareAdapter} and
 * {@link #close}, which any thread may call. An implementation with threads of its own hands steps over by itself.
 *
 * <p><b>Slots.</b> A running sequence has a slot, in which the executor keeps its block tables, its sampling state and the
 * token sampled last, and what layers with a state remember. A row with {@link StepPlan#FLAG_NEW_SLOT} begins a slot anew:
 * whatever it held is dropped. {@link StepPlan#endedSlots()} names slots whose state can be dropped earlier, and nothing has to
 * come of it. An input id {@link StepPlan#LAST_SAMPLED} stands for the token that the slot's row of the step before has
 * sampled, which the host need not know yet.
 *
 * <p><b>Drafts.</b> A row of an executor that offers {@link ModelInfo#maxDrafts()} may end in tokens that nobody has drawn. At each of
 * the positions that are sampled from, the executor draws just as it would have if the drafts before had been drawn, with the random number
 * of that output index, and it goes on to the next position if the draft there is what it drew. So the tokens are those of a
 * row without drafts, only more of them at once.
 *
 * <p><b>End tokens.</b> An executor knows none. The engine reads them beside the weights, from {@code eos_token_id} in
 * {@code generation_config.json}, else in {@code config.json}, and adds the tokenizer's {@code eos_token}; it ends sequences by them and
 * hands those that {@code min_tokens} holds back over in {@link SamplingState#endTokens()}. A model may have none: its answers end at
 * stop tokens and strings, at their length, or where a grammar comes to its end.
 *
 * <p><b>Failure.</b> A row whose logits are not numbers, or of which masks and {@link SamplingState} leave no token, is
 * reported as failed in the {@link StepResult}, and no other row suffers; the engine finds out which it was. Anything else that
 * goes wrong is thrown by {@link #await} for its step; afterwards the engine calls {@link #reset} and sends live
 * sequences anew.
 *
 * @since 0.1
 */
@Incubating
public interface Executor extends AutoCloseable {
    /**
     * Loads the weights.
     *
     * @param progress told of the fraction done, from 0 to 1, on any thread
     * @return what the engine must know of the model
     * @throws TokamakException {@link ErrorCode#CONFIGURATION} if the checkpoint is missing, corrupt or unsupported; the
     *     message names the file
     */
    ModelInfo load(LoadProgress progress);

    /**
     * How many KV blocks there is memory for.
     *
     * @param blockSize tokens in a block, one of {@link ModelInfo#blockSizes()}
     * @return blocks, counted over all KV groups; 0 if none of them takes any
     */
    int kvCapacity(int blockSize);

    /**
     * Takes the memory of the KV cache. Called once, after {@link #load}.
     *
     * @param blockSize tokens in a block
     * @param blocks how many; ids go from 0 to {@code blocks - 1}; 0 for a model that takes none
     * @throws TokamakException {@link ErrorCode#CONFIGURATION} if the memory cannot be had; it says what was needed and what
     *     there is
     */
    void allocateKvCache(int blockSize, int blocks);

    /** Runs what makes the first request as fast as the next. The KV cache's contents are undefined afterwards. */
    void warmUp();

    /**
     * How many steps may be under way at once.
     *
     * @return 1 or more; 2 lets the engine plan a step while another runs
     */
    int maxInFlight();

    /**
     * Starts a step. Reads the whole plan before it returns, or keeps it: the engine does not change a plan until its step was
     * awaited. If no row needs a mask, sampling starts by itself.
     *
     * @param plan at least one row
     */
    void launch(StepPlan plan);

    /**
     * Gives the masks of the step launched last, which may still be in its forward pass. Where {@link #maxInFlight()} is 2 or
     * more, the steps before it may be awaited first, since its masks may depend on what they yield; until the masks are given, no
     * further step is launched. The engine fills the same object for the next step, so whatever reads it after this method
     * has returned must read a {@link StepMasks#copy}.
     *
     * @param masks {@link StepPlan#maskedPositions()} of them
     */
    void sample(StepMasks masks);

    /**
     * Waits for the oldest step that was launched and not awaited, and copies what it yielded.
     *
     * @param into filled with one entry for each row
     * @throws TokamakException {@link ErrorCode#STEP_FAILED} if the step failed as a whole
     */
    void await(StepResult into);

    /** Drops the state of all slots and all steps under way. Block contents remain. */
    void reset();

    /**
     * Loads an adapter's weights off the step.
     *
     * @param name by which requests ask for it
     * @param folder a PEFT checkpoint
     * @return a handle for {@link StepPlan}
     * @throws TokamakException {@link ErrorCode#UNSUPPORTED} unless overridden
     */
    default int prepareAdapter(String name, Path folder) {
        throw new TokamakException(ErrorCode.UNSUPPORTED, "this executor does not load adapters");
    }

    /**
     * Whether steps can still be launched.
     *
     * @return empty if so, else one line that says why not
     */
    default String health() {
        return "";
    }

    /** Frees everything. Waits for the step under way. Idempotent. */
    @Override
    void close();
}
