package dev.tokamak.toolparsers;

/** Drops the header of a message, up to {@code <|message|>}: a recipient, if there is one, and nothing else. */
final class MessageHeaderReader extends CallReader {
    private static final String END = "<|message|>";
    private static final int LIMIT = 256;

    private int length;
    private int matched;

    MessageHeaderReader(Feed feed, CallWriter out, Tools tools) {
        super(feed, out);
    }

    @Override
    Step read(char c) {
        if (c == END.charAt(matched)) {
            return ++matched == END.length() ? Step.DROP : Step.MORE;
        }
        boolean leadingSpace = length == 0 && c == ' ';
        if (matched > 0 || ++length > LIMIT || !(leadingSpace || isHeader(c))) {
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
