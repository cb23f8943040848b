package dev.tokamak.gate;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.glassfish.grizzly.Transport;
import org.glassfish.grizzly.filterchain.Filter;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.http.server.AddOn;

/**
 * The HTTP listeners of a Payara that does not know {@link GateAddOn}: it reads its registry before it adds the jars of
 * {@code --addlibs}. Those that are open get the gate when the application is deployed, for all connections from then on, and those
 * that open later get it as others do.
 */
public final class OpenListeners {
    private static final Logger LOG = Logger.getLogger(OpenListeners.class.getName());

    private OpenListeners() {}

    /** Puts the gate into those that have none, and will. */
    public static void guard() {
        try {
            if (!(Payara.service(AddOn.class, GateAddOn.NAME) instanceof GateAddOn)) {
                Payara.register(new GateAddOn(), AddOn.class, GateAddOn.NAME, GateAddOn.RANK);
            }
            for (Object listener : Payara.services(listenerType())) {
                Transport transport = transport(listener);
                if (transport != null) {
                    guard(transport);
                }
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "requests reach the application without the gate's limits, since this server's HTTP layer is not Payara 6's: "
                            + e);
        }
    }

    /**
     * Whether a listener that was opened is open: where another program has its port, Payara goes on without it and says nothing.
     *
     * @param name of the listener in Payara's configuration
     * @return false if nobody can connect to it
     */
    public static boolean isOpen(String name) {
        try {
            for (Object listener : Payara.services(listenerType())) {
                if (name.equals(listenerType().getMethod("getName").invoke(listener))) {
                    Transport transport = transport(listener);
                    return transport != null && !transport.isStopped();
                }
            }
            return false;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this server's HTTP layer is not Payara 6's", e);
        }
    }

    /** What a listener's clients connect to, or null where there is nothing. */
    private static Transport transport(Object listener) throws ReflectiveOperationException {
        Class<?> serviceType = Class.forName("com.sun.enterprise.v3.services.impl.GrizzlyService");
        Object proxy = serviceType
                .getMethod("lookupNetworkProxy", listenerType())
                .invoke(Payara.service(serviceType), listener);
        if (proxy == null) {
            return null;
        }
        Object opened = proxy.getClass().getMethod("getUnderlyingListener").invoke(proxy);
        return (Transport) opened.getClass().getMethod("getTransport").invoke(opened);
    }

    private static Class<?> listenerType() throws ClassNotFoundException {
        return Class.forName("org.glassfish.grizzly.config.dom.NetworkListener");
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
