package dev.tokamak.gate;

import java.lang.annotation.Annotation;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.glassfish.grizzly.Transport;
import org.glassfish.grizzly.filterchain.Filter;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;

/**
 * The HTTP listeners that Payara opened without asking {@link GateAddOn}: it reads its registry before it adds the jars of
 * {@code --addlibs}. They get the gate when the application is deployed, for all connections from then on.
 *
 * <p>Payara's own classes are called by name, since they are published nowhere to compile against.
 */
public final class OpenListeners {
    private static final Logger LOG = Logger.getLogger(OpenListeners.class.getName());

    private OpenListeners() {}

    /** Puts the gate into those that have none. */
    public static void guard() {
        try {
            Object registry = Class.forName("org.glassfish.internal.api.Globals")
                    .getMethod("getDefaultHabitat")
                    .invoke(null);
            Class<?> listenerType = Class.forName("org.glassfish.grizzly.config.dom.NetworkListener");
            Class<?> serviceType = Class.forName("com.sun.enterprise.v3.services.impl.GrizzlyService");
            Object service = ask(registry, "getService", serviceType);
            for (Object listener : (List<?>) ask(registry, "getAllServices", listenerType)) {
                Object proxy = serviceType
                        .getMethod("lookupNetworkProxy", listenerType)
                        .invoke(service, listener);
                if (proxy != null) {
                    Object opened =
                            proxy.getClass().getMethod("getUnderlyingListener").invoke(proxy);
                    guard((Transport)
                            opened.getClass().getMethod("getTransport").invoke(opened));
                }
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "requests reach the application without the gate's limits, since this server's HTTP layer is not Payara 6's: "
                            + e);
        }
    }

    private static Object ask(Object registry, String method, Class<?> type) throws ReflectiveOperationException {
        return Class.forName("org.glassfish.hk2.api.ServiceLocator")
                .getMethod(method, Class.class, Annotation[].class)
                .invoke(registry, type, new Annotation[0]);
    }

    private static void guard(Transport transport) {
        if (!(transport.getProcessor() instanceof FilterChain open)
                || open.stream().anyMatch(GateFilter.class::isInstance)) {
            return;
        }
        FilterChainBuilder guarded = FilterChainBuilder.stateless();
        for (Filter filter : open) {
            guarded.add(filter);
        }
        new GateAddOn().setup(null, guarded);
        transport.setProcessor(guarded.build());
    }
}
