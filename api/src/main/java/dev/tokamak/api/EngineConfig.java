package dev.tokamak.api;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What to load and how to run it. Immutable. Plugins are chosen by name; where no name is set, the engine asks each
 * provider whether it supports the model.
 *
 * <p>A long file, since each setting has its field, its accessor and its setter, with what each means.
 *
 * @since 0.1
 */
@Stable
public final class EngineConfig {
    private final Path model;
    private final Path tokenizer;
    private final List<String> servedModelNames;
    private final String dtype;
    private final String device;
    private final String loadFormat;
    private final String kvCacheDtype;
    private final Integer maxModelLen;
    private final Integer maxNumSeqs;
    private final Integer maxNumBatchedTokens;
    private final Integer blockSize;
    private final Long kvCacheMemoryBytes;
    private final double gpuMemoryUtilization;
    private final int maxQueuedRequests;
    private final boolean enablePrefixCaching;
    private final boolean enforceEager;
    private final boolean structuredOutputJumpAhead;
    private final boolean structuredOutputStrict;
    private final String schedulingPolicy;
    private final String scheduler;
    private final String kvCacheManager;
    private final String executor;
    private final String tokenizerProvider;
    private final String chatTemplateProvider;
    private final String grammarProvider;
    private final String chatTemplate;
    private final long seed;
    private final long watchdogMillis;
    private final Path pluginsFolder;
    private final List<Path> extraPlugins;
    private final Map<String, String> options;

    private EngineConfig(Builder builder) {
        this.model = builder.model;
        this.tokenizer = builder.tokenizer;
        this.servedModelNames = List.copyOf(builder.servedModelNames);
        this.dtype = builder.dtype;
        this.device = builder.device;
        this.loadFormat = builder.loadFormat;
        this.kvCacheDtype = builder.kvCacheDtype;
        this.maxModelLen = builder.maxModelLen;
        this.maxNumSeqs = builder.maxNumSeqs;
        this.maxNumBatchedTokens = builder.maxNumBatchedTokens;
        this.blockSize = builder.blockSize;
        this.kvCacheMemoryBytes = builder.kvCacheMemoryBytes;
        this.gpuMemoryUtilization = builder.gpuMemoryUtilization;
        this.maxQueuedRequests = builder.maxQueuedRequests;
        this.enablePrefixCaching = builder.enablePrefixCaching;
        this.enforceEager = builder.enforceEager;
        this.structuredOutputJumpAhead = builder.structuredOutputJumpAhead;
        this.structuredOutputStrict = builder.structuredOutputStrict;
        this.schedulingPolicy = builder.schedulingPolicy;
        this.scheduler = builder.scheduler;
        this.kvCacheManager = builder.kvCacheManager;
        this.executor = builder.executor;
        this.tokenizerProvider = builder.tokenizerProvider;
        this.chatTemplateProvider = builder.chatTemplateProvider;
        this.grammarProvider = builder.grammarProvider;
        this.chatTemplate = builder.chatTemplate;
        this.seed = builder.seed;
        this.watchdogMillis = builder.watchdogMillis;
        this.pluginsFolder = builder.pluginsFolder;
        this.extraPlugins = List.copyOf(builder.extraPlugins);
        this.options = Collections.unmodifiableMap(new LinkedHashMap<>(builder.options));
    }

    /**
     * Starts with the defaults.
     *
     * @param model the folder of a Hugging Face checkpoint
     * @return a new builder
     */
    public static Builder builder(Path model) {
        return new Builder(model);
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder(model);
        builder.tokenizer = tokenizer;
        builder.servedModelNames = servedModelNames;
        builder.dtype = dtype;
        builder.device = device;
        builder.loadFormat = loadFormat;
        builder.kvCacheDtype = kvCacheDtype;
        builder.maxModelLen = maxModelLen;
        builder.maxNumSeqs = maxNumSeqs;
        builder.maxNumBatchedTokens = maxNumBatchedTokens;
        builder.blockSize = blockSize;
        builder.kvCacheMemoryBytes = kvCacheMemoryBytes;
        builder.gpuMemoryUtilization = gpuMemoryUtilization;
        builder.maxQueuedRequests = maxQueuedRequests;
        builder.enablePrefixCaching = enablePrefixCaching;
        builder.enforceEager = enforceEager;
        builder.structuredOutputJumpAhead = structuredOutputJumpAhead;
        builder.structuredOutputStrict = structuredOutputStrict;
        builder.schedulingPolicy = schedulingPolicy;
        builder.scheduler = scheduler;
        builder.kvCacheManager = kvCacheManager;
        builder.executor = executor;
        builder.tokenizerProvider = tokenizerProvider;
        builder.chatTemplateProvider = chatTemplateProvider;
        builder.grammarProvider = grammarProvider;
        builder.chatTemplate = chatTemplate;
        builder.seed = seed;
        builder.watchdogMillis = watchdogMillis;
        builder.pluginsFolder = pluginsFolder;
        builder.extraPlugins = extraPlugins;
        builder.options = options;
        return builder;
    }

