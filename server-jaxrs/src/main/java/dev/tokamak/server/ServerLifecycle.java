package dev.tokamak.server;

import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.EngineHolder;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.gate.Application;
import dev.tokamak.gate.LogLimit;
import dev.tokamak.gate.OpenListeners;
import dev.tokamak.gate.Payara;
import dev.tokamak.protocol.openai.OpenAiProtocol;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
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
    private Runnable forgetShutdown;

    /** Made by the container. */
    public ServerLifecycle() {}

    @Override
    public void contextInitialized(ServletContextEvent event) {
        loadClasses(event.getServletContext());
        LogLimit.guard();
        OpenListeners.guard();
        openEngineOnce();
        server = new Server(ServerSettings.fromEnvironment());
        event.getServletContext().setAttribute(Server.class.getName(), server);
        EngineHolder.beforeStop(server::stop);
        forgetShutdown = Payara.beforeShutdown(EngineHolder::prepareStop);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (server != null) {
            Application.undeployed();
            forgetShutdown.run();
            EngineHolder.beforeStop(null);
            server.stop();
        }
    }

    /** Loads all classes now: a Payara that is told to end deletes its files while the last requests need more of them. */
    private static void loadClasses(ServletContext context) {
        String classes = "/WEB-INF/classes/";
        Set<String> files = context.getResourcePaths(
                classes + ServerLifecycle.class.getPackageName().replace('.', '/') + "/");
        for (String file : files == null ? Set.<String>of() : files) {
            if (file.endsWith(".class")) {
                String name = file.substring(classes.length(), file.length() - ".class".length())
                        .replace('/', '.');
                try {
                    Class.forName(name, false, ServerLifecycle.class.getClassLoader());
                } catch (ClassNotFoundException e) {
                    throw new IllegalStateException("the application has a file of no class: " + file, e);
                }
            }
        }
    }

    /**
     * Opens the engine, unless somebody else does or one is there already: it outlives this application, since a native library
     * can be loaded by one class loader only. What keeps it from starting is one line in the log, and what clients are told.
     */
    private static void openEngineOnce() {
        synchronized (EngineHolder.class) {
            if (EngineHolder.isSet() && !EngineHolder.engine().isCompletedExceptionally()) {
                return;
            }
            try {
                OpenAiProtocol.findJson(); // Its providers are among the files that such a server deletes early.
                TokamakEngine engine = TokamakEngine.open(EngineSettings.fromEnvironment());
                checkParsers(engine);
                EngineHolder.set(CompletableFuture.completedFuture(engine));
                LOG.info("serving " + engine.model().names().get(0));
            } catch (TokamakException e) {
                EngineHolder.set(CompletableFuture.failedFuture(e));
                LOG.severe("no model is served: " + e.getMessage());
            } catch (RuntimeException | LinkageError e) {
                EngineHolder.set(CompletableFuture.failedFuture(e));
                LOG.log(Level.SEVERE, "no model is served", e);
            }
        }
    }

    private static void checkParsers(TokamakEngine engine) {
        try {
            Protocols.of(engine);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    static Server server(ServletContext context) {
        return (Server) context.getAttribute(Server.class.getName());
    }
}
