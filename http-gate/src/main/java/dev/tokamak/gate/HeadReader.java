package dev.tokamak.gate;

/** Finds the end of a head in a connection's bytes, each of which is looked at once. */
final class HeadReader {
    private static final int REQUEST_LINE_BYTES = 16 * 1024;

    private final int headerLimitBytes;
    private int scanned;
    private int lineStart;
    private int requestLineBytes;

    HeadReader(int headerLimitBytes) {
        this.headerLimitBytes = headerLimitBytes;
    }

    /**
     * Takes a whole head from the bytes.
     *
     * @return null if its end has not come
     * @throws dev.tokamak.protocol.ProtocolException 414 or 431 if it is too long, 400 or 505 if it is malformed
     */
    RequestHead read(ByteQueue input) {
        while (scanned == 0 && !input.isEmpty() && (input.at(0) == '\r' || input.at(0) == '\n')) {
            input.skip(1); // Some clients send an empty line after a body.
        }
        if (scanned == 0 && !input.isEmpty() && !Character.isLetter(input.at(0))) {
            // Such as the greeting of TLS, which is followed by nothing until it is answered.
            throw Refusals.malformed("what came is no HTTP request");
        }
        for (; scanned < input.size(); scanned++) {
            if (input.at(scanned) != '\n') {
                continue;
            }
            int length = scanned - lineStart;
            boolean empty = length == 0 || length == 1 && input.at(lineStart) == '\r';
            lineStart = scanned + 1;
            if (requestLineBytes == 0) {
                requestLineBytes = lineStart;
                checkRequestLine();
            } else if (empty) {
                checkHeaders(lineStart);
                byte[] head = input.take(lineStart);
                reset();
                return RequestHead.parse(head);
            }
        }
        if (requestLineBytes == 0) {
            checkRequestLine();
        } else {
            checkHeaders(scanned);
        }
        return null;
    }

    private void checkRequestLine() {
        if (Math.max(scanned, requestLineBytes) > REQUEST_LINE_BYTES) {
            throw Refusals.invalid(
                    414, "the request line is longer than " + REQUEST_LINE_BYTES + " bytes", "uri_too_long");
        }
    }

    private void checkHeaders(int end) {
        if (end - requestLineBytes > headerLimitBytes) {
            throw Refusals.invalid(
                    431,
                    "the headers are larger than the " + headerLimitBytes + " bytes that are taken",
                    "headers_too_large");
        }
    }

    private void reset() {
        scanned = 0;
        lineStart = 0;
        requestLineBytes = 0;
    }
}
