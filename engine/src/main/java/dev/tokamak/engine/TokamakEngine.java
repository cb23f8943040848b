package dev.tokamak.engine;

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.EngineHealth;
import dev.tokamak.api.EngineMetric;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.ModelCard;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.cache.PrefixKeys;
import dev.tokamak.engine.model.ChatRenderer;
import dev.tokamak.engine.model.ModelFolder;
import dev.tokamak.engine.output.OutputProcessor;
import dev.tokamak.engine.output.OutputRing;
import dev.tokamak.engine.output.Request;
import dev.tokamak.engine.plugin.PluginRegistry;
import dev.tokamak.engine.step.ForcedText;
import dev.tokamak.engine.step.StepLoop;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.tokenizer.EncodedPair;
import dev.tokamak.spi.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The engine: one model, one engine thread, one output thread. Thread-safe. */
public final class TokamakEngine implements ServedModel {
    private static final System.Logger LOG = System.getLogger(TokamakEngine.class.getName());

    /** For how long {@link #close} waits for the step under way, unless the watchdog is less patient. */
    private static final long CLOSE_MILLIS = 20_000;

    private final EngineConfig config;
    private final PluginRegistry plugins;
    private final Tokenizer tokenizer;
    private final EncodingGate encoder;
    private final ChatRenderer chat;
    private final ModelCard card;
    private final ModelInfo info;
    private final Admission admission;
    private final StepLoop loop;
    private final Thread engineThread;
    private final Thread outputThread;
    private final Watchdog watchdog;
    private final Runnable stopWorkers;
    private final int maxNumSeqs;
    private final AtomicLong submissions = new AtomicLong();
    private boolean closed;

    private TokamakEngine(EngineStart start, EngineThread.Started started) {
        config = start.config();
        plugins = start.plugins();
        tokenizer = start.tokenizer();
        chat = start.chat();
        engineThread = start.engineThread();
        stopWorkers = start::stopWorkers;
        info = started.info();
        loop = started.loop();
        maxNumSeqs = start.limits().maxNumSeqs();
        ModelFolder folder = start.folder();
        List<Integer> eos = folder.eosTokenIds(tokenizer.vocabulary(), info.vocabularySize());
        card = start.card(started, eos);
        Constraints constraints = new Constraints(
                plugins,
                config.grammarProvider(),
                config.structuredOutputStrict(),
                tokenizer.vocabulary(),
                info.vocabularySize(),
                eos.stream().mapToInt(Integer::intValue).toArray(),
                start.compilers(),
                config.structuredOutputJumpAhead() ? new ForcedText(tokenizer) : null);
        encoder = new EncodingGate(tokenizer);
        admission = new Admission(
                tokenizer,
                encoder,
                new Admission.Limits(
                        started.maxModelLen(),
                        started.cacheTokens(),
                        info.vocabularySize(),
                        Math.max(128, start.limits().maxNumSeqs())),
                info,
                eos,
                folder.specialToken("bos_token"),
                prefixKeys(started.blockSize()),
                config.enablePrefixCaching(),
                constraints,
                config.seed());
        outputThread = new Thread(() -> processOutputs(start.ring()), "tokamak-output");
        outputThread.setDaemon(true);
        outputThread.start();
        watchdog = new Watchdog(loop, config.watchdogMillis());
        watchdog.start();
    }

    /**
     * Opens an engine with the plugins of the configuration's plugins folder.
     *
     * @param config what to load and how
     * @return ready, owned by the caller
     * @throws TokamakException {@link ErrorCode#CONFIGURATION} if something is missing, corrupt or unsupported
     */
    public static TokamakEngine open(EngineConfig config) {
        PluginRegistry plugins = PluginRegistry.discover(
                config.pluginsFolder(), config.extraPlugins(), TokamakEngine.class.getClassLoader());
        return open(config, plugins, (what, fraction) -> {});
    }

    /**
     * Opens an engine with plugins that were found already.
     *
     * @param config what to load and how
     * @param plugins to choose from
     * @param progress told how far loading has come, on any thread
     * @return ready, owned by the caller
     * @throws TokamakException {@link ErrorCode#CONFIGURATION} if something is missing, corrupt or unsupported
     */
    public static TokamakEngine open(EngineConfig config, PluginRegistry plugins, LoadProgress progress) {
        EngineStart start = EngineStart.begin(config, plugins, progress);
        EngineThread.Started started = start.await();
        try {
            return new TokamakEngine(start, started);
        } catch (RuntimeException | Error e) {
            started.loop().close();
            throw e;
        }
    }

    private PrefixKeys prefixKeys(int blockSize) {
        String seed = config.options().get("engine.prefix-seed");
        if (seed == null) {
            return PrefixKeys.random(blockSize);
        }
        try {
            return PrefixKeys.seeded(Long.parseLong(seed), blockSize);
        } catch (NumberFormatException e) {
            throw TokamakException.configuration("the option engine.prefix-seed must be a whole number, got " + seed);
        }
    }

