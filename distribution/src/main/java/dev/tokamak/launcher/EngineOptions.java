package dev.tokamak.launcher;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.TokamakException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The options that say which model is served and how the engine runs it. */
final class EngineOptions {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MODEL",
            description = "Folder of a Hugging Face checkpoint, the same as --model. Default: the embedded demo model.")
    private Path modelArgument;

    @Option(
            names = "--model",
            paramLabel = "FOLDER",
            description = "Folder of a Hugging Face checkpoint (config.json, *.safetensors, tokenizer.json).")
    private Path model;

    @Option(
            names = "--tokenizer",
            paramLabel = "FOLDER",
            description = "Folder of the tokenizer, where it is not the model's own.")
    private Path tokenizer;

    @Option(
            names = "--served-model-name",
            paramLabel = "NAME",
            arity = "1..*",
            split = ",",
            description = "Name(s) under which clients ask for the model. Default: the folder's name.")
    private List<String> servedModelNames = List.of();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description =
                    "Type of weights and activations: auto, float32, bfloat16, float16. Default: ${DEFAULT-VALUE}.")
    private String dtype;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description = "Where the model runs: auto, cpu, cuda, cuda:N. Default: ${DEFAULT-VALUE}.")
    private String device;

    @Option(
            names = "--load-format",
            paramLabel = "FORMAT",
            defaultValue = "auto",
            description = "How weights are read: auto, safetensors, dummy (random). Default: ${DEFAULT-VALUE}.")
    private String loadFormat;

    @Option(
            names = "--max-model-len",
            paramLabel = "TOKENS",
            converter = PositiveInt.class,
            description = "Longest sequence, prompt and answer together. Default: the model's context.")
    private Integer maxModelLen;

    @Option(
            names = "--max-num-seqs",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Most sequences that run at the same time.")
    private Integer maxNumSeqs;

    @Option(
            names = "--max-num-queued-reqs",
            paramLabel = "N",
            converter = PositiveInt.class,
            description = "Most sequences (prompts times n) that wait beside those that run; more are refused with 429."
                    + " Default: 4096.")
    private Integer maxNumQueuedReqs;

    @Option(
            names = "--max-num-batched-tokens",
            paramLabel = "TOKENS",
            converter = PositiveInt.class,
            description = "Most tokens computed in one step; longer prompts are taken in chunks.")
    private Integer maxNumBatchedTokens;

    @Option(
            names = "--block-size",
            paramLabel = "TOKENS",
            converter = PositiveInt.class,
            description = "Tokens in one block of the KV cache.")
    private Integer blockSize;

    @Option(
            names = "--kv-cache-memory-bytes",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            description = "Memory for the KV cache: bytes, or with K, M, G. Default: chosen from what is free.")
    private Long kvCacheMemoryBytes;

    @Option(
            names = "--kv-cache-dtype",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description = "Type of cached keys and values; auto is the type of the model. Default: ${DEFAULT-VALUE}.")
    private String kvCacheDtype;

    @Option(
            names = "--gpu-memory-utilization",
            paramLabel = "FRACTION",
            description = "Share of the GPU's memory that may be used, above 0 and up to 1.")
    private Double gpuMemoryUtilization;

    @Option(
            names = "--enforce-eager",
            description = "On a GPU, launch every kernel instead of replaying captured graphs.")
    private boolean enforceEager;

    @Option(
            names = "--structured-output-jump-ahead",
            description = "Take text that a grammar leaves no choice about in one step, in the tokenizer's tokens.")
    private boolean structuredOutputJumpAhead;

    @Option(
            names = "--structured-output-strict",
            description = "Refuse schemas with words that are not enforced, instead of reading these as annotations.")
    private boolean structuredOutputStrict;

    @Option(
            names = "--scheduling-policy",
            paramLabel = "NAME",
            defaultValue = "fcfs",
            description = "Order of waiting requests: fcfs, priority, or a plugin's. Default: ${DEFAULT-VALUE}.")
    private String schedulingPolicy;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Seed of the random seeds of requests that set none. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--executor",
            paramLabel = "NAME",
            description = "Backend that computes the model, where several could. See 'tokamak plugins'.")
    private String executor;

    @Option(
            names = "--scheduler",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "Plugin that plans steps. Default: ${DEFAULT-VALUE}.")
    private String scheduler;

    @Option(
            names = "--kv-cache-manager",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "Plugin that hands out blocks of the KV cache. Default: ${DEFAULT-VALUE}.")
    private String kvCacheManager;

    @Option(
            names = "--tokenizer-provider",
            paramLabel = "NAME",
            description = "Plugin that reads the tokenizer, where several could.")
    private String tokenizerProvider;

    @Option(
            names = "--chat-template-provider",
            paramLabel = "NAME",
            description = "Plugin that renders conversations, where several could.")
    private String chatTemplateProvider;

    @Option(
            names = "--grammar-provider",
            paramLabel = "NAME",
            description = "Plugin that compiles structured outputs, where there are several.")
    private String grammarProvider;

    @Option(
            names = "--option",
            paramLabel = "PLUGIN.KEY=VALUE",
            description = "A setting of a chosen plugin; one that none of them takes is refused. May be repeated.")
    private Map<String, String> options = Map.of();

    EngineConfig toConfig(Installation installation, String chatTemplate, List<Path> extraPlugins) {
        Path folder = chosenModel(installation);
        EngineConfig.Builder builder = EngineConfig.builder(folder)
                .servedModelNames(servedModelNames)
                .dtype(dtype)
                .device(device)
                .loadFormat(loadFormat)
                .kvCacheDtype(kvCacheDtype)
                .enforceEager(enforceEager)
                .structuredOutputJumpAhead(structuredOutputJumpAhead)
                .structuredOutputStrict(structuredOutputStrict)
                .schedulingPolicy(schedulingPolicy)
                .scheduler(scheduler)
                .kvCacheManager(kvCacheManager)
                .seed(seed)
                .options(options);
        if (tokenizer != null) {
            builder.tokenizer(existing(tokenizer, "--tokenizer"));
        }
        if (maxModelLen != null) {
            builder.maxModelLen(maxModelLen);
        }
        if (maxNumSeqs != null) {
            builder.maxNumSeqs(maxNumSeqs);
        }
        if (maxNumQueuedReqs != null) {
            builder.maxQueuedRequests(maxNumQueuedReqs);
        }
        if (maxNumBatchedTokens != null) {
            builder.maxNumBatchedTokens(maxNumBatchedTokens);
        }
        if (blockSize != null) {
            builder.blockSize(blockSize);
        }
        if (kvCacheMemoryBytes != null) {
            builder.kvCacheMemoryBytes(kvCacheMemoryBytes);
        }
        if (gpuMemoryUtilization != null) {
            if (!(gpuMemoryUtilization > 0 && gpuMemoryUtilization <= 1)) {
                throw TokamakException.configuration("--gpu-memory-utilization is " + gpuMemoryUtilization
                        + ", expected a number above 0 and up to 1");
            }
            builder.gpuMemoryUtilization(gpuMemoryUtilization);
        }
        if (executor != null) {
            builder.executor(executor);
        }
        if (tokenizerProvider != null) {
            builder.tokenizerProvider(tokenizerProvider);
        }
        if (chatTemplateProvider != null) {
            builder.chatTemplateProvider(chatTemplateProvider);
        }
        if (grammarProvider != null) {
            builder.grammarProvider(grammarProvider);
        }
        if (chatTemplate != null) {
            builder.chatTemplate(chatTemplate);
        }
        installation.plugins().ifPresent(builder::pluginsFolder);
        return builder.extraPlugins(extraPlugins).build();
    }

    private Path chosenModel(Installation installation) {
        if (model != null && modelArgument != null && !model.equals(modelArgument)) {
            throw TokamakException.configuration(
                    "two models are named, --model " + model + " and " + modelArgument + ": give one of them");
        }
        Path chosen = model != null ? model : modelArgument;
        return chosen != null ? existing(chosen, "the model") : installation.demoModel();
    }

    private static Path existing(Path path, String what) {
        if (!Files.exists(path)) {
            throw TokamakException.configuration(what + " does not exist: " + path.toAbsolutePath()
                    + "; expected a folder in Hugging Face's layout on this machine");
        }
        return path;
    }

    /** An integer of at least 1. */
    static final class PositiveInt implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return whole(text, 1);
        }
    }

    /** An integer of at least 0, or -1 where there is no limit. */
    static final class CountOrUnlimited implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return whole(text, -1);
        }
    }

    private static int whole(String text, int least) {
        try {
            int value = Integer.parseInt(text);
            if (value >= least) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The message below says what is expected.
        }
        throw new TypeConversionException("'" + text + "' is not a whole number of at least " + least);
    }

    /** A number of bytes, also as 512M or 4G (powers of 1024). */
    static final class ByteCount implements ITypeConverter<Long> {
        private static final String UNITS = "KMGT";

        @Override
        public Long convert(String text) {
            try {
                int unit = text.isEmpty() ? -1 : UNITS.indexOf(Character.toUpperCase(text.charAt(text.length() - 1)));
                long number = Long.parseLong(unit < 0 ? text : text.substring(0, text.length() - 1));
                if (number > 0) {
                    return Math.multiplyExact(number, 1L << (10 * (unit + 1)));
                }
            } catch (NumberFormatException | ArithmeticException e) {
                // The message below says what is expected.
            }
            throw new TypeConversionException("'" + text + "' is not a number of bytes such as 536870912, 512M or 4G");
        }
    }
}
