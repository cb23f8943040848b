package dev.tokamak.server;

import dev.tokamak.protocol.ProtocolException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The one line that an operator sees of a request that failed through no fault of its client's. */
final class FailureLog {
    private static final Logger LOG = Logger.getLogger(FailureLog.class.getName());

    private FailureLog() {}

    /**
     * Logs what a client is told by status 500; the others say all there is to say. The stack trace is at level {@code FINE}.
     *
     * @param what which request
     * @param error what its client is told
     */
    static void failed(String what, ProtocolException error) {
        if (error.status() != 500) {
            return;
        }
        LOG.severe(() -> what + " failed: " + causes(error));
        LOG.log(Level.FINE, "the failure's stack trace", error);
    }

    private static String causes(ProtocolException error) {
        if (error.getCause() == null) {
            return error.getMessage();
        }
        StringBuilder text = new StringBuilder();
        Throwable deepest = error;
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            String line = cause.toString().replaceAll("\\s*[\\r\\n]+\\s*", " ");
            if (text.indexOf(line) < 0) {
                text.append(text.length() == 0 ? "" : ", caused by ").append(line);
            }
            deepest = cause;
        }
        StackTraceElement[] trace = deepest.getStackTrace();
        return trace.length == 0 ? text.toString() : text + " at " + place(trace[0]);
    }

    /** As in a stack trace, but without the class loader. */
    private static String place(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
                + frame.getLineNumber() + ")";
    }
}
