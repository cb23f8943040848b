package dev.tokamak.launcher;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.engine.EngineHolder;
import dev.tokamak.engine.ServedModel;
import dev.tokamak.engine.TokamakEngine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tokamak serve}: the engine and Payara Micro in one process.
 *
 * <p>Natives and weights load on a thread of their own while Payara boots. The port opens when both are ready. If the model
 * cannot be loaded, one line says why and the process ends with exit code 1 before the port was ever open.
 *
 * <p>Once it is ready, the first Ctrl-C or SIGTERM stops it in order, and the exit code is 0; a second one, or one before it is
 * ready, ends it at once.
 */
@Command(
        name = "serve",
        description = "Serve a model over HTTP, compatible with OpenAI's API.",
        mixinStandardHelpOptions = true,
        versionProvider = TokamakCommand.Version.class,
        sortOptions = false)
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private EngineOptions engineOptions;

    @Mixin
    private ChatOptions chatOptions;

    @Mixin
    private ConnectionOptions connectionOptions;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen on; 0.0.0.0 for all. Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8000",
            description = "Port to listen on; 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--exit-when-ready", hidden = true)
    private boolean exitWhenReady;

    @Spec
    private CommandSpec spec;

    private volatile boolean ready;

    @Override
    public Integer call() throws IOException, InterruptedException {
        long start = System.nanoTime();
        PrintWriter out = spec.commandLine().getOut();
        Installation installation = Installation.current();
        chatOptions.publish();
        EngineConfig config =
                engineOptions.toConfig(installation, chatOptions.chatTemplate(), chatOptions.extraPlugins());
        ServerAddress address = ServerAddress.of(host, port);
        connectionOptions.publish(address);
        out.println("Tokamak " + TokamakCommand.Version.number() + " on Java "
                + Runtime.version().feature() + ", " + Runtime.getRuntime().availableProcessors()
                + " processors: loading " + config.model());
        out.flush();

        Path work = WorkFolder.create();
        AbruptEnd end = new AbruptEnd(spec.commandLine().getErr(), () -> FileTree.delete(work));
        CountDownLatch asked = new CountDownLatch(1);
        EndSignals.handle(
                signal -> {
                    if (ready) {
                        asked.countDown();
                    } else {
                        end.with(128 + signal);
                    }
                },
                signal -> end.with(128 + signal));
        EngineStart engineStart = new EngineStart(config, chatOptions, end::because);
        engineStart.start();
        PayaraMicroServer server;
        long serverReady;
        ServedModel engine;
        try {
            server = PayaraMicroServer.boot(installation, address, work);
            serverReady = System.nanoTime();
            engine = engineStart.await();
            server.open();
        } catch (Throwable failure) {
            end.because(failure);
            throw failure;
        }
        ready = true;

        String name = engine.model().names().get(0);
        if (exitWhenReady) {
            SelfTest.run(PayaraMicroServer.url(address), name);
        } else {
            announce(out, name, address, start, serverReady, engineStart.seconds());
            asked.await();
        }
        server.stop();
        FileTree.delete(work);
        return 0;
    }

    private static void announce(
            PrintWriter out, String name, ServerAddress address, long start, long serverReady, double modelSeconds) {
        out.printf(
                "%s is ready at %s after %.1f s (model %.1f s, server %.1f s beside it)%n%n",
                name,
                PayaraMicroServer.url(address),
                (System.nanoTime() - start) / 1e9,
                modelSeconds,
                (serverReady - start) / 1e9);
        out.printf(
                "  curl %s/v1/chat/completions -H 'Content-Type: application/json' \\%n"
                        + "       -d '{\"model\": \"%s\", \"messages\": [{\"role\": \"user\","
                        + " \"content\": \"What is 12 + 30?\"}]}'%n%n"
                        + "Ctrl-C stops it.%n",
                PayaraMicroServer.url(address), name);
        out.flush();
    }

    /** Loads the engine on a thread of its own and publishes it for the WAR. */
    private static final class EngineStart extends Thread {
        private final EngineConfig config;
        private final ChatOptions chatOptions;
        private final Consumer<Throwable> onFailure;
        private final CompletableFuture<ServedModel> loaded = new CompletableFuture<>();
        private volatile long nanos;

        EngineStart(EngineConfig config, ChatOptions chatOptions, Consumer<Throwable> onFailure) {
            super("engine-start");
            setDaemon(true);
            EngineHolder.set(loaded);
            this.config = config;
            this.chatOptions = chatOptions;
            this.onFailure = onFailure;
        }

        @Override
        public void run() {
            long start = System.nanoTime();
            try {
                ServedModel engine = TokamakEngine.open(config);
                chatOptions.check(engine.plugins());
                nanos = System.nanoTime() - start;
                loaded.complete(engine);
            } catch (Throwable failure) {
                onFailure.accept(failure);
            }
        }

        ServedModel await() {
            return loaded.join();
        }

        double seconds() {
            return nanos / 1e9;
        }
    }
}
