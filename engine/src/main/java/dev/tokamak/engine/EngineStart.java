package dev.tokamak.engine;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.ModelCard;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.model.ChatRenderer;
import dev.tokamak.engine.model.FolderFindings;
import dev.tokamak.engine.model.ModelFolder;
import dev.tokamak.engine.output.OutputRing;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.engine.plugin.PluginRegistry;
import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ExecutorProvider;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.StepLimits;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.TokenizerProvider;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine that is starting: plugins are chosen, the tokenizer is loaded, and the engine thread loads the model. */
final class EngineStart {
    private static final int RING_SIZE = 64;

    /** How many grammars may wait to be compiled before more are refused. */
    private static final int MAX_WAITING_GRAMMARS = 256;

    private final EngineConfig config;
    private final PluginRegistry plugins;
    private final ModelFolder folder;
    private final Map<String, Object> samplingDefaults;
    private final StepLimits limits;
    private final OutputRing ring = new OutputRing(RING_SIZE);
    private final ExecutorService compilers;
    private final ExecutorService maskWorkers;
    private final EngineThread engine;
    private final Thread engineThread;
    private Tokenizer tokenizer;
    private ChatRenderer chat;

    private EngineStart(EngineConfig config, PluginRegistry plugins, LoadProgress progress) {
        this.config = config;
        this.plugins = plugins;
        this.folder = ModelFolder.read(config.model(), tokenizerFolder(config));
        this.samplingDefaults = folder.samplingDefaults(); // Refused, if they are, before the weights are read.
        ChosenPlugins chosen = ChosenPlugins.of(plugins, config);
        ExecutorProvider provider = chosen.executor();
        this.limits = limits(provider);
        ExecutorConfig settled =
                new ExecutorConfig(config.model(), config, limits.maxNumSeqs(), limits.maxNumBatchedTokens());
        this.compilers = newCompilers();
        int maskWorkerCount = workerCount();
        this.maskWorkers = Executors.newFixedThreadPool(maskWorkerCount, daemons("tokamak-mask-"));
        Executor executor = plugins.ask(PluginKind.EXECUTOR, provider, "create", each -> each.create(settled));
        this.engine =
                new EngineThread(executor, settled, plugins, chosen, ring, maskWorkers, maskWorkerCount, progress);
        this.engineThread = new Thread(engine, "tokamak-engine");
        engineThread.setDaemon(true);
        engineThread.setContextClassLoader(provider.getClass().getClassLoader());
    }

    /** Begins to load: the weights on the engine thread, tokenizer and chat template on this one. */
    static EngineStart begin(EngineConfig config, PluginRegistry plugins, LoadProgress progress) {
        EngineStart start = new EngineStart(config, plugins, progress);
        start.engineThread.start();
        try {
            start.tokenizer = start.loadTokenizer();
            start.chat = new ChatRenderer(plugins, config, start.folder);
        } catch (RuntimeException | Error e) {
            start.giveUp();
            throw e;
        }
        return start;
    }

    /** Waits until steps can be run. */
    EngineThread.Started await() {
        try {
            return engine.started().join();
        } catch (CompletionException e) {
            tokenizer.close();
            stopWorkers();
            if (e.getCause() instanceof TokamakException refused) {
                throw refused;
            }
            throw new TokamakException(
                    ErrorCode.CONFIGURATION,
                    "the model " + config.model() + " could not be loaded: " + e.getCause(),
                    e.getCause());
        }
    }

    private void giveUp() {
        engine.started().whenComplete((started, failure) -> {
            if (started != null) {
                started.loop().close();
            }
        });
        stopWorkers();
    }

    /** Ends the threads that compile grammars and fill masks. */
    void stopWorkers() {
        compilers.shutdownNow();
        maskWorkers.shutdownNow();
    }

    private static Path tokenizerFolder(EngineConfig config) {
        Path given = config.tokenizer().orElse(config.model());
        boolean isFile = given.getFileName() != null && given.toFile().isFile();
        return isFile ? given.toAbsolutePath().getParent() : given;
    }

    private StepLimits limits(ExecutorProvider provider) {
        StepLimits usual = plugins.ask(PluginKind.EXECUTOR, provider, "stepLimits", each -> each.stepLimits(config));
        int seqs = config.maxNumSeqs().orElse(usual.maxNumSeqs());
        int tokens = config.maxNumBatchedTokens().orElse(Math.max(usual.maxNumBatchedTokens(), seqs));
        if (seqs < 1) {
            throw TokamakException.configuration("max-num-seqs must be at least 1, got " + seqs);
        }
        if (tokens < 1) {
            throw TokamakException.configuration("max-num-batched-tokens must be at least 1, got " + tokens);
        }
        return new StepLimits(seqs, tokens);
    }

    private Tokenizer loadTokenizer() {
        Path from = tokenizerFolder(config);
        TokenizerProvider provider = config.tokenizerProvider()
                .map(name -> plugins.require(PluginKind.TOKENIZER, name))
                .or(() -> plugins.firstThat(PluginKind.TOKENIZER, candidate -> candidate.supports(from)))
                .orElseThrow(() -> TokamakException.configuration("no tokenizer plugin reads " + from
                        + FolderFindings.aboutTokenizer(from) + " (tokenizers: "
                        + plugins.names(PluginKind.TOKENIZER) + ")"));
        return plugins.ask(PluginKind.TOKENIZER, provider, "create", each -> each.create(from));
    }

    /** What is served. */
    ModelCard card(EngineThread.Started started, List<Integer> eosTokenIds) {
        List<String> names = config.servedModelNames().isEmpty()
                ? List.of(config.model()
                        .toAbsolutePath()
                        .normalize()
                        .getFileName()
                        .toString())
                : config.servedModelNames();
        return ModelCard.builder(names)
                .root(config.model().toString())
                .maxModelLen(started.maxModelLen())
                .vocabularySize(started.info().vocabularySize())
                .createdEpochSeconds(Instant.now().getEpochSecond())
                .eosTokenIds(eosTokenIds)
                .samplingDefaults(samplingDefaults)
                .hasChatTemplate(chat.source().isPresent())
                .build();
    }

    private static int workerCount() {
        return Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** How many grammars are compiled at the same time. */
    static int compilerCount() {
        return workerCount() + 1;
    }

    /** Apart from those that fill masks, which steps wait for: a grammar may take seconds to compile. */
    private static ExecutorService newCompilers() {
        int count = compilerCount();
        return new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING_GRAMMARS),
                daemons("tokamak-grammar-"));
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    EngineConfig config() {
        return config;
    }

    PluginRegistry plugins() {
        return plugins;
    }

    ModelFolder folder() {
        return folder;
    }

    StepLimits limits() {
        return limits;
    }

    OutputRing ring() {
        return ring;
    }

    ExecutorService compilers() {
        return compilers;
    }

    Thread engineThread() {
        return engineThread;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    ChatRenderer chat() {
        return chat;
    }
}
