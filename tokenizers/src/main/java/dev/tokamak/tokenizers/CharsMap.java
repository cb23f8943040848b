package dev.tokamak.tokenizers;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;

/**
 * The table by which SentencePiece normalises: what to look for in a double array, and what to write instead.
 *
 * <p>Implementation notes. The native library believes a table and ends the process where it is wrong, be it only once a text leads there. So
 * every place that any text can lead to is looked at before: 256 units from each of them exist, and each text to write begins at a
 * character.
 */
final class CharsMap {
    private CharsMap() {}

    /** Refuses a normalizer that has a broken table in it. */
    static void check(JsonValue normalizer, Path file) {
        if (normalizer instanceof JsonArray list) {
            list.forEach(each -> check(each, file));
        } else if (normalizer instanceof JsonObject part) {
            if (part.get("precompiled_charsmap") instanceof JsonString encoded) {
                check(decoded(encoded.getString(), file), file);
            }
            check(part.get("normalizers"), file);
        }
    }

    private static byte[] decoded(String encoded, Path file) {
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            throw broken(file, e);
        }
    }

    private static void check(byte[] table, Path file) {
        ByteBuffer in = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
        int size = in.remaining() < 4 ? -1 : in.getInt();
        if (size < 4 || size % 4 != 0 || size > in.remaining()) {
            throw broken(file, null);
        }
        int[] units = new int[size / 4];
        in.asIntBuffer().get(units);
        byte[] texts = new byte[in.remaining() - size];
        in.position(in.position() + size).get(texts);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(texts));
        } catch (CharacterCodingException e) {
            throw broken(file, e);
        }
        if (!isSound(units, texts)) {
            throw broken(file, null);
        }
    }

    private static boolean isSound(int[] units, byte[] texts) {
        BitSet seen = new BitSet(units.length);
        ArrayDeque<Integer> places = new ArrayDeque<>();
        places.add(offset(units[0]));
        while (!places.isEmpty()) {
            int place = places.remove();
            if ((place | 0xFF) >= units.length) {
                return false;
            }
            if (seen.get(place)) {
                continue;
            }
            seen.set(place);
            for (int next = 1; next < 256; next++) {
                int unit = units[place ^ next];
                if ((unit & (1 << 31 | 0xFF)) != next) {
                    continue;
                }
                int child = place ^ next ^ offset(unit);
                places.add(child);
                boolean leaf = (unit >> 8 & 1) == 1;
                if (leaf && (child >= units.length || !begins(texts, units[child] & Integer.MAX_VALUE))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >> 6);
    }

    /** Whether a character begins there. */
    private static boolean begins(byte[] texts, int at) {
        return at == texts.length || at < texts.length && (texts[at] & 0xC0) != 0x80;
    }

    private static RuntimeException broken(Path file, Exception cause) {
        return TokenizerFile.broken(
                file, "has a broken table of characters to normalise (precompiled_charsmap)", cause);
    }
}
