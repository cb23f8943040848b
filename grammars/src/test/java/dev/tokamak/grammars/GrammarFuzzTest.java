package dev.tokamak.grammars;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrammarFuzzTest {
    private final SyntheticVocabulary vocabulary = new SyntheticVocabulary(4096);

    @Test
    void whateverSchemasFinishValidatesAndWhateverValidatesIsAccepted() {
        SchemaFuzzer fuzzer = new SchemaFuzzer(vocabulary);
        for (long seed = 1; seed <= 400; seed++) {
            assertThat(fuzzer.check(seed)).isEmpty();
        }
        assertThat(fuzzer.finished).isGreaterThan(1000);
        assertThat(fuzzer.accepted).isGreaterThan(900);
    }

    @Test
    void whateverExpressionsFinishMatchesInJavaToo() {
        RegexFuzzer fuzzer = new RegexFuzzer(vocabulary);
        for (long seed = 1; seed <= 400; seed++) {
            assertThat(fuzzer.check(seed)).isEmpty();
        }
        assertThat(fuzzer.finished).isGreaterThan(1000);
    }
}
