package dev.tokamak.tokenizers;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes tokenizers of SentencePiece models. */
final class SentencePieceConversion {
    private static final JsonObject SPACES = TokenizerJson.replace("String", "▁", " ");
    private static final JsonObject FUSE = TokenizerJson.part("Fuse");
    private static final JsonObject BYTES = TokenizerJson.part("ByteFallback");
    private static final JsonObject STRIP = TokenizerJson.part("Strip", "content", " ", "start", 1, "stop", 0);

    private final TokenizerClass kind;
    private final Path file;
    private final TokenizerSettings settings;
    private final SentencePieceModel model;

    SentencePieceConversion(TokenizerClass kind, Path file, TokenizerSettings settings) {
        this.kind = kind;
        this.file = file;
        this.settings = settings;
        this.model = SentencePieceModel.read(file);
    }

    TokenizerFile converted() {
        return switch (kind) {
            case LLAMA -> llama();
            case GEMMA -> gemma();
            case T5 -> t5();
            case XLM_ROBERTA -> xlmRoberta();
            default -> plain();
        };
    }

    private TokenizerFile llama() {
        TokenizerSettings known = settings.withRoles("unk_token", "<unk>", "bos_token", "<s>", "eos_token", "</s>")
                .withExtra(addedPieces(Set.of()));
        boolean prefix = known.flag("add_prefix_space", true);
        String scheme = !prefix ? "never" : known.flag("legacy", false) ? "always" : "first";
        JsonValue decoder = prefix
                ? Conversion.sequence("decoders", SPACES, BYTES, FUSE, STRIP)
                : Conversion.sequence("decoders", SPACES, BYTES, FUSE);
        Map<String, Integer> ids = ids();
        String text = new TokenizerJson()
                .preTokenizer(TokenizerJson.metaspace(scheme, false))
                .decoder(decoder)
                .bytePairs(ids, mergesById(ids), flags(null, true, false));
        return Conversion.aroundAsAsked(TokenizerFile.of(text, file, known), known);
    }

    private TokenizerFile gemma() {
        TokenizerSettings known = settings.withRoles(
                        "unk_token",
                        "<unk>",
                        "bos_token",
                        "<bos>",
                        "eos_token",
                        "<eos>",
                        "pad_token",
                        "<pad>",
                        "mask_token",
                        "<mask>")
                .withExtra(addedPieces(Set.of()));
        Map<String, Integer> ids = ids();
        String text = new TokenizerJson()
                .normalizer(TokenizerJson.replace("String", " ", "▁"))
                .preTokenizer(TokenizerJson.split("String", " ", "MergedWithPrevious"))
                .decoder(Conversion.sequence("decoders", SPACES, BYTES, FUSE))
                .bytePairs(ids, mergesById(ids), flags(known.role("unk_token"), true, false));
        return Conversion.aroundAsAsked(TokenizerFile.of(text, file, known), known);
    }

    private TokenizerFile t5() {
        int count = Math.max(0, Math.min(settings.config().getInt("extra_ids", 100), 10_000));
        List<SentencePieceModel.Piece> pieces = new ArrayList<>(model.pieces);
        for (int i = count - 1; i >= 0; i--) {
            pieces.add(piece("<extra_id_" + i + ">"));
        }
        List<AddedToken> extra = addedPieces(Set.of());
        if (extra.stream().noneMatch(token -> token.content().contains("<extra_id_"))) {
            for (int i = 0; i < count; i++) {
                extra.add(AddedToken.special("<extra_id_" + i + ">"));
            }
        }
        TokenizerSettings known = settings.withRoles("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<pad>")
                .withExtra(extra);
        TokenizerFile made = TokenizerFile.of(unigram("always").unigram(pieces, 2, false), file, known);
        return made.withPostProcessor(
                TokenizerJson.template(Map.of("</s>", made.id(known.role("eos_token"))), List.of(), List.of("</s>")));
    }

