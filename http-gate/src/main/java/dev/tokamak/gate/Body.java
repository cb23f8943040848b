package dev.tokamak.gate;

import dev.tokamak.protocol.ProtocolException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A body as far as it has come, within the limit for one and the memory for all. Guarded by its connection's lock. */
final class Body {
    private static final int FIRST_BYTES = 4096;
    private static final int LITTLE_BYTES = 64 * 1024;
    private static final byte[] NONE = {};

    private final int expectedBytes;
    private final int limitBytes;
    private final MemoryBudget budget;
    private byte[] bytes = NONE;
    private int size;

    /**
     * A body of which nothing has come.
     *
     * @param expectedBytes its length if it is known, else the limit
     * @param limitBytes the most it may have
     * @param budget what all bodies may take together
     */
    Body(int expectedBytes, int limitBytes, MemoryBudget budget) {
        this.expectedBytes = expectedBytes;
        this.limitBytes = limitBytes;
        this.budget = budget;
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** @throws ProtocolException 413 if it gets too large, 503 if there is no memory for it now */
    void add(byte[] source, int offset, int length) {
        grow(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    /** @throws ProtocolException 413 if the body is too large with what is going to come */
    void expect(long length) {
        if (size + length > limitBytes) {
            throw tooLarge(limitBytes);
        }
    }

    private void grow(int length) {
        expect(length);
        long needed = (long) size + length;
        if (needed > bytes.length) {
            // By doubling, and where there is no memory for that, by little.
            if (!growTo(Math.max(needed, Math.min(expectedBytes, Math.max(FIRST_BYTES, 2L * bytes.length))))
                    && !growTo(Math.max(needed, Math.min(expectedBytes, needed + LITTLE_BYTES)))) {
                throw Refusals.busy("there is no memory for another request of this size now; send it again later");
            }
        }
    }

    private boolean growTo(long capacity) {
        if (!budget.take(capacity - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, (int) capacity);
        return true;
    }

    /**
     * What a compressed body holds; this one is given up.
     *
     * @throws ProtocolException 400 if it is no gzip, 413 if it holds too much, 503 if there is no memory for it now
     */
    Body gunzipped() {
        Body whole = new Body(limitBytes, limitBytes, budget);
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes, 0, size))) {
            byte[] part = new byte[16 * 1024];
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                whole.add(part, 0, count);
            }
        } catch (ZipException | EOFException e) {
            whole.free();
            throw Refusals.malformed("the Content-Encoding is gzip, and the body is none");
        } catch (IOException e) {
            whole.free();
            throw new IllegalStateException("bytes in memory could not be read", e);
        } catch (ProtocolException e) {
            whole.free();
            throw e;
        }
        free();
        return whole;
    }

    /** Gives the memory back; the bytes may be in use still, but nobody waits for them. Idempotent. */
    void free() {
        budget.give(bytes.length);
        bytes = NONE;
        size = 0;
    }

    static ProtocolException tooLarge(int limitBytes) {
        return Refusals.invalid(
                413, "the body is larger than the " + limitBytes + " bytes that are taken", "request_too_large");
    }
}
