package dev.tokamak.server;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.TokamakException;
import dev.tokamak.gate.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        set("scheduler", builder::scheduler);
        set("kv-cache-manager", builder::kvCacheManager);
        set("tokenizer-provider", builder::tokenizerProvider);
        set("chat-template-provider", builder::chatTemplateProvider);
        set("grammar-provider", builder::grammarProvider);
        set("option", value -> builder.options(options(value)));
        set("plugins", value -> builder.pluginsFolder(Path.of(value)));
        set("seed", value -> builder.seed(Long.parseLong(value)));
        return builder.build();
    }

    /** Options as {@code serve} takes them one by one, behind commas. */
    private static Map<String, String> options(String text) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String each : text.split(",")) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw TokamakException.configuration("tokamak.option has '" + each.strip()
                        + "', expected PLUGIN.KEY=VALUE, several with commas between");
            }
            options.put(
                    each.substring(0, equals).strip(),
                    each.substring(equals + 1).strip());
        }
        return options;
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