    /**
     * The folder of a Hugging Face checkpoint.
     *
     * @return the value, never null
     */
    public Path model() {
        return model;
    }

    /**
     * The folder or file of the tokenizer, if not the model's own.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<Path> tokenizer() {
        return Optional.ofNullable(tokenizer);
    }

    /**
     * The names that clients may use; the folder's name if empty.
     *
     * @return the value, never null
     */
    public List<String> servedModelNames() {
        return servedModelNames;
    }

    /**
     * The type of weights and activations: auto, float32, float16 or bfloat16.
     *
     * @return the value, never null
     */
    public String dtype() {
        return dtype;
    }

    /**
     * Where to compute: auto, cpu, cuda or cuda:INDEX.
     *
     * @return the value, never null
     */
    public String device() {
        return device;
    }

    /**
     * Where weights come from: auto (the checkpoint) or dummy (random numbers).
     *
     * @return the value, never null
     */
    public String loadFormat() {
        return loadFormat;
    }

    /**
     * The type of cached keys and values: auto or fp8.
     *
     * @return the value, never null
     */
    public String kvCacheDtype() {
        return kvCacheDtype;
    }

    /**
     * The longest sequence in tokens; the model's context if not set.
     *
     * @return the value, or empty if it was not set
     */
    public OptionalInt maxModelLen() {
        return maxModelLen == null ? OptionalInt.empty() : OptionalInt.of(maxModelLen);
    }

    /**
     * How many sequences run at once.
     *
     * @return the value, or empty if it was not set
     */
    public OptionalInt maxNumSeqs() {
        return maxNumSeqs == null ? OptionalInt.empty() : OptionalInt.of(maxNumSeqs);
    }

    /**
     * How many tokens a step computes at most.
     *
     * @return the value, or empty if it was not set
     */
    public OptionalInt maxNumBatchedTokens() {
        return maxNumBatchedTokens == null ? OptionalInt.empty() : OptionalInt.of(maxNumBatchedTokens);
    }

    /**
     * Tokens in a KV block; the backend's choice if not set.
     *
     * @return the value, or empty if it was not set
     */
    public OptionalInt blockSize() {
        return blockSize == null ? OptionalInt.empty() : OptionalInt.of(blockSize);
    }

    /**
     * Bytes for the KV cache; sized by the backend if not set.
     *
     * @return the value, or empty if it was not set
     */
    public OptionalLong kvCacheMemoryBytes() {
        return kvCacheMemoryBytes == null ? OptionalLong.empty() : OptionalLong.of(kvCacheMemoryBytes);
    }

    /**
     * The fraction of the device's memory to use.
     *
     * @return the value
     */
    public double gpuMemoryUtilization() {
        return gpuMemoryUtilization;
    }

    /**
     * How many sequences may wait beside those that run before more are refused: prompts times {@code n}, those of one call at once.
     *
     * @return the value
     */
    public int maxQueuedRequests() {
        return maxQueuedRequests;
    }

    /**
     * Whether KV blocks of equal prefixes are shared.
     *
     * @return the value
     */
    public boolean enablePrefixCaching() {
        return enablePrefixCaching;
    }

    /**
     * Whether captured graphs are left unused.
     *
     * @return the value
     */
    public boolean enforceEager() {
        return enforceEager;
    }

    /**
     * Whether text that a grammar leaves no choice about is taken without drawing its tokens.
     *
     * @return the value
     */
    public boolean structuredOutputJumpAhead() {
        return structuredOutputJumpAhead;
    }

