package dev.tokamak.engine;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.model.FolderFindings;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.engine.plugin.PluginRegistry;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ExecutorProvider;
import dev.tokamak.spi.kvcache.KvCacheManagerProvider;
import dev.tokamak.spi.scheduler.SchedulerProvider;
import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The plugins that a configuration names, found before anything is loaded, so that a name or an option that nobody knows costs no
 * time.
 *
 * @param executor runs the model
 * @param scheduler plans steps
 * @param kvCache hands out blocks
 * @param policy orders sequences
 * @param executorOptions keys of those that the executor reads; empty if it does not say
 * @param policyOptions names of those that the policy reads, without its own; empty if it does not say
 */
record ChosenPlugins(
        ExecutorProvider executor,
        SchedulerProvider scheduler,
        KvCacheManagerProvider kvCache,
        SchedulingPolicyProvider policy,
        Optional<Set<String>> executorOptions,
        Optional<Set<String>> policyOptions) {
    /** Options that no plugin takes but the engine. */
    private static final Set<String> OWN_OPTIONS = Set.of("engine.prefix-seed");

    /**
     * Finds them.
     *
     * @throws TokamakException {@link dev.tokamak.api.ErrorCode#CONFIGURATION} if one is not there, or if an option is none of theirs
     */
    static ChosenPlugins of(PluginRegistry plugins, EngineConfig config) {
        config.tokenizerProvider().ifPresent(name -> plugins.require(PluginKind.TOKENIZER, name));
        config.chatTemplateProvider().ifPresent(name -> plugins.require(PluginKind.CHAT_TEMPLATE, name));
        config.grammarProvider().ifPresent(name -> plugins.require(PluginKind.GRAMMAR, name));
        ExecutorProvider executor = executor(plugins, config);
        SchedulingPolicyProvider policy = plugins.require(PluginKind.SCHEDULING_POLICY, config.schedulingPolicy());
        ChosenPlugins chosen = new ChosenPlugins(
                executor,
                plugins.require(PluginKind.SCHEDULER, config.scheduler()),
                plugins.require(PluginKind.KV_CACHE_MANAGER, config.kvCacheManager()),
                policy,
                plugins.ask(PluginKind.EXECUTOR, executor, "optionKeys", ExecutorProvider::optionKeys),
                plugins.ask(PluginKind.SCHEDULING_POLICY, policy, "options", SchedulingPolicyProvider::options));
        config.options().keySet().forEach(chosen::checkOption);
        return chosen;
    }

    private static ExecutorProvider executor(PluginRegistry plugins, EngineConfig config) {
        if (config.executor().isPresent()) {
            return plugins.require(PluginKind.EXECUTOR, config.executor().get());
        }
        ExecutorConfig askedFor = new ExecutorConfig(config.model(), config, 1, 1);
        return plugins.firstThat(PluginKind.EXECUTOR, provider -> provider.supports(askedFor))
                .orElseThrow(() -> TokamakException.configuration("no executor supports the model " + config.model()
                        + FolderFindings.aboutModel(config.model()) + " (executors: "
                        + plugins.names(PluginKind.EXECUTOR) + ")"));
    }

    private void checkOption(String key) {
        boolean known = OWN_OPTIONS.contains(key)
                || executorOptions.map(keys -> keys.contains(key)).orElse(key.startsWith(executor.name() + "."))
                || key.startsWith(prefix())
                        && policyOptions
                                .map(names -> names.contains(key.substring(prefix().length())))
                                .orElse(true);
        if (!known) {
            throw TokamakException.configuration("there is no option \"" + key + "\": the executor \"" + executor.name()
                    + "\", the scheduling policy \"" + policy.name() + "\" and the engine take " + taken());
        }
    }

    private String taken() {
        Set<String> taken = new TreeSet<>(OWN_OPTIONS);
        taken.addAll(executorOptions.orElse(Set.of(executor.name() + ".*")));
        policyOptions.orElse(Set.of("*")).forEach(name -> taken.add(prefix() + name));
        return String.join(", ", taken);
    }

    private String prefix() {
        return policy.name() + ".";
    }

    /** The options of the scheduling policy, without its name. */
    Map<String, String> policyOptions(EngineConfig config) {
        Map<String, String> own = new LinkedHashMap<>();
        config.options().forEach((option, value) -> {
            if (option.startsWith(prefix())) {
                own.put(option.substring(prefix().length()), value);
            }
        });
        return own;
    }
}
