package dev.tokamak.engine.plugin;

import dev.tokamak.api.TokamakException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All providers that were found, by kind and name, and everything that was refused and why. Immutable, thread-safe.
 *
 * <p>The class path comes first, then the plugins in the order of their names. Where two providers of a kind have the same
 * name, the first one found stays and the second one is refused.
 */
public final class PluginRegistry {
    /** For how long a provider may take to be made and to say its name. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<PluginKind<?>, Map<String, Object>> providers;
    private final List<PluginEntry> entries;

    PluginRegistry(Map<PluginKind<?>, Map<String, Object>> providers, List<PluginEntry> entries) {
        this.providers = new LinkedHashMap<>();
        providers.forEach((kind, byName) -> this.providers.put(kind, new TreeMap<>(byName)));
        this.entries = List.copyOf(entries);
    }

    /**
     * Looks for providers.
     *
     * @param pluginsFolder third-party plugins, a folder or jar each; need not exist
     * @param extraPlugins further ones, a jar or a folder of jars each
     * @param host the class loader of the class path, which has {@code api} and {@code spi}
     * @return what was found; a faulty plugin, or one that does not end loading, is listed, never thrown
     */
    public static PluginRegistry discover(Optional<Path> pluginsFolder, List<Path> extraPlugins, ClassLoader host) {
        return discover(pluginsFolder, extraPlugins, host, PATIENCE);
    }

    static PluginRegistry discover(
            Optional<Path> pluginsFolder, List<Path> extraPlugins, ClassLoader host, Duration patience) {
        PluginDiscovery discovery = new PluginDiscovery(host, patience);
        discovery.searchHost();
        List<PluginFolder> found = new ArrayList<>();
        pluginsFolder.map(PluginFolder::in).ifPresent(found::addAll);
        extraPlugins.forEach(path -> PluginFolder.at(path).ifPresent(found::add));
        discovery.load(found);
        return discovery.registry();
    }

    /**
     * A provider by name.
     *
     * @param <P> the provider interface
     * @param kind the extension point
     * @param name as configured
     * @return empty if there is none
     */
    public <P> Optional<P> find(PluginKind<P> kind, String name) {
        return Optional.ofNullable(kind.providerType().cast(byName(kind).get(name)));
    }

    /**
     * A provider by name that must be there.
     *
     * @param <P> the provider interface
     * @param kind the extension point
     * @param name as configured
     * @return the provider
     * @throws TokamakException {@link dev.tokamak.api.ErrorCode#CONFIGURATION} if there is none; the message lists those that are
     *     there
     */
    public <P> P require(PluginKind<P> kind, String name) {
        return find(kind, name)
                .orElseThrow(() -> TokamakException.configuration("there is no " + kind + " \"" + name + "\"; found "
                        + (byName(kind).isEmpty() ? "none" : String.join(", ", names(kind)))
                        + ". `tokamak plugins` says what was refused and why"));
    }

    /**
     * The names of all providers of a kind.
     *
     * @param kind the extension point
     * @return in alphabetical order
     */
    public List<String> names(PluginKind<?> kind) {
        return List.copyOf(byName(kind).keySet());
    }

    /**
     * All providers of a kind.
     *
     * @param <P> the provider interface
     * @param kind the extension point
     * @return in the alphabetical order of their names
     */
    public <P> List<P> all(PluginKind<P> kind) {
        Collection<Object> found = byName(kind).values();
        List<P> typed = new ArrayList<>();
        found.forEach(provider -> typed.add(kind.providerType().cast(provider)));
        return typed;
    }

    /**
     * Everything that was found, with what was refused.
     *
     * @return by kind, then in the order of discovery
     */
    public List<PluginEntry> entries() {
        return entries;
    }

    private Map<String, Object> byName(PluginKind<?> kind) {
        return providers.getOrDefault(kind, Map.of());
    }
}
