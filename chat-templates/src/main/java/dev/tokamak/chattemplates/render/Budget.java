package dev.tokamak.chattemplates.render;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Counts what one rendering has spent and refuses to go over its {@link Limits}. Used by one thread. */
public final class Budget {
    private static final int STEPS_BETWEEN_CHECKS = 1 << 14;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Limits limits;
    private final long startNanos = nanos();
    private long steps;
    private long nextCheck = STEPS_BETWEEN_CHECKS;
    private long totalChars;
    private int callDepth;

    public Budget(Limits limits) {
        this.limits = limits;
    }

    public void step() {
        steps(1);
    }

    public void steps(long count) {
        steps += count;
        if (steps >= nextCheck) {
            check();
        }
    }

    private void check() {
        if (steps > limits.steps()) {
            throw TemplateError.limit("the template took more than " + limits.steps() + " steps");
        }
        if (nanos() - startNanos > limits.millis() * 1_000_000) {
            throw TemplateError.limit("the template ran for more than " + limits.millis() + " ms");
        }
        nextCheck = steps + STEPS_BETWEEN_CHECKS;
    }

    /** What this thread has worked, so that a busy machine refuses nothing. */
    private static long nanos() {
        long worked = THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : -1;
        return worked >= 0 ? worked : System.nanoTime();
    }

    /** To be called before a text of this length is made. */
    public void text(long chars) {
        if (chars > limits.textChars()) {
            throw TemplateError.limit("the template makes a text of more than " + limits.textChars() + " characters");
        }
        made(chars);
    }

    /** To be called before a list of this many elements is made. */
    public void elements(long count) {
        atMost(count);
        made(Limits.CHARS_PER_ELEMENT * count);
    }

    /** A list grew by these elements to the given number. */
    public void grownList(int count, long size) {
        atMost(size);
        made(Limits.CHARS_PER_ELEMENT * (long) count);
    }

    private void atMost(long elements) {
        long most = limits.textChars() / Limits.CHARS_PER_ELEMENT;
        if (elements > most) {
            throw TemplateError.limit("the template makes a list of more than " + most + " elements");
        }
    }

    /** A text grew by these characters to the given length. */
    public void grown(int chars, int length) {
        if (length > limits.textChars()) {
            throw TemplateError.limit("the template makes a text of more than " + limits.textChars() + " characters");
        }
        made(chars);
    }

    private void made(long chars) {
        totalChars += chars;
        if (totalChars > limits.totalChars()) {
            throw TemplateError.limit(
                    "the template makes more than " + limits.totalChars() + " characters of text and lists in all");
        }
        steps((chars >> 6) + 1);
    }

    public void enterCall() {
        if (++callDepth > limits.callDepth()) {
            throw TemplateError.limit(
                    "the template nests more than " + limits.callDepth() + " calls (recursion depth)");
        }
    }

    public void leaveCall() {
        callDepth--;
    }
}
