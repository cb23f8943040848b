package dev.tokamak.engine.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Loads one plugin's classes. It shares the JDK, {@code dev.tokamak.api} and {@code dev.tokamak.spi} with the host; everything else
 * comes from the plugin's own jars first, and then from the loader that it extends, if it extends one. Two plugins may
 * therefore carry different versions of the same library.
 */
final class PluginClassLoader extends URLClassLoader {
    private final ClassLoader host;
    private final Optional<ClassLoader> extended;

    PluginClassLoader(String plugin, URL[] jars, ClassLoader host, Optional<ClassLoader> extended) {
        super("plugin " + plugin, jars, ClassLoader.getPlatformClassLoader());
        this.host = host;
        this.extended = extended;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> found = findLoadedClass(name);
            if (found == null) {
                found = find(name);
            }
            if (resolve) {
                resolveClass(found);
            }
            return found;
        }
    }

    private Class<?> find(String name) throws ClassNotFoundException {
        if (name.startsWith("dev.tokamak.api.") || name.startsWith("dev.tokamak.spi.")) {
            return host.loadClass(name);
        }
        try {
            return getParent().loadClass(name);
        } catch (ClassNotFoundException notInTheJdk) {
            try {
                return findClass(name);
            } catch (ClassNotFoundException notInThePlugin) {
                if (extended.isPresent()) {
                    return extended.get().loadClass(name);
                }
                throw notInThePlugin;
            }
        }
    }

    @Override
    public URL getResource(String name) {
        URL own = findResource(name);
        return own != null || extended.isEmpty() ? own : extended.get().getResource(name);
    }

    /** The plugin's own, so that {@link java.util.ServiceLoader} does not find the host's providers here again. */
    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return name.startsWith("META-INF/services/dev.tokamak.") ? findResources(name) : all(name);
    }

    private Enumeration<URL> all(String name) throws IOException {
        var urls = Collections.list(findResources(name));
        if (extended.isPresent()) {
            urls.addAll(Collections.list(extended.get().getResources(name)));
        }
        return Collections.enumeration(urls);
    }

    /** The jars it loads from. */
    @Override
    public String toString() {
        return Stream.of(getURLs()).map(URL::getPath).collect(Collectors.joining(", "));
    }
}
