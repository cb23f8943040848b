package dev.tokamak.engine.plugin;

import dev.tokamak.api.ErrorCode;
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
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * All providers that were found, by kind and name, and everything that was refused and why. Immutable, thread-safe.
 *
 * <p>The class path comes first, then the plugins in the order of their names. Where two providers of a kind have the same
 * name, the first one found stays and the second one is refused.
 */
public final class PluginRegistry {
    private static final System.Logger LOG = System.getLogger(PluginRegistry.class.getName());

    /** For how long a provider may take for what it is asked while the engine starts. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Duration patience;
    private final Map<PluginKind<?>, Map<String, Object>> providers;
    private final List<PluginEntry> entries;

    PluginRegistry(Duration patience, Map<PluginKind<?>, Map<String, Object>> providers, List<PluginEntry> entries) {
        this.patience = patience;
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
     * The first provider that supports something. One that fails to say so, or does not come to an end, is passed over with a
     * warning.
     *
     * @param <P> the provider interface
     * @param kind the extension point
     * @param supports asks a provider
     * @return in the order of {@link #all}; empty if there is none
     */
    public <P> Optional<P> firstThat(PluginKind<P> kind, Predicate<P> supports) {
        return all(kind).stream()
                .filter(provider -> {
                    try {
                        return ask(kind, provider, "supports", supports::test);
                    } catch (TokamakException e) {
                        LOG.log(System.Logger.Level.WARNING, e.getMessage());
                        return false;
                    }
                })
                .findFirst();
    }

    /**
     * Has a provider make something that the engine starts with. It runs on a thread of its own, with its own class loader, and
     * is left behind if it does not come to an end.
     *
     * @param <P> the provider interface
     * @param <T> what it makes
     * @param kind the extension point
     * @param provider one of this registry
     * @param method that is called, for messages
     * @param call calls it
     * @return what it returned, never null
     * @throws TokamakException {@link dev.tokamak.api.ErrorCode#CONFIGURATION} if it returns null, does not end, or throws
     *     anything but such an exception; the message names class and jar
     */
    public <P, T> T ask(PluginKind<P> kind, P provider, String method, Function<P, T> call) {
        LoadingThread thread = new LoadingThread(patience);
        try {
            T made = thread.call(
                    () -> PluginDiscovery.within(provider.getClass().getClassLoader(), () -> call.apply(provider)));
            return kind.made(provider, made);
        } catch (TokamakException e) {
            throw e;
        } catch (LoadingThread.TooSlow e) {
            throw failed(
                    kind, provider, method, "did not end within " + e.seconds() + " s and was left at " + e.where(), e);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.DEBUG, "a provider has failed", e);
            throw failed(kind, provider, method, "failed: " + PluginDiscovery.oneLine(e), e);
        } finally {
            thread.end();
        }
    }

    private <P> TokamakException failed(PluginKind<P> kind, P provider, String method, String how, Throwable cause) {
        String name = byName(kind).entrySet().stream()
                .filter(each -> each.getValue() == provider)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("?");
        Class<?> type = provider.getClass();
        return new TokamakException(
                ErrorCode.CONFIGURATION,
                method + " of the " + kind + " \"" + name + "\" " + how + "; it is " + type.getName() + " from "
                        + PluginDiscovery.location(type),
                cause);
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
