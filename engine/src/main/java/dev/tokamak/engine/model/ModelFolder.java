package dev.tokamak.engine.model;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A checkpoint folder, as far as the engine reads it; weights and {@code config.json} are the executor's. Immutable. */
public final class ModelFolder {
    /** The fields of generation_config.json that become request defaults, and what the protocol calls them. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "temperature", "temperature",
            "top_p", "top_p",
            "top_k", "top_k",
            "min_p", "min_p",
            "repetition_penalty", "repetition_penalty",
            "max_new_tokens", "max_tokens");

    private final Path folder;
    private final Map<String, Object> generation;
    private final Map<String, Object> config;
    private final Map<String, Object> tokenizer;
    private final Map<String, Object> specialTokens;
    private final Map<String, String> chatTemplates;

    private ModelFolder(Path folder, Path tokenizerFolder) {
        this.folder = folder;
        this.config = JsonFile.readIfPresent(folder.resolve("config.json"));
        this.generation = JsonFile.readIfPresent(folder.resolve("generation_config.json"));
        this.tokenizer = JsonFile.readIfPresent(tokenizerFolder.resolve("tokenizer_config.json"));
        this.specialTokens = JsonFile.readIfPresent(tokenizerFolder.resolve("special_tokens_map.json"));
        this.chatTemplates = readChatTemplates(tokenizerFolder);
    }

    /**
     * Reads a folder.
     *
     * @param folder of the checkpoint
     * @param tokenizerFolder of the tokenizer; often the same
     * @return what they say
     * @throws TokamakException if the folder does not exist or a file in it is corrupt; the message names it
     */
    public static ModelFolder read(Path folder, Path tokenizerFolder) {
        if (!Files.isDirectory(folder)) {
            throw TokamakException.configuration(
                    "the model " + folder + " is not a folder; expected one with config.json and *.safetensors");
        }
        return new ModelFolder(folder, tokenizerFolder);
    }

    /** Where the checkpoint is. */
    public Path folder() {
        return folder;
    }

    /** Request defaults, by the protocol's field names; only what the model's makers set. */
    public Map<String, Object> samplingDefaults() {
        Map<String, Object> defaults = new LinkedHashMap<>();
        generation.forEach((field, value) -> {
            if (DEFAULTS.containsKey(field) && value instanceof Number) {
                defaults.put(DEFAULTS.get(field), value);
            }
        });
        return defaults;
    }

    /**
     * Every end-of-sequence id: those of generation_config.json, else of config.json, and the tokenizer's own.
     *
     * @param vocabulary to find the tokenizer's token in
     * @return distinct ids, possibly none
     */
    public List<Integer> eosTokenIds(Vocabulary vocabulary) {
        Set<Integer> ids = new LinkedHashSet<>(ids(generation.get("eos_token_id")));
        if (ids.isEmpty()) {
            ids.addAll(ids(config.get("eos_token_id")));
        }
        specialToken("eos_token").ifPresent(token -> {
            OptionalInt id = vocabulary.addedToken(token);
            id.ifPresent(ids::add);
        });
        return List.copyOf(ids);
    }

    private static List<Integer> ids(Object value) {
        List<Integer> ids = new ArrayList<>();
        if (value instanceof Long id) {
            ids.add(id.intValue());
        } else if (value instanceof List<?> list) {
            list.forEach(item -> ids.addAll(ids(item)));
        }
        return ids;
    }

    /**
     * A special token's text.
     *
     * @param role such as {@code bos_token}
     * @return empty if the tokenizer has none
     */
    public Optional<String> specialToken(String role) {
        return text(tokenizer.get(role)).or(() -> text(specialTokens.get(role)));
    }

    private static Optional<String> text(Object token) {
        if (token instanceof Map<?, ?> added) {
            return text(added.get("content"));
        }
        return token instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** The chat templates by name, the usual one being {@code default}. */
    public Map<String, String> chatTemplates() {
        return chatTemplates;
    }

    private Map<String, String> readChatTemplates(Path tokenizerFolder) {
        Map<String, String> templates = new LinkedHashMap<>();
        collectTemplates(tokenizer.get("chat_template"), templates);
        collectTemplates(
                JsonFile.readIfPresent(tokenizerFolder.resolve("chat_template.json"))
                        .get("chat_template"),
                templates);
        Path jinja = tokenizerFolder.resolve("chat_template.jinja");
        if (Files.isRegularFile(jinja)) {
            templates.put("default", readText(jinja));
        }
        return templates;
    }

    private static void collectTemplates(Object value, Map<String, String> templates) {
        if (value instanceof String template) {
            templates.put("default", template);
        } else if (value instanceof List<?> named) {
            for (Object item : named) {
                if (item instanceof Map<?, ?> entry
                        && entry.get("name") instanceof String name
                        && entry.get("template") instanceof String template) {
                    templates.put(name, template);
                }
            }
        }
    }

    static String readText(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw TokamakException.configuration(file + " cannot be read: " + e.getMessage());
        }
    }
}
