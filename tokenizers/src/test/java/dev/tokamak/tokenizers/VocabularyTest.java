package dev.tokamak.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "sentencepiece-bpe", "unigram", "wordpiece"})
    void countsModelAndAddedTokens(String name) {
        Fixture fixture = Fixture.named(name);
        try (Tokenizer tokenizer = fixture.open()) {
            assertThat(tokenizer.vocabulary().size()).isEqualTo(fixture.size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "unigram"})
    void bytesOfATextsTokensAreTheTextsBytes(String name) {
        try (Tokenizer tokenizer = Fixture.named(name).open()) {
            String text = "  dog 😀 Łódź\n\t{\"a\": [1]}";
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int id : tokenizer.encode(text, false)) {
                bytes.writeBytes(tokenizer.vocabulary().bytes(id));
            }
            assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(text);
        }
    }

    @Test
    void addedTokensAreFoundByContentAndOnlySpecialOnesAreSpecial() {
        try (Tokenizer tokenizer = Fixture.named("byte-level").open()) {
            Vocabulary vocabulary = tokenizer.vocabulary();
            int end = vocabulary.addedToken("<|im_end|>").orElseThrow();
            int toolCall = vocabulary.addedToken("<tool_call>").orElseThrow();
            assertThat(vocabulary.special(end)).isTrue();
            assertThat(vocabulary.special(toolCall)).isFalse();
            assertThat(vocabulary.specialTokens())
                    .contains(end)
                    .doesNotContain(toolCall)
                    .isSorted();
            assertThat(vocabulary.bytes(end)).isEqualTo("<|im_end|>".getBytes(StandardCharsets.UTF_8));
            assertThat(vocabulary.addedToken("dog")).isEmpty();
        }
    }

    @Test
    void everyByteHasATokenInAByteLevelVocabulary() {
        try (Tokenizer tokenizer = Fixture.named("byte-level").open()) {
            boolean[] seen = new boolean[256];
            for (int id = 0; id < tokenizer.vocabulary().size(); id++) {
                byte[] bytes = tokenizer.vocabulary().bytes(id);
                if (bytes.length == 1) {
                    seen[bytes[0] & 0xFF] = true;
                }
            }
            assertThat(seen).doesNotContain(false);
        }
    }
}
