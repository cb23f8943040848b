package dev.tokamak.gate;

import dev.tokamak.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;

/**
 * One connection: takes requests from its bytes, whole and one at a time, and refuses what is malformed, too large or too slow.
 *
 * <p>Implementation notes. While a request is incomplete no thread waits for the rest; whichever brings the next bytes goes on.
 * While one is answered the connection is not read, so a client that asks more than it is answered is held back by TCP. Only if
 * the application wants to know when the client leaves, reading goes on: its end shows then and no sooner. What a client sends meanwhile, its next
 * requests, is kept up to a limit. The next request is handed on when the client has taken the answer before, so a client that
 * asks and asks and reads nothing holds one answer's memory, and no thread.
 *
 * <p>A refusal ends the connection, since nobody can tell where the next request would begin. What the client still sends is
 * read and dropped for a while: closing at once would make its system throw the refusal away unread.
 *
 * <p>Threads: everything is guarded by this object, and nothing that leaves the gate (forwarding, callbacks, reading on) is called
 * while it is held, but for {@link Wire}'s methods that do not wait.
 */
final class ConnectionGate {
    /** How much of the requests that follow is kept while one is answered. */
    private static final int AHEAD_BYTES = 64 * 1024;

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private enum Phase {
        IDLE,
        HEAD,
        BODY,
        ANSWERING,
        /** The answer is complete, and the client has not taken all of it. */
        SENDING,
        REFUSED,
        CLOSED
    }

    /** A request that is whole. */
    private record Whole(byte[] head, byte[] body, int bodyLength) {}

    private final Wire wire;
    private final GateSettings settings;
    private final MemoryBudget budget;
    private final ByteQueue input = new ByteQueue();
    private final HeadReader headReader;

    private Phase phase = Phase.IDLE;
    private Future<?> deadline;
    private long deadlines;
    private RequestHead head;
    private Body body;
    private BodyReader bodyReader;
    private Wire.Reader paused;
    private int unsentBytes;
    private volatile Client client;

    ConnectionGate(Wire wire, GateSettings settings, MemoryBudget budget) {
        this.wire = wire;
        this.settings = settings;
        this.budget = budget;
        this.headReader = new HeadReader(settings.maxHeaderBytes());
        within(settings.headerTimeoutMillis());
    }

    /** Who asked the request that is being answered, or null. */
    Client client() {
        return client;
    }

    /** Takes bytes of the client's; the reader is paused if no more of them are wanted for now. */
    void received(byte[] bytes, Wire.Reader reader) {
        Whole request;
        synchronized (this) {
            if (phase == Phase.REFUSED || phase == Phase.CLOSED) {
                return;
            }
            input.add(bytes);
            request = advance();
            if (request != null || answering() && input.size() > AHEAD_BYTES) {
                reader.pause();
                paused = reader;
            }
        }
        forward(request);
    }

    /** The request that was handed on is answered. The next one is due when the client has taken that answer. */
    void answered() {
        synchronized (this) {
            if (phase != Phase.ANSWERING) {
                return;
            }
            dropBody();
            client = null;
            phase = Phase.SENDING;
            unsentBytes = wire.unsentBytes();
            if (unsentBytes > 0) {
                within(settings.stallMillis());
                wire.whenSent(this::sent);
                return;
            }
        }
        sent();
    }

    private void sent() {
        Whole request = null;
        Wire.Reader reader = null;
        synchronized (this) {
            if (phase != Phase.SENDING) {
                return;
            }
            phase = Phase.IDLE;
            if (wire.isOpen()) {
                within(settings.keepAliveMillis());
                request = advance();
                if (request == null) {
                    reader = paused;
                    paused = null;
                }
            }
        }
        if (request != null) {
            // Not on this thread, which is still inside the answer before: a thousand requests at once are no thousand
            // frames.
            Whole next = request;
            wire.execute(() -> forward(next));
        } else if (reader != null) {
            reader.resume();
        }
    }

    /** The connection is closed, by whomever. */
    void closed() {
        Client leaving;
        synchronized (this) {
            phase = Phase.CLOSED;
            cancelDeadline();
            input.clear();
            dropBody();
            paused = null;
            leaving = client;
            client = null;
        }
        if (leaving != null) {
            leaving.leave();
        }
    }

