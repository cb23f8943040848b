package dev.tokamak.server;

import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.ProtocolException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The requests that are being answered, so that a stopping server can let them finish and then end the rest. */
final class OpenRequests {
    private final Set<Call> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();
    private final AtomicBoolean refusing = new AtomicBoolean();

    /**
     * Counts a request in.
     *
     * @throws ProtocolException 503 if the server is stopping
     */
    void enter(Call request) {
        open.add(request);
        if (refusing()) {
            leave(request);
            throw stopping();
        }
    }

    /** What a client is told that comes when the server stops. */
    static ProtocolException stopping() {
        return new ProtocolException(
                503,
                "the server is stopping; send the request to another one",
                "service_unavailable_error",
                null,
                "stopping");
    }

    /** Counts a request out. Idempotent. */
    void leave(Call request) {
        if (open.remove(request) && refusing() && open.isEmpty()) {
            lock.lock();
            try {
                empty.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Refuses new requests from now on; returns whether they were taken until now. */
    boolean refuse() {
        return refusing.compareAndSet(false, true);
    }

    boolean refusing() {
        return refusing.get();
    }

    /** Waits until the open requests have ended, but not longer than the given time; new ones have to be refused before. */
    boolean await(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while (!open.isEmpty() && left > 0) {
                left = empty.awaitNanos(left);
            }
            return open.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Ends what is still open, and tells its clients why. */
    void abortAll() {
        ProtocolException reason = new ProtocolException(
                503,
                "the server stopped before the answer was complete; send the request to another one",
                "service_unavailable_error",
                null,
                "stopping");
        open.forEach(call -> call.abort(reason));
    }

    int count() {
        return open.size();
    }
}
