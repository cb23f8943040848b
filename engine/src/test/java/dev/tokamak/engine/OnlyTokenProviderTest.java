package dev.tokamak.engine;

import dev.tokamak.spi.sampling.LogitsAdjusterProvider;
import dev.tokamak.tck.LogitsAdjusterContract;
import java.util.List;

class OnlyTokenProviderTest extends LogitsAdjusterContract {
    @Override
    protected LogitsAdjusterProvider provider() {
        return new OnlyTokenProvider();
    }

    @Override
    protected List<Object> arguments() {
        return List.of(0, 65, 255);
    }

    @Override
    protected List<Object> malformedArguments() {
        return List.of("65", List.of(65), true);
    }
}
