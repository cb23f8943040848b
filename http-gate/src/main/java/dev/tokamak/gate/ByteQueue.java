package dev.tokamak.gate;

import java.util.Arrays;

/** Bytes that came and are not used yet. */
final class ByteQueue {
    private static final int KEPT_BYTES = 16 * 1024;
    private static final byte[] NONE = {};

    private byte[] bytes = NONE;
    private int start;
    private int end;

    void add(byte[] source) {
        if (end + source.length > bytes.length) {
            int size = size();
            byte[] target = size + source.length > bytes.length
                    ? new byte[Math.max(size + source.length, Math.min(2 * bytes.length, 1 << 20))]
                    : bytes;
            System.arraycopy(bytes, start, target, 0, size);
            bytes = target;
            start = 0;
            end = size;
        }
        System.arraycopy(source, 0, bytes, end, source.length);
        end += source.length;
    }

    int size() {
        return end - start;
    }

    boolean isEmpty() {
        return start == end;
    }

    byte at(int index) {
        return bytes[start + index];
    }

    /** Takes the first bytes away. */
    byte[] take(int count) {
        byte[] taken = Arrays.copyOfRange(bytes, start, start + count);
        skip(count);
        return taken;
    }

    /** Hands as many of the first bytes to a body as it wants; they are taken away. */
    void feed(BodyReader body) {
        skip(body.read(bytes, start, size()));
    }

    void skip(int count) {
        start += count;
        if (start == end) {
            clear();
        }
    }

    void clear() {
        start = 0;
        end = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = NONE;
        }
    }
}
