package dev.tokamak.launcher;

import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * Lets through what Tokamak reports and everyone's warnings, not the server's own progress: Payara sets some of its loggers to
 * INFO while it runs. Public because {@code java.util.logging} makes it by name.
 */
public final class ServerProgressFilter implements Filter {

    /** Made by the log manager. */
    public ServerProgressFilter() {}

    @Override
    public boolean isLoggable(LogRecord record) {
        String logger = record.getLoggerName();
        return record.getLevel().intValue() >= Level.WARNING.intValue()
                || (logger != null && logger.startsWith("dev.tokamak"));
    }
}
