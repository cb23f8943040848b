package dev.tokamak.tokenizers;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Gives freed native memory back to the system. Thread-safe.
 *
 * <p>Implementation notes. The C library keeps what is freed in the arena of the thread that took it, for ever if it lies below
 * something that is still in use: a few long texts leave gigabytes behind. The JVM can tell it to return them
 * ({@code System.trim_native_heap}, on Linux from 17.0.9 on); where it cannot, they stay. It takes milliseconds, so it is done after much text,
 * and short texts do not count: what they need is used again at once.
 */
final class NativeHeap {
    private static final int LONG_TEXT = 1 << 13;
    private static final long TRIM_EVERY = 1 << 20;

    private final AtomicLong characters = new AtomicLong();

    /** Says that memory for so many characters has been freed. */
    void freed(int length) {
        if (length < LONG_TEXT) {
            return;
        }
        long now = characters.addAndGet(length);
        if (now / TRIM_EVERY != (now - length) / TRIM_EVERY) {
            trim();
        }
    }

    private static void trim() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
        } catch (JMException | RuntimeException e) {
            System.getLogger(NativeHeap.class.getName())
                    .log(System.Logger.Level.DEBUG, "this JVM cannot return native memory", e);
        }
    }
}