    /**
     * Whether a schema's words that are not enforced are refused rather than read as annotations.
     *
     * @return the value
     */
    public boolean structuredOutputStrict() {
        return structuredOutputStrict;
    }

    /**
     * The name of the scheduling policy.
     *
     * @return the value, never null
     */
    public String schedulingPolicy() {
        return schedulingPolicy;
    }

    /**
     * The name of the scheduler.
     *
     * @return the value, never null
     */
    public String scheduler() {
        return scheduler;
    }

    /**
     * The name of the KV cache manager.
     *
     * @return the value, never null
     */
    public String kvCacheManager() {
        return kvCacheManager;
    }

    /**
     * The name of the executor.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<String> executor() {
        return Optional.ofNullable(executor);
    }

    /**
     * The name of the tokenizer plugin.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<String> tokenizerProvider() {
        return Optional.ofNullable(tokenizerProvider);
    }

    /**
     * The name of the chat-template plugin.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<String> chatTemplateProvider() {
        return Optional.ofNullable(chatTemplateProvider);
    }

    /**
     * The name of the structured-output plugin.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<String> grammarProvider() {
        return Optional.ofNullable(grammarProvider);
    }

    /**
     * A chat template instead of the model's own: a file's path or the text itself.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<String> chatTemplate() {
        return Optional.ofNullable(chatTemplate);
    }

    /**
     * The seed of requests' random seeds where they set none.
     *
     * @return the value
     */
    public long seed() {
        return seed;
    }

    /**
     * For how long no step may complete while requests wait, before the engine reports that it is stalled.
     *
     * @return the value
     */
    public long watchdogMillis() {
        return watchdogMillis;
    }

    /**
     * The folder of third-party plugins, one folder each.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<Path> pluginsFolder() {
        return Optional.ofNullable(pluginsFolder);
    }

    /**
     * Further plugins beside the folder's: a jar, or a folder of one plugin's jars, each.
     *
     * @return the value, never null
     */
    public List<Path> extraPlugins() {
        return extraPlugins;
    }

    /**
     * Options for plugins, as PLUGIN.OPTION.
     *
     * @return the value, never null
     */
    public Map<String, String> options() {
        return options;
    }

    /** Builds an {@link EngineConfig}. Not thread-safe. */
    @Stable
    public static final class Builder {
        private final Path model;
        private Path tokenizer;
        private List<String> servedModelNames = List.of();
        private String dtype = "auto";
        private String device = "auto";
        private String loadFormat = "auto";
        private String kvCacheDtype = "auto";
        private Integer maxModelLen;
        private Integer maxNumSeqs;
        private Integer maxNumBatchedTokens;
        private Integer blockSize;
        private Long kvCacheMemoryBytes;
        private double gpuMemoryUtilization = 0.92;
        private int maxQueuedRequests = 4096;
        private boolean enablePrefixCaching = true;
        private boolean enforceEager = false;
        private boolean structuredOutputJumpAhead = false;
        private boolean structuredOutputStrict = false;
        private String schedulingPolicy = "fcfs";
        private String scheduler = "default";
        private String kvCacheManager = "default";
        private String executor;
        private String tokenizerProvider;
        private String chatTemplateProvider;
        private String grammarProvider;
        private String chatTemplate;
        private long seed = 0;
        private long watchdogMillis = 60000;
        private Path pluginsFolder;
        private List<Path> extraPlugins = List.of();
        private Map<String, String> options = Map.of();

        private Builder(Path model) {
            this.model = Objects.requireNonNull(model, "model");
        }

        /**
         * Sets tokenizer: the folder or file of the tokenizer, if not the model's own.
         *
         * @param tokenizer never null
         * @return this
         */
        public Builder tokenizer(Path tokenizer) {
            this.tokenizer = Objects.requireNonNull(tokenizer, "tokenizer");
            return this;
        }

        /**
         * Sets servedModelNames: the names that clients may use; the folder's name if empty.
         *
         * @param servedModelNames never null
         * @return this
         */
        public Builder servedModelNames(List<String> servedModelNames) {
            this.servedModelNames = Objects.requireNonNull(servedModelNames, "servedModelNames");
            return this;
        }

