package dev.tokamak.tokenizers;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which class of {@code transformers} would read a folder without {@code tokenizer.json}. */
enum TokenizerClass {
    BERT("vocab.txt"),
    MPNET("vocab.txt"),
    GPT2("vocab.json"),
    QWEN2("vocab.json"),
    ROBERTA("vocab.json"),
    LLAMA("tokenizer.model"),
    GEMMA("tokenizer.model"),
    T5("spiece.model"),
    XLM_ROBERTA("sentencepiece.bpe.model"),
    /** The class that builds what the file says. */
    PLAIN("tokenizer.model");

    private static final Map<String, TokenizerClass> BY_NAME = Map.ofEntries(
            Map.entry("Bert", BERT),
            Map.entry("DistilBert", BERT),
            Map.entry("Electra", BERT),
            Map.entry("MPNet", MPNET),
            Map.entry("GPT2", GPT2),
            Map.entry("Qwen2", QWEN2),
            Map.entry("Roberta", ROBERTA),
            Map.entry("Llama", LLAMA),
            Map.entry("Gemma", GEMMA),
            Map.entry("T5", T5),
            Map.entry("XLMRoberta", XLM_ROBERTA),
            Map.entry("PreTrained", PLAIN));

    private static final Map<String, TokenizerClass> BY_MODEL = Map.ofEntries(
            Map.entry("bert", BERT),
            Map.entry("distilbert", BERT),
            Map.entry("electra", BERT),
            Map.entry("nomic_bert", BERT),
            Map.entry("mpnet", MPNET),
            Map.entry("gpt2", GPT2),
            Map.entry("opt", GPT2),
            Map.entry("phi", GPT2),
            Map.entry("starcoder2", GPT2),
            Map.entry("qwen2", QWEN2),
            Map.entry("qwen2_moe", QWEN2),
            Map.entry("qwen3", QWEN2),
            Map.entry("qwen3_moe", QWEN2),
            Map.entry("qwen3_next", QWEN2),
            Map.entry("roberta", ROBERTA),
            Map.entry("gemma", GEMMA),
            Map.entry("gemma2", GEMMA),
            Map.entry("gemma3", GEMMA),
            Map.entry("gemma3_text", GEMMA),
            Map.entry("t5", T5),
            Map.entry("mt5", T5),
            Map.entry("xlm-roberta", XLM_ROBERTA));

    /** Models whose folders name a class that is not theirs. */
    private static final Set<String> MISNAMED = Set.of(
            "arctic",
            "fuyu",
            "internlm2",
            "internlm3",
            "jamba",
            "llava",
            "llava_next",
            "minicpm3",
            "minicpmv",
            "modernbert",
            "nemotron",
            "phi3",
            "phi3_v",
            "phimoe",
            "qwen2");

    /** Models that the plain class reads, whatever class their folders name. */
    private static final Set<String> PLAIN_MODELS = Set.of(
            "mistral",
            "mistral3",
            "mixtral",
            "ministral",
            "ministral3",
            "pixtral",
            "glm",
            "glm4",
            "glm4_moe",
            "granite",
            "granitemoe",
            "granitemoehybrid",
            "olmo2",
            "olmo3",
            "stablelm",
            "persimmon",
            "umt5",
            "xlm-roberta-xl");

    private static final List<String> MODELS = List.of("tokenizer.model", "spiece.model", "sentencepiece.bpe.model");

    final String file;

    TokenizerClass(String file) {
        this.file = file;
    }

    /**
     * Decides by what the folder's files say.
     *
     * @param config of {@code tokenizer_config.json}
     * @param model of {@code config.json}
     * @return null if it is a class that is not known here, or none is named
     */
    static TokenizerClass of(JsonObject config, JsonObject model) {
        String type = text(model, "model_type");
        String named = text(config, "tokenizer_class");
        if (named.isEmpty()) {
            named = text(model, "tokenizer_class");
        }
        if (PLAIN_MODELS.contains(type)) {
            return PLAIN;
        }
        TokenizerClass own = BY_MODEL.get(type);
        if (MISNAMED.contains(type)) {
            return own == null ? PLAIN : own;
        }
        if (named.isEmpty()) {
            return own == null ? PLAIN : own;
        }
        String name = named.endsWith("Fast") ? named.substring(0, named.length() - 4) : named;
        name = name.endsWith("Tokenizer") ? name.substring(0, name.length() - "Tokenizer".length()) : name;
        return name.equals("TokenizersBackend") ? PLAIN : BY_NAME.get(name);
    }

    private static String text(JsonObject object, String key) {
        return object.get(key) instanceof JsonString text ? text.getString() : "";
    }

    /** The file that it reads, or null if the folder has none. */
    Path in(Path folder) {
        if (Files.isRegularFile(folder.resolve(file))) {
            return folder.resolve(file);
        }
        if (MODELS.contains(file) && Files.isRegularFile(folder.resolve("tokenizer.model"))) {
            return folder.resolve("tokenizer.model");
        }
        return null;
    }
}
