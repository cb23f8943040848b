package dev.tokamak.server;

import dev.tokamak.api.EngineProvider;
import dev.tokamak.engine.EngineHolder;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.ServiceLoader;
import java.util.logging.Logger;

/**
 * Starts and stops what the resources share.
 *
 * <p>Under {@code bin/tokamak} the engine is in {@link EngineHolder} before the first request. On a server that was started
 * otherwise (a stock Payara Micro with {@code --addlibs}) the first deployment opens it, from {@code tokamak.*} system
 * properties; it stays when the application is deployed again.
 *
 * <p>When the application stops, new requests are refused with 503, running ones may go on for a while, and the rest is aborted.
 */
public final class ServerLifecycle implements ServletContextListener {
    private static final Logger LOG = Logger.getLogger(ServerLifecycle.class.getName());

    private Server server;

    /** Made by the container. */
    public ServerLifecycle() {}

    @Override
    public void contextInitialized(ServletContextEvent event) {
        if (EngineHolder.get().isEmpty() && ServerSettings.text("model") != null) {
            openEngine();
        }
        ServerSettings settings = ServerSettings.fromEnvironment();
        server = new Server(settings, ServingSettings.fromEnvironment());
        event.getServletContext().setAttribute(Server.class.getName(), server);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (server != null) {
            server.stop();
        }
    }

    private static synchronized void openEngine() {
        if (EngineHolder.get().isPresent()) {
            return;
        }
        ClassLoader loader = EngineProvider.class.getClassLoader();
        EngineProvider provider = ServiceLoader.load(EngineProvider.class, loader)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no engine is on the server's class path: pass Tokamak's jars with --addlibs"));
        EngineHolder.set(provider.open(EngineSettings.fromEnvironment()));
        LOG.info("opened the engine from tokamak.* settings");
    }

    static Server server(ServletContext context) {
        return (Server) context.getAttribute(Server.class.getName());
    }
}
