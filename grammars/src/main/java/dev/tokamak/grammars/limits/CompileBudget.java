package dev.tokamak.grammars.limits;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import java.lang.management.ManagementFactory;

/**
 * What one compilation may still spend, and whether it may pass over words that it does not enforce. Used by the thread that compiles. Every loop whose length a client decides
 * calls {@link #work} or {@link #states}.
 */
public final class CompileBudget {
    /** Nesting of schemas, groups and JSON values: deep enough for people, shallow enough for the stack. */
    static final int MAX_DEPTH = 200;

    private final GrammarLimits limits;
    private final boolean strict;
    private final long deadlineNanos;
    private int states;
    private long edges;
    private long work;

    public CompileBudget(GrammarLimits limits, boolean strict) {
        this.limits = limits;
        this.strict = strict;
        this.deadlineNanos = cpuNanos() + limits.compileMillis() * 1_000_000L;
    }

    public static TokamakException refuse(String message) {
        return new TokamakException(ErrorCode.INVALID_REQUEST, message);
    }

    GrammarLimits limits() {
        return limits;
    }

    /** Whether words of a schema that are not enforced are refused. */
    public boolean strict() {
        return strict;
    }

    /** The thread's own time, so that a busy machine refuses nothing that an idle one takes. */
    private static long cpuNanos() {
        long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        return nanos < 0 ? System.nanoTime() : nanos;
    }

    /** Counts a step of work and looks at the clock now and then. */
    public void work() {
        if ((++work & 0xFFF) == 0) {
            time();
        }
    }

    /** Looks at the clock, before a step that is long by itself. */
    public void time() {
        if (cpuNanos() - deadlineNanos > 0) {
            throw refuse("The grammar took longer to compile than the limit of " + limits.compileMillis()
                    + " ms; make it smaller or simpler");
        }
    }

    public void states(int count) {
        work();
        states += count;
        if (states > limits.states()) {
            throw refuse("The grammar expands to more than the limit of " + limits.states()
                    + " states; lower its repetition bounds, lengths or item counts");
        }
    }

    public void edge() {
        work();
        if (++edges > 8L * limits.states()) {
            throw refuse("The grammar expands to more than the limit of " + 8L * limits.states()
                    + " moves; lower its repetition bounds, lengths or item counts");
        }
    }

    public void depth(int depth) {
        if (depth > MAX_DEPTH) {
            throw refuse("The grammar nests deeper than the limit of " + MAX_DEPTH + " levels");
        }
    }
}
