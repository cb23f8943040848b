package dev.tokamak.grammars;

import dev.tokamak.grammars.limits.GrammarLimits;
import dev.tokamak.grammars.tokens.TokenIndex;
import dev.tokamak.spi.grammar.GrammarCompiler;
import dev.tokamak.spi.grammar.GrammarProvider;
import dev.tokamak.spi.tokenizer.Vocabulary;

/**
 * Compiles constraints to byte automata; chosen by the name {@code automaton}.
 *
 * @since 0.1
 */
public final class AutomatonGrammarProvider implements GrammarProvider {
    /** For {@link java.util.ServiceLoader}. */
    public AutomatonGrammarProvider() {}

    @Override
    public String name() {
        return "automaton";
    }

    @Override
    public GrammarCompiler create(Vocabulary vocabulary, int maskSize, int[] endTokens) {
        return create(vocabulary, maskSize, endTokens, false);
    }

    @Override
    public GrammarCompiler create(Vocabulary vocabulary, int maskSize, int[] endTokens, boolean strict) {
        AutomatonCompiler compiler =
                new AutomatonCompiler(new TokenIndex(vocabulary, maskSize, endTokens), GrammarLimits.DEFAULT, strict);
        compiler.warmUp();
        return compiler;
    }
}
