package dev.tokamak.server;

import dev.tokamak.engine.EngineHolder;
import dev.tokamak.engine.ServedModel;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.gate.OpenListeners;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Logger;

/**
 * Starts and stops what the resources share.
 *
 * <p>Under {@code bin/tokamak} the engine is in {@link EngineHolder} before the first request. On a server that was started
 * otherwise (a stock Payara Micro with {@code --addlibs}) the first deployment opens it, from {@code tokamak.*} system
 * properties; it stays when the application is deployed again.
 *
 * <p>Before the server stops, and when the application does, new requests are refused with 503, running ones may go on for a
 * while, and the rest is ended with an error.
 */
public final class ServerLifecycle implements ServletContextListener {
    private static final Logger LOG = Logger.getLogger(ServerLifecycle.class.getName());

    private Server server;

    /** Made by the container. */
    public ServerLifecycle() {}

    @Override
    public void contextInitialized(ServletContextEvent event) {
        OpenListeners.guard();
        if (ServerSettings.text("model") != null) {
            openEngineOnce();
        }
        server = new Server(ServerSettings.fromEnvironment());
        event.getServletContext().setAttribute(Server.class.getName(), server);
        EngineHolder.beforeStop(server::stop);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (server != null) {
            EngineHolder.beforeStop(null);
            server.stop();
        }
    }

    /** The engine outlives this application: a native library can be loaded by one class loader only. */
    private static void openEngineOnce() {
        synchronized (EngineHolder.class) {
            if (!EngineHolder.engine().isDone()) {
                ServedModel engine = TokamakEngine.open(EngineSettings.fromEnvironment());
                EngineHolder.set(CompletableFuture.completedFuture(engine));
                LOG.info("serving " + engine.model().names().get(0));
            }
        }
    }

    static Server server(ServletContext context) {
        return (Server) context.getAttribute(Server.class.getName());
    }
}
