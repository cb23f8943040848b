package dev.tokamak.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The few threads that write all answers, and the heartbeat of the streams that are open. Without open streams nothing runs.
 *
 * <p>A writer never waits for a client, so there are about as many of them as processors, whatever the number of streams.
 */
final class SseWriters implements Executor, AutoCloseable {
    private final ThreadPoolExecutor threads;
    private final ScheduledExecutorService timer;
    private final ThreadLocal<WriteBuffer> buffers = ThreadLocal.withInitial(WriteBuffer::new);
    private final Set<SseResponse> open = ConcurrentHashMap.newKeySet();
    private final long heartbeatNanos;
    private final long stallNanos;
    private ScheduledFuture<?> beat;

    SseWriters(int threadCount, long heartbeatMillis, long stallMillis) {
        threads = new ThreadPoolExecutor(
                threadCount,
                threadCount,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, "sse-writer"));
        threads.allowCoreThreadTimeOut(true);
        ScheduledThreadPoolExecutor scheduler =
                new ScheduledThreadPoolExecutor(1, task -> daemon(task, "sse-heartbeat"));
        scheduler.setRemoveOnCancelPolicy(true);
        timer = scheduler;
        heartbeatNanos = TimeUnit.MILLISECONDS.toNanos(heartbeatMillis);
        stallNanos = TimeUnit.MILLISECONDS.toNanos(stallMillis);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    /** The calling writer thread's own buffer. */
    WriteBuffer buffer() {
        return buffers.get();
    }

    void opened(SseResponse response) {
        open.add(response);
        synchronized (timer) {
            if (beat == null) {
                beat = timer.scheduleWithFixedDelay(
                        this::beat, heartbeatNanos, Math.max(1, heartbeatNanos / 2), TimeUnit.NANOSECONDS);
            }
        }
    }

    void closed(SseResponse response) {
        open.remove(response);
    }

    private void beat() {
        long now = System.nanoTime();
        for (SseResponse response : open) {
            response.heartbeat(now, heartbeatNanos, stallNanos);
        }
        synchronized (timer) {
            if (open.isEmpty() && beat != null) {
                beat.cancel(false);
                beat = null;
            }
        }
    }

    /** Aborts every stream that is open. */
    void abortAll() {
        open.forEach(SseResponse::abort);
    }

    @Override
    public void close() {
        abortAll();
        timer.shutdownNow();
        threads.shutdown();
    }
}
