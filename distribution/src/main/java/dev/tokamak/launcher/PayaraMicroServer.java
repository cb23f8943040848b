package dev.tokamak.launcher;

import dev.tokamak.engine.EngineHolder;
import dev.tokamak.gate.OpenListeners;
import fish.payara.micro.BootstrapException;
import fish.payara.micro.ClusterCommandResult;
import fish.payara.micro.boot.AdminCommandRunner;
import fish.payara.micro.boot.PayaraMicroBoot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One Payara Micro in this process, started from unpacked jars on the class path.
 *
 * <p>That is the fastest of the ways Payara offers: nothing is unpacked at start, and class-data sharing works, since all
 * classes come from the application class loader. Hazelcast, clustering and the usage report stay off; of Payara's two flags for that only
 * {@code --nohazelcast} is given, since {@code --nocluster} wins over it and starts Hazelcast after all. The HTTP listener is
 * closed while the server boots and opened by {@link #open()}: whoever can connect gets an answer from a ready engine.
 *
 * <p>Stopping begins with the requests: the application refuses new ones and lets the others end while all of it still works.
 */
final class PayaraMicroServer {
    private static final String LISTENER =
            "configs.config.server-config.network-config.network-listeners.network-listener.http-listener.";
    private static final String HTTP =
            "configs.config.server-config.network-config.protocols.protocol.http-listener.http.";

    private static final String DEPLOYMENT = "configs.config.server-config.admin-service.das-config.";

    private final PayaraMicroBoot payara;
    private final AdminCommandRunner commands;
    private final ServerAddress address;

    private PayaraMicroServer(PayaraMicroBoot payara, AdminCommandRunner commands, ServerAddress address) {
        this.address = address;
        this.payara = payara;
        this.commands = commands;
    }

    /**
     * Boots Payara Micro with the WAR deployed at {@code /}. Its port is still closed when this returns.
     *
     * @param work an empty folder for what Payara unpacks
     */
    static PayaraMicroServer boot(Installation installation, ServerAddress address, Path work) throws IOException {
        Path bootJar = installation.payaraBootJar();
        System.setProperty("fish.payara.micro.BootJar", bootJar.toUri().toString());
        System.setProperty("fish.payara.micro.UnpackDir", bootJar.getParent().toString());
        System.setProperty("glassfish.embedded.tmpdir", work.toString());
        System.setProperty(
                "java.util.logging.config.file", loggingProperties(work).toString());
        AtomicReference<AdminCommandRunner> commands = new AtomicReference<>();
        PayaraMicroBoot instance;
        try {
            // The class behind java -jar payara-micro.jar, which only adds a class loader that is not needed here.
            Class<?> payara = Class.forName("fish.payara.micro.impl.PayaraMicroImpl");
            instance = (PayaraMicroBoot) payara.getMethod("getInstance").invoke(null);
            instance.setPreBootHandler(runner -> configure(runner, address));
            instance.setPostBootHandler(commands::set);
            payara.getMethod("create", String[].class).invoke(null, (Object) new String[] {
                "--nohazelcast",
                "--disablephonehome",
                "--port",
                Integer.toString(address.port()),
                "--deploy",
                installation.war().toString()
            });
        } catch (InvocationTargetException e) {
            throw new IOException("Payara Micro did not start: " + e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Payara Micro's jars are not on the class path; start with bin/tokamak", e);
        }
        return new PayaraMicroServer(instance, commands.get(), address);
    }

    private static void configure(AdminCommandRunner runner, ServerAddress address) {
        set(runner, LISTENER + "enabled=false");
        set(runner, LISTENER + "address=" + address.host());
        set(runner, HTTP + "max-connections=-1");
        set(runner, HTTP + "server-header=false");
        // So that TRACE is refused by the application, in the words of its other refusals.
        set(runner, HTTP + "trace-enabled=true");
        // Nothing is deployed later, and looking for it every two seconds is work of a server that has none.
        set(runner, DEPLOYMENT + "dynamic-reload-enabled=false");
        set(runner, DEPLOYMENT + "autodeploy-enabled=false");
    }

    /**
     * Opens the port.
     *
     * @throws dev.tokamak.api.TokamakException if another program has taken it since the start
     */
    void open() {
        set(commands, LISTENER + "enabled=true");
        if (!OpenListeners.isOpen("http-listener")) {
            throw address.taken("its port was free when the start began");
        }
    }

    /** Lets the application end its requests, which takes as long as they may, and then stops the server. */
    void stop() {
        EngineHolder.prepareStop();
        set(commands, LISTENER + "enabled=false");
        mute();
        try {
            payara.shutdown();
        } catch (BootstrapException e) {
            throw new IllegalStateException("Payara Micro did not stop: " + e.getMessage(), e);
        }
        // Payara has put the streams back that it found.
        mute();
    }

    /** Some of Payara's parts print what they are when they stop, and its shutdown hook that it comes too late. */
    private static void mute() {
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        System.setErr(System.out);
    }

    private static void set(AdminCommandRunner runner, String setting) {
        ClusterCommandResult result = runner.run("set", setting);
        if (result.getExitStatus() == ClusterCommandResult.ExitStatus.FAILURE) {
            throw new IllegalStateException("Payara Micro refused the setting " + setting + ": " + result.getOutput());
        }
    }

    private static Path loggingProperties(Path work) throws IOException {
        Path file = work.resolve("logging.properties");
        file.toFile().deleteOnExit();
        try (InputStream content = PayaraMicroServer.class.getResourceAsStream("logging.properties")) {
            Files.copy(content, file);
        }
        return file;
    }

    /** The address under which clients on this machine reach the server. */
    static URI url(ServerAddress address) {
        String host = address.host().equals("0.0.0.0") ? "127.0.0.1" : address.host();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.port());
    }
}
