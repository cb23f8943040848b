package dev.tokamak.engine.plugin;

import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * A plugin on disk: a folder of jars under {@code plugins/}, or a single jar there.
 *
 * @param name the folder's name, or the jar's without {@code .jar}
 * @param jars in the order of their names
 */
record PluginFolder(String name, List<Path> jars) {
    /** The manifest attribute that names the plugin or provider whose loader is this one's parent. */
    static final String EXTENDS = "Tokamak-Extends";

    /** What is in a plugins folder, in the order of names; nothing if there is no such folder. */
    static List<PluginFolder> in(Path plugins) {
        if (!Files.isDirectory(plugins)) {
            return List.of();
        }
        List<PluginFolder> found = new ArrayList<>();
        for (Path path : sorted(plugins)) {
            at(path).ifPresent(found::add);
        }
        return found;
    }

    /** The plugin that a jar or a folder of jars is; nothing if it is neither. */
    static Optional<PluginFolder> at(Path path) {
        String file = path.getFileName().toString();
        if (Files.isDirectory(path)) {
            return Optional.of(new PluginFolder(
                    file, sorted(path).stream().filter(PluginFolder::isJar).toList()));
        }
        return isJar(path)
                ? Optional.of(new PluginFolder(file.substring(0, file.length() - ".jar".length()), List.of(path)))
                : Optional.empty();
    }

    private static List<Path> sorted(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        } catch (IOException e) {
            throw TokamakException.configuration("the plugins in " + folder + " cannot be listed: " + e);
        }
    }

    private static boolean isJar(Path path) {
        return Files.isRegularFile(path) && path.getFileName().toString().endsWith(".jar");
    }

    /** What its manifests say that it extends. */
    Optional<String> extended() throws IOException {
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                Manifest manifest = file.getManifest();
                String value =
                        manifest == null ? null : manifest.getMainAttributes().getValue(EXTENDS);
                if (value != null) {
                    return Optional.of(value.trim());
                }
            } catch (IOException e) {
                throw new IOException(jar + " is not a readable jar: " + e.getMessage(), e);
            }
        }
        return Optional.empty();
    }

    URL[] urls() throws MalformedURLException {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        return urls;
    }
}
