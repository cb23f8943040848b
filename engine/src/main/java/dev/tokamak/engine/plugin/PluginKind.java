package dev.tokamak.engine.plugin;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.chattemplate.ChatTemplateProvider;
import dev.tokamak.spi.executor.ExecutorProvider;
import dev.tokamak.spi.grammar.GrammarProvider;
import dev.tokamak.spi.kvcache.KvCacheManagerProvider;
import dev.tokamak.spi.reasoning.ReasoningParserProvider;
import dev.tokamak.spi.sampling.LogitsAdjusterProvider;
import dev.tokamak.spi.scheduler.SchedulerProvider;
import dev.tokamak.spi.scheduler.SchedulingPolicyProvider;
import dev.tokamak.spi.tokenizer.TokenizerProvider;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.List;
import java.util.function.Function;

/**
 * An extension point: its provider interface, what to call it, and how to ask a provider for its name.
 *
 * @param <P> the provider interface
 */
public final class PluginKind<P> {
    /** Orders sequences. */
    public static final PluginKind<SchedulingPolicyProvider> SCHEDULING_POLICY =
            new PluginKind<>("scheduling-policy", SchedulingPolicyProvider.class, SchedulingPolicyProvider::name);

    /** Plans steps. */
    public static final PluginKind<SchedulerProvider> SCHEDULER =
            new PluginKind<>("scheduler", SchedulerProvider.class, SchedulerProvider::name);

    /** Hands out KV blocks. */
    public static final PluginKind<KvCacheManagerProvider> KV_CACHE_MANAGER =
            new PluginKind<>("kv-cache-manager", KvCacheManagerProvider.class, KvCacheManagerProvider::name);

    /** Runs models. */
    public static final PluginKind<ExecutorProvider> EXECUTOR =
            new PluginKind<>("executor", ExecutorProvider.class, ExecutorProvider::name);

    /** Text to tokens and back. */
    public static final PluginKind<TokenizerProvider> TOKENIZER =
            new PluginKind<>("tokenizer", TokenizerProvider.class, TokenizerProvider::name);

    /** Conversations to text. */
    public static final PluginKind<ChatTemplateProvider> CHAT_TEMPLATE =
            new PluginKind<>("chat-template", ChatTemplateProvider.class, ChatTemplateProvider::name);

    /** Structured output. */
    public static final PluginKind<GrammarProvider> GRAMMAR =
            new PluginKind<>("grammar", GrammarProvider.class, GrammarProvider::name);

    /** Text to tool calls. */
    public static final PluginKind<ToolParserProvider> TOOL_PARSER =
            new PluginKind<>("tool-parser", ToolParserProvider.class, ToolParserProvider::name);

    /** Text to reasoning and content. */
    public static final PluginKind<ReasoningParserProvider> REASONING_PARSER =
            new PluginKind<>("reasoning-parser", ReasoningParserProvider.class, ReasoningParserProvider::name);

    /** A request's own influence on its draws. */
    public static final PluginKind<LogitsAdjusterProvider> LOGITS_ADJUSTER =
            new PluginKind<>("logits-adjuster", LogitsAdjusterProvider.class, LogitsAdjusterProvider::name);

    private static final List<PluginKind<?>> ALL = List.of(
            SCHEDULING_POLICY,
            SCHEDULER,
            KV_CACHE_MANAGER,
            EXECUTOR,
            TOKENIZER,
            CHAT_TEMPLATE,
            GRAMMAR,
            TOOL_PARSER,
            REASONING_PARSER,
            LOGITS_ADJUSTER);

    private final String label;
    private final Class<P> providerType;
    private final Function<P, String> nameOf;

    private PluginKind(String label, Class<P> providerType, Function<P, String> nameOf) {
        this.label = label;
        this.providerType = providerType;
        this.nameOf = nameOf;
    }

    /** All kinds, in the order in which they are listed. */
    public static List<PluginKind<?>> all() {
        return ALL;
    }

    /** What people call it, such as {@code scheduling-policy}. */
    public String label() {
        return label;
    }

    /** The provider interface. */
    public Class<P> providerType() {
        return providerType;
    }

    /**
     * What a provider made: something, or its plugin is refused.
     *
     * @param <T> what it makes
     * @param provider that made it
     * @param made what its method returned
     * @return {@code made}, never null
     * @throws TokamakException {@link dev.tokamak.api.ErrorCode#CONFIGURATION} if that is null
     */
    public <T> T made(P provider, T made) {
        if (made == null) {
            throw TokamakException.configuration("the " + label + " \"" + nameOf(provider)
                    + "\" returned null where it has to make something; `tokamak plugins` says which jar it is from");
        }
        return made;
    }

    String nameOf(P provider) {
        return nameOf.apply(provider);
    }

    @Override
    public String toString() {
        return label;
    }
}
