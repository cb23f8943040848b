package dev.tokamak.engine;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Opens engines that run the deterministic executor over bytes, and runs prompts on them. */
final class Engines {
    private Engines() {}

    static EngineConfig.Builder config(Path folder, String... options) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            all.put("deterministic." + options[i], options[i + 1]);
        }
        return EngineConfig.builder(folder)
                .executor("deterministic")
                .tokenizerProvider("bytes")
                .maxNumSeqs(16)
                .maxNumBatchedTokens(64)
                .options(all);
    }

    static SamplingParams.Builder greedy(int maxTokens) {
        return SamplingParams.builder()
                .temperature(0)
                .maxTokens(maxTokens)
                .ignoreEos(true)
                .outputKind(OutputKind.FINAL_ONLY);
    }

    static GenerationRequest request(int[] prompt, SamplingParams params) {
        return GenerationRequest.builder(Prompt.tokens(prompt), params).build();
    }

    static int[] tokens(TokamakEngine engine, int[] prompt, SamplingParams params) throws InterruptedException {
        return last(engine.submit(request(prompt, params))).outputs().get(0).tokenIds();
    }

    static RequestOutput last(RequestStream stream) throws InterruptedException {
        try (stream) {
            RequestOutput output = stream.take().orElseThrow();
            while (!output.finished()) {
                output = stream.take().orElseThrow();
            }
            return output;
        }
    }

    static double metric(TokamakEngine engine, String name) {
        return engine.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    static int[] prompt(int length, int salt) {
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++) {
            prompt[i] = (i * 7 + salt * 13) & 0xff;
        }
        return prompt;
    }
}
