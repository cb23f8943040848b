package dev.tokamak.engine.model;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What lies in a folder that could not be served, and what to do with it: the end of an error's line. */
public final class FolderFindings {
    private static final String TRANSFORMERS_FOLDER =
            "take the folder of the same model that Hugging Face Transformers reads,"
                    + " with config.json and model*.safetensors";

    private static final Map<String, String> MODELS = new LinkedHashMap<>();
    private static final Map<String, String> TOKENIZERS = new LinkedHashMap<>();

    static {
        MODELS.put("*.gguf", "a model in GGUF's format, which is not read; " + TRANSFORMERS_FOLDER);
        MODELS.put("params.json", "a model in its maker's own format (params.json); " + TRANSFORMERS_FOLDER);
        MODELS.put("consolidated*", "a model in its maker's own format; " + TRANSFORMERS_FOLDER);
        MODELS.put("adapter_config.json", "an adapter, which is no model by itself; name the folder of its base model");
        MODELS.put(
                "model_index.json",
                "a pipeline of several models (model_index.json); name the folder of a language model");
        MODELS.put(
                "*.{safetensors,bin,pt,pth}", "weights without the config.json that says what they are; fetch it too");
        MODELS.put("*/config.json", "");
        TOKENIZERS.put("tokenizer.model", "a SentencePiece model");
        TOKENIZERS.put("tekken.json", "Mistral's tokenizer");
        TOKENIZERS.put("*.tiktoken", "ranks of tiktoken");
        TOKENIZERS.put("vocab.json", "a vocabulary for merges.txt");
        TOKENIZERS.put("vocab.txt", "a vocabulary of WordPiece");
    }

    private FolderFindings() {}

    /** About a folder that no executor takes. */
    public static String aboutModel(Path folder) {
        if (Files.isRegularFile(folder.resolve("config.json"))) {
            return "";
        }
        for (Map.Entry<String, String> each : MODELS.entrySet()) {
            String found = first(folder, each.getKey());
            if (found != null) {
                return each.getValue().isEmpty()
                        ? "; it has no config.json, but its folder " + found + " has one: name that"
                        : "; it has no config.json, but " + found + ", " + each.getValue();
            }
        }
        return "; it has no config.json: " + TRANSFORMERS_FOLDER;
    }

    /** About a folder whose tokenizer nobody reads. */
    public static String aboutTokenizer(Path folder) {
        for (Map.Entry<String, String> each : TOKENIZERS.entrySet()) {
            String found = first(folder, each.getKey());
            if (found != null) {
                return "; it has no tokenizer.json, but " + found + ", " + each.getValue()
                        + ": convert it, for instance with Python:"
                        + " AutoTokenizer.from_pretrained(FOLDER).save_pretrained(OTHER), and name OTHER with --tokenizer";
            }
        }
        return "; it has no tokenizer.json: fetch it, or name the folder that has one with --tokenizer";
    }

    private static String first(Path folder, String pattern) {
        boolean below = pattern.startsWith("*/");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, below ? "*" : pattern)) {
            for (Path file : files) {
                if (!below || Files.isRegularFile(file.resolve(pattern.substring(2)))) {
                    return file.getFileName().toString();
                }
            }
        } catch (IOException e) {
            return null;
        }
        return null;
    }
}
