package dev.tokamak.launcher;

import dev.tokamak.api.TokamakException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/**
 * The end of a process whose threads are still at work: an orderly exit would wait for a server that is booting.
 *
 * <p>What is said last is why the process ends. The server goes on booting until the process is gone, without the files that are
 * cleared away meanwhile; so nothing is printed from then on, and whoever fails, or wants the process to end, comes too late and waits.
 */
final class AbruptEnd {
    private final PrintWriter err;
    private final Runnable clearAway;

    /**
     * An end that may come.
     *
     * @param err where the reason is printed
     * @param clearAway deletes what may not stay behind
     */
    AbruptEnd(PrintWriter err, Runnable clearAway) {
        this.err = err;
        this.clearAway = clearAway;
    }

    /** Says in one line why the process ends, and ends it with exit code 1. What nobody foresaw has its stack trace below. */
    synchronized void because(Throwable failure) {
        if (failure instanceof TokamakException) {
            err.println("tokamak: " + failure.getMessage());
        } else {
            err.println("tokamak: the start failed: " + failure);
            failure.printStackTrace(err);
        }
        err.flush();
        with(1);
    }

    /** Ends the process. */
    synchronized void with(int exitCode) {
        mute();
        clearAway.run();
        Runtime.getRuntime().halt(exitCode);
    }

    /** For native code and for loggers that took the streams long ago, too: the JDK points both descriptors at /dev/null. */
    private static void mute() {
        for (FileDescriptor stream : List.of(FileDescriptor.out, FileDescriptor.err)) {
            try {
                new FileOutputStream(stream).close();
            } catch (IOException e) {
                // Then it was closed before.
            }
        }
    }
}
