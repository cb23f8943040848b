package dev.tokamak.tokenizers;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import jakarta.json.Json;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is read from a {@code tokenizer.json} beside what the native library does with it: which id is which token, and how
 * tokens are put together to text.
 *
 * @param text the file's own text
 * @param tokens by id; null for an id that is not in use
 * @param added by id, true for tokens that are matched in text before the model sees it
 * @param special by id, true for tokens that are left out of text that people read
 * @param decoder how tokens become text
 */
record TokenizerFile(String text, String[] tokens, boolean[] added, boolean[] special, TextDecoding decoder) {
    /** A larger id is taken for a broken file, not for a vocabulary: arrays are sized by it. */
    private static final int MAX_ID = 1 << 24;

    private record Entry(String content, int id) {}

    private record AddedToken(String content, int id, boolean special, JsonObject json) {}

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
        try {
            return read(text, file, NamedTokens.beside(file));
        } catch (TokamakException e) {
            throw e;
        } catch (RuntimeException e) {
            // The parser has more than its own exceptions: it throws a bare one for what is nested too deeply.
            throw broken(file, "is not a tokenizer: " + firstLine(e), e);
        }
    }

    private static TokenizerFile read(String text, Path file, NamedTokens named) {
        try (JsonParser parser = Json.createParser(new StringReader(text))) {
            return read(text, parser, file, named);
        }
    }

    private static TokenizerFile read(String text, JsonParser parser, Path file, NamedTokens named) {
        List<Entry> entries = new ArrayList<>();
        List<AddedToken> addedTokens = new ArrayList<>();
        JsonValue decoder = JsonValue.NULL;
        boolean hasModel = false;
        if (!parser.hasNext() || parser.next() != Event.START_OBJECT) {
            throw broken(file, "is not a tokenizer: expected a JSON object", null);
        }
        while (parser.next() != Event.END_OBJECT) {
            String key = parser.getString();
            Event value = parser.next();
            switch (key) {
                case "added_tokens" -> readAddedTokens(parser, addedTokens, file);
                case "decoder" -> decoder = parser.getValue();
                case "model" -> {
                    hasModel = value == Event.START_OBJECT;
                    if (!hasModel) {
                        throw broken(file, "is not a tokenizer: model is not an object", null);
                    }
                    readModel(parser, entries, file);
                }
                default -> skip(parser, value);
            }
        }
        if (!hasModel || entries.isEmpty() && addedTokens.isEmpty()) {
            throw broken(file, "is not a tokenizer: it has no model.vocab", null);
        }
        if (named != null) {
            Map<String, JsonObject> before = new LinkedHashMap<>();
            addedTokens.forEach(token -> before.put(token.content, token.json));
            Map<String, Integer> ids = new HashMap<>();
            entries.forEach(entry -> ids.put(entry.content, entry.id));
            String whole = named.into(text, before, ids);
            if (!whole.equals(text)) {
                return read(whole, file, null);
            }
        }
        int size = 0;
        for (Entry entry : entries) {
            size = Math.max(size, entry.id + 1);
        }
        for (AddedToken token : addedTokens) {
            size = Math.max(size, token.id + 1);
        }
        String[] tokens = new String[size];
        boolean[] added = new boolean[size];
        boolean[] special = new boolean[size];
        for (Entry entry : entries) {
            tokens[entry.id] = entry.content;
        }
        for (AddedToken token : addedTokens) {
            tokens[token.id] = token.content;
            added[token.id] = true;
            special[token.id] = token.special;
        }
        return new TokenizerFile(text, tokens, added, special, TextDecoding.of(decoder));
    }

    private static void readModel(JsonParser parser, List<Entry> entries, Path file) {
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

    private static void readAddedTokens(JsonParser parser, List<AddedToken> into, Path file) {
        for (JsonValue value : parser.getArray()) {
            JsonObject token = value.asJsonObject();
            if (!(token.get("content") instanceof JsonString content) || !(token.get("id") instanceof JsonNumber id)) {
                throw broken(file, "is not a tokenizer: an entry of added_tokens lacks its content or id", null);
            }
            int number = checkedId(id.bigDecimalValue(), content.getString(), file);
            into.add(new AddedToken(content.getString(), number, token.getBoolean("special", false), token));
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
