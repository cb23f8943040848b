package dev.tokamak.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Reads one HTTP/1.1 response as it arrives and counts its server-sent events that carry text.
 *
 * <p>It understands what the servers under test send: a status line, headers, and a body that is chunked or has a length. An
 * event carries text when its JSON has a non-empty {@code "content"}, {@code "text"} or {@code "reasoning"} member, so the
 * opening event of a chat (role only), the closing one (finish reason), usage, heartbeats and {@code [DONE]} do not count.
 */
final class SseResponse {

    private static final byte[][] TEXT_MEMBERS = {
        "\"content\":\"".getBytes(StandardCharsets.US_ASCII),
        "\"text\":\"".getBytes(StandardCharsets.US_ASCII),
        "\"reasoning\":\"".getBytes(StandardCharsets.US_ASCII)
    };
    private static final byte[] ERROR = "data: {\"error\"".getBytes(StandardCharsets.US_ASCII);
    private static final int KEPT_BODY_BYTES = 512;

    private enum State {
        HEAD,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILER,
        FIXED,
        ENDED
    }

    private State state = State.HEAD;
    private byte[] line = new byte[4096];
    private int lineLength;
    private long remaining;
    private int status;
    private boolean started;
    private boolean chunked;
    private byte[] event = new byte[4096];
    private int eventLength;
    private int contentEvents;
    private boolean error;
    private final byte[] body = new byte[KEPT_BODY_BYTES];
    private int bodyLength;

    void reset() {
        state = State.HEAD;
        lineLength = 0;
        remaining = 0;
        status = 0;
        started = false;
        chunked = false;
        eventLength = 0;
        contentEvents = 0;
        error = false;
        bodyLength = 0;
    }

    /** Takes what was read; returns whether the response is complete. */
    boolean feed(byte[] bytes, int length) throws IOException {
        started = true;
        int at = 0;
        while (at < length) {
            switch (state) {
                case CHUNK_DATA, FIXED -> {
                    int count = (int) Math.min(remaining, length - at);
                    body(bytes, at, count);
                    at += count;
                    remaining -= count;
                    if (remaining == 0) {
                        state = state == State.FIXED ? State.ENDED : State.CHUNK_END;
                    }
                }
                case ENDED -> throw new IOException("the server sent bytes after the end of its answer");
                default -> {
                    byte b = bytes[at++];
                    if (b == '\n') {
                        endOfLine();
                        lineLength = 0;
                    } else if (b != '\r') {
                        if (lineLength == line.length) {
                            line = Arrays.copyOf(line, lineLength * 2);
                        }
                        line[lineLength++] = b;
                    }
                }
            }
        }
        return state == State.ENDED;
    }

    private void endOfLine() throws IOException {
        switch (state) {
            case HEAD -> headerLine(new String(line, 0, lineLength, StandardCharsets.ISO_8859_1));
            case CHUNK_SIZE -> {
                remaining = chunkSize();
                state = remaining == 0 ? State.TRAILER : State.CHUNK_DATA;
            }
            case CHUNK_END -> state = State.CHUNK_SIZE;
            case TRAILER -> {
                if (lineLength == 0) {
                    state = State.ENDED;
                }
            }
            default -> throw new IllegalStateException("no lines are read in state " + state);
        }
    }

    private void headerLine(String text) throws IOException {
        if (status == 0) {
            if (!text.startsWith("HTTP/1.1 ")) {
                throw new IOException("expected an HTTP/1.1 status line, found: " + text);
            }
            status = Integer.parseInt(text.substring(9, 12));
        } else if (text.isEmpty()) {
            state = chunked ? State.CHUNK_SIZE : remaining > 0 ? State.FIXED : State.ENDED;
        } else {
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                remaining = Long.parseLong(lower.substring(15).trim());
            } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
                chunked = true;
            }
        }
    }

    private long chunkSize() throws IOException {
        long size = 0;
        for (int i = 0; i < lineLength && line[i] != ';'; i++) {
            int digit = Character.digit(line[i], 16);
            if (digit < 0) {
                throw new IOException(
                        "malformed chunk size: " + new String(line, 0, lineLength, StandardCharsets.ISO_8859_1));
            }
            size = size * 16 + digit;
        }
        return size;
    }

    private void body(byte[] bytes, int from, int count) {
        int kept = Math.min(count, KEPT_BODY_BYTES - bodyLength);
        if (kept > 0) {
            System.arraycopy(bytes, from, body, bodyLength, kept);
            bodyLength += kept;
        }
        int start = from;
        int end = from + count;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                append(bytes, start, i + 1 - start);
                start = i + 1;
                if (eventLength >= 2 && event[eventLength - 2] == '\n') {
                    endOfEvent();
                } else if (eventLength == 1) {
                    eventLength = 0;
                }
            }
        }
        append(bytes, start, end - start);
    }

    private void append(byte[] bytes, int from, int count) {
        if (eventLength + count > event.length) {
            event = Arrays.copyOf(event, Math.max(event.length * 2, eventLength + count));
        }
        System.arraycopy(bytes, from, event, eventLength, count);
        eventLength += count;
    }

    private void endOfEvent() {
        if (event[0] == 'd') {
            if (startsWith(event, 0, eventLength, ERROR)) {
                error = true;
            } else if (carriesText()) {
                contentEvents++;
            }
        }
        eventLength = 0;
    }

    private boolean carriesText() {
        for (int i = 0; i < eventLength; i++) {
            if (event[i] == '"') {
                for (byte[] member : TEXT_MEMBERS) {
                    if (startsWith(event, i, eventLength, member) && event[i + member.length] != '"') {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] bytes, int at, int length, byte[] prefix) {
        if (at + prefix.length >= length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (bytes[at + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    int contentEvents() {
        return contentEvents;
    }

    int status() {
        return status;
    }

    boolean started() {
        return started;
    }

    boolean sawError() {
        return error;
    }

    String bodyStart() {
        return new String(body, 0, bodyLength, StandardCharsets.UTF_8);
    }
}
