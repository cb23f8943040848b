package dev.tokamak.grammars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.StructuredOutput.Kind;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarCompiler;
import java.util.List;
import java.util.Random;

/** A compiler over a small vocabulary, and what tests ask of it. */
final class Grammars {
    final SyntheticVocabulary vocabulary = new SyntheticVocabulary(4096);
    final GrammarCompiler compiler =
            new AutomatonGrammarProvider().create(vocabulary, vocabulary.size(), new int[] {vocabulary.endToken()});

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