    private TokenizerFile xlmRoberta() {
        TokenizerSettings known = settings.withRoles(
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
                        "<mask>")
                .withExtra(addedPieces(Set.of()));
        List<SentencePieceModel.Piece> pieces = new ArrayList<>();
        for (String role : new String[] {"bos_token", "pad_token", "eos_token", "unk_token"}) {
            pieces.add(piece(known.role(role)));
        }
        pieces.addAll(model.pieces.subList(Math.min(3, model.pieces.size()), model.pieces.size()));
        pieces.add(piece(known.role("mask_token")));
        String scheme = known.flag("add_prefix_space", true) ? "always" : "never";
        TokenizerFile made = TokenizerFile.of(unigram(scheme).unigram(pieces, 3, false), file, known);
        return Conversion.around(made, known.role("bos_token"), known.role("eos_token"));
    }

    private static SentencePieceModel.Piece piece(String text) {
        return new SentencePieceModel.Piece(text, 0, SentencePieceModel.NORMAL);
    }

    private TokenizerJson unigram(String scheme) {
        return new TokenizerJson()
                .normalizer(TokenizerJson.precompiled(model.charsMap))
                .preTokenizer(Conversion.sequence(
                        "pretokenizers", TokenizerJson.part("WhitespaceSplit"), TokenizerJson.metaspace(scheme, true)))
                .decoder(TokenizerJson.metaspace(scheme, true));
    }

    /** What the model's own settings say, for models whose class is not told. */
    private TokenizerFile plain() {
        Map<Integer, String> renamed = model.unigram ? Map.of() : renamed();
        List<String> names = new ArrayList<>();
        for (int id = 0; id < model.pieces.size(); id++) {
            names.add(renamed.getOrDefault(id, model.pieces.get(id).text()));
        }
        Set<String> userDefined = new HashSet<>();
        List<String> isolated = new ArrayList<>();
        for (int id = 0; id < names.size(); id++) {
            if (model.pieces.get(id).type() == SentencePieceModel.USER_DEFINED) {
                userDefined.add(model.pieces.get(id).text());
                isolated.add(names.get(id));
            }
        }
        TokenizerSettings known = settings.withExtra(addedPieces(userDefined));
        known = model.bosId >= 0 ? known.withRoles("bos_token", model.bosPiece) : known;
        known = model.eosId >= 0 ? known.withRoles("eos_token", model.eosPiece) : known;
        known = model.unkId >= 0 ? known.withRoles("unk_token", model.unkPiece) : known;
        known = model.addDummyPrefix ? known.withAddedTokensAsWritten() : known;
        TokenizerJson json = new TokenizerJson()
                .normalizer(plainNormalizer())
                .preTokenizer(plainPreTokenizer(isolated))
                .decoder(plainDecoder());
        String text = model.unigram
                ? json.unigram(model.pieces, model.unkId, model.byteFallback)
                : json.bytePairs(
                        named(names),
                        mergesByScore(names),
                        flags(model.unkPiece, model.byteFallback, !isolated.isEmpty()));
        return Conversion.aroundAsAsked(TokenizerFile.of(text, file, known), known);
    }

    private JsonValue plainNormalizer() {
        List<JsonValue> steps = new ArrayList<>();
        if (model.charsMap.length > 0) {
            steps.add(TokenizerJson.precompiled(model.charsMap));
        }
        if (model.removeExtraWhitespaces) {
            steps.add(TokenizerJson.replace("Regex", "\\A +| +\\z", ""));
            steps.add(TokenizerJson.replace("Regex", " {2,}", " "));
        }
        if (model.escapeWhitespaces) {
            steps.add(TokenizerJson.replace("String", " ", "▁"));
        }
        if (model.addDummyPrefix && legacy()) {
            steps.add(TokenizerJson.replace("Regex", "\\A▁", "▁▁"));
        }
        return Conversion.sequence("normalizers", steps.toArray(JsonValue[]::new));
    }

    private boolean legacy() {
        return settings.flag("legacy", true);
    }

