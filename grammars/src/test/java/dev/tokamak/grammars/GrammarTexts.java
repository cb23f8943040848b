package dev.tokamak.grammars;

import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarState;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Feeds texts to grammars. */
final class GrammarTexts {
    private GrammarTexts() {}

    /** Whether a text is accepted token by token and may end there; masks must agree with what is accepted. */
    static boolean accepts(CompiledGrammar grammar, SyntheticVocabulary vocabulary, String text, Random random) {
        GrammarState state = grammar.newState();
        int[] words = new int[(vocabulary.size() + 31) / 32];
        for (int token : vocabulary.tokenise(text.getBytes(StandardCharsets.UTF_8), random)) {
            state.fillMask(words, 0);
            boolean allowed = (words[token >>> 5] >>> token & 1) != 0;
            boolean accepted = state.accept(token);
            if (allowed != accepted) {
                throw new AssertionError("mask says " + allowed + ", accept says " + accepted + " for token " + token);
            }
            if (!accepted) {
                return false;
            }
        }
        state.fillMask(words, 0);
        int end = vocabulary.endToken();
        boolean mayEnd = (words[end >>> 5] >>> end & 1) != 0;
        return mayEnd && state.accept(end);
    }
}
