package dev.tokamak.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.TokenizerProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("json")
class BrokenFilesTest {
    private final HuggingFaceTokenizerProvider provider = new HuggingFaceTokenizerProvider();

    @TempDir
    private Path folder;

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(TokenizerProvider.class))
                .extracting(TokenizerProvider::name)
                .contains("huggingface");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThat(provider.supports(folder)).isFalse();
        assertThatThrownBy(() -> provider.create(folder))
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION))
                .hasMessageContaining(folder.resolve("tokenizer.json").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "[]",
                "{}",
                "{\"model\": 7}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": 7}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": \"b\"}}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 2000000000}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 4294967296}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0.5}, \"merges\": []}}",
                "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", 0], [7, 0]]}}",
                "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", 0], []]}}",
                "{\"model\": {\"type\": \"Unheard\", \"vocab\": {\"a\": 0}}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a b\"]}}",
                "{\"added_tokens\": [{\"content\": \"a\"}], \"model\": {\"vocab\": {\"a\": 0}}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0"
            })
    void aCorruptFileIsNamed(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), content);
        assertThatThrownBy(() -> provider.create(folder))
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION))
                .hasMessageContaining(file.toString());
    }

    @Test
    void aFileThatIsNestedTooDeeplyIsNamed() throws IOException {
        aCorruptFileIsNamed("{\"decoder\": " + "[".repeat(5000) + "]".repeat(5000) + "}");
    }

    @Test
    void aClosedTokenizerRefusesToWorkAndMayBeClosedAgain() {
        Tokenizer tokenizer = Fixture.named("byte-level").open();
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("a", false)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void halfASurrogatePairBecomesTheReplacementCharacter() {
        try (Tokenizer tokenizer = Fixture.named("byte-level").open()) {
            int[] ids = tokenizer.encode("😀 \uD83D x", false);
            assertThat(tokenizer.decode(ids, true)).isEqualTo("😀 \uFFFD x");
        }
    }
}
