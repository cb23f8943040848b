package dev.tokamak.grammars;

import static dev.tokamak.api.StructuredOutput.Kind.CHOICE;
import static dev.tokamak.api.StructuredOutput.Kind.REGEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.spi.grammar.CompiledGrammar;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegexGrammarTest {
    private static final Grammars GRAMMARS = new Grammars();

    @Test
    void theWholeTextMustMatch() {
        GRAMMARS.accepts(REGEX, "ab|c{2,3}?", "ab", "cc", "ccc");
        GRAMMARS.rejects(REGEX, "ab|c{2,3}?", "abc", "c", "cccc", "");
    }

    @Test
    void anchorsHoldWhereverTheyStand() {
        GRAMMARS.accepts(REGEX, "^(a|^b)+$", "a", "ba", "aa");
        GRAMMARS.rejects(REGEX, "^(a|^b)+$", "ab", "");
    }

    @Test
    void charactersOutsideAsciiAreWholeCharacters() {
        GRAMMARS.accepts(REGEX, "[à-ü]{2}😀.", "éö😀漢");
        GRAMMARS.rejects(REGEX, ".", "éé", "\n", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "(?=a)b lookahead",
                "(?<!a)b lookbehind",
                "(a)\\1 back-references",
                "\\bword \\b",
                "(?>a) atomic",
                "a++ possessive",
                "[a&&b] intersection",
                "\\p{Foo} Foo",
                "a** quantifier",
                "(a closed",
                "a) ')'",
                "[a closed",
                "*a repeat",
                "[[a]] dialects",
                "a{3,2} wrong"
            })
    void whatIsNotRegularOrNotAgreedIsRefusedByName(String expression, String named) {
        GRAMMARS.refuses(REGEX, expression, named);
    }

    @Test
    void aChoiceIsOneOfItsStrings() {
        CompiledGrammar grammar =
                GRAMMARS.compiler.compile(new StructuredOutput(CHOICE, "", List.of("yes", "no", "no way", "<|end|>")));
        assertThat(GRAMMARS.accepts(grammar, "no")).isTrue();
        assertThat(GRAMMARS.accepts(grammar, "no way")).isTrue();
        assertThat(GRAMMARS.accepts(grammar, "no w")).isFalse();
        GRAMMARS.refuses(new StructuredOutput(CHOICE, "", List.of()), "at least one");
    }
}