        /**
         * Sets dtype: the type of weights and activations: auto, float32, float16 or bfloat16.
         *
         * @param dtype never null
         * @return this
         */
        public Builder dtype(String dtype) {
            this.dtype = Objects.requireNonNull(dtype, "dtype");
            return this;
        }

        /**
         * Sets device: where to compute: auto, cpu, cuda or cuda:INDEX.
         *
         * @param device never null
         * @return this
         */
        public Builder device(String device) {
            this.device = Objects.requireNonNull(device, "device");
            return this;
        }

        /**
         * Sets loadFormat: where weights come from: auto (the checkpoint) or dummy (random numbers).
         *
         * @param loadFormat never null
         * @return this
         */
        public Builder loadFormat(String loadFormat) {
            this.loadFormat = Objects.requireNonNull(loadFormat, "loadFormat");
            return this;
        }

        /**
         * Sets kvCacheDtype: the type of cached keys and values: auto or fp8.
         *
         * @param kvCacheDtype never null
         * @return this
         */
        public Builder kvCacheDtype(String kvCacheDtype) {
            this.kvCacheDtype = Objects.requireNonNull(kvCacheDtype, "kvCacheDtype");
            return this;
        }

        /**
         * Sets maxModelLen: the longest sequence in tokens; the model's context if not set.
         *
         * @param maxModelLen the value
         * @return this
         */
        public Builder maxModelLen(int maxModelLen) {
            this.maxModelLen = maxModelLen;
            return this;
        }

        /**
         * Sets maxNumSeqs: how many sequences run at once.
         *
         * @param maxNumSeqs the value
         * @return this
         */
        public Builder maxNumSeqs(int maxNumSeqs) {
            this.maxNumSeqs = maxNumSeqs;
            return this;
        }

        /**
         * Sets maxNumBatchedTokens: how many tokens a step computes at most.
         *
         * @param maxNumBatchedTokens the value
         * @return this
         */
        public Builder maxNumBatchedTokens(int maxNumBatchedTokens) {
            this.maxNumBatchedTokens = maxNumBatchedTokens;
            return this;
        }

        /**
         * Sets blockSize: tokens in a KV block; the backend's choice if not set.
         *
         * @param blockSize the value
         * @return this
         */
        public Builder blockSize(int blockSize) {
            this.blockSize = blockSize;
            return this;
        }

        /**
         * Sets kvCacheMemoryBytes: bytes for the KV cache; sized by the backend if not set.
         *
         * @param kvCacheMemoryBytes the value
         * @return this
         */
        public Builder kvCacheMemoryBytes(long kvCacheMemoryBytes) {
            this.kvCacheMemoryBytes = kvCacheMemoryBytes;
            return this;
        }

        /**
         * Sets gpuMemoryUtilization: the fraction of the device's memory to use.
         *
         * @param gpuMemoryUtilization the value
         * @return this
         */
        public Builder gpuMemoryUtilization(double gpuMemoryUtilization) {
            this.gpuMemoryUtilization = gpuMemoryUtilization;
            return this;
        }

        /**
         * Sets maxQueuedRequests: how many sequences, prompts times {@code n}, may wait before more are refused.
         *
         * @param maxQueuedRequests the value
         * @return this
         */
        public Builder maxQueuedRequests(int maxQueuedRequests) {
            this.maxQueuedRequests = maxQueuedRequests;
            return this;
        }

        /**
         * Sets enablePrefixCaching: whether KV blocks of equal prefixes are shared.
         *
         * @param enablePrefixCaching the value
         * @return this
         */
        public Builder enablePrefixCaching(boolean enablePrefixCaching) {
            this.enablePrefixCaching = enablePrefixCaching;
            return this;
        }

        /**
         * Sets enforceEager: whether captured graphs are left unused.
         *
         * @param enforceEager the value
         * @return this
         */
        public Builder enforceEager(boolean enforceEager) {
            this.enforceEager = enforceEager;
            return this;
        }

        /**
         * Sets structuredOutputJumpAhead: whether text that a grammar leaves no choice about is taken without drawing its
         * tokens, in one step, and in the tokenizer's tokens rather than in those that the model would have drawn.
         *
         * @param structuredOutputJumpAhead the value
         * @return this
         */
        public Builder structuredOutputJumpAhead(boolean structuredOutputJumpAhead) {
            this.structuredOutputJumpAhead = structuredOutputJumpAhead;
            return this;
        }

