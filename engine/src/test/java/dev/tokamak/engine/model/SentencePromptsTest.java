package dev.tokamak.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SentencePromptsTest {
    @TempDir
    private Path folder;

    @Test
    void promptsComeByNameAndOneOfThemMayBeTheUsualOne() throws IOException {
        write("""
                {"__version__": {}, "prompts": {"query": "query: ", "document": null}, "default_prompt_name": "query",
                 "similarity_fn_name": "cosine"}""");
        SentencePrompts prompts = SentencePrompts.read(folder);
        assertThat(prompts.byName()).containsExactly(Map.entry("query", "query: "), Map.entry("document", ""));
        assertThat(prompts.usual()).hasValue("query");
    }

    @Test
    void aFolderOrAFileWithoutPromptsHasNone() throws IOException {
        assertThat(SentencePrompts.read(folder).byName()).isEmpty();
        write("{\"prompts\": {}, \"default_prompt_name\": null}");
        assertThat(SentencePrompts.read(folder).byName()).isEmpty();
        assertThat(SentencePrompts.read(folder).usual()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"prompts\": [\"query: \"]} | has prompts = [query: ] where an object of texts is expected",
                "{\"prompts\": {\"query\": 1}} | has prompts.query = 1 where a text is expected",
                "{\"prompts\": {\"query\": \"q\"}, \"default_prompt_name\": \"passage\"} | has default_prompt_name = passage where"
                        + " the name of one of its prompts [query] is expected"
            })
    void whatIsNoPromptIsRefused(String text, String problem) throws IOException {
        write(text);
        assertThatThrownBy(() -> SentencePrompts.read(folder))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(problem);
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("config_sentence_transformers.json"), text);
    }
}
