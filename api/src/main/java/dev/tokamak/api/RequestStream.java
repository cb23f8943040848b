package dev.tokamak.api;

import java.util.Optional;

/**
 * The outputs of one request, in order. One thread at a time reads; the engine writes from threads of its own and never
 * waits for the reader: outputs that were not read are merged, so memory stays bounded by the text itself.
 *
 * <p>A failed request throws from {@link #poll()} or {@link #take()} once what came before it has been read.
 *
 * @since 0.1
 */
@Stable
public interface RequestStream extends AutoCloseable {
    /**
     * The id of the request.
     *
     * @return the caller's own, or one made by the engine
     */
    String requestId();

    /**
     * Takes the next output if there is one. Never waits.
     *
     * @return the next output, or empty if there is none yet or the stream has ended
     * @throws TokamakException if the request failed: {@link ErrorCode#STEP_FAILED}, {@link ErrorCode#ENGINE_DEAD}
     */
    Optional<RequestOutput> poll();

    /**
     * Waits for the next output.
     *
     * @return the next output, or empty when the last one has been taken
     * @throws InterruptedException if the waiting thread is interrupted; the request goes on
     * @throws TokamakException if the request failed: {@link ErrorCode#STEP_FAILED}, {@link ErrorCode#ENGINE_DEAD}
     */
    Optional<RequestOutput> take() throws InterruptedException;

    /**
     * Sets who is told that {@link #poll()} has something: an output, a failure or the end. It is called once for each
     * change from nothing to something, on an engine thread, and at once on the calling thread if there is something
     * already. It must not block and must not throw; hand the work to another thread.
     *
     * @param listener replaces the one before
     */
    void onReady(Runnable listener);

    /** Ends the request. If it still runs it is aborted and its memory freed. Idempotent; any thread may call it. */
    @Override
    void close();
}
