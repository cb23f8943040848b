package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Splits a completion into content and calls of one {@link Format}.
 *
 * <p>Implementation notes. The machine is in one of three states. In <i>text</i> it looks for the format's marks; white
 * space and wrapping marks next to a call are its structure and wait until it is clear whether a call follows. In
 * <i>reading</i> a {@link CallReader} takes every character, and a record of them is kept until the call is told; if it never
 * is, the record becomes content. In <i>spilling</i>, behind malformed text in a told call, everything goes verbatim into its
 * arguments.
 *
 * <p>Both of the latter end at the next of the format's marks, so that one mistake costs one call. Where a reader is between
 * things, the mark ends the call at once: what is missing to a whole object is put in, and if nothing makes it one, the call
 * is broken off. Where a reader is within a string or a value, a mark may be data. Then the reader goes on, but what it
 * writes from there on is held until the string has ended as one does; if it turns out malformed, or the text ends first, all
 * that is taken back, the call ends at the mark, and the text from there is read again.
 *
 * <p>Each character is looked at once, but for those that began a mark and turned out to be none or belong to what follows,
 * and those behind a mark in a string that was none: each time there is progress, since the mark itself is used up. So the
 * work is linear in the text, as long as malformed text may come again only so often, and what is held back outside of uncommitted calls and doubtful strings is shorter than the
 * longest mark.
 *
 * <p>The three states and the doubt share what is held, recorded and open, so that they are one machine in one file.
 */
final class CallStream implements ToolParser {
    private enum State {
        TEXT,
        READING,
        SPILLING
    }

    private static final int NO_DOUBT = -1;

    /** How often the text of malformed calls may come again, over the whole text. */
    private static final int AGAIN = 2;

    private final Format format;
    private final Tools tools;
    private final Tokens tokens;
    private final Feed feed;
    private final CallWriter out = new CallWriter();
    private final Marks marks;
    private final Marks marksAfterCall;
    private final Marks breaks;
    private final Map<String, Format.Mark> boundaries;
    private final Marks spillMarks;
    private final StringBuilder released = new StringBuilder();
    /** White space and wrapping marks that are content only if no call stands next to them. */
    private final StringBuilder structure = new StringBuilder();
    /** White space behind a mistake, if what came before could be completed. */
    private final StringBuilder gap = new StringBuilder();

    private State state = State.TEXT;
    private CallReader reader;
    private boolean readerFoundCalls;
    /** A mark stands before what is being read. */
    private boolean announced;

    /** Nothing but structure came since the beginning, the last call or the last wrapping mark. */
    private boolean quiet = true;

    private boolean afterCall;
    /** The text of a call that turned out to be none goes on, up to the mark that would have ended it. */
    private boolean endDue;

    private boolean inSection;
    private boolean sectionOpened;
    /** Where in the record the mark stands that may be one or data. */
    private int doubtFrom = NO_DOUBT;

    private String doubtfulMark;
    /** What completes the call if it ends at the doubtful mark, or at the mistake before the gap. */
    private String completion;

    private long steps;
    private long taken;
    private long takenAgain;

    CallStream(Format given, List<ToolDefinition> tools, Tokens tokens) {
        this.tokens = tokens;
        this.feed = new Feed(tokens);
        this.format = given.in(tokens);
        this.tools = new Tools(tools);
        this.marks = new Marks(format.marks(false));
        this.marksAfterCall = new Marks(format.marks(true));
        this.boundaries = format.boundaries(this.tools);
        List<String> ends = new ArrayList<>(format.breaks());
        ends.addAll(boundaries.keySet());
        this.breaks = new Marks(ends);
        this.spillMarks = new Marks(format.spillMarks(this.tools));
        if (format.beginning() != null) {
            read(format.beginning());
        }
    }

    /** How many characters were looked at, those that came again included. */
    long steps() {
        return steps;
    }

    @Override
    public void accept(CharSequence text, ToolCallSink sink) {
        out.to(sink);
        taken += text.length();
        for (int i = 0; i < text.length(); i++) {
            step(text.charAt(i));
            drainFeed();
        }
        out.flush();
    }

    @Override
    public void acceptToken(CharSequence token, ToolCallSink sink) {
        accept(tokens.in(token.toString()), sink);
    }

    private void drainFeed() {
        while (feed.hasNext()) {
            step(feed.next());
        }
    }

    @Override
    public void finish(ToolCallSink sink) {
        out.to(sink);
        settle();
        while (state == State.READING && doubtFrom != NO_DOUBT) {
            endAtDoubt();
            drainFeed();
            settle();
        }
        if (state == State.READING) {
            finishReading();
            drainFeed();
        }
        switch (state) {
            case READING -> {}
            case TEXT -> finishText();
            case SPILLING -> finishSpilling();
        }
        if (!afterCall || sectionOpened) {
            out.content(structure);
        }
        structure.setLength(0);
        out.flushAll();
    }

    private void settle() {
        if (state == State.READING && out.isOpen()) {
            feed.pushBack(breaks.takeHeld());
            reader.textEnds();
            drainFeed();
        }
    }