        /**
         * Sets structuredOutputStrict: whether a request is refused whose schema uses words that are not enforced, such as
         * unknown keywords and formats. Otherwise they have no effect, as the standard has it.
         *
         * @param structuredOutputStrict the value
         * @return this
         */
        public Builder structuredOutputStrict(boolean structuredOutputStrict) {
            this.structuredOutputStrict = structuredOutputStrict;
            return this;
        }

        /**
         * Sets schedulingPolicy: the name of the scheduling policy.
         *
         * @param schedulingPolicy never null
         * @return this
         */
        public Builder schedulingPolicy(String schedulingPolicy) {
            this.schedulingPolicy = Objects.requireNonNull(schedulingPolicy, "schedulingPolicy");
            return this;
        }

        /**
         * Sets scheduler: the name of the scheduler.
         *
         * @param scheduler never null
         * @return this
         */
        public Builder scheduler(String scheduler) {
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
            return this;
        }

        /**
         * Sets kvCacheManager: the name of the KV cache manager.
         *
         * @param kvCacheManager never null
         * @return this
         */
        public Builder kvCacheManager(String kvCacheManager) {
            this.kvCacheManager = Objects.requireNonNull(kvCacheManager, "kvCacheManager");
            return this;
        }

        /**
         * Sets executor: the name of the executor.
         *
         * @param executor never null
         * @return this
         */
        public Builder executor(String executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Sets tokenizerProvider: the name of the tokenizer plugin.
         *
         * @param tokenizerProvider never null
         * @return this
         */
        public Builder tokenizerProvider(String tokenizerProvider) {
            this.tokenizerProvider = Objects.requireNonNull(tokenizerProvider, "tokenizerProvider");
            return this;
        }

        /**
         * Sets chatTemplateProvider: the name of the chat-template plugin.
         *
         * @param chatTemplateProvider never null
         * @return this
         */
        public Builder chatTemplateProvider(String chatTemplateProvider) {
            this.chatTemplateProvider = Objects.requireNonNull(chatTemplateProvider, "chatTemplateProvider");
            return this;
        }

        /**
         * Sets grammarProvider: the name of the structured-output plugin.
         *
         * @param grammarProvider never null
         * @return this
         */
        public Builder grammarProvider(String grammarProvider) {
            this.grammarProvider = Objects.requireNonNull(grammarProvider, "grammarProvider");
            return this;
        }

        /**
         * Sets chatTemplate: a chat template instead of the model's own: a file's path or the text itself.
         *
         * @param chatTemplate never null
         * @return this
         */
        public Builder chatTemplate(String chatTemplate) {
            this.chatTemplate = Objects.requireNonNull(chatTemplate, "chatTemplate");
            return this;
        }

        /**
         * Sets seed: the seed of requests' random seeds where they set none.
         *
         * @param seed the value
         * @return this
         */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets watchdogMillis: for how long no step may complete while requests wait, before the engine reports that it is stalled.
         *
         * @param watchdogMillis the value
         * @return this
         */
        public Builder watchdogMillis(long watchdogMillis) {
            this.watchdogMillis = watchdogMillis;
            return this;
        }

        /**
         * Sets pluginsFolder: the folder of third-party plugins, one folder each.
         *
         * @param pluginsFolder never null
         * @return this
         */
        public Builder pluginsFolder(Path pluginsFolder) {
            this.pluginsFolder = Objects.requireNonNull(pluginsFolder, "pluginsFolder");
            return this;
        }

        /**
         * Sets extraPlugins: further plugins beside the folder's: a jar, or a folder of one plugin's jars, each.
         *
         * @param extraPlugins never null
         * @return this
         */
        public Builder extraPlugins(List<Path> extraPlugins) {
            this.extraPlugins = Objects.requireNonNull(extraPlugins, "extraPlugins");
            return this;
        }

        /**
         * Sets options: options for plugins, as PLUGIN.OPTION.
         *
         * @param options never null
         * @return this
         */
        public Builder options(Map<String, String> options) {
            this.options = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Builds the value.
         *
         * @return a new, immutable EngineConfig
         * @throws TokamakException {@link ErrorCode#INVALID_REQUEST} if a value is out of range; it names the field
         */
        public EngineConfig build() {
            return new EngineConfig(this);
        }
    }
}
