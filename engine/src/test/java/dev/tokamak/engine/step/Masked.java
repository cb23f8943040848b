package dev.tokamak.engine.step;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.engine.output.Completion;
import dev.tokamak.spi.grammar.GrammarState;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.List;
import java.util.function.IntSupplier;

/** Completions under a grammar that is a piece of code. */
final class Masked {
    private Masked() {}

    /** A completion whose masks have one word, written by {@code word}. */
    static Completion completion(int number, IntSupplier word) {
        return completion(number, new WordGrammar(word));
    }

    static Completion completion(int number, GrammarState grammar) {
        SamplingParams params = SamplingParams.builder().build();
        int[] none = {};
        TokenLimits limits = new TokenLimits(params, none, 32);
        Completion completion =
                new Completion(null, 0, null, new DrawConstraint(grammar, List.of(), none, 1, null, none, limits));
        completion.bind(new Sequence(
                number, number, 0, 0, SamplingParams.builder().build(), 0, new int[] {1}, new int[0], 8, completion));
        return completion;
    }

    /** Takes every token; its mask is what is supplied. */
    private record WordGrammar(IntSupplier word) implements GrammarState {
        @Override
        public boolean accept(int token) {
            return true;
        }

        @Override
        public boolean fillMask(int[] words, int offset) {
            words[offset] = word.getAsInt();
            return true;
        }

        @Override
        public void rollback(int tokens) {}

        @Override
        public GrammarState fork() {
            return this;
        }

        @Override
        public boolean terminated() {
            return false;
        }
    }
}
