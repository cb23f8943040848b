package dev.tokamak.tokenizers;

import dev.tokamak.api.TokamakException;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the tokenizer of a folder that has no {@code tokenizer.json}, in memory, as the classes of {@code transformers} 5 do when they
 * load the folder.
 */
final class Conversion {
    private static final List<String> SOURCES = List.of(
            "tekken.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "vocab.json", "vocab.txt");

    private final TokenizerClass kind;
    private final Path file;
    private final TokenizerSettings settings;

    private Conversion(TokenizerClass kind, Path file, TokenizerSettings settings) {
        this.kind = kind;
        this.file = file;
        this.settings = settings;
    }

    /** Whether a folder has something to convert. */
    static boolean isPossible(Path folder) {
        return SOURCES.stream().anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    static TokenizerFile of(Path folder) {
        TokenizerSettings settings = TokenizerSettings.beside(folder.resolve("tokenizer.json"));
        JsonObject model = TokenizerSettings.object(folder.resolve("config.json"));
        TokenizerClass kind = TokenizerClass.of(settings.config(), model);
        Path tekken = folder.resolve("tekken.json");
        if (Files.isRegularFile(tekken) && (kind == null || kind == TokenizerClass.PLAIN)) {
            return new Conversion(TokenizerClass.PLAIN, tekken, settings).tekken();
        }
        Path file = kind == null ? null : kind.in(folder);
        if (file == null) {
            throw refused(folder, settings.config(), kind);
        }
        return new Conversion(kind, file, settings).converted();
    }

    private static TokamakException refused(Path folder, JsonObject config, TokenizerClass kind) {
        String found = SOURCES.stream()
                .filter(name -> Files.isRegularFile(folder.resolve(name)))
                .findFirst()
                .orElse("nothing");
        String named = config.get("tokenizer_class") instanceof JsonString name ? name.getString() : "none";
        return TokamakException.configuration(folder + " has no tokenizer.json, but " + found + ", and "
                + (kind == null
                        ? "its tokenizer_class (" + named + ") is not one that is converted here"
                        : "its tokenizer class reads " + kind.file)
                + ": convert it, for instance with Python:"
                + " AutoTokenizer.from_pretrained(FOLDER).save_pretrained(OTHER), and name OTHER with --tokenizer");
    }

    private TokenizerFile converted() {
        return switch (kind) {
            case BERT, MPNET -> wordPiece();
            case GPT2, QWEN2, ROBERTA -> byteLevel();
            default -> new SentencePieceConversion(kind, file, settings).converted();
        };
    }

    private TokenizerFile wordPiece() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        String[] lines = SourceFile.text(file).split("\n");
        for (int id = 0; id < lines.length; id++) {
            ids.put(withoutSpaceBehind(lines[id]), id);
        }
        boolean mpnet = kind == TokenizerClass.MPNET;
        TokenizerSettings known = mpnet
                ? settings.withRoles(
                        "bos_token",
                        "<s>",
                        "eos_token",
                        "</s>",
                        "sep_token",
                        "</s>",
                        "cls_token",
                        "<s>",
                        "unk_token",
                        "[UNK]",
                        "pad_token",
                        "<pad>",
                        "mask_token",
                        "<mask>")
                : settings.withRoles(
                        "unk_token",
                        "[UNK]",
                        "sep_token",
                        "[SEP]",
                        "pad_token",
                        "[PAD]",
                        "cls_token",
                        "[CLS]",
                        "mask_token",
                        "[MASK]");
        if (!ids.containsKey(known.role("unk_token"))) {
            throw TokenizerFile.broken(file, "lacks the unknown token " + known.role("unk_token"), null);
        }
        JsonObject config = known.config();
        JsonObjectBuilder normalizer = Json.createObjectBuilder()
                .add("type", "BertNormalizer")
                .add("clean_text", true)
                .add("handle_chinese_chars", config.getBoolean("tokenize_chinese_chars", true))
                .add("strip_accents", config.getOrDefault("strip_accents", JsonValue.NULL))
                .add("lowercase", config.getBoolean("do_lower_case", true));
        String text = new TokenizerJson()
                .normalizer(normalizer.build())
                .preTokenizer(TokenizerJson.part("BertPreTokenizer"))
                .decoder(TokenizerJson.part("WordPiece", "prefix", "##", "cleanup", true))
                .wordPiece(ids, known.role("unk_token"));
        TokenizerFile made = TokenizerFile.of(text, file, mpnet ? known.withStrippedMask() : known);
        return around(made, known.role("cls_token"), known.role("sep_token"));
    }

    private static String withoutSpaceBehind(String line) {
        int end = line.length();
        while (end > 0 && isSpace(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(0, end);
    }

    private static boolean isSpace(char c) {
        return Character.isSpaceChar(c) || c >= '\t' && c <= '\r' || c == '\u0085';
    }

    private TokenizerFile byteLevel() {
        Path mergesFile = file.resolveSibling("merges.txt");
        if (!Files.isRegularFile(mergesFile)) {
            throw TokenizerFile.broken(mergesFile, "does not exist, and " + file + " needs it", null);
        }
        Map<String, Integer> ids = new LinkedHashMap<>();
        TokenizerSettings.object(file).forEach((token, id) -> ids.put(token, TokenizerFile.checkedId(id, token, file)));
        List<List<String>> merges = SourceFile.text(mergesFile)
                .lines()
                .filter(line -> !line.startsWith("#version"))
                .map(line -> pair(line, mergesFile))
                .toList();
        TokenizerSettings known =
                switch (kind) {
                    case QWEN2 ->
                        settings.withRoles(
                                "unk_token",
                                "<|endoftext|>",
                                "eos_token",
                                "<|endoftext|>",
                                "pad_token",
                                "<|endoftext|>");
                    case GPT2 ->
                        settings.withRoles(
                                "unk_token",
                                "<|endoftext|>",
                                "bos_token",
                                "<|endoftext|>",
                                "eos_token",
                                "<|endoftext|>");
                    default ->
                        settings.withRoles(
                                "bos_token",
                                "<s>",
                                "eos_token",
                                "</s>",
                                "sep_token",
                                "</s>",
                                "cls_token",
                                "<s>",
                                "unk_token",
                                "<unk>",
                                "pad_token",
                                "<pad>",
                                "mask_token",
                                "<mask>");
                };
        boolean prefix = known.flag("add_prefix_space", false);
        TokenizerJson json = new TokenizerJson().decoder(TokenizerJson.byteLevel(true, true));
        if (kind == TokenizerClass.QWEN2) {
            json.normalizer(TokenizerJson.part("NFC"))
                    .preTokenizer(sequence(
                            "pretokenizers",
                            TokenizerJson.split("Regex", QWEN_WORDS, "Isolated"),
                            TokenizerJson.byteLevel(prefix, false)));
        } else {
            json.preTokenizer(TokenizerJson.byteLevel(prefix, true));
        }
        TokenizerFile made = TokenizerFile.of(json.bytePairs(ids, merges, JsonValue.EMPTY_JSON_OBJECT), file, known);
        return kind == TokenizerClass.ROBERTA
                ? around(made, known.role("cls_token"), known.role("sep_token"))
                : aroundAsAsked(made, known);
    }

    /** How Qwen 2 cuts a text into words: what its configuration would say if it had one. */
    private static final String QWEN_WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
            + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private static List<String> pair(String line, Path file) {
        String[] parts = line.split(" ", -1);
        if (parts.length != 2) {
            throw TokenizerFile.broken(file, "has the line \"" + line + "\" where two tokens are expected", null);
        }
        return List.of(parts);
    }

    static JsonObject sequence(String key, JsonValue... parts) {
        return TokenizerJson.part("Sequence", key, TokenizerJson.list(parts));
    }

    static TokenizerFile around(TokenizerFile made, String before, String after) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        List<String> front = before == null ? List.of() : List.of(before);
        List<String> back = after == null ? List.of() : List.of(after);
        front.forEach(token -> ids.put(token, made.id(token)));
        back.forEach(token -> ids.put(token, made.id(token)));
        return ids.isEmpty() ? made : made.withPostProcessor(TokenizerJson.template(ids, front, back));
    }

    /** Beginning and end as the configuration asks for them. */
    static TokenizerFile aroundAsAsked(TokenizerFile made, TokenizerSettings known) {
        return around(
                made,
                known.flag("add_bos_token", false) ? known.role("bos_token") : null,
                known.flag("add_eos_token", false) ? known.role("eos_token") : null);
    }

    private TokenizerFile tekken() {
        TekkenFile found = TekkenFile.read(file);
        JsonArrayBuilder added = Json.createArrayBuilder();
        found.special()
                .forEach((token, id) -> added.add(AddedToken.special(token).json(id)));
        String text = new TokenizerJson()
                .added(added.build())
                .preTokenizer(sequence(
                        "pretokenizers",
                        TokenizerJson.split("Regex", found.pattern(), "Isolated"),
                        TokenizerJson.byteLevel(false, false)))
                .decoder(TokenizerJson.byteLevel(true, true))
                .bytePairs(
                        found.ids(),
                        found.merges(),
                        Json.createObjectBuilder().add("ignore_merges", true).build());
        return aroundAsAsked(TokenizerFile.of(text, file, settings), settings);
    }
}
