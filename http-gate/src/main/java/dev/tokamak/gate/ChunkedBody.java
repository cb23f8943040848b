package dev.tokamak.gate;

/**
 * A body in chunks (RFC 9112, 7.1). Extensions and trailers mean nothing to anybody here: they are read over, within a limit.
 */
final class ChunkedBody implements BodyReader {
    /** Of one line: a chunk's size with its extension, or a trailer. */
    private static final int LINE_BYTES = 4096;

    private static final int TRAILER_BYTES = 16 * 1024;

    private enum Place {
        SIZE,
        EXTENSION,
        DATA,
        AFTER_DATA,
        TRAILER,
        END
    }

    private final Body target;
    private Place place = Place.SIZE;
    private long left;
    private int digits;
    private int lineBytes;
    private int trailerBytes;
    private boolean carriageReturn;

    ChunkedBody(Body target) {
        this.target = target;
    }

    @Override
    public boolean ended() {
        return place == Place.END;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end && place != Place.END) {
            if (place == Place.DATA) {
                int count = (int) Math.min(left, end - at);
                target.add(bytes, at, count);
                left -= count;
                at += count;
                if (left == 0) {
                    place = Place.AFTER_DATA;
                }
            } else {
                line(bytes[at++]);
            }
        }
        return at - offset;
    }

    private void line(byte b) {
        if (++lineBytes > LINE_BYTES) {
            throw Refusals.malformed("a line between the chunks of the body is longer than " + LINE_BYTES + " bytes");
        }
        if (b == '\n') {
            endOfLine();
        } else if (carriageReturn) {
            throw Refusals.malformed("a line between the chunks of the body has a carriage return in its middle");
        } else if (b == '\r') {
            carriageReturn = true;
        } else {
            inLine(b);
        }
    }

    private void inLine(byte b) {
        switch (place) {
            case SIZE -> {
                int digit = Character.digit(b, 16);
                if (b > 0 && digit >= 0) {
                    if (++digits > 15) {
                        throw Refusals.malformed("a chunk's size has more than 15 digits");
                    }
                    left = left << 4 | digit;
                } else if (digits > 0 && (b == ';' || b == ' ' || b == '\t')) {
                    place = Place.EXTENSION;
                } else {
                    throw Refusals.malformed("a chunk's size is not a hexadecimal number");
                }
            }
            case AFTER_DATA -> throw Refusals.malformed("a chunk is longer than its size says");
            case TRAILER -> {
                if (++trailerBytes > TRAILER_BYTES) {
                    throw Refusals.invalid(
                            431, "the trailer is larger than " + TRAILER_BYTES + " bytes", "headers_too_large");
                }
            }
            default -> {
                // An extension.
            }
        }
    }

    private void endOfLine() {
        int length = carriageReturn ? lineBytes - 2 : lineBytes - 1;
        carriageReturn = false;
        lineBytes = 0;
        switch (place) {
            case SIZE, EXTENSION -> {
                if (digits == 0) {
                    throw Refusals.malformed("a chunk's size is missing");
                }
                digits = 0;
                target.expect(left);
                place = left == 0 ? Place.TRAILER : Place.DATA;
            }
            case AFTER_DATA -> place = Place.SIZE;
            case TRAILER -> {
                if (length == 0) {
                    place = Place.END;
                }
            }
            default -> throw new IllegalStateException("no line ends in " + place);
        }
    }
}
