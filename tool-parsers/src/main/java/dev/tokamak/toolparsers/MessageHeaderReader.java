package dev.tokamak.toolparsers;

/** Drops the header of a message, up to {@code <|message|>}: a recipient, if there is one, and nothing else. */
final class MessageHeaderReader extends CallReader {
    private static final int LIMIT = 256;

    private static final String RECIPIENT = "to=";

    private final String begin;
    private final String end;
    private int begun;
    private int length;
    private int matched;

    MessageHeaderReader(Feed feed, CallWriter out, Tools tools) {
        this("", feed, out);
    }

    private MessageHeaderReader(String begin, Feed feed, CallWriter out) {
        super(feed, out);
        this.begin = begin;
        this.end = feed.tokens().in("<|message|>");
    }

    /** The header of a turn's first message, which the prompt may have begun. */
    static MessageHeaderReader ofTurn(Feed feed, CallWriter out, Tools tools) {
        return new MessageHeaderReader(RECIPIENT, feed, out);
    }

    @Override
    Step read(char c) {
        if (begun < begin.length()) {
            boolean space = c == ' ' && begun == 0 && length == 0;
            length += space ? 1 : 0;
            begun += space ? 0 : 1;
            return space || c == begin.charAt(begun - 1) ? Step.MORE : fail(c);
        }
        if (c == end.charAt(matched)) {
            return ++matched == end.length() ? Step.DROP : Step.MORE;
        }
        if (matched > 0) {
            feed.pushBack(c);
            feed.pushBack(end.substring(0, matched));
            return Step.FAIL;
        }
        boolean leadingSpace = length == 0 && c == ' ';
        if (++length > LIMIT || !(leadingSpace || isHeader(c))) {
            return fail(c);
        }
        return Step.MORE;
    }

    private static boolean isHeader(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-' || c == '=' || c == ':';
    }

    @Override
    String completion() {
        return null;
    }

    @Override
    void cut() {
        // A header is no call, so there is nothing to tell.
    }
}
