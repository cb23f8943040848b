package dev.tokamak.gate;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What a Payara that somebody else started is asked for. Its own classes are called by name, since they are published nowhere to
 * compile against.
 */
public final class Payara {
    private static final Logger LOG = Logger.getLogger(Payara.class.getName());
    private static final String BEFORE_SHUTDOWN = "prepare_shutdown";

    private Payara() {}

    /** A service from its registry. */
    static Object service(Class<?> type) throws ReflectiveOperationException {
        return ask("getService", type);
    }

    /** All services of a type from its registry. */
    static List<?> services(Class<?> type) throws ReflectiveOperationException {
        return (List<?>) ask("getAllServices", type);
    }

    /** The service of a type and name that it would take, or null. */
    static Object service(Class<?> type, String name) throws ReflectiveOperationException {
        return registryType()
                .getMethod("getService", Class.class, String.class, Annotation[].class)
                .invoke(registry(), type, name, new Annotation[0]);
    }

    /** Adds a service to its registry, which goes before all of lower ranks. */
    static void register(Object service, Class<?> type, String name, int rank) throws ReflectiveOperationException {
        Object descriptor = Class.forName("org.glassfish.hk2.utilities.BuilderHelper")
                .getMethod("createConstantDescriptor", Object.class, String.class, Type[].class)
                .invoke(null, service, name, new Type[] {type});
        Class<?> descriptorType = Class.forName("org.glassfish.hk2.api.Descriptor");
        descriptorType.getMethod("setRanking", int.class).invoke(descriptor, rank);
        Class.forName("org.glassfish.hk2.utilities.ServiceLocatorUtilities")
                .getMethod("addOneDescriptor", registryType(), descriptorType)
                .invoke(null, registry(), descriptor);
    }

    private static Object ask(String method, Class<?> type) throws ReflectiveOperationException {
        return registryType()
                .getMethod(method, Class.class, Annotation[].class)
                .invoke(registry(), type, new Annotation[0]);
    }

    private static Class<?> registryType() throws ReflectiveOperationException {
        return Class.forName("org.glassfish.hk2.api.ServiceLocator");
    }

    private static Object registry() throws ReflectiveOperationException {
        return Class.forName("org.glassfish.internal.api.Globals")
                .getMethod("getDefaultHabitat")
                .invoke(null);
    }

    /**
     * Has something done before the server shuts down, while all of it still works.
     *
     * @param action the shutdown waits for it
     * @return forgets the action
     */
    public static Runnable beforeShutdown(Runnable action) {
        try {
            Class<?> eventsType = Class.forName("org.glassfish.api.event.Events");
            Class<?> listenerType = Class.forName("org.glassfish.api.event.EventListener");
            Class<?> eventType = Class.forName("org.glassfish.api.event.EventListener$Event");
            Object events = service(eventsType);
            Object listener = Proxy.newProxyInstance(
                    Payara.class.getClassLoader(), new Class<?>[] {listenerType}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "event" -> {
                                if (eventType
                                        .getMethod("name")
                                        .invoke(arguments[0])
                                        .equals(BEFORE_SHUTDOWN)) {
                                    action.run();
                                }
                                return null;
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            case "equals" -> {
                                return self == arguments[0];
                            }
                            default -> {
                                return "what is done before the server shuts down";
                            }
                        }
                    });
            eventsType.getMethod("register", listenerType).invoke(events, listener);
            return () -> {
                try {
                    eventsType.getMethod("unregister", listenerType).invoke(events, listener);
                } catch (ReflectiveOperationException e) {
                    LOG.log(Level.FINE, "a listener could not be removed", e);
                }
            };
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "requests may lose their connection when the server stops, since it is not Payara 6: " + e);
            return () -> {};
        }
    }
}
