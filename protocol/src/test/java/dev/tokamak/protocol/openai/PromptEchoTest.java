package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.Prompt;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Prompts of tokenizers that add tokens and spaces, change texts, or cut characters in two. */
class PromptEchoTest {
    private static final Vocabulary VOCABULARY = new Pieces(
            bytes("<s>"),
            bytes(" Hello"),
            bytes(" world"),
            bytes("é"),
            new byte[] {(byte) 0xF0, (byte) 0x9F},
            new byte[] {(byte) 0x98, (byte) 0x80});

    @Test
    void tokensThatTheTokenizerAddsAreNoPartOfTheText() {
        PromptEcho echo = echo(new Prompt.Text("Hello world", true), "<s> Hello world", 0, 1, 2);
        assertThat(echo.text()).isEqualTo("Hello world");
        assertThat(echo.offsets()).containsExactly(0, 0, 5);
        assertThat(echo.length()).isEqualTo(11);
    }

    @Test
    void tokensThatTheClientWroteAre() {
        PromptEcho echo = echo(new Prompt.Text("<s>Hello world", false), "<s> Hello world", 0, 1, 2);
        assertThat(echo.text()).isEqualTo("<s>Hello world");
        assertThat(echo.offsets()).containsExactly(0, 3, 8);
    }

    @Test
    void aTextThatTheTokenizerChangesIsRepeatedAsItWasRead() {
        PromptEcho echo = echo(new Prompt.Text("Hello e\u0301", false), "Helloé", 1, 3);
        assertThat(echo.text()).isEqualTo("Helloé");
        assertThat(echo.offsets()).containsExactly(0, 5);
    }

    @Test
    void tokensAreRepeatedAsTheyDecode() {
        PromptEcho echo = echo(Prompt.tokens(1, 4, 5, 2), "Hello😀 world", 1, 4, 5, 2);
        assertThat(echo.text()).isEqualTo("Hello😀 world");
        assertThat(echo.offsets()).containsExactly(0, 5, 5, 6);
        assertThat(echo.length()).isEqualTo(12);
    }

    @Test
    void partsOfCharactersBecomeReplacementsOfTheirOwn() {
        PromptEcho echo = echo(Prompt.tokens(5, 3, 4), "?", 5, 3, 4);
        assertThat(echo.text()).isEqualTo("\uFFFD\uFFFDé\uFFFD");
        assertThat(echo.offsets()).containsExactly(0, 2, 3);
        assertThat(echo.length()).isEqualTo(4);
    }

    @Test
    void idsThatTheTokenizerDoesNotKnowHaveNoText() {
        PromptEcho echo = echo(Prompt.tokens(1, 99, 2), "Hello world", 1, 99, 2);
        assertThat(echo.text()).isEqualTo("Hello world");
        assertThat(echo.offsets()).containsExactly(0, 5, 5);
    }

    private static PromptEcho echo(Prompt asked, String decoded, int... ids) {
        return PromptEcho.of(asked, ids, VOCABULARY, known -> {
            assertThat(known).doesNotContain(99);
            return decoded;
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private record Pieces(byte[]... all) implements Vocabulary {
        @Override
        public int size() {
            return all.length;
        }

        @Override
        public byte[] bytes(int id) {
            return id < all.length ? all[id] : new byte[0];
        }

        @Override
        public OptionalInt addedToken(String content) {
            return content.equals("<s>") ? OptionalInt.of(0) : OptionalInt.empty();
        }

        @Override
        public boolean special(int id) {
            return id == 0;
        }

        @Override
        public List<Integer> specialTokens() {
            return List.of(0);
        }
    }
}
