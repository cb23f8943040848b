package dev.tokamak.grammars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.StructuredOutput.Kind;
import dev.tokamak.api.TokamakException;
import dev.tokamak.grammars.limits.GrammarLimits;
import dev.tokamak.grammars.tokens.TokenIndex;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarCompiler;
import dev.tokamak.spi.grammar.GrammarState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** A compiler over a small vocabulary, and what tests ask of it. */
final class Grammars {
    /** The limits of the product but for time, of which a slow machine needs more. */
    static final GrammarLimits UNTIMED = new GrammarLimits(
            600_000,
            GrammarLimits.DEFAULT.states(),
            GrammarLimits.DEFAULT.sourceChars(),
            GrammarLimits.DEFAULT.cachedGrammars(),
            GrammarLimits.DEFAULT.cachedBytes(),
            GrammarLimits.DEFAULT.cacheBytes());

    final SyntheticVocabulary vocabulary = new SyntheticVocabulary(4096);
    final GrammarCompiler compiler;

    Grammars() {
        this(false);
    }

    Grammars(boolean strict) {
        compiler = new AutomatonCompiler(
                new TokenIndex(vocabulary, vocabulary.size(), new int[] {vocabulary.endToken()}), UNTIMED, strict);
    }

    CompiledGrammar compile(Kind kind, String source) {
        return compiler.compile(StructuredOutput.of(kind, source));
    }

    void accepts(Kind kind, String source, String... texts) {
        CompiledGrammar grammar = compile(kind, source);
        for (String text : texts) {
            assertThat(accepts(grammar, text)).as(text).isTrue();
        }
    }

    void rejects(Kind kind, String source, String... texts) {
        CompiledGrammar grammar = compile(kind, source);
        for (String text : texts) {
            assertThat(accepts(grammar, text)).as(text).isFalse();
        }
    }

    boolean accepts(CompiledGrammar grammar, String text) {
        return GrammarTexts.accepts(grammar, vocabulary, text, new Random(1));
    }

    /** Whether a text is accepted byte by byte, without a mask before each: for long texts. */
    boolean acceptsBytes(String schema, String text) {
        GrammarState state = compile(Kind.JSON_SCHEMA, schema).newState();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (!state.accept(b & 0xFF)) {
                return false;
            }
        }
        return state.accept(vocabulary.endToken());
    }

    void refuses(Kind kind, String source, String... named) {
        refuses(StructuredOutput.of(kind, source), named);
    }

    void refuses(StructuredOutput source, String... named) {
        assertThatThrownBy(() -> compiler.compile(source))
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .message()
                .contains(List.of(named));
    }
}
