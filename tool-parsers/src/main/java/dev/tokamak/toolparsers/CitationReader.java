package dev.tokamak.toolparsers;

/** Drops what is left of a tag that marks a cited passage and names its sources, such as {@code </co: 0:[1,2]>}. */
final class CitationReader extends CallReader {
    /** How such tags begin. */
    static final String[] BEGINNINGS = {"<co:", "</co:"};

    /** Those that name none. */
    static final String[] WHOLE = {"<co>", "</co>"};

    static final int LIMIT = 256;
    private static final String SOURCES = " 0123456789:,[]";

    private int length;

    CitationReader(Feed feed, CallWriter out, Tools tools) {
        super(feed, out);
    }

    @Override
    Step read(char c) {
        if (c == '>') {
            return Step.DROP;
        }
        return isSource(c) && ++length <= LIMIT ? Step.MORE : fail(c);
    }

    static boolean isSource(char c) {
        return SOURCES.indexOf(c) >= 0;
    }

    @Override
    String completion() {
        return null;
    }

    @Override
    void cut() {
        // A tag is no call, so there is nothing to tell.
    }
}
