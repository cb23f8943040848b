package dev.tokamak.tokenizers;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How a tokenizer's tokens are put together to text, as the {@code decoder} of its file says.
 *
 * <p>For the first three kinds each token stands for some bytes, whatever its neighbours are, and text is their
 * concatenation. That makes streaming exact. For the last kind only the native library knows.
 */
enum TextDecoding {
    /** Each character of a token stands for a byte (GPT-2's alphabet). */
    BYTE_LEVEL,
    /** SentencePiece without a dummy prefix: {@code ▁} is a space, {@code <0xNN>} a byte. */
    SENTENCE_PIECE,
    /** SentencePiece whose text began with a dummy space, which is taken off again. */
    SENTENCE_PIECE_PREFIXED,
    /** Anything else, such as WordPiece. */
    OPAQUE;

    private static final char SPACE_MARK = '\u2581';

    static TextDecoding of(JsonValue decoder) {
        List<JsonObject> steps = new ArrayList<>();
        flatten(decoder, steps);
        // Fuse only joins tokens, which concatenation does anyway; but Strip ahead of it would work on each token.
        List<String> types = new ArrayList<>();
        for (JsonObject step : steps) {
            types.add(typeOf(step));
        }
        if (types.equals(List.of("ByteLevel")) || types.equals(List.of("ByteLevel", "Fuse"))) {
            return BYTE_LEVEL;
        }
        boolean begins = types.size() >= 3
                && types.subList(0, 3).equals(List.of("Replace", "ByteFallback", "Fuse"))
                && replacesSpaceMark(steps.get(0));
        if (begins && types.size() == 3) {
            return SENTENCE_PIECE;
        }
        if (begins && types.size() == 4 && types.get(3).equals("Strip") && stripsOneLeadingSpace(steps.get(3))) {
            return SENTENCE_PIECE_PREFIXED;
        }
        return OPAQUE;
    }

    private static void flatten(JsonValue decoder, List<JsonObject> into) {
        if (!(decoder instanceof JsonObject object)) {
            return;
        }
        if (typeOf(object).equals("Sequence") && object.get("decoders") instanceof JsonArray inner) {
            inner.forEach(step -> flatten(step, into));
        } else {
            into.add(object);
        }
    }

    private static String typeOf(JsonObject decoder) {
        return decoder.get("type") instanceof JsonString type ? type.getString() : "";
    }

    private static boolean replacesSpaceMark(JsonObject replace) {
        return replace.get("pattern") instanceof JsonObject pattern
                && String.valueOf(SPACE_MARK).equals(pattern.getString("String", ""))
                && " ".equals(replace.getString("content", ""));
    }

    private static boolean stripsOneLeadingSpace(JsonObject strip) {
        return " ".equals(strip.getString("content", ""))
                && strip.getInt("start", 0) == 1
                && strip.getInt("stop", 0) == 0;
    }

    /**
     * The bytes that a token of the model's own vocabulary stands for within a text.
     *
     * @param token as the file has it
     * @return a new array
     */
    byte[] bytes(String token) {
        return switch (this) {
            case BYTE_LEVEL -> ByteAlphabet.bytes(token);
            case SENTENCE_PIECE, SENTENCE_PIECE_PREFIXED -> sentencePieceBytes(token);
            case OPAQUE -> opaqueBytes(token);
        };
    }

    private static byte[] sentencePieceBytes(String token) {
        int value = byteOf(token);
        return value >= 0
                ? new byte[] {(byte) value}
                : token.replace(SPACE_MARK, ' ').getBytes(StandardCharsets.UTF_8);
    }

    /** The byte that a token such as {@code <0x0A>} stands for, or -1. */
    private static int byteOf(String token) {
        if (token.length() != 6 || !token.startsWith("<0x") || token.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(token.charAt(3), 16);
        int low = Character.digit(token.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** A best guess for grammars: WordPiece's continuation mark is taken off, SentencePiece's space mark becomes a space. */
    private static byte[] opaqueBytes(String token) {
        String text = token.startsWith("##") && token.length() > 2 ? token.substring(2) : token;
        return sentencePieceBytes(text);
    }
}
