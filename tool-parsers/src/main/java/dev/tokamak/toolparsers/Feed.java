package dev.tokamak.toolparsers;

/** Characters that were read too far and come again, and the record of a call that is not committed yet. */
final class Feed {
    private final Tokens tokens;
    /** In reverse: the last character comes first. */
    private final StringBuilder back = new StringBuilder();

    private final StringBuilder record = new StringBuilder();
    private boolean recording;
    private int markLength;
    private boolean doubtful;

    Feed() {
        this(Tokens.UNKNOWN);
    }

    Feed(Tokens tokens) {
        this.tokens = tokens;
    }

    /** Which marks are tokens. */
    Tokens tokens() {
        return tokens;
    }

    boolean hasNext() {
        return !back.isEmpty();
    }

    char next() {
        char c = back.charAt(back.length() - 1);
        back.setLength(back.length() - 1);
        return c;
    }

    /** Drops what comes next. */
    void skip(int length) {
        back.setLength(back.length() - length);
    }

    /** Text that was read comes again, before anything that was pushed back earlier. */
    void pushBack(CharSequence text) {
        for (int i = text.length() - 1; i >= 0; i--) {
            back.append(text.charAt(i));
        }
        unrecord(text.length());
    }

    void pushBack(char c) {
        back.append(c);
        unrecord(1);
    }

    private void unrecord(int length) {
        if (recording) {
            record.setLength(Math.max(0, record.length() - length));
            markLength = Math.min(markLength, record.length());
        }
    }

    void startRecord(CharSequence begin) {
        recording = true;
        record.setLength(0);
        record.append(begin);
        markLength = begin.length();
    }

    /** How much of the record is the mark that began it. */
    int recordedMark() {
        return markLength;
    }

    void record(char c) {
        if (recording) {
            record.append(c);
        }
    }

    boolean isRecording() {
        return recording;
    }

    /** Whether what comes is data only if nothing contradicts it. */
    boolean isDoubtful() {
        return doubtful;
    }

    void doubtful(boolean isDoubtful) {
        doubtful = isDoubtful;
    }

    String recordedText() {
        return record.toString();
    }

    /** How many characters the record has. */
    int recorded() {
        return record.length();
    }

    /** What was recorded from a place on comes again. */
    void rewind(int place) {
        pushBack(record.substring(place));
    }

    /** Ends the record and gives what was in it. */
    String takeRecord() {
        recording = false;
        String text = record.toString();
        record.setLength(0);
        return text;
    }
}
