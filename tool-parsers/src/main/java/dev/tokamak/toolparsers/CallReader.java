package dev.tokamak.toolparsers;

/**
 * Reads the calls behind a mark, one character at a time. Commits a call by {@link CallWriter#begin}, writes its arguments,
 * and leaves ending it to the {@link CallStream} that asks.
 */
abstract class CallReader {
    /** What a character led to. */
    enum Step {
        /** Nothing yet. */
        MORE,
        /** A call is complete, and there may be another for this reader. */
        CALL,
        /** A call is complete, and the reader is done. */
        LAST,
        /** The reader is done; no call was under way. */
        DONE,
        /** What was read since the last call is dropped: it says nothing. */
        DROP,
        /** The text is malformed. What was not used is pushed back; what was held of a committed call is written. */
        FAIL
    }

    final Feed feed;
    final CallWriter out;

    CallReader(Feed feed, CallWriter out) {
        this.feed = feed;
        this.out = out;
    }

    abstract Step read(char c);

    /**
     * Whether what is being read may hold a mark as data, such as a string. Remains so behind a string's end until what
     * follows shows that it was one.
     */
    boolean inText() {
        return false;
    }

    /**
     * What would make the committed call's arguments a whole object if it ended here.
     *
     * @return possibly empty; null if nothing does
     */
    abstract String completion();

    /** Whether what was read behind the mark begins as a call, so that the mark was not just mentioned. */
    boolean hasBegun() {
        return false;
    }

    /** Whether what was read stands in a list of calls, in which another may follow it. */
    boolean inList() {
        return false;
    }

    /** The text ends: what was read ahead to see what something means comes again. */
    void textEnds() {}

    /** The text ends within a committed call: what is held of it is written. */
    abstract void cut();

    final Step fail(char unused) {
        feed.pushBack(unused);
        return Step.FAIL;
    }

    static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
