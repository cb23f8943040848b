package dev.tokamak.launcher;

import fish.payara.micro.boot.PayaraMicroBoot;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * One Payara Micro in this process, started from unpacked jars on the class path.
 *
 * <p>That is the fastest of the ways Payara offers: nothing is unpacked at start, and class-data sharing works, since all
 * classes come from the application class loader. Hazelcast, clustering and the usage report stay off. The HTTP listener is
 * closed while the server boots and opened by {@link #open()}: whoever can connect gets an answer from a ready engine.
 *
 * <p>Payara installs a shutdown hook of its own which stops the application first; the WAR drains its requests there.
 */
final class PayaraMicroServer {
    /** Only one of the two flags against Hazelcast may be given: --nocluster would win and start it after all. */
    private static final List<String> FLAGS = List.of("--nohazelcast", "--disablephonehome");

    private static final String LISTENER =
            "configs.config.server-config.network-config.network-listeners.network-listener.http-listener.";
    private static final String HTTP = "configs.config.server-config.network-config.protocols.protocol.http-listener.http.";

    private final PayaraMicroBoot payara;

    private PayaraMicroServer(PayaraMicroBoot payara) {
        this.payara = payara;
    }

    /** Boots Payara Micro with the WAR deployed at {@code /}; its port is still closed when this returns. */
    static PayaraMicroServer boot(Installation installation, ServerAddress address) throws IOException {
        Path bootJar = installation.payaraBootJar();
        System.setProperty("fish.payara.micro.BootJar", bootJar.toUri().toString());
        System.setProperty("fish.payara.micro.UnpackDir", bootJar.getParent().toString());
        Path logging = resourceAsFile("logging.properties");
        System.setProperty("java.util.logging.config.file", logging.toString());
        Path commands = Files.createTempFile("tokamak-preboot-", ".txt");
        Files.writeString(
                commands,
                "set " + LISTENER + "enabled=false\n"
                        + "set " + LISTENER + "address=" + address.host() + "\n"
                        + "set " + HTTP + "max-connections=-1\n");
        try {
            return new PayaraMicroServer(create(new String[] {
                FLAGS.get(0),
                FLAGS.get(1),
                "--prebootcommandfile",
                commands.toString(),
                "--port",
                Integer.toString(address.port()),
                "--deploy",
                installation.war().toString()
            }));
        } finally {
            Files.deleteIfExists(commands);
            Files.deleteIfExists(logging);
        }
    }

    /** Opens the port. */
    void open() {
        payara.getRuntime().run("set", LISTENER + "enabled=true");
    }

    /** What {@code java -jar payara-micro.jar} calls after it has set up its class loader, which we do not need. */
    private static PayaraMicroBoot create(String[] arguments) throws IOException {
        try {
            return (PayaraMicroBoot) Class.forName("fish.payara.micro.impl.PayaraMicroImpl")
                    .getMethod("create", String[].class)
                    .invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw new IOException("Payara Micro did not start: " + e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Payara Micro's jars are not on the class path; start with bin/tokamak", e);
        }
    }

    private static Path resourceAsFile(String name) throws IOException {
        Path file = Files.createTempFile("tokamak-", "-" + name);
        try (InputStream content = PayaraMicroServer.class.getResourceAsStream(name)) {
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /** The address under which clients on this machine reach the server. */
    static URI url(ServerAddress address) {
        String host = address.host().equals("0.0.0.0") ? "127.0.0.1" : address.host();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.port());
    }
}
