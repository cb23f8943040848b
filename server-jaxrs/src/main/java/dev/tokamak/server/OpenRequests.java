package dev.tokamak.server;

import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.ProtocolException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The requests that are being answered, so that a stopping server can let them finish and then end the rest. */
final class OpenRequests {
    private final Set<Call> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();
    private volatile boolean draining;

    /**
     * Counts a request in.
     *
     * @throws ProtocolException 503 if the server is stopping
     */
    void enter(Call request) {
        open.add(request);
        if (draining) {
            leave(request);
            throw new ProtocolException(
                    503,
                    "the server is stopping; send the request to another one",
                    "service_unavailable_error",
                    null,
                    "stopping");
        }
    }

    /** Counts a request out. Idempotent. */
    void leave(Call request) {
        if (open.remove(request) && draining && open.isEmpty()) {
            lock.lock();
            try {
                empty.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Refuses new requests and waits until the open ones have ended, but not longer than the given time. */
    boolean drain(long millis) throws InterruptedException {
        draining = true;
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

    /** Aborts what is still open. */
    void closeAll() {
        open.forEach(Call::close);
    }

    int count() {
        return open.size();
    }
}
