package dev.tokamak.engine.cache;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.scheduler.Sequence;

/** Makes sequences for tests. */
final class Sequences {
    private static final SamplingParams GREEDY =
            SamplingParams.builder().temperature(0).build();

    private Sequences() {}

    static Sequence of(long id, int... prompt) {
        return new Sequence(id, id, 0, 0, GREEDY, 0, prompt, new int[0], 64, null);
    }

    static Sequence keyed(PrefixKeys keys, long id, int... prompt) {
        Sequence sequence = of(id, prompt);
        keys.chain("test").begin(sequence, prompt.length + 64);
        return sequence;
    }

    static int[] counting(int length) {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = i;
        }
        return tokens;
    }
}
