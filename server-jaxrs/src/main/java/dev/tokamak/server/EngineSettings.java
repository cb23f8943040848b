package dev.tokamak.server;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.TokamakException;
import dev.tokamak.gate.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** The engine's configuration from {@code tokamak.*} settings, named as the options of {@code tokamak serve}. */
final class EngineSettings {
    private EngineSettings() {}

    static EngineConfig fromEnvironment() {
        String model = Settings.text("model");
        if (model == null) {
            throw TokamakException.configuration(
                    "the setting tokamak.model is missing: start Java with -Dtokamak.model=FOLDER, or set TOKAMAK_MODEL");
        }
        EngineConfig.Builder builder = EngineConfig.builder(Path.of(model));
        set("tokenizer", value -> builder.tokenizer(Path.of(value)));
        set("served-model-name", value -> builder.servedModelNames(List.of(value.split(","))));
        set("dtype", builder::dtype);
        set("device", builder::device);
        set("load-format", builder::loadFormat);
        set("max-model-len", value -> builder.maxModelLen(Integer.parseInt(value)));
        set("max-num-seqs", value -> builder.maxNumSeqs(Integer.parseInt(value)));
        set("max-num-queued-reqs", value -> builder.maxQueuedRequests(Integer.parseInt(value)));
        set("max-num-batched-tokens", value -> builder.maxNumBatchedTokens(Integer.parseInt(value)));
        set("block-size", value -> builder.blockSize(Integer.parseInt(value)));
        set("kv-cache-memory-bytes", value -> builder.kvCacheMemoryBytes(Long.parseLong(value)));
        set("kv-cache-dtype", builder::kvCacheDtype);
        set("gpu-memory-utilization", value -> builder.gpuMemoryUtilization(Double.parseDouble(value)));
        set("enforce-eager", value -> builder.enforceEager(Boolean.parseBoolean(value)));
        set("structured-output-jump-ahead", value -> builder.structuredOutputJumpAhead(Boolean.parseBoolean(value)));
        set("structured-output-strict", value -> builder.structuredOutputStrict(Boolean.parseBoolean(value)));
        set("scheduling-policy", builder::schedulingPolicy);
        set("chat-template", builder::chatTemplate);
        set("executor", builder::executor);
        set("plugins", value -> builder.pluginsFolder(Path.of(value)));
        set("seed", value -> builder.seed(Long.parseLong(value)));
        return builder.build();
    }

    private static void set(String name, Consumer<String> setter) {
        String value = Settings.text(name);
        if (value == null) {
            return;
        }
        try {
            setter.accept(value);
        } catch (NumberFormatException e) {
            throw TokamakException.configuration("tokamak." + name + " is '" + value + "', expected a number");
        }
    }
}
