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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void numbersThatAreNotFiniteDoNotMatterWhereNobodyNeedsThem() throws IOException {
        write("generation_config.json", "{\"diversity_penalty\": NaN, \"length_penalty\": -Infinity, \"top_k\": 5}");

        assertThat(read().samplingDefaults()).containsExactly(Map.entry("top_k", 5L));
    }

    @Test
    void takesEveryEndOfSequenceId() throws IOException {
        write("generation_config.json", "{\"eos_token_id\": [7, 9]}");
        write("tokenizer_config.json", "{\"eos_token\": \"</s>\"}");

        assertThat(read().eosTokenIds(new ByteTokenizer().vocabulary(), 300))
                .containsExactly(7, 9, ByteTokenizer.EOS_ID);
    }

    @Test
    void aModelForImagesEndsByWhatItsLanguageModelSays() throws IOException {
        write("config.json", "{\"text_config\": {\"eos_token_id\": [5, 6]}}");
        assertThat(read().eosTokenIds(new ByteTokenizer().vocabulary(), 300)).containsExactly(5, 6);
        write("config.json", "{\"eos_token_id\": 7, \"text_config\": {\"eos_token_id\": 5}}");
        assertThat(read().eosTokenIds(new ByteTokenizer().vocabulary(), 300)).containsExactly(7);
    }

    @Test
    void takesTheEndOfSequenceOfTheConfigurationWhereGenerationSaysNothing() throws IOException {
        write("config.json", "{\"eos_token_id\": 5}");

        assertThat(read().eosTokenIds(new ByteTokenizer().vocabulary(), 300)).containsExactly(5);
    }

    @Test
    void readsSpecialTokensAsTextOrObject() throws IOException {
        write("tokenizer_config.json", """
                {"bos_token": {"content": "<s>", "special": true}, "eos_token": "</s>", "unk_token": null}""");

        assertThat(read().specialToken("bos_token")).contains("<s>");
        assertThat(read().specialToken("eos_token")).contains("</s>");
        assertThat(read().specialToken("unk_token")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "300",
                "-1",
                "99999999999",
                "99999999999999999999",
                "Infinity",
                "NaN",
                "\"2\"",
                "1.5",
                "[2, 300]",
                "true",
                "{}"
            })
    void anEndTokenOutOfTheVocabularyIsRefusedByName(String value) throws IOException {
        write("config.json", "{\"eos_token_id\": " + value + "}");

        assertThatThrownBy(() -> read().eosTokenIds(new ByteTokenizer().vocabulary(), 300))
                .isInstanceOf(TokamakException.class)
                .hasMessageStartingWith(folder.resolve("config.json") + " has eos_token_id = ")
                .hasMessageEndingWith("where a token id from 0 to 299, or a list of such, is expected");
    }

    @ParameterizedTest
    @CsvSource({
        "temperature, -1",
        "temperature, '\"hot\"'",
        "temperature, 1e999",
        "temperature, Infinity",
        "top_p, NaN",
        "max_new_tokens, 99999999999999999999999999",
        "top_p, 0",
        "top_p, 1.5",
        "min_p, -0.1",
        "top_k, 2.5",
        "top_k, 99999999999",
        "repetition_penalty, 0",
        "max_new_tokens, 0",
        "max_new_tokens, []"
    })
    void aDefaultThatNoRequestCouldHaveIsRefusedByName(String field, String value) throws IOException {
        write("generation_config.json", "{\"" + field + "\": " + value + "}");

        assertThatThrownBy(() -> read().samplingDefaults())
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining("generation_config.json has " + field + " = ")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void namesEverySpecialTokenForTemplates() throws IOException {
        write("tokenizer_config.json", """
                {"bos_token": "<s>", "sep_token": {"content": "[SEP]"}, "cls_token": "[CLS]", "mask_token": "[MASK]",
                "pad_token": null, "additional_special_tokens": ["<a>", {"content": "<b>"}],
                "extra_special_tokens": {"image_token": "<image>"}}""");

        assertThat(read().specialTokens())
                .isEqualTo(Map.of(
                        "bos_token", "<s>",
                        "sep_token", "[SEP]",
                        "cls_token", "[CLS]",
                        "mask_token", "[MASK]",
                        "additional_special_tokens", List.of("<a>", "<b>"),
                        "image_token", "<image>"));
    }

    @Test
    void theOlderMapOfSpecialTokensWinsUnlessTheConfigurationListsAddedTokens() throws IOException {
        write("special_tokens_map.json", """
                {"eos_token": {"content": "<end>"}, "image_token": "<i>", "additional_special_tokens": ["<a>"]}""");
        write("tokenizer_config.json", """
                {"eos_token": "</s>", "bos_token": "<s>", "audio_token": "<x>"}""");
        assertThat(read().specialTokens())
                .isEqualTo(Map.of(
                        "bos_token",
                        "<s>",
                        "eos_token",
                        "<end>",
                        "image_token",
                        "<i>",
                        "audio_token",
                        "<x>",
                        "additional_special_tokens",
                        List.of("<a>")));

        write("tokenizer_config.json", """
                {"eos_token": "</s>", "added_tokens_decoder": {}}""");
        assertThat(read().specialTokens()).isEqualTo(Map.of("eos_token", "</s>"));
    }

    @Test
    void readsTheFolderOfAdditionalTemplates() throws IOException {
        Files.createDirectory(folder.resolve("additional_chat_templates"));
        write("additional_chat_templates/tool_use.jinja", "t");
        write("additional_chat_templates/notes.txt", "n");
        write("chat_template.jinja", "d");

        assertThat(read().chatTemplates()).isEqualTo(Map.of("default", "d", "tool_use", "t"));
    }

    @ParameterizedTest
    @CsvSource({
        "model.gguf, GGUF's format",
        "params.json, its maker's own format",
        "consolidated.safetensors, its maker's own format",
        "adapter_config.json, an adapter",
        "pytorch_model.bin, weights without the config.json"
    })
    void saysWhatLiesWhereAModelShould(String file, String what) throws IOException {
        write(file, "x");

        assertThat(FolderFindings.aboutModel(folder))
                .startsWith("; it has no config.json, but " + file)
                .contains(what);
    }

    @Test
    void saysWhichFolderBelowIsAModel() throws IOException {
        assertThat(FolderFindings.aboutModel(folder)).startsWith("; it has no config.json: take the folder");
        Files.createDirectory(folder.resolve("snapshot"));
        write("snapshot/config.json", "{}");
        assertThat(FolderFindings.aboutModel(folder)).endsWith("its folder snapshot has one: name that");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer.model", "tekken.json", "qwen.tiktoken", "vocab.json", "vocab.txt"})
    void saysWhatLiesWhereATokenizerShould(String file) throws IOException {
        write(file, "x");

        assertThat(FolderFindings.aboutTokenizer(folder))
                .startsWith("; it has no tokenizer.json, but " + file + ", ")
                .contains("convert it");
    }

    @Test
    void whatThisUserMayNotReadIsNamedAndNotTakenForAbsent() throws IOException {
        write("config.json", "{}");
        write("tokenizer.json", "{}");
        write("notes.txt", "");
        assertThatThrownBy(() -> ModelFolder.requireReadable(folder, path -> false))
                .isInstanceOf(TokamakException.class)
                .hasMessageStartingWith("the folder " + folder + " may not be read by this user (");
        assertThatThrownBy(() -> ModelFolder.requireReadable(folder, Files::isDirectory))
                .isInstanceOf(TokamakException.class)
                .hasMessageStartingWith(folder.resolve("config.json") + " may not be read by this user (");
        ModelFolder.requireReadable(folder, path -> !path.endsWith("notes.txt"));
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        write("model.gguf", "x");
        Path file = folder.resolve("model.gguf");

        assertThatThrownBy(() -> ModelFolder.read(file, folder)).hasMessageContaining("is a file; expected a folder");
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
