package dev.tokamak.gate;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Bounds what clients can make the server write into its log: of the warnings and errors of one logger and level, the first of
 * each minute are written, and how many more there were at its end. Whoever reports something need not know.
 *
 * <p>Thread-safe.
 */
public final class LogLimit implements Filter {
    static final int LINES = 10;
    static final long WINDOW_SECONDS = 60;

    private final Handler handler;
    private final Filter before;
    private final Executor atEndOfWindow;
    private final Map<String, Window> windows = new ConcurrentHashMap<>();

    /**
     * A limit for one handler.
     *
     * @param handler that writes the numbers of what it was not given
     * @param before filter that it had, or null
     * @param atEndOfWindow runs what is due when a window ends that begins now
     */
    LogLimit(Handler handler, Filter before, Executor atEndOfWindow) {
        this.handler = handler;
        this.before = before;
        this.atEndOfWindow = atEndOfWindow;
    }

    /** Puts a limit before the handlers of the root logger that have none. */
    public static void guard() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            if (!(handler.getFilter() instanceof LogLimit)) {
                handler.setFilter(new LogLimit(
                        handler,
                        handler.getFilter(),
                        CompletableFuture.delayedExecutor(WINDOW_SECONDS, TimeUnit.SECONDS)));
            }
        }
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        if (before != null && !before.isLoggable(record)) {
            return false;
        }
        return record.getLevel().intValue() < Level.WARNING.intValue()
                || record instanceof LeftOut
                || windows.computeIfAbsent(record.getLoggerName() + ' ' + record.getLevel(), kind -> new Window())
                        .admits(record);
    }

    /** What was not written. */
    private static final class LeftOut extends LogRecord {
        private static final long serialVersionUID = 1L;

        LeftOut(LogRecord last, int count) {
            super(last.getLevel(), count + " more were left out in " + WINDOW_SECONDS + " s");
            setLoggerName(last.getLoggerName());
        }
    }

    /** A minute's lines of one logger and level; there is none while nothing is logged. */
    private final class Window {
        private boolean open;
        private int written;
        private int leftOut;
        private LogRecord last;

        synchronized boolean admits(LogRecord record) {
            if (!open) {
                open = true;
                atEndOfWindow.execute(this::end);
            }
            if (written < LINES) {
                written++;
                return true;
            }
            leftOut++;
            last = record;
            return false;
        }

        private void end() {
            LogRecord summary;
            synchronized (this) {
                summary = leftOut == 0 ? null : new LeftOut(last, leftOut);
                open = false;
                written = 0;
                leftOut = 0;
                last = null;
            }
            if (summary != null) {
                handler.publish(summary);
            }
        }
    }
}
