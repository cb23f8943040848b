package dev.tokamak.toolparsers;

/** Drops a name between the mark that begins a message and the one that begins its content. */
final class BlockHeadReader extends CallReader {
    private static final int LIMIT = 256;

    private int length;

    BlockHeadReader(Feed feed, CallWriter out, Tools tools) {
        super(feed, out);
    }

    @Override
    Step read(char c) {
        if (c == '<' || c == Tokens.BEGIN) {
            feed.pushBack(c);
            return Step.DROP;
        }
        boolean name = Character.isLetterOrDigit(c) || "_.-:".indexOf(c) >= 0;
        return name && ++length <= LIMIT ? Step.MORE : fail(c);
    }

    @Override
    String completion() {
        return null;
    }

    @Override
    void cut() {
        // A name is no call, so there is nothing to tell.
    }
}
