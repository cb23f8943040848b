package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.executor.ExecutorConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A type of the KV cache that cannot be had is refused, not replaced in silence. */
final class CacheTypeTest {
    @Test
    void anFp8CacheOnTheCpuIsRefused() {
        assertRefused("fp8", "--kv-cache-dtype fp8 needs a CUDA device");
    }

    @Test
    void anUnknownTypeIsNamedWithTheKnownOnes() {
        assertRefused("int4", "--kv-cache-dtype int4 is unknown; known are auto and fp8");
    }

    private static void assertRefused(String type, String message) {
        EngineConfig config = EngineConfig.builder(Path.of("model"))
                .device("cpu")
                .kvCacheDtype(type)
                .build();
        ExecutorConfig executor = new ExecutorConfig(config.model(), config, 4, 64);
        assertThatThrownBy(() -> new LibtorchExecutorProvider().create(executor))
                .isInstanceOf(TokamakException.class)
                .hasMessageStartingWith(message);
    }
}
