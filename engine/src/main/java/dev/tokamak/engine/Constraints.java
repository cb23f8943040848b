package dev.tokamak.engine;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.engine.plugin.PluginRegistry;
import dev.tokamak.engine.step.DrawConstraint;
import dev.tokamak.engine.step.ForcedText;
import dev.tokamak.engine.step.TokenLimits;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarCompiler;
import dev.tokamak.spi.grammar.GrammarProvider;
import dev.tokamak.spi.sampling.LogitsAdjuster;
import dev.tokamak.spi.sampling.LogitsAdjusterProvider;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Prepares what restricts a request's draws: its grammar and its logits adjusters. Thread-safe. */
final class Constraints {
    private static final System.Logger LOG = System.getLogger(Constraints.class.getName());

    /** For how long a grammar may be compiled before its request is refused. */
    private static final long COMPILE_SECONDS = 15;

    private final PluginRegistry plugins;
    private final Optional<String> grammarProvider;
    private final boolean strict;
    private final Vocabulary vocabulary;
    private final int maskSize;
    private final int[] endTokens;
    private final ExecutorService compilers;
    private final ForcedText forcedText;
    private volatile GrammarProvider grammarPlugin;
    private GrammarCompiler compiler;

    /**
     * @param strict whether words of a schema that are not enforced are refused
     * @param forcedText tokenises what a grammar leaves no choice about, or null if such text is drawn like any other
     */
    Constraints(
            PluginRegistry plugins,
            Optional<String> grammarProvider,
            boolean strict,
            Vocabulary vocabulary,
            int maskSize,
            int[] endTokens,
            ExecutorService compilers,
            ForcedText forcedText) {
        this.plugins = plugins;
        this.grammarProvider = grammarProvider;
        this.strict = strict;
        this.vocabulary = vocabulary;
        this.maskSize = maskSize;
        this.endTokens = endTokens;
        this.compilers = compilers;
        this.forcedText = forcedText;
    }

    /** What one request is held to; each of its sequences gets a state of its own. */
    final class Prepared {
        private final CompiledGrammar grammar;
        private final SamplingParams params;
        private final int[] startTokens;
        private final int promptTokens;

        private Prepared(CompiledGrammar grammar, SamplingParams params, int[] startTokens, int promptTokens) {
            this.grammar = grammar;
            this.params = params;
            this.startTokens = startTokens;
            this.promptTokens = promptTokens;
        }

        /**
         * The constraint of one sequence, or null if there is none.
         *
         * @param limits of the request's other fields
         */
        DrawConstraint forOneSequence(TokenLimits limits) {
            List<LogitsAdjuster> adjusters = adjusters(params.extra());
            if (grammar == null && adjusters.isEmpty()) {
                return null;
            }
            return new DrawConstraint(
                    grammar == null ? null : made(grammar.newState()),
                    adjusters,
                    startTokens,
                    promptTokens,
                    grammar != null && adjusters.isEmpty() && drawsPlainly() ? forcedText : null,
                    endTokens,
                    limits);
        }

        /** Whether nothing but the grammar needs to see each draw: no penalties, no biases, no log probabilities. */
        private boolean drawsPlainly() {
            int[] none = {};
            return params.logprobs().isEmpty()
                    && SamplingState.of(params, 0, none, none, 0, 0).plain();
        }
    }

    Prepared prepare(SamplingParams params, List<Integer> startTokens, int promptTokens) {
        CompiledGrammar grammar = params.structuredOutput().map(this::compile).orElse(null);
        int[] start = startTokens.stream().mapToInt(Integer::intValue).toArray();
        return new Prepared(grammar, params, start, promptTokens);
    }

    private List<LogitsAdjuster> adjusters(Map<String, Object> extra) {
        if (extra.isEmpty()) {
            return List.of();
        }
        List<LogitsAdjuster> adjusters = new ArrayList<>();
        extra.forEach((name, argument) -> {
            LogitsAdjusterProvider provider = plugins.find(PluginKind.LOGITS_ADJUSTER, name)
                    .orElseThrow(() -> TokamakException.invalid(
                            name,
                            "there is no logits adjuster \"" + name + "\"; found "
                                    + plugins.names(PluginKind.LOGITS_ADJUSTER)));
            PluginKind.LOGITS_ADJUSTER
                    .made(provider, provider.create(argument, vocabulary))
                    .ifPresent(adjusters::add);
        });
        return adjusters;
    }

    private CompiledGrammar compile(StructuredOutput source) {
        AtomicBoolean begun = new AtomicBoolean();
        Future<CompiledGrammar> compiling = submit(() -> {
            begun.set(true);
            return made(compiler().compile(source));
        });
        try {
            return compiling.get(COMPILE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            compiling.cancel(true);
            if (!begun.get()) {
                throw tooManyGrammars();
            }
            throw TokamakException.invalid(
                    "response_format",
                    "the structured output's grammar was not compiled within " + COMPILE_SECONDS
                            + " s; use a simpler one");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TokamakException refused) {
                throw new TokamakException(
                        refused.code(), refused.getMessage(), refused.param().orElse("response_format"), refused);
            }
            if (e.getCause() instanceof LinkageError) {
                LOG.log(System.Logger.Level.ERROR, "a grammar plugin is broken", e.getCause());
                throw TokamakException.configuration(
                        "the grammar plugin \"" + grammarPlugin.name() + "\" is broken; see the server's log");
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a structured output's grammar has broken its compiler: " + e.getCause());
            LOG.log(System.Logger.Level.DEBUG, "a structured output's grammar", e.getCause());
            throw new TokamakException(
                    ErrorCode.INVALID_REQUEST,
                    "the structured output's grammar could not be compiled; the server's log says why",
                    "response_format",
                    e.getCause());
        } catch (InterruptedException e) {
            compiling.cancel(true);
            Thread.currentThread().interrupt();
            throw new TokamakException(
                    ErrorCode.OVERLOADED, "the thread was interrupted while its grammar was being compiled", e);
        }
    }

    private Future<CompiledGrammar> submit(Callable<CompiledGrammar> compilation) {
        try {
            return compilers.submit(compilation);
        } catch (RejectedExecutionException e) {
            throw tooManyGrammars();
        }
    }

    private static TokamakException tooManyGrammars() {
        return new TokamakException(
                ErrorCode.OVERLOADED, "too many grammars of structured output wait to be compiled; try again later");
    }

    private synchronized GrammarCompiler compiler() {
        if (compiler == null) {
            grammarPlugin = grammarProvider
                    .map(name -> plugins.require(PluginKind.GRAMMAR, name))
                    .or(() -> plugins.all(PluginKind.GRAMMAR).stream().findFirst())
                    .orElseThrow(() -> new TokamakException(
                            ErrorCode.UNSUPPORTED,
                            "structured output needs a grammar plugin, and there is none",
                            "response_format",
                            null));
            compiler = made(grammarPlugin.create(vocabulary, maskSize, endTokens, strict));
        }
        return compiler;
    }

    private <T> T made(T ofGrammarPlugin) {
        return PluginKind.GRAMMAR.made(grammarPlugin, ofGrammarPlugin);
    }
}