    private void processOutputs(OutputRing ring) {
        OutputProcessor processor = new OutputProcessor(ring, loop::abort, loop::abort, loop::forget);
        try {
            processor.run();
        } catch (Error e) {
            LOG.log(System.Logger.Level.ERROR, "the output thread has failed", e);
            loop.abandon("the output thread has failed: " + e);
            loop.close();
            // The engine thread must not wait for a reader that is gone.
            while (ring.take() != null) {
                ring.release();
            }
        }
    }

    @Override
    public RequestStream submit(GenerationRequest request) {
        return submitAll(List.of(request)).get(0);
    }

    @Override
    public List<RequestStream> submitAll(List<GenerationRequest> requests) {
        long sequences = 0;
        for (GenerationRequest request : requests) {
            sequences += request.samplingParams().n();
        }
        return take(requests, sequences, (request, submission) -> admission.admit(request, submission, loop::abort));
    }

    @Override
    public List<RequestStream> pool(List<PoolingRequest> requests) {
        return take(
                requests, requests.size(), (request, submission) -> admission.admit(request, submission, loop::abort));
    }

    /** Turns what a caller asks for into a request that can be run, or refuses it. */
    private interface Admitting<T> {
        Request admit(T request, long submission);
    }

    private <T> List<RequestStream> take(List<T> requests, long sequences, Admitting<T> admitting) {
        EngineHealth health = loop.health();
        if (health.state() == EngineHealth.State.DEAD) {
            throw new TokamakException(ErrorCode.ENGINE_DEAD, health.detail());
        }
        int unused = reserve(sequences);
        long submission = submissions.incrementAndGet();
        List<RequestStream> streams = new ArrayList<>(requests.size());
        try {
            for (T request : requests) {
                Request admitted = admitting.admit(request, submission);
                unused -= admitted.completions().length;
                loop.submit(admitted);
                streams.add(admitted.collector());
            }
        } catch (RuntimeException | Error e) {
            loop.release(unused);
            streams.forEach(RequestStream::close);
            throw e;
        }
        return streams;
    }

    /** Makes room for all sequences of a submission, or refuses it before anything of it costs time. */
    private int reserve(long count) {
        int most = (int) Math.min(Integer.MAX_VALUE, (long) maxNumSeqs + config.maxQueuedRequests());
        int reserved = (int) Math.min(Integer.MAX_VALUE, count);
        int taken = loop.reserve(reserved, most);
        if (taken >= 0) {
            throw new TokamakException(
                    ErrorCode.OVERLOADED,
                    "the request asks for " + count + " sequences, prompts times n, but " + taken
                            + " run or wait already, and " + most + " may in all (max-num-seqs " + maxNumSeqs
                            + " and max-num-queued-reqs " + config.maxQueuedRequests() + "); "
                            + (count > most ? "ask for fewer at once" : "try again later"));
        }
        return reserved;
    }

    @Override
    public ModelCard model() {
        return card;
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        return encoder.encode(text, addSpecialTokens);
    }

    @Override
    public EncodedPair encodePair(String first, String second) {
        return encoder.encodePair(first, second);
    }

    @Override
    public String decode(int[] tokenIds, boolean skipSpecialTokens) {
        int size = tokenizer.vocabulary().size();
        for (int id : tokenIds) {
            if (id < 0 || id >= size) {
                throw TokamakException.invalid(
                        "tokens", "token id " + id + " is outside of the vocabulary of " + size + " tokens");
            }
        }
        return tokenizer.decode(tokenIds, skipSpecialTokens);
    }

    @Override
    public String renderChat(ChatPrompt prompt) {
        return chat.render(prompt);
    }

    @Override
    public EngineHealth health() {
        return loop.health();
    }

    @Override
    public List<EngineMetric> metrics() {
        return loop.counters().snapshot();
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public PluginRegistry plugins() {
        return plugins;
    }

    @Override
    public Optional<String> chatTemplateSource() {
        return chat.source();
    }

    @Override
    public ModelInfo modelInfo() {
        return info;
    }

    @Override
    public EngineConfig config() {
        return config;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        watchdog.stop();
        loop.close();
        long patience = Math.min(CLOSE_MILLIS, Math.max(1000, config.watchdogMillis()));
        boolean ended = joined(engineThread, patience);
        if (!ended) {
            LOG.log(System.Logger.Level.ERROR, "the step under way did not end within {0} ms", patience);
            loop.abandon("the engine was closed while a step did not end");
        } else if (joined(outputThread, CLOSE_MILLIS)) {
            tokenizer.close();
        }
        stopWorkers.run();
    }

    private static boolean joined(Thread thread, long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
