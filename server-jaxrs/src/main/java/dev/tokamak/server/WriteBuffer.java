package dev.tokamak.server;

import dev.tokamak.protocol.ByteSink;
import java.util.Arrays;

/** Collects the frames of one write. Belongs to one writer thread and is used again for each write. */
final class WriteBuffer implements ByteSink {
    private static final int KEPT_BYTES = 64 * 1024;

    private byte[] bytes = new byte[4096];
    private int size;

    void clear() {
        size = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[KEPT_BYTES];
        }
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + length));
        }
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    boolean isEmpty() {
        return size == 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }
}
