package dev.tokamak.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.scheduler.Sequence;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PrefixKeysTest {
    private static final PrefixKeys KEYS = PrefixKeys.seeded(1, 4);

    private static long[] keys(PrefixKeys keys, String domain, int... prompt) {
        Sequence sequence = Sequences.of(1, prompt);
        keys.chain(domain).begin(sequence, prompt.length);
        return Arrays.copyOf(sequence.prefixKeys(), 2 * sequence.keyedBlocks());
    }

    @Test
    void keysFullBlocksOnly() {
        assertThat(keys(KEYS, "", Sequences.counting(11))).hasSize(4);
    }

    @Test
    void givesEqualPrefixesEqualKeys() {
        assertThat(keys(KEYS, "", 1, 2, 3, 4, 5, 6, 7, 8)).startsWith(keys(KEYS, "", 1, 2, 3, 4, 9));
    }

    @Test
    void chainsABlockToTheOnesBefore() {
        long[] one = keys(KEYS, "", 1, 2, 3, 4, 5, 6, 7, 8);
        long[] other = keys(KEYS, "", 0, 2, 3, 4, 5, 6, 7, 8);

        assertThat(other[2]).isNotEqualTo(one[2]);
    }

    @Test
    void keepsDomainsApart() {
        assertThat(keys(KEYS, "a", 1, 2, 3, 4)).isNotEqualTo(keys(KEYS, "b", 1, 2, 3, 4));
    }

    @Test
    void cannotBeForeseenUnlessSeeded() {
        assertThat(keys(PrefixKeys.random(4), "", 1, 2, 3, 4)).isNotEqualTo(keys(PrefixKeys.random(4), "", 1, 2, 3, 4));
    }

    @Test
    void goesOnWithGeneratedTokensAsIfTheyWereThePrompt() {
        Sequence sequence = Sequences.of(1, 1, 2, 3);
        PrefixKeys.Chain chain = KEYS.chain("");
        chain.begin(sequence, 3);
        for (int token = 4; token <= 8; token++) {
            sequence.append(token);
            chain.extend(sequence);
        }

        assertThat(Arrays.copyOf(sequence.prefixKeys(), 2 * sequence.keyedBlocks()))
                .isEqualTo(keys(KEYS, "", 1, 2, 3, 4, 5, 6, 7, 8));
    }
}