    private JsonValue plainPreTokenizer(List<String> isolated) {
        List<JsonValue> steps = new ArrayList<>();
        if (model.addDummyPrefix) {
            steps.add(TokenizerJson.metaspace(legacy() ? "always" : "first", false));
        }
        if (!isolated.isEmpty()) {
            isolated.sort(Comparator.comparingInt((String piece) -> piece.codePointCount(0, piece.length()))
                    .reversed());
            String pattern = String.join(
                    "|", isolated.stream().map(SentencePieceConversion::escaped).toList());
            steps.add(TokenizerJson.split("Regex", pattern, "Isolated"));
        }
        return steps.isEmpty() ? JsonValue.NULL : Conversion.sequence("pretokenizers", steps.toArray(JsonValue[]::new));
    }

    private static String escaped(String piece) {
        return piece.replaceAll("[\\s()\\[\\]{}?*+\\-|^$\\\\.&~#]", "\\\\$0");
    }

    private JsonValue plainDecoder() {
        List<JsonValue> steps = new ArrayList<>(List.of(SPACES));
        if (model.byteFallback) {
            steps.add(BYTES);
        }
        if (model.addDummyPrefix || model.byteFallback) {
            steps.add(FUSE);
        }
        if (model.addDummyPrefix) {
            steps.add(STRIP);
        }
        return Conversion.sequence("decoders", steps.toArray(JsonValue[]::new));
    }

    /** Pieces that the configuration gives another name, unless another piece has that name and keeps it. */
    private Map<Integer, String> renamed() {
        Map<Integer, String> names = new LinkedHashMap<>();
        if (settings.config().get("added_tokens_decoder") instanceof JsonObject byId) {
            byId.forEach((id, token) -> {
                if (id.matches("\\d{1,9}")
                        && token instanceof JsonObject object
                        && object.get("content") instanceof JsonString) {
                    names.put(Integer.valueOf(id), object.getString("content"));
                }
            });
        }
        Set<String> kept = new HashSet<>();
        for (int id = 0; id < model.pieces.size(); id++) {
            if (!names.containsKey(id)) {
                kept.add(model.pieces.get(id).text());
            }
        }
        names.values().removeIf(kept::contains);
        return names;
    }

    private Map<String, Integer> ids() {
        return named(model.pieces.stream().map(SentencePieceModel.Piece::text).toList());
    }

    private static Map<String, Integer> named(List<String> names) {
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < names.size(); id++) {
            ids.put(names.get(id), id);
        }
        return ids;
    }

    private List<List<String>> mergesById(Map<String, Integer> ids) {
        return pairs(Merge.all(ids, file), Comparator.comparingInt(Merge::whole).thenComparingInt(Merge::cut));
    }

    /** As SentencePiece merges: the best score first, and only pieces that are neither control nor user-defined. */
    private List<List<String>> mergesByScore(List<String> names) {
        Map<String, Integer> normal = new LinkedHashMap<>();
        for (int id = 0; id < names.size(); id++) {
            if (model.pieces.get(id).type() == SentencePieceModel.NORMAL) {
                normal.put(names.get(id), id);
            }
        }
        return pairs(
                Merge.all(normal, file),
                Comparator.comparingDouble((Merge merge) ->
                                -model.pieces.get(merge.whole()).score())
                        .thenComparingInt(Merge::whole)
                        .thenComparingInt(Merge::cut));
    }

    private static List<List<String>> pairs(List<Merge> merges, Comparator<Merge> order) {
        merges.sort(order);
        return merges.stream()
                .map(merge -> List.of(merge.left(), merge.right()))
                .toList();
    }

    private static JsonObject flags(String unknown, boolean byteFallback, boolean ignoreMerges) {
        JsonObjectBuilder flags = Json.createObjectBuilder()
                .add("fuse_unk", true)
                .add("byte_fallback", byteFallback)
                .add("ignore_merges", ignoreMerges);
        return (unknown == null ? flags : flags.add("unk_token", unknown)).build();
    }

    /** Control pieces, which are special, and user-defined ones, which are not. */
    private List<AddedToken> addedPieces(Set<String> without) {
        List<AddedToken> added = new ArrayList<>();
        for (SentencePieceModel.Piece piece : model.pieces) {
            boolean control = piece.type() == SentencePieceModel.CONTROL;
            if ((control || piece.type() == SentencePieceModel.USER_DEFINED) && !without.contains(piece.text())) {
                added.add(new AddedToken(piece.text(), false, false, false, false, control));
            }
        }
        return added;
    }
}
