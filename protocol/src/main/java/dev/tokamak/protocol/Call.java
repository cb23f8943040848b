package dev.tokamak.protocol;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A request that was read and found to be well formed. Either {@link #respond} or {@link #open} is called, once.
 *
 * @since 0.1
 */
public interface Call extends AutoCloseable {
    /**
     * Whether the client asked for events rather than for one document.
     *
     * @return true if {@link #open} is the one to call
     */
    boolean stream();

    /**
     * The answer's id, which is also in its body.
     *
     * @return such as {@code chatcmpl-…}
     */
    String id();

    /**
     * Starts the request and gives its whole answer. The prompt is rendered and tokenised on the calling thread.
     *
     * @param executor where outputs are parsed and the answer is written when the engine is done
     * @return completes with a JSON document in UTF-8, or with a {@link ProtocolException}; also when the call is aborted
     * @throws ProtocolException if the request does not fit the model, the engine takes none, or the call was aborted before
     */
    CompletableFuture<byte[]> respond(Executor executor);

    /**
     * Starts the request and gives its events. The prompt is rendered and tokenised on the calling thread.
     *
     * @return the events
     * @throws ProtocolException if the request does not fit the model, the engine takes none, or the call was aborted before;
     *     nothing has been written then
     */
    EventStream open();

    /**
     * Ends what was started and is not done, and tells the client why: the error is the whole answer, or the last event before
     * {@code [DONE]}. What is not started yet is refused with it. The first reason counts; any thread may call it.
     *
     * @param reason what the client is told
     */
    void abort(ProtocolException reason);

    /** Aborts what was started and is not done; of a stream, nobody reads the rest. Idempotent; any thread may call it. */
    @Override
    void close();
}
