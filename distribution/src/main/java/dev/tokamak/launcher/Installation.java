package dev.tokamak.launcher;

import dev.tokamak.api.TokamakException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the parts of an installed Tokamak lie: {@code lib/} with the jars and nothing else, {@code war/} with the application,
 * {@code payara/} with Payara Micro, {@code models/} with
 * the embedded model, {@code plugins/} with a folder for each plugin.
 *
 * @param home the folder that holds them
 */
record Installation(Path home) {
    /** The system property by which {@code bin/tokamak} says where home is. */
    static final String HOME_PROPERTY = "tokamak.home";

    /** The folder for plugins, where it is not {@code plugins/} in home. */
    static final String PLUGINS_PROPERTY = "tokamak.plugins";

    static Installation current() {
        String home = System.getProperty(HOME_PROPERTY);
        if (home == null) {
            throw TokamakException.configuration(
                    "the system property " + HOME_PROPERTY + " is not set: start with bin/tokamak, which sets it");
        }
        return new Installation(Path.of(home).toAbsolutePath().normalize());
    }

    Path war() {
        return existing(home.resolve("war/ROOT.war"));
    }

    /** The jar that boots Payara Micro from the jars beside it. */
    Path payaraBootJar() {
        return existing(home.resolve("payara/launch-micro.jar"));
    }

    Path demoModel() {
        return existing(home.resolve("models/tokamak-demo"));
    }

    Optional<Path> plugins() {
        Path folder = Path.of(
                System.getProperty(PLUGINS_PROPERTY, home.resolve("plugins").toString()));
        return Files.isDirectory(folder) ? Optional.of(folder) : Optional.empty();
    }

    private static Path existing(Path path) {
        if (!Files.exists(path)) {
            throw TokamakException.configuration("the installation is incomplete, " + path
                    + " is missing: unpack the distribution again, or delete distribution/target in a source checkout");
        }
        return path;
    }
}