    /** Refuses whatever the client will send. */
    synchronized void refuse(ProtocolException refusal) {
        boolean withBody = head == null || !head.method().equals("HEAD");
        phase = Phase.REFUSED;
        input.clear();
        dropBody();
        wire.sendLast(Refusals.answer(refusal, withBody));
        within(settings.bodyTimeoutMillis());
    }

    /** Reads on while the client's request is being answered. */
    void watch(Client watched) {
        Wire.Reader reader = null;
        synchronized (this) {
            if (client == watched && input.size() <= AHEAD_BYTES) {
                reader = paused;
                paused = null;
            }
        }
        if (reader != null) {
            reader.resume();
        }
    }

    private boolean answering() {
        return phase == Phase.ANSWERING || phase == Phase.SENDING;
    }

    synchronized void showFull(Client writing) {
        if (client == writing) {
            wire.showFull(true);
        }
    }

    synchronized void freeBody(Client owner) {
        if (client == owner) {
            dropBody();
        }
    }

    private void dropBody() {
        if (body != null) {
            body.free();
            body = null;
        }
    }

    private void forward(Whole request) {
        if (request != null) {
            wire.forward(request.head(), request.body(), request.bodyLength());
        }
    }

    /** Goes as far as the bytes allow. */
    private Whole advance() {
        try {
            if (phase == Phase.IDLE && !input.isEmpty()) {
                phase = Phase.HEAD;
                within(settings.headerTimeoutMillis());
            }
            if (phase == Phase.HEAD) {
                head = headReader.read(input);
                if (head != null) {
                    begin();
                }
            }
            if (phase == Phase.BODY) {
                input.feed(bodyReader);
                if (bodyReader.ended()) {
                    return whole();
                }
            }
        } catch (ProtocolException refusal) {
            refuse(refusal);
        }
        return null;
    }

    private void begin() {
        settings.rules().check(head);
        if (head.contentLength() > settings.maxRequestBytes()) {
            throw Body.tooLarge(settings.maxRequestBytes());
        }
        phase = Phase.BODY;
        int limit = settings.maxRequestBytes();
        body = new Body(head.chunked() ? limit : (int) head.contentLength(), limit, budget);
        bodyReader = head.chunked() ? new ChunkedBody(body) : new FixedBody(head.contentLength(), body);
        if (!bodyReader.ended()) {
            within(settings.bodyTimeoutMillis());
            if (head.expectsContinue() && input.isEmpty()) {
                wire.send(CONTINUE);
            }
        }
    }

    private Whole whole() {
        String coding = head.value("content-encoding");
        boolean gzip = coding != null && RequestRules.isGzip(coding) && body.size() > 0;
        if (gzip && head.takesBody()) {
            body = body.gunzipped();
        }
        if (!head.takesBody()) {
            dropBody();
            body = new Body(0, 0, budget);
        }
        Whole request = new Whole(head.rewritten(body.size(), gzip), body.bytes(), body.size());
        cancelDeadline();
        phase = Phase.ANSWERING;
        head = null;
        bodyReader = null;
        client = new Client(this);
        wire.showFull(false);
        return request;
    }

    private void within(long millis) {
        cancelDeadline();
        long number = deadlines;
        deadline = wire.schedule(() -> expired(number), millis);
    }

    private void cancelDeadline() {
        deadlines++;
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private synchronized void expired(long number) {
        if (number != deadlines) {
            return; // It was cancelled when it had begun to run.
        }
        switch (phase) {
            case HEAD -> refuse(Refusals.invalid(408, "the request's headers took too long", "request_timeout"));
            case BODY -> refuse(Refusals.invalid(408, "the request's body took too long", "request_timeout"));
            case IDLE, REFUSED -> wire.close();
            case SENDING -> {
                int before = unsentBytes;
                unsentBytes = wire.unsentBytes();
                if (unsentBytes < before) {
                    within(settings.stallMillis());
                } else {
                    wire.close();
                }
            }
            default -> {
                // Answering takes as long as it takes.
            }
        }
    }
}
