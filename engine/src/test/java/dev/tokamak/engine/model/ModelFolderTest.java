package dev.tokamak.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import dev.tokamak.tck.ByteTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("json")
class ModelFolderTest {
    @TempDir
    Path folder;

    private ModelFolder read() {
        return ModelFolder.read(folder, folder);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    @Test
    void takesRequestDefaultsUnderTheProtocolsNames() throws IOException {
        write("generation_config.json", """
                {"temperature": 0.6, "top_k": 20, "max_new_tokens": 100, "do_sample": true, "pad_token_id": 3}""");

        assertThat(read().samplingDefaults())
                .containsExactlyInAnyOrderEntriesOf(Map.of("temperature", 0.6, "top_k", 20L, "max_tokens", 100L));
    }

    @Test
    void takesEveryEndOfSequenceId() throws IOException {
        write("generation_config.json", "{\"eos_token_id\": [7, 9]}");
        write("tokenizer_config.json", "{\"eos_token\": \"</s>\"}");

        assertThat(read().eosTokenIds(new ByteTokenizer().vocabulary())).containsExactly(7, 9, ByteTokenizer.EOS_ID);
    }

    @Test
    void takesTheEndOfSequenceOfTheConfigurationWhereGenerationSaysNothing() throws IOException {
        write("config.json", "{\"eos_token_id\": 5}");

        assertThat(read().eosTokenIds(new ByteTokenizer().vocabulary())).containsExactly(5);
    }

    @Test
    void readsSpecialTokensAsTextOrObject() throws IOException {
        write("tokenizer_config.json", """
                {"bos_token": {"content": "<s>", "special": true}, "eos_token": "</s>", "unk_token": null}""");

        assertThat(read().specialToken("bos_token")).contains("<s>");
        assertThat(read().specialToken("eos_token")).contains("</s>");
        assertThat(read().specialToken("unk_token")).isEmpty();
    }

    @Test
    void readsNamedTemplates() throws IOException {
        write("tokenizer_config.json", """
                {"chat_template": [{"name": "default", "template": "d"}, {"name": "tool_use", "template": "t"}]}""");

        assertThat(read().chatTemplates()).isEqualTo(Map.of("default", "d", "tool_use", "t"));
    }

    @Test
    void prefersTheTemplateFile() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": \"old\"}");
        write("chat_template.jinja", "new");

        assertThat(read().chatTemplates()).isEqualTo(Map.of("default", "new"));
    }

    @ParameterizedTest
    @MethodSource
    void namesAFileThatIsNoJson(String text) throws IOException {
        write("generation_config.json", text);

        assertThatThrownBy(this::read)
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(folder.resolve("generation_config.json").toString());
    }

    static List<String> namesAFileThatIsNoJson() {
        return List.of("{\"temperature\":", "", "[]", "7", "{\"a\": " + "[".repeat(5000) + "]".repeat(5000) + "}");
    }

    @Test
    void namesAFolderThatIsNotThere() {
        Path missing = folder.resolve("missing");

        assertThatThrownBy(() -> ModelFolder.read(missing, missing)).hasMessageContaining(missing.toString());
    }
}
