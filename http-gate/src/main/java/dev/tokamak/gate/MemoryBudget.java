package dev.tokamak.gate;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that the bodies of all requests may take together, from their first byte until they are dealt with. */
final class MemoryBudget {
    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Takes some, unless there is too little left. */
    boolean take(long bytes) {
        if (used.addAndGet(bytes) <= limitBytes) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