    /** The beginning of a mark that would have ended a call says nothing. */
    private void finishText() {
        String held = activeMarks().takeHeld();
        if (!(endDue || afterCall && quiet) || !format.beginsEnd(held)) {
            text(held);
        }
    }

    private void finishReading() {
        if (out.isOpen()) {
            String held = breaks.takeHeld();
            if (reader.inText() || !format.beginsEnd(held)) {
                for (int i = 0; i < held.length() && state == State.READING; i++) {
                    read(held.charAt(i));
                }
            }
            if (state == State.READING) {
                reader.cut();
            }
            return;
        }
        if (readerFoundCalls && isSeparator(feed.recordedText())) {
            state = State.TEXT;
        } else {
            reject();
        }
    }

    private void finishSpilling() {
        String held = spillMarks.takeHeld();
        if (format.beginsEnd(held)) {
            return;
        }
        for (int i = 0; i < held.length(); i++) {
            spilled(held.charAt(i));
        }
        if (completion != null && completion.isEmpty()) {
            endSpill();
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
                if (out.isOpen() && doubtFrom == NO_DOUBT) {
                    readUpToMark(c);
                } else {
                    read(c);
                }
            }
            case SPILLING -> spill(c);
        }
    }

    private Marks activeMarks() {
        boolean other = marksAfterCall.isHolding() || ((endDue || (afterCall && quiet)) && !marks.isHolding());
        return other ? marksAfterCall : marks;
    }

    private void scan(char c) {
        Marks active = activeMarks();
        if (inSection && quiet && !active.isHolding()) {
            Format.Mark bare = format.bareInSection(c);
            if (bare != null) {
                read(bare);
                return;
            }
        }
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
                if (!format.specialTokens()) {
                    structure.append(mark.text());
                    sectionOpened = true;
                }
                quiet = true;
                inSection = true;
            }
            case SECTION_END, CALL_END -> {
                endDue = false;
                callIsOver();
                if (mark.kind() == Format.Kind.SECTION_END) {
                    inSection = false;
                }
            }
            case SILENT -> quiet = true;
            case SEPARATOR, QUOTE -> {}
            case HEADER, ECHO -> read(mark);
            case CALL -> read(inSection ? mark : format.outsideSections(mark));
        }
    }

    private void read(Format.Mark mark) {
        state = State.READING;
        endDue = false;
        reader = mark.reader().create(feed, out, tools);
        readerFoundCalls = false;
        announced = !mark.partOfCall();
        feed.startRecord(mark.text());
        if (mark.partOfCall()) {
            feed.pushBack(mark.text());
        }
    }

    /** Within a call whose name is known: the format's marks end it, unless they may be data. */
    private void readUpToMark(char c) {
        int index = breaks.feed(c, feed, released);
        if (!released.isEmpty()) {
            char first = released.charAt(0);
            released.setLength(0);
            read(first);
        } else if (index != Marks.NONE) {
            String mark = breaks.get(index);
            feed.pushBack(mark);
            if (reader.inText() && format.isDistinct(mark)) {
                doubt(mark);
            } else if (reader.inText() || boundaries.containsKey(mark)) {
                for (int i = 0; i < mark.length() && state == State.READING; i++) {
                    char next = feed.next();
                    feed.record(next);
                    read(next);
                }
            } else {
                endBeforeMark(reader.completion());
            }
        }
    }

    private void doubt(String mark) {
        completion = reader.completion();
        if (!feed.isRecording()) {
            feed.startRecord("");
        }
        doubtfulMark = mark;
        doubtFrom = feed.recorded();
        feed.doubtful(true);
        out.hold();
    }

    private void endDoubt() {
        doubtFrom = NO_DOUBT;
        feed.doubtful(false);
        out.release();
        if (out.isTold()) {
            feed.takeRecord();
        }
    }

    /** What seemed to be data was none: the call ended at the mark, which is read again with all that follows. */
    private void endAtDoubt() {
        out.takeBack();
        feed.rewind(doubtFrom);
        doubtFrom = NO_DOUBT;
        feed.doubtful(false);
        boolean isCall = completion != null || out.isTold();
        endBeforeMark(completion);
        Format.Mark next = boundaries.get(doubtfulMark);
        if (isCall && next != null) {
            feed.skip(doubtfulMark.length());
            resume(next);
        }
    }

    /** Another call of the list begins, though the one before it was malformed. */
    private void resume(Format.Mark next) {
        read(next);
        readerFoundCalls = true;
        announced = true;
    }

    /** The call ends here, and the mark that ends it comes again. */
    private void endBeforeMark(String missing) {
        if (missing == null && !out.isTold()) {
            reject();
            return;
        }
        if (missing == null) {
            reader.cut();
            out.breakOff();
        } else {
            out.arguments(missing);
            out.end();
        }
        feed.takeRecord();
        state = State.TEXT;
        callIsOver();
    }

    private void read(char c) {
        CallReader.Step step = reader.read(c);
        if (doubtFrom != NO_DOUBT) {
            if (step == CallReader.Step.FAIL) {
                endAtDoubt();
                return;
            }
            if (!reader.inText() || step != CallReader.Step.MORE) {
                endDoubt();
            }
        } else if (feed.isRecording() && out.isTold()) {
            feed.takeRecord();
        }
        if (out.isTold()) {
            structure.setLength(0);
        }
        switch (step) {
            case MORE -> {}
            case CALL -> {
                out.end();
                callIsOver();
                readerFoundCalls = true;
                feed.startRecord("");
            }
            case LAST -> {
                out.end();
                feed.takeRecord();
                callIsOver();
                state = State.TEXT;
            }
            case DONE -> {
                String record = feed.takeRecord();
                state = State.TEXT;
                if (announced && !readerFoundCalls) {
                    structure.setLength(0);
                    quiet = true;
                    endDue = true;
                } else if (!readerFoundCalls) {
                    text(record);
                }
            }
            case DROP -> {
                feed.takeRecord();
                state = State.TEXT;
                quiet = true;
            }
            case FAIL -> malformed();
        }
    }

    private void callIsOver() {
        structure.setLength(0);
        afterCall = true;
        quiet = true;
        sectionOpened = false;
    }

    private void malformed() {
        if (!out.isTold()) {
            reject();
            return;
        }
        completion = reader.completion();
        if (completion == null) {
            reader.cut();
        }
        gap.setLength(0);
        state = State.SPILLING;
    }

    /**
     * What was read is no call, and so content. So is the mark before it if it was just mentioned; not if it is a special token,
     * if a call began behind it, or if it stands twice. Other calls may stand in the text, or follow it in the list.
     */
    private void reject() {
        boolean begun = reader.hasBegun() || inSection && announced;
        boolean inList = format.resumes() && (reader.inList() || readerFoundCalls);
        out.forget();
        state = State.TEXT;
        int mark = feed.recordedMark();
        String record = feed.takeRecord();
        String rest = record.substring(mark);
        boolean token = format.isToken(record.substring(0, mark));
        if (mark > 0 && rest.isBlank()) {
            structure.append(token ? "" : record);
            quiet = true;
            return;
        }
        if (announced && (begun || readerFoundCalls)) {
            structure.setLength(0);
            endDue = true;
        }
        if (mark > 0 && !(token || begun) || rest.isEmpty()) {
            text(record);
            return;
        }
        int told = inList ? format.firstItem(rest, tools) + 1 : 0;
        if (inList || announced && begun) {
            completion = null;
            state = State.SPILLING;
        }
        if (mark == 0 && !inList) {
            feed.pushBack(withoutTokens(rest));
        } else if (mayComeAgain(rest)) {
            text(rest.substring(0, told));
            feed.pushBack(rest.substring(told));
        } else {
            feed.pushBack(withoutTokens(rest));
        }
    }

    /** Keeps the work linear in the text. */
    private boolean mayComeAgain(String text) {
        takenAgain += text.length();
        return takenAgain <= AGAIN * taken;
    }

    /** Tells text but for the special tokens in it, and returns the beginning of one that may stand at its end. */
    private String withoutTokens(String text) {
        Marks all = new Marks(format.tokens());
        Feed again = new Feed();
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            all.feed(text.charAt(i), again, kept);
            while (again.hasNext()) {
                all.feed(again.next(), again, kept);
            }
        }
        String held = all.takeHeld();
        text(kept);
        return held;
    }

    /** Behind a mistake: up to the next mark, everything is told as it stands. */
    private void spill(char c) {
        int index = spillMarks.feed(c, feed, released);
        if (!released.isEmpty()) {
            spilled(released.charAt(0));
            released.setLength(0);
        } else if (index != Marks.NONE) {
            spillEnds(spillMarks.get(index));
        }
    }

    private void spilled(char c) {
        if (completion != null) {
            if (CallReader.isSpace(c) || c == ',' || isClosing(c)) {
                gap.append(c);
                return;
            }
            boolean whole = completion.isEmpty();
            completion = null;
            if (whole) {
                out.end();
                callIsOver();
                endDue = true;
                text(gap);
            } else {
                reader.cut();
                out.arguments(gap);
            }
        }
        tellSpilled(c);
    }

    /** Where the arguments were whole before the mistake, what follows is none of them. */
    private void tellSpilled(char c) {
        if (out.isOpen()) {
            out.arguments(c);
        } else {
            text(c);
        }
    }

    private void spillEnds(String text) {
        if (format.isNoise(text)) {
            return;
        }
        if (out.isOpen()) {
            endSpill();
        }
        state = State.TEXT;
        Format.Mark resumed = format.resumed(text);
        if (resumed == null) {
            feed.pushBack(text);
        } else {
            resume(resumed);
        }
    }

    private void endSpill() {
        if (completion == null) {
            out.breakOff();
        } else {
            out.arguments(completion);
            out.end();
        }
        callIsOver();
    }

    private void text(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            text(text.charAt(i));
        }
    }

    private void text(char c) {
        if (quiet && (CallReader.isSpace(c) || (afterCall && isClosing(c)))) {
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

    /** A bracket too many behind a call is part of it. */
    private static boolean isClosing(char c) {
        return c == '}' || c == ']' || c == ')';
    }
}
