package dev.tokamak.engine.plugin;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** One search for plugins. The context class loader is the plugin's own while its code runs here. */
final class PluginDiscovery {
    private static final System.Logger LOG = System.getLogger(PluginDiscovery.class.getName());
    private static final String HOST = "host";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]*");

    private final ClassLoader host;
    private final Duration patience;
    private final LoadingThread loading;
    private final Map<PluginKind<?>, Map<String, Object>> providers = new HashMap<>();
    private final Map<PluginKind<?>, Map<String, String>> locations = new HashMap<>();
    private final List<PluginEntry> entries = new ArrayList<>();
    private final Map<String, ClassLoader> loaders = new HashMap<>();

    PluginDiscovery(ClassLoader host, Duration patience) {
        this.host = host;
        this.patience = patience;
        this.loading = new LoadingThread(patience);
    }

    PluginRegistry registry() {
        loading.end();
        List<String> order = PluginKind.all().stream().map(PluginKind::label).toList();
        entries.sort(Comparator.comparingInt(entry -> order.indexOf(entry.kind())));
        return new PluginRegistry(patience, providers, entries);
    }

    void searchHost() {
        for (PluginKind<?> kind : PluginKind.all()) {
            register(kind, HOST, host);
        }
    }

    /** Loads the plugins of a folder, those that extend another one after it. */
    void load(List<PluginFolder> found) {
        List<PluginFolder> left = new ArrayList<>(found);
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Iterator<PluginFolder> plugins = left.iterator(); plugins.hasNext(); ) {
                PluginFolder plugin = plugins.next();
                if (loadIfPossible(plugin)) {
                    plugins.remove();
                    progress = true;
                }
            }
        }
        for (PluginFolder plugin : left) {
            refuse(plugin, "it extends \"" + extendedOf(plugin) + "\", which is neither a plugin nor a provider");
        }
    }

    private static String extendedOf(PluginFolder plugin) {
        try {
            return plugin.extended().orElse("");
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /** Returns false if the plugin extends one that is not loaded yet. */
    private boolean loadIfPossible(PluginFolder plugin) {
        try {
            if (plugin.jars().isEmpty()) {
                refuse(plugin, "the folder holds no jar");
                return true;
            }
            Optional<String> extended = plugin.extended();
            Optional<ClassLoader> parent = extended.flatMap(this::loaderOf);
            if (extended.isPresent() && parent.isEmpty()) {
                return false;
            }
            load(plugin, new PluginClassLoader(plugin.name(), plugin.urls(), host, parent));
        } catch (IOException e) {
            refuse(plugin, e.getMessage());
        }
        return true;
    }

    /** The loader of a plugin folder, or that of any provider with this name. */
    private Optional<ClassLoader> loaderOf(String name) {
        if (loaders.containsKey(name)) {
            return Optional.of(loaders.get(name));
        }
        return providers.values().stream()
                .filter(byName -> byName.containsKey(name))
                .map(byName -> byName.get(name).getClass().getClassLoader())
                .findFirst();
    }

    private void load(PluginFolder plugin, PluginClassLoader loader) {
        int before = entries.size();
        for (PluginKind<?> kind : PluginKind.all()) {
            register(kind, plugin.name(), loader);
        }
        loaders.put(plugin.name(), loader);
        if (entries.size() == before) {
            refuse(plugin, "its jars declare no provider under META-INF/services");
        }
    }

    private void refuse(PluginFolder plugin, String why) {
        String location =
                plugin.jars().isEmpty() ? plugin.name() : plugin.jars().get(0).toString();
        add(new PluginEntry("", plugin.name(), plugin.name(), location, "-", Optional.of(why)));
    }

    private <P> void register(PluginKind<P> kind, String plugin, ClassLoader loader) {
        Iterator<ServiceLoader.Provider<P>> found =
                within(loader, () -> ServiceLoader.load(kind.providerType(), loader).stream()
                        .iterator());
        while (true) {
            try {
                if (!within(loader, found::hasNext)) {
                    return;
                }
                ServiceLoader.Provider<P> provider = within(loader, found::next);
                register(kind, plugin, loader, provider);
            } catch (ServiceConfigurationError | LinkageError e) {
                add(new PluginEntry(kind.label(), "?", plugin, loader.toString(), "-", Optional.of(oneLine(e))));
            }
        }
    }

    private <P> void register(PluginKind<P> kind, String plugin, ClassLoader loader, ServiceLoader.Provider<P> found) {
        Class<?> type = found.type();
        String location = location(type);
        String version = version(type);
        String name = type.getName();
        Optional<String> refusal;
        try {
            P provider = loading.call(() -> within(loader, found::get));
            String own = loading.call(() -> within(loader, () -> kind.nameOf(provider)));
            refusal = accept(kind, own, location, provider);
            name = own == null ? name : own;
        } catch (LoadingThread.TooSlow e) {
            refusal = Optional.of("it did not load within " + e.seconds() + " s and was left at " + e.where()
                    + "; it is from " + location);
        } catch (RuntimeException | Error e) {
            refusal = Optional.of("it failed while loading: " + oneLine(e));
        }
        add(new PluginEntry(kind.label(), name, plugin, location, version, refusal));
    }

    private <P> Optional<String> accept(PluginKind<P> kind, String name, String location, P provider) {
        if (name == null) {
            return Optional.of("the name of " + provider.getClass().getName() + " in " + location
                    + " is null; name() must return lower-case letters, digits, dashes and underscores");
        }
        if (!NAME.matcher(name).matches()) {
            return Optional.of("the name \"" + name + "\" of "
                    + provider.getClass().getName() + " must be lower-case letters, digits, dashes and underscores");
        }
        Map<String, Object> byName = providers.computeIfAbsent(kind, k -> new HashMap<>());
        Map<String, String> locationOf = locations.computeIfAbsent(kind, k -> new HashMap<>());
        if (byName.containsKey(name)) {
            return Optional.of("there is a " + kind + " \"" + name + "\" in " + locationOf.get(name)
                    + " already; this one, from " + location + ", needs another name");
        }
        byName.put(name, provider);
        locationOf.put(name, location);
        return Optional.empty();
    }

    private void add(PluginEntry entry) {
        entries.add(entry);
        entry.refusal()
                .ifPresent(why -> LOG.log(
                        System.Logger.Level.WARNING, "plugin {0} {1} refused: {2}", entry.kind(), entry.name(), why));
    }

    static <T> T within(ClassLoader loader, Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    static String location(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return type.getName();
        }
        try {
            return Path.of(source.getLocation().toURI()).toString();
        } catch (URISyntaxException | IllegalArgumentException | java.nio.file.FileSystemNotFoundException e) {
            return source.getLocation().toString();
        }
    }

    private static String version(Class<?> type) {
        String version = type.getPackage().getImplementationVersion();
        return version == null ? "-" : version;
    }

    static String oneLine(Throwable e) {
        Throwable root = e instanceof ServiceConfigurationError && e.getCause() != null ? e.getCause() : e;
        return root.toString().lines().findFirst().orElse(root.getClass().getName());
    }
}
