package dev.tokamak.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.protocol.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class BodyTest {
    private static final int LIMIT = 1 << 20;

    @Test
    void aCompressedBodyThatFitsIsInflatedThoughThereIsNoMemoryForTwiceItsSize() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(new byte[LIMIT - 200_000]);
        }
        MemoryBudget budget = new MemoryBudget(LIMIT);
        Body body = new Body(compressed.size(), LIMIT, budget);
        body.add(compressed.toByteArray(), 0, compressed.size());

        Body inflated = body.gunzipped();

        assertThat(inflated.size()).isEqualTo(LIMIT - 200_000);
        assertThat(budget.used()).isBetween((long) inflated.size(), (long) LIMIT);
        inflated.free();
        assertThat(budget.used()).isZero();
    }

    @Test
    void aBodyThatDoesNotFitIsRefusedAndLeavesNothing() {
        MemoryBudget budget = new MemoryBudget(LIMIT / 2);
        Body body = new Body(LIMIT, LIMIT, budget);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 64; i++) {
                        body.add(new byte[16 * 1024], 0, 16 * 1024);
                    }
                })
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.status()).isEqualTo(503));
        body.free();
        assertThat(budget.used()).isZero();
    }
}
