package dev.tokamak.engine.model;

import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

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

    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private final Path folder;
    private final Map<String, Object> generation;
    private final Map<String, Object> config;
    private final Map<String, Object> tokenizer;

    /** Of the older file special_tokens_map.json, which wins, but only where tokenizer_config.json lists no added tokens. */
    private final Map<String, Object> specialTokens;

    private final Map<String, String> chatTemplates;

    private ModelFolder(Path folder, Path tokenizerFolder) {
        this.folder = folder;
        this.config = JsonFile.readIfPresent(folder.resolve("config.json"));
        this.generation = JsonFile.readIfPresent(folder.resolve("generation_config.json"));
        this.tokenizer = JsonFile.readIfPresent(tokenizerFolder.resolve("tokenizer_config.json"));
        this.specialTokens = tokenizer.get("added_tokens_decoder") instanceof Map<?, ?>
                ? Map.of()
                : JsonFile.readIfPresent(tokenizerFolder.resolve("special_tokens_map.json"));
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
        if (Files.isRegularFile(folder)) {
            throw TokamakException.configuration("the model " + folder
                    + " is a file; expected a folder with config.json and *.safetensors"
                    + (folder.toString().endsWith(".gguf") ? " (GGUF files are not read)" : ""));
        }
        if (!Files.isDirectory(folder)) {
            throw TokamakException.configuration(
                    "the model " + folder + " is not a folder; expected one with config.json and *.safetensors");
        }
        requireReadable(folder, Files::isReadable);
        requireReadable(tokenizerFolder, Files::isReadable);
        return new ModelFolder(folder, tokenizerFolder);
    }

    /** Refuses a folder with what this process may not read, before each reader says so in its own way, or takes it for absent. */
    static void requireReadable(Path folder, Predicate<Path> readable) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        if (!readable.test(folder) || !Files.isExecutable(folder)) {
            throw notPermitted("the folder " + folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(json|jinja|safetensors|model)"))
                    .filter(file -> !readable.test(file))
                    .sorted()
                    .findFirst()
                    .ifPresent(file -> {
                        throw notPermitted(file.toString());
                    });
        } catch (IOException e) {
            throw TokamakException.configuration("the folder " + folder + " cannot be read: " + e);
        }
    }

    private static TokamakException notPermitted(String what) {
        return TokamakException.configuration(what + " may not be read by this user (" + System.getProperty("user.name")
                + "); give the server's user the right to read it");
    }

    /** Where the checkpoint is. */
    public Path folder() {
        return folder;
    }

    /** Request defaults, by the protocol's field names; only what the model's makers set. */
    public Map<String, Object> samplingDefaults() {
        Map<String, Object> defaults = new LinkedHashMap<>();
        generation.forEach((field, value) -> {
            if (DEFAULTS.containsKey(field) && value != null) {
                defaults.put(DEFAULTS.get(field), checked(field, value));
            }
        });
        return defaults;
    }

    /** A default that no request could be served with is refused once here, rather than with every request. */
    private Number checked(String field, Object value) {
        if (!(value instanceof Number number)) {
            throw fault("generation_config.json", field, value, "a number");
        }
        double found = number.doubleValue();
        boolean whole = value instanceof Long && found <= Integer.MAX_VALUE;
        String expected =
                switch (field) {
                    case "temperature" -> found >= 0 && Double.isFinite(found) ? null : "a number from 0 on";
                    case "top_p" -> found > 0 && found <= 1 ? null : "a number over 0 up to 1";
                    case "min_p" -> found >= 0 && found <= 1 ? null : "a number from 0 to 1";
                    case "top_k" -> whole && found >= -1 ? null : "a whole number, 0 or -1 for all tokens";
                    case "repetition_penalty" -> found > 0 && Double.isFinite(found) ? null : "a number over 0";
                    default -> whole && found >= 1 ? null : "a whole number from 1 on";
                };
        if (expected != null) {
            throw fault("generation_config.json", field, value, expected);
        }
        return number;
    }

    private TokamakException fault(String file, String field, Object value, String expected) {
        return TokamakException.configuration(
                folder.resolve(file) + " has " + field + " = " + value + " where " + expected + " is expected");
    }

    /**
     * Every end-of-sequence id: those of generation_config.json, else of config.json, else of the language model that it describes
     * within another, and the tokenizer's own.
     *
     * @param vocabulary to find the tokenizer's token in
     * @param modelVocabulary how many tokens the model tells apart
     * @return distinct ids, possibly none
     * @throws TokamakException if the model has no such token: an answer would never end by it
     */
    public List<Integer> eosTokenIds(Vocabulary vocabulary, int modelVocabulary) {
        Set<Integer> ids = new LinkedHashSet<>();
        collectIds("generation_config.json", generation.get("eos_token_id"), modelVocabulary, ids);
        if (ids.isEmpty()) {
            collectIds("config.json", config.get("eos_token_id"), modelVocabulary, ids);
        }
        if (ids.isEmpty() && config.get("text_config") instanceof Map<?, ?> language) {
            collectIds("config.json", language.get("eos_token_id"), modelVocabulary, ids);
        }
        specialToken("eos_token").ifPresent(token -> {
            OptionalInt id = vocabulary.addedToken(token);
            if (id.isPresent() && id.getAsInt() < modelVocabulary) {
                ids.add(id.getAsInt());
            }
        });
        return List.copyOf(ids);
    }

    private void collectIds(String file, Object value, int vocabulary, Set<Integer> into) {
        if (value == null) {
            return;
        }
        for (Object item : value instanceof List<?> list ? list : List.of(value)) {
            if (!(item instanceof Long id) || id < 0 || id >= vocabulary) {
                throw fault(
                        file,
                        "eos_token_id",
                        value,
                        "a token id from 0 to " + (vocabulary - 1) + ", or a list of such,");
            }
            into.add(id.intValue());
        }
    }

    /**
     * The special tokens that a chat template may name: those that every tokenizer can have, and those that this one has by names of
     * its own.
     *
     * @return texts by name, and lists of the tokens without a name
     */
    public Map<String, Object> specialTokens() {
        Map<String, Object> named = new LinkedHashMap<>();
        for (String role : ROLES) {
            specialToken(role).ifPresent(token -> named.put(role, token));
        }
        for (Map<String, Object> file : List.of(specialTokens, tokenizer)) {
            file.forEach((name, token) -> {
                if (name.endsWith("_token") && !ROLES.contains(name)) {
                    text(token).ifPresent(text -> named.put(name, text));
                }
            });
        }
        for (String field : new String[] {"additional_special_tokens", "extra_special_tokens"}) {
            Object extra = tokenizer.containsKey(field) ? tokenizer.get(field) : specialTokens.get(field);
            if (extra instanceof Map<?, ?> byName) {
                byName.forEach((name, token) -> text(token).ifPresent(text -> named.putIfAbsent((String) name, text)));
            } else if (extra instanceof List<?> list) {
                named.put(
                        field,
                        list.stream().flatMap(token -> text(token).stream()).toList());
            }
        }
        return named;
    }

    /**
     * A special token's text.
     *
     * @param role such as {@code bos_token}
     * @return empty if the tokenizer has none
     */
    public Optional<String> specialToken(String role) {
        return text(specialTokens.containsKey(role) ? specialTokens.get(role) : tokenizer.get(role));
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
        collectFiles(tokenizerFolder.resolve("additional_chat_templates"), templates);
        return templates;
    }

    private static void collectFiles(Path folder, Map<String, String> templates) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.toString().endsWith(".jinja")).sorted().forEach(file -> {
                String name = file.getFileName().toString();
                templates.put(name.substring(0, name.length() - ".jinja".length()), readText(file));
            });
        } catch (IOException e) {
            throw TokamakException.configuration(folder + " cannot be read: " + e.getMessage());
        }
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
