package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.executor.KvGroup;
import org.junit.jupiter.api.Test;

/** What a model with latent attention tells the engine of its cache. */
final class LatentCacheTest {
    @Test
    void aTokenTakesOneLatentAndOneTurnedKeyALayer() {
        try (Driver driver = new Driver(Reference.of("deepseek_v2").folder())) {
            // kv_lora_rank and qk_rope_head_dim of three layers, in float32.
            assertThat(driver.model.kvGroups()).containsExactly(KvGroup.latent((16 + 8) * 3 * Float.BYTES));
        }
    }
}
