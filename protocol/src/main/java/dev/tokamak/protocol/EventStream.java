package dev.tokamak.protocol;

import java.util.Optional;

/**
 * The events of one answer, as frames of {@code text/event-stream}. One thread at a time polls.
 *
 * @since 0.1
 */
public interface EventStream extends AutoCloseable {
    /**
     * Writes all frames that are ready, each of them whole. Never waits. A failure of the request is a frame, too, and the
     * last one is always {@code data: [DONE]}.
     *
     * @param out takes the frames; what it throws is passed on
     * @return whether anything was written
     */
    boolean poll(ByteSink out);

    /**
     * Sets who is told that {@link #poll} has something. Called on an engine thread, or at once if there is something
     * already; it must neither block nor throw.
     *
     * @param listener replaces the one before
     */
    void onReady(Runnable listener);

    /**
     * Whether the last frame has been written, or the stream or its call was closed.
     *
     * @return true from then on
     */
    boolean finished();

    /**
     * What the stream failed with, for the server's log. The client got it as an event.
     *
     * @return empty if nothing failed up to now
     */
    Optional<ProtocolException> failure();

    /** Ends the stream; what still runs is aborted. Idempotent; any thread may call it. */
    @Override
    void close();
}
