package dev.tokamak.engine;

import dev.tokamak.api.Engine;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.EngineProvider;

/** Opens {@link TokamakEngine}s: {@code tokamak}. */
public final class TokamakEngineProvider implements EngineProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TokamakEngineProvider() {}

    @Override
    public String name() {
        return "tokamak";
    }

    @Override
    public Engine open(EngineConfig config) {
        return TokamakEngine.open(config);
    }
}
