package dev.tokamak.engine.plugin;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Runs the code of plugins that are being loaded, so that one that loops or blocks holds up nothing but its own thread. That
 * thread is left behind, since nothing ends it for certain; the next plugin gets a new one. Used by one thread.
 */
final class LoadingThread {
    private final Duration patience;
    private volatile Thread thread;
    private ExecutorService executor;

    LoadingThread(Duration patience) {
        this.patience = patience;
        begin();
    }

    private void begin() {
        executor = Executors.newSingleThreadExecutor(work -> {
            thread = new Thread(work, "tokamak-plugin-loader");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Work that took longer than it may. */
    static final class TooSlow extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final long seconds;
        private final String where;

        private TooSlow(long seconds, String where) {
            this.seconds = seconds;
            this.where = where;
        }

        long seconds() {
            return seconds;
        }

        /** The line of its code that it was at. */
        String where() {
            return where;
        }
    }

    /**
     * Runs work and passes on what it returns or throws.
     *
     * @throws TooSlow if it does not end in time
     */
    <T> T call(Supplier<T> work) {
        Future<T> result = executor.submit(work::get);
        try {
            return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (TimeoutException e) {
            throw leave();
        } catch (InterruptedException e) {
            leave();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the thread was interrupted while it loaded plugins", e);
        }
    }

    private TooSlow leave() {
        // The plugin's own line, in what the JDK was asked to do by it.
        String where = Stream.of(thread.getStackTrace())
                .filter(frame -> frame.getModuleName() == null)
                .findFirst()
                .map(StackTraceElement::toString)
                .orElse("its end");
        executor.shutdownNow();
        begin();
        return new TooSlow(patience.toSeconds(), where);
    }

    void end() {
        executor.shutdown();
    }
}
