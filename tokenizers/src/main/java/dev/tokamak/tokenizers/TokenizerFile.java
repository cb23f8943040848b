package dev.tokamak.tokenizers;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is read from a {@code tokenizer.json} beside what the native library does with it: which id is which token, and how
 * tokens are put together to text.
 *
 * @param text the file's own text, with the tokens that the folder's other files name
 * @param tokens by id; null for an id that is not in use
 * @param spoken by id, what the decoder is given for a token; the same array if all are spoken as they are written
 * @param added by id, true for tokens that are matched in text before the model sees it
 * @param special by id, true for tokens that are left out of text that people read
 * @param skipped by id, true for tokens that are left out when decoding without special tokens
 * @param decoder how tokens become text
 * @param decoderJson the same as the file has it
 */
record TokenizerFile(
        String text,
        String[] tokens,
        String[] spoken,
        boolean[] added,
        boolean[] special,
        boolean[] skipped,
        TextDecoding decoder,
        JsonValue decoderJson) {
    /** A larger id is taken for a broken file, not for a vocabulary: arrays are sized by it. */
    static final int MAX_ID = 1 << 24;

    private record Entry(String content, int id) {}

    /** The parts of a file that are looked at. */
    private static final class Parts {
        final List<Entry> entries = new ArrayList<>();
        final List<AddedToken> added = new ArrayList<>();
        final Map<Integer, AddedToken> addedById = new HashMap<>();
        JsonArray addedJson = JsonValue.EMPTY_JSON_ARRAY;
        JsonValue decoder = JsonValue.NULL;
        JsonValue normalizer = JsonValue.NULL;
        String padding;
        boolean isList;
    }

    /**
     * Reads a file.
     *
     * @param file a {@code tokenizer.json}
     * @return its content
     * @throws TokamakException {@link ErrorCode#CONFIGURATION} naming the file if it cannot be read or is no tokenizer
     */
    static TokenizerFile read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw broken(file, "is not UTF-8 text", e);
        } catch (IOException e) {
            throw broken(file, "cannot be read: " + e.getMessage(), e);
        }
        return of(text, file, TokenizerSettings.beside(file));
    }

    /**
     * Reads a text.
     *
     * @param text of a {@code tokenizer.json}
     * @param file where it comes from
     * @param settings what lies beside it
     */
    static TokenizerFile of(String text, Path file, TokenizerSettings settings) {
        try (JsonParser parser = Json.createParser(new StringReader(text))) {
            return of(text, parts(parser, file), new NamedTokens(settings), file);
        } catch (TokamakException e) {
            throw e;
        } catch (RuntimeException e) {
            // The parser has more than its own exceptions: it throws a bare one for what is nested too deeply.
            throw broken(file, "is not a tokenizer: " + firstLine(e), e);
        }
    }

    private static Parts parts(JsonParser parser, Path file) {
        Parts parts = new Parts();
        boolean hasModel = false;
        if (!parser.hasNext() || parser.next() != Event.START_OBJECT) {
            throw broken(file, "is not a tokenizer: expected a JSON object", null);
        }
        while (parser.next() != Event.END_OBJECT) {
            String key = parser.getString();
            Event value = parser.next();
            switch (key) {
                case "added_tokens" -> readAddedTokens(parser, parts, file);
                case "decoder" -> parts.decoder = parser.getValue();
                case "normalizer" -> {
                    parts.normalizer = parser.getValue();
                    CharsMap.check(parts.normalizer, file);
                }
                case "padding" -> {
                    if (parser.getValue() instanceof JsonObject padding
                            && padding.get("pad_token") instanceof JsonString token) {
                        parts.padding = token.getString();
                    }
                }
                case "model" -> {
                    hasModel = value == Event.START_OBJECT;
                    if (!hasModel) {
                        throw broken(file, "is not a tokenizer: model is not an object", null);
                    }
                    readModel(parser, parts, file);
                }
                default -> skip(parser, value);
            }
        }
        if (!hasModel || parts.entries.isEmpty() && parts.added.isEmpty()) {
            throw broken(file, "is not a tokenizer: it has no model.vocab", null);
        }
        return parts;
    }

    private static TokenizerFile of(String text, Parts parts, NamedTokens named, Path file) {
        Map<String, Integer> ids = new HashMap<>(2 * parts.entries.size());
        int size = 0;
        for (Entry entry : parts.entries) {
            ids.put(entry.content, entry.id);
            size = Math.max(size, entry.id + 1);
        }
        AddedTokens all = new AddedTokens(ids, parts.isList ? parts.entries.size() : ids.size());
        all.add(parts.added);
        named.addTo(all, parts.addedById, parts.padding);
        if (!all.byId().isEmpty()) {
            size = Math.max(size, all.byId().lastKey() + 1);
        }
        String[] tokens = new String[size];
        boolean[] added = new boolean[size];
        boolean[] special = new boolean[size];
        boolean[] skipped = new boolean[size];
        for (Entry entry : parts.entries) {
            tokens[entry.id] = entry.content;
        }
        all.byId().forEach((id, token) -> {
            tokens[id] = token.content();
            added[id] = true;
            special[id] = all.special(token.content());
        });
        String[] spoken = spoken(tokens, all, parts.normalizer);
        refuseHarmful(all, spoken, file);
        for (int id = 0; id < size; id++) {
            skipped[id] = spoken[id] != null && all.special(spoken[id]);
        }
        JsonArray list = all.json();
        String whole = list.equals(parts.addedJson) ? text : TopLevelValue.set(text, "added_tokens", list.toString());
        return new TokenizerFile(
                whole, tokens, spoken, added, special, skipped, TextDecoding.of(parts.decoder), parts.decoder);
    }

    private static String[] spoken(String[] tokens, AddedTokens all, JsonValue normalizer) {
        if (normalizer == JsonValue.NULL || all.byId().keySet().stream().noneMatch(all::normalized)) {
            return tokens;
        }
        String[] spoken = tokens.clone();
        try (Normalization normalization = new Normalization(normalizer)) {
            all.byId().keySet().stream()
                    .filter(all::normalized)
                    .forEach(id -> spoken[id] = normalization.of(tokens[id]));
        }
        return Arrays.equals(spoken, tokens) ? tokens : spoken;
    }

    /**
     * Refuses added tokens over which the native library would run for ever, or end the process, once a text has them: such as are
     * nothing when normalised, and white space that takes what is before it along while another token takes what is behind it.
     */
    private static void refuseHarmful(AddedTokens all, String[] spoken, Path file) {
        boolean takesSpaceBehind = all.byId().values().stream().anyMatch(AddedToken::rstrip);
        all.byId().forEach((id, token) -> {
            String sought = token.normalized() ? spoken[id] : token.content();
            if (sought.isEmpty()) {
                throw broken(file, "has an added token that its normalizer leaves nothing of: id " + id, null);
            }
            if (takesSpaceBehind && token.lstrip() && sought.chars().allMatch(TokenizerFile::isSpace)) {
                throw broken(
                        file,
                        "has an added token of white space with lstrip (id " + id
                                + ") beside one with rstrip; such text" + " cannot be taken apart",
                        null);
            }
        });
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    /** The same with what is put around a text. */
    TokenizerFile withPostProcessor(JsonValue processor) {
        return new TokenizerFile(
                TopLevelValue.set(text, "post_processor", processor.toString()),
                tokens,
                spoken,
                added,
                special,
                skipped,
                decoder,
                decoderJson);
    }

    /** A token's id, or -1. */
    int id(String token) {
        return Arrays.asList(tokens).lastIndexOf(token);
    }

    /** Whether every token is spoken as it is written. */
    boolean spokenAsWritten() {
        return spoken == tokens;
    }

    private static void readModel(JsonParser parser, Parts parts, Path file) {
        List<Entry> entries = parts.entries;
        while (parser.next() != Event.END_OBJECT) {
            String key = parser.getString();
            Event value = parser.next();
            if (!key.equals("vocab")) {
                skip(parser, value);
            } else if (value == Event.START_OBJECT) {
                while (parser.next() != Event.END_OBJECT) {
                    String content = parser.getString();
                    parser.next();
                    entries.add(new Entry(content, checkedId(parser.getBigDecimal(), content, file)));
                }
            } else if (value == Event.START_ARRAY) {
                // Unigram: a list of token and score, in which the place is the id.
                parts.isList = true;
                while (parser.next() == Event.START_ARRAY) {
                    parser.next();
                    entries.add(new Entry(parser.getString(), entries.size()));
                    skipToEnd(parser);
                }
            } else {
                throw broken(file, "is not a tokenizer: model.vocab is neither an object nor a list", null);
            }
        }
    }

    private static void readAddedTokens(JsonParser parser, Parts parts, Path file) {
        parts.addedJson = parser.getArray();
        for (JsonValue value : parts.addedJson) {
            JsonObject token = value.asJsonObject();
            if (!(token.get("content") instanceof JsonString content) || !(token.get("id") instanceof JsonNumber id)) {
                throw broken(file, "is not a tokenizer: an entry of added_tokens lacks its content or id", null);
            }
            int number = checkedId(id.bigDecimalValue(), content.getString(), file);
            parts.added.add(AddedToken.of(token));
            parts.addedById.put(number, AddedToken.of(token));
        }
    }

    private static void skip(JsonParser parser, Event value) {
        if (value == Event.START_OBJECT || value == Event.START_ARRAY) {
            skipToEnd(parser);
        }
    }

    /**
     * Skips to the end of the object or list that the parser is in. The parser's own methods do so from a list's beginning only:
     * further in, one release skips the list, and another nothing.
     */
    private static void skipToEnd(JsonParser parser) {
        for (int depth = 1; depth > 0; ) {
            switch (parser.next()) {
                case START_OBJECT, START_ARRAY -> depth++;
                case END_OBJECT, END_ARRAY -> depth--;
                default -> {}
            }
        }
    }

    static int checkedId(JsonValue id, String content, Path file) {
        if (!(id instanceof JsonNumber number)) {
            throw broken(file, "gives token \"" + content + "\" the id " + id + ", expected a number", null);
        }
        return checkedId(number.bigDecimalValue(), content, file);
    }

    private static int checkedId(BigDecimal id, String content, Path file) {
        if (id.signum() < 0
                || id.compareTo(BigDecimal.valueOf(MAX_ID)) > 0
                || id.stripTrailingZeros().scale() > 0) {
            throw broken(
                    file, "gives token \"" + content + "\" the id " + id + ", expected one from 0 to " + MAX_ID, null);
        }
        return id.intValue();
    }

    static TokamakException broken(Path file, String what, Throwable cause) {
        return new TokamakException(
                ErrorCode.CONFIGURATION,
                "tokenizer file " + file + " " + what + "; fetch it again or name another folder with --tokenizer",
                cause);
    }

    static String firstLine(Throwable e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
