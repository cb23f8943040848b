package dev.tokamak.server;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that make requests ready for the engine: parsing, templates, tokens, grammars. That takes time, and may wait for others that are being
 * made ready, so it is not done by the container's own threads: however many requests come, those are free for {@code /health} and
 * {@code /metrics}. What waits here is bounded by the memory of bodies.
 */
final class PreparingThreads implements Executor {
    /** Many, since some wait for a grammar's compilation, and well below the container's two hundred. */
    static final int THREADS = 64;

    private final ThreadPoolExecutor threads;

    PreparingThreads() {
        threads = new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "request-preparing");
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }
}
