package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import java.util.List;

/**
 * Splits a completion into content and calls of one {@link Format}.
 *
 * <p>Implementation notes. The machine is in one of three states. In <i>text</i> it looks for the format's marks; white
 * space and wrapping marks next to a call are its structure and wait until it is clear whether a call follows. In
 * <i>reading</i> a {@link CallReader} takes every character, and a record of them is kept until the call's name is complete;
 * if it never is, the record becomes content. In <i>spilling</i>, behind malformed text in a committed call, everything goes
 * verbatim into its arguments. Each character is looked at once, but for those that began a mark and turned out to be none
 * or belong to what follows: at most a mark's length of them comes again, each time behind progress. So the work is linear in
 * the text, and what is held back outside of uncommitted calls is shorter than the longest mark.
 */
final class CallStream implements ToolParser {
    private enum State {
        TEXT,
        READING,
        SPILLING
    }

    private final Format format;
    private final Tools tools;
    private final Feed feed = new Feed();
    private final CallWriter out = new CallWriter();
    private final Marks marks;
    private final Marks marksAfterCall;
    private final StringBuilder released = new StringBuilder();
    /** White space and wrapping marks that are content only if no call stands next to them. */
    private final StringBuilder structure = new StringBuilder();

    private State state = State.TEXT;
    private CallReader reader;
    private boolean readerFoundCalls;
    /** Nothing but structure came since the beginning, the last call or the last wrapping mark. */
    private boolean quiet = true;

    private boolean afterCall;
    private boolean inSection;
    private boolean sectionOpened;
    private long steps;

    CallStream(Format format, List<ToolDefinition> tools) {
        this.format = format;
        this.tools = new Tools(tools);
        this.marks = new Marks(format.marks(false));
        this.marksAfterCall = new Marks(format.marks(true));
    }

    /** How many characters were looked at, those that came again included. */
    long steps() {
        return steps;
    }

    @Override
    public void accept(CharSequence text, ToolCallSink sink) {
        out.to(sink);
        for (int i = 0; i < text.length(); i++) {
            step(text.charAt(i));
            while (feed.hasNext()) {
                step(feed.next());
            }
        }
        out.flush(false);
    }

    @Override
    public void finish(ToolCallSink sink) {
        out.to(sink);
        switch (state) {
            case READING -> finishReading();
            case TEXT -> finishText();
            case SPILLING -> {}
        }
        if (!afterCall || sectionOpened) {
            out.content(structure);
        }
        structure.setLength(0);
        out.flush(true);
    }

    /** The beginning of a mark that would have ended a call says nothing. */
    private void finishText() {
        boolean behindCall = activeMarks() == marksAfterCall;
        String held = activeMarks().takeHeld();
        if (!behindCall || !format.beginsEnd(held)) {
            text(held);
        }
    }

    private void finishReading() {
        if (out.isOpen()) {
            reader.cut();
            return;
        }
        out.forgetArguments();
        String record = feed.takeRecord();
        if (!readerFoundCalls || !isSeparator(record)) {
            text(record);
        }
    }

    private static boolean isSeparator(String text) {
        return text.chars().allMatch(c -> CallReader.isSpace((char) c) || c == ',');
    }

    private void step(char c) {
        steps++;
        switch (state) {
            case TEXT -> scan(c);
            case READING -> {
                feed.record(c);
                read(c);
            }
            case SPILLING -> out.arguments(c);
        }
    }

    private Marks activeMarks() {
        boolean other = marksAfterCall.isHolding() || (afterCall && quiet && !marks.isHolding());
        return other ? marksAfterCall : marks;
    }

    private void scan(char c) {
        Marks active = activeMarks();
        int index = active.feed(c, feed, released);
        if (!released.isEmpty()) {
            text(released);
            released.setLength(0);
        }
        if (index != Marks.NONE) {
            mark(format.find(active.get(index), active == marksAfterCall));
        }
    }

    private void mark(Format.Mark mark) {
        switch (mark.kind()) {
            case SECTION -> {
                structure.append(mark.text());
                quiet = true;
                inSection = true;
                sectionOpened = true;
            }
            case SECTION_END, CALL_END -> {
                structure.setLength(0);
                sectionOpened = false;
                if (mark.kind() == Format.Kind.SECTION_END) {
                    inSection = false;
                }
            }
            case SILENT -> {}
            case HEADER -> read(mark);
            case CALL -> {
                if (format.callsOnlyInSections() && !inSection) {
                    text(mark.text());
                } else {
                    read(mark);
                }
            }
        }
    }

    private void read(Format.Mark mark) {
        state = State.READING;
        reader = mark.reader().create(feed, out, tools);
        readerFoundCalls = false;
        feed.startRecord(mark.text());
        if (mark.partOfCall()) {
            feed.pushBack(mark.text());
        }
    }

    private void read(char c) {
        CallReader.Step step = reader.read(c);
        if (feed.isRecording() && out.isOpen()) {
            feed.takeRecord();
            structure.setLength(0);
        }
        switch (step) {
            case MORE -> {}
            case CALL -> {
                endCall();
                readerFoundCalls = true;
                feed.startRecord("");
            }
            case LAST -> {
                endCall();
                state = State.TEXT;
            }
            case DONE -> {
                String record = feed.takeRecord();
                if (!readerFoundCalls) {
                    text(record);
                }
                state = State.TEXT;
            }
            case DROP -> {
                feed.takeRecord();
                state = State.TEXT;
            }
            case FAIL -> malformed();
        }
    }

    private void endCall() {
        out.end();
        afterCall = true;
        quiet = true;
        sectionOpened = false;
    }

    private void malformed() {
        if (out.isOpen()) {
            state = State.SPILLING;
            return;
        }
        out.forgetArguments();
        state = State.TEXT;
        text(feed.takeRecord());
    }

    private void text(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            text(text.charAt(i));
        }
    }

    private void text(char c) {
        if (quiet && CallReader.isSpace(c)) {
            structure.append(c);
            return;
        }
        out.content(structure);
        structure.setLength(0);
        out.content(c);
        quiet = false;
        afterCall = false;
        sectionOpened = false;
    }
}
