package dev.tokamak.spi.executor;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.Incubating;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What an executor is made from.
 *
 * @param model the checkpoint's folder
 * @param engine the whole configuration, with {@code dtype}, {@code device}, memory limits and plugin options
 * @param maxNumSeqs how many slots there are at most, settled by the engine
 * @param maxNumBatchedTokens how many tokens a step has at most, settled by the engine
 * @since 0.1
 */
@Incubating
public record ExecutorConfig(Path model, EngineConfig engine, int maxNumSeqs, int maxNumBatchedTokens) {
    /** Refuses null. */
    public ExecutorConfig {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(engine, "engine");
    }
}
