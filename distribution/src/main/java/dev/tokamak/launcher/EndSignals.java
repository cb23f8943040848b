package dev.tokamak.launcher;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * The signals that ask the process to end: Ctrl-C and SIGTERM.
 *
 * <p>The JVM's own answer to them begins with hooks that all run at the same time, among them the one that closes the log, and
 * passes over any further signal until they are done. So the first signal is only told, and whoever is told ends the process in
 * an order that makes sense; the second ends it at once.
 *
 * <p>Implementation notes. The JDK has no other way to a signal than {@code sun.misc.Signal}, which its module
 * {@code jdk.unsupported} exports; it is called by reflection, since the compiler's warning about the name cannot be switched
 * off.
 */
final class EndSignals {
    private static final List<String> NAMES = List.of("INT", "TERM");

    private EndSignals() {}

    /**
     * Takes the signals over. Where the JVM does not give them away, as with {@code -Xrs}, it goes on as it was.
     *
     * @param first called with the number of the first signal
     * @param second called with the number of every further one
     */
    static void handle(IntConsumer first, IntConsumer second) {
        AtomicBoolean asked = new AtomicBoolean();
        IntConsumer onSignal = number -> (asked.getAndSet(true) ? second : first).accept(number);
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    EndSignals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" ->
                                onSignal.accept(
                                        (int) signal.getMethod("getNumber").invoke(arguments[0]));
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            case "equals" -> {
                                return self == arguments[0];
                            }
                            default -> {
                                return "the end signals of tokamak";
                            }
                        }
                        return null;
                    });
            for (String name : NAMES) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw new IllegalStateException(e.getCause());
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has no sun.misc.Signal", e);
        }
    }
}
