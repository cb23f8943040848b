package dev.tokamak.server;

import dev.tokamak.protocol.EventStream;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One answer as server-sent events, written without a thread of its own and without ever waiting for the client.
 *
 * <p>Implementation notes. Three parties say that there may be something to do: the engine (events are ready), the container
 * (the socket takes bytes again) and the heartbeat. Each of them only counts {@link #signals} up; whoever finds it at zero hands
 * this object to a writer thread, which works until the count is back at zero. So one thread at a time touches the output, no
 * signal is lost, and a stream that is idle or whose client is slow occupies nobody. While the socket takes no bytes the events
 * stay in the engine's collector, which merges them: a slow client costs no memory but its own text.
 *
 * <p>A write takes all events that are ready at once: when the writers fall behind, frames are joined into larger writes instead
 * of queueing.
 */
final class SseResponse implements WriteListener, Runnable {
    private static final Logger LOG = Logger.getLogger(SseResponse.class.getName());
    private static final byte[] HEARTBEAT = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final EventStream events;
    private final AsyncContext context;
    private final AsyncResponse suspended;
    private final ServletOutputStream out;
    private final SseWriters writers;
    private final Runnable onEnd;
    private final AtomicInteger signals = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean heartbeatDue;
    private volatile long lastProgressNanos = System.nanoTime();
    private volatile boolean stalled;
    private boolean flushDue;

    private SseResponse(
            EventStream events,
            AsyncContext context,
            AsyncResponse suspended,
            ServletOutputStream out,
            SseWriters writers,
            Runnable onEnd) {
        this.events = events;
        this.context = context;
        this.suspended = suspended;
        this.out = out;
        this.writers = writers;
        this.onEnd = onEnd;
    }

    /**
     * Sends the events to the client of an asynchronous request.
     *
     * @param events owned by the response from here on: closed at its end, however it comes
     * @param context the started asynchronous processing, without a timeout; completed at the end
     * @param suspended the same for JAX-RS
     * @param writers the threads that write
     * @param onEnd called once, when the last byte is written or the client is gone
     */
    static SseResponse start(
            EventStream events, AsyncContext context, AsyncResponse suspended, SseWriters writers, Runnable onEnd)
            throws IOException {
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("X-Accel-Buffering", "no");
        SseResponse sse = new SseResponse(events, context, suspended, response.getOutputStream(), writers, onEnd);
        writers.opened(sse);
        try {
            sse.out.setWriteListener(sse);
        } catch (RuntimeException e) {
            writers.closed(sse);
            throw e;
        }
        events.onReady(sse::signal);
        return sse;
    }

    @Override
    public void onWritePossible() {
        signal();
    }

    @Override
    public void onError(Throwable failure) {
        end(failure);
    }

    /** Aborts the request; the client sees the connection close. */
    void abort() {
        end(null);
    }

    /** Sends a comment if the client got nothing for long; gives up on one that took nothing for much longer. */
    void heartbeat(long nowNanos, long heartbeatNanos, long stallNanos) {
        long silent = nowNanos - lastProgressNanos;
        if (stalled && silent > stallNanos) {
            LOG.fine("a client took no bytes for " + silent / 1_000_000_000 + " s: its request is aborted");
            end(null);
        } else if (!stalled && silent > heartbeatNanos) {
            heartbeatDue = true;
            signal();
        }
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            writers.execute(this);
        }
    }

    @Override
    public void run() {
        int seen = signals.get();
        do {
            try {
                if (!ended.get()) {
                    write();
                }
            } catch (IOException | RuntimeException e) {
                end(e);
            }
            seen = signals.addAndGet(-seen);
        } while (seen != 0);
    }

    private void write() throws IOException {
        WriteBuffer buffer = writers.buffer();
        while (true) {
            if (!out.isReady()) {
                stalled = true;
                return;
            }
            stalled = false;
            if (flushDue) {
                flushDue = false;
                out.flush();
                lastProgressNanos = System.nanoTime();
                continue;
            }
            buffer.clear();
            events.poll(buffer);
            if (buffer.isEmpty() && heartbeatDue) {
                buffer.write(HEARTBEAT, 0, HEARTBEAT.length);
            }
            heartbeatDue = false;
            if (buffer.isEmpty()) {
                break;
            }
            out.write(buffer.bytes(), 0, buffer.size());
            flushDue = true;
        }
        if (events.finished()) {
            end(null);
        }
    }

    private void end(Throwable failure) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        if (failure instanceof RuntimeException && !(failure instanceof IllegalStateException)) {
            LOG.log(Level.SEVERE, "an answer could not be written", failure);
        }
        events.close();
        writers.closed(this);
        try {
            // Through JAX-RS, which would otherwise complete the context a second time and log that this failed.
            if (!suspended.resume(Response.ok().build())) {
                context.complete();
            }
        } catch (IllegalStateException e) {
            // The container completed it first: the client is gone.
            LOG.log(Level.FINE, "the connection was closed before its answer ended", e);
        } finally {
            // Last: a server that stops waits for this.
            onEnd.run();
        }
    }
}
