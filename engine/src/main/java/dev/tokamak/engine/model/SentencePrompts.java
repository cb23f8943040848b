package dev.tokamak.engine.model;

import dev.tokamak.api.TokamakException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint of {@code sentence-transformers} wants written before a text, by what the text is for:
 * {@code config_sentence_transformers.json}.
 *
 * @param byName the prompts, such as {@code query} with {@code "query: "}; in the file's order
 * @param usual the name of the one that every text gets that asks for none; empty for none
 */
public record SentencePrompts(Map<String, String> byName, Optional<String> usual) {
    private static final String FILE = "config_sentence_transformers.json";

    /**
     * Reads a checkpoint's prompts.
     *
     * @param folder of the checkpoint
     * @return none if it has no such file, or the file has none
     * @throws TokamakException if the file is no JSON, or has something else where prompts are expected
     */
    public static SentencePrompts read(Path folder) {
        Map<String, Object> file = JsonFile.readIfPresent(folder.resolve(FILE));
        Map<String, String> byName = new LinkedHashMap<>();
        Object prompts = file.get("prompts");
        if (prompts != null && !(prompts instanceof Map)) {
            throw fault(folder, "prompts", prompts, "an object of texts");
        }
        if (prompts instanceof Map<?, ?> named) {
            named.forEach((name, prompt) -> {
                if (prompt != null && !(prompt instanceof String)) {
                    throw fault(folder, "prompts." + name, prompt, "a text");
                }
                byName.put((String) name, prompt == null ? "" : (String) prompt);
            });
        }
        Object usual = file.get("default_prompt_name");
        if (usual != null && !byName.containsKey(usual)) {
            throw fault(folder, "default_prompt_name", usual, "the name of one of its prompts " + byName.keySet());
        }
        return new SentencePrompts(Collections.unmodifiableMap(byName), Optional.ofNullable((String) usual));
    }

    private static TokamakException fault(Path folder, String field, Object value, String expected) {
        return TokamakException.configuration(
                folder.resolve(FILE) + " has " + field + " = " + value + " where " + expected + " is expected");
    }
}
