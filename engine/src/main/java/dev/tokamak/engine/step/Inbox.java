package dev.tokamak.engine.step;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Commands for the engine thread. Any thread puts them in; the engine thread takes them all at once, between steps, and sleeps
 * here when there is nothing to do.
 *
 * <p><b>Implementation notes.</b> Two lists under a lock that is held for one append or one swap. {@code waiting} lets the engine
 * thread see without the lock that there is nothing, which is so in nearly every step.
 */
final class Inbox {
    private final Object lock = new Object();
    private List<Runnable> filling = new ArrayList<>();
    private List<Runnable> draining = new ArrayList<>();
    private volatile int waiting;
    private volatile Thread sleeper;

    void put(Runnable command) {
        synchronized (lock) {
            filling.add(command);
            waiting = filling.size();
        }
        Thread thread = sleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** How many commands were put in and not taken. */
    int size() {
        return waiting;
    }

    /** Engine thread: runs all commands that are here. */
    void drain() {
        if (waiting == 0) {
            return;
        }
        synchronized (lock) {
            List<Runnable> full = filling;
            filling = draining;
            draining = full;
            waiting = 0;
        }
        for (int i = 0; i < draining.size(); i++) {
            draining.get(i).run();
        }
        draining.clear();
    }

    /** Engine thread: sleeps until there is a command. */
    void await() {
        sleeper = Thread.currentThread();
        while (waiting == 0) {
            LockSupport.park(this);
        }
        sleeper = null;
    }
}
