package dev.tokamak.toolparsers;

/** Characters that were read too far and come again, and the record of a call that is not committed yet. */
final class Feed {
    /** In reverse: the last character comes first. */
    private final StringBuilder back = new StringBuilder();

    private final StringBuilder record = new StringBuilder();
    private boolean recording;

    boolean hasNext() {
        return !back.isEmpty();
    }

    char next() {
        char c = back.charAt(back.length() - 1);
        back.setLength(back.length() - 1);
        return c;
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
        }
    }

    void startRecord(CharSequence begin) {
        recording = true;
        record.setLength(0);
        record.append(begin);
    }

    void record(char c) {
        if (recording) {
            record.append(c);
        }
    }

    boolean isRecording() {
        return recording;
    }

    /** Ends the record and gives what was in it. */
    String takeRecord() {
        recording = false;
        String text = record.toString();
        record.setLength(0);
        return text;
    }
}
