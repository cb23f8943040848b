package dev.tokamak.protocol.json;

import dev.tokamak.protocol.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A growing buffer of UTF-8 that JSON is put together in, piece by piece. Used by one thread at a time.
 *
 * <p>Implementation notes. An event of a stream is the same bytes each time but for a few characters of text, so the constant
 * parts are encoded once and copied, and only the text is escaped. That is a tenth of what binding an object costs.
 */
public final class JsonBuffer {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LARGEST_KEPT = 1 << 16;

    /** For each character under 128: 0 if it stands for itself, 'u' for a numbered escape, else the letter behind the backslash. */
    private static final byte[] ESCAPES = new byte[128];

    static {
        Arrays.fill(ESCAPES, 0, 0x20, (byte) 'u');
        ESCAPES['\b'] = 'b';
        ESCAPES['\t'] = 't';
        ESCAPES['\n'] = 'n';
        ESCAPES['\f'] = 'f';
        ESCAPES['\r'] = 'r';
        ESCAPES['"'] = '"';
        ESCAPES['\\'] = '\\';
        ESCAPES[0x7F] = 'u';
    }

    private byte[] bytes = new byte[512];
    private int length;

    /**
     * How many bytes there are.
     *
     * @return 0 or more
     */
    public int length() {
        return length;
    }

    /**
     * Appends bytes as they are.
     *
     * @param raw UTF-8
     * @return this
     */
    public JsonBuffer raw(byte[] raw) {
        return raw(raw, 0, raw.length);
    }

    /**
     * Appends bytes as they are.
     *
     * @param raw holds them
     * @param offset of the first one
     * @param count how many
     * @return this
     */
    public JsonBuffer raw(byte[] raw, int offset, int count) {
        ensure(count);
        System.arraycopy(raw, offset, bytes, length, count);
        length += count;
        return this;
    }

    /**
     * Appends text as it is.
     *
     * @param json without anything that would need escaping
     * @return this
     */
    public JsonBuffer raw(String json) {
        return raw(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Appends a number.
     *
     * @param value any value
     * @return this
     */
    public JsonBuffer number(long value) {
        return raw(Long.toString(value));
    }

    /**
     * Appends a number, for which JSON has no infinity and no NaN: they become the largest finite number or null.
     *
     * @param value any value
     * @return this
     */
    public JsonBuffer number(float value) {
        if (Float.isNaN(value)) {
            return raw("null");
        }
        float finite = Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
        return raw(Float.toString(finite));
    }

    /**
     * Appends any value that {@link StrictJson} makes.
     *
     * @param value null, a {@link Map}, {@link List}, {@link Number}, {@link Boolean} or text
     * @return this
     */
    public JsonBuffer value(Object value) {
        if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                raw(separator).string((String) entry.getKey()).raw(":").value(entry.getValue());
                separator = ",";
            }
            return raw(map.isEmpty() ? "{}" : "}");
        }
        if (value instanceof List<?> list) {
            String separator = "[";
            for (Object item : list) {
                raw(separator).value(item);
                separator = ",";
            }
            return raw(list.isEmpty() ? "[]" : "]");
        }
        return value instanceof CharSequence text ? string(text) : raw(String.valueOf(value));
    }

    /**
     * Writes a value as text.
     *
     * @param value as for {@link #value}
     * @return JSON
     */
    public static String text(Object value) {
        return new String(new JsonBuffer().value(value).toByteArray(), StandardCharsets.UTF_8);
    }

    /**
     * Appends a string with its quotes.
     *
     * @param text any text
     * @return this
     */
    public JsonBuffer string(CharSequence text) {
        ensure(1);
        bytes[length++] = '"';
        escaped(text);
        ensure(1);
        bytes[length++] = '"';
        return this;
    }

    /**
     * Appends a string's inside. Half a surrogate pair becomes U+FFFD.
     *
     * @param text any text
     * @return this
     */
    public JsonBuffer escaped(CharSequence text) {
        int end = text.length();
        ensure(end * 6);
        byte[] out = bytes;
        int at = length;
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                byte escape = ESCAPES[c];
                if (escape == 0) {
                    out[at++] = (byte) c;
                } else {
                    at = escape(out, at, c, escape);
                }
            } else if (c < 0x800) {
                out[at++] = (byte) (0xC0 | c >> 6);
                out[at++] = (byte) (0x80 | c & 0x3F);
            } else if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                out[at++] = (byte) (0xF0 | point >> 18);
                out[at++] = (byte) (0x80 | point >> 12 & 0x3F);
                out[at++] = (byte) (0x80 | point >> 6 & 0x3F);
                out[at++] = (byte) (0x80 | point & 0x3F);
            } else {
                int point = Character.isSurrogate(c) ? 0xFFFD : c;
                out[at++] = (byte) (0xE0 | point >> 12);
                out[at++] = (byte) (0x80 | point >> 6 & 0x3F);
                out[at++] = (byte) (0x80 | point & 0x3F);
            }
        }
        length = at;
        return this;
    }

    private static int escape(byte[] out, int at, char c, byte escape) {
        out[at++] = '\\';
        out[at++] = escape;
        if (escape == 'u') {
            out[at++] = '0';
            out[at++] = '0';
            out[at++] = HEX[c >> 4];
            out[at++] = HEX[c & 0xF];
        }
        return at;
    }

    /**
     * Hands all bytes over and is empty again.
     *
     * @param out takes them
     */
    public void drainTo(ByteSink out) {
        out.write(bytes, 0, length);
        length = 0;
        if (bytes.length > LARGEST_KEPT) {
            bytes = new byte[512];
        }
    }

    /**
     * The bytes.
     *
     * @return a copy
     */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
        }
    }
}
