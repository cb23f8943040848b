package dev.tokamak.toolparsers;

import dev.tokamak.spi.reasoning.ReasoningParser;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits off reasoning that stands between tags, at the beginning of a completion or, where the tags are special tokens, anywhere
 * before its calls.
 *
 * <p>Implementation notes. A model that calls a tool while it thinks may forget to end its thinking. Where the mark of calls is a
 * token, it ends the reasoning at once. Where it is text, or tokens are not known, the reasoning may just mention it: what looks
 * like a call is held until the reasoning ends, whose part it then is, or the text does, and then it is content. Each character is looked at
 * once, but for beginnings of tags that turn out to be none.
 */
final class TaggedReasoning implements ReasoningParser {
    /** Whether text that no tag opens is reasoning. */
    enum Implicit {
        /** Unless the prompt has ended the reasoning. */
        ALWAYS,
        /** Only if nothing is known of the prompt: else the prompt tells. */
        IF_PROMPT_IS_UNKNOWN,
        /** If the request's template variables ask for thinking; else there is no reasoning. */
        IF_ASKED_FOR,
        /** Never. */
        NEVER
    }

    /**
     * The format.
     *
     * @param starts what opens reasoning; at least one
     * @param ends what closes it; at least one
     * @param again those of the starts that open it behind content, too
     * @param callTokens what begins calls and is a special token
     * @param callTexts what begins calls and is text
     * @param silent what is dropped
     * @param implicit whether text that no tag opens is reasoning
     * @param cites whether text holds marks of citations, which are dropped
     */
    record Tags(
            List<String> starts,
            List<String> ends,
            List<String> again,
            List<String> callTokens,
            List<String> callTexts,
            List<String> silent,
            Implicit implicit,
            boolean cites) {
        static Tags of(List<String> starts, List<String> ends, Implicit implicit) {
            return new Tags(starts, ends, List.of(), List.of(), List.of(), List.of(), implicit, false);
        }

        static Tags of(String start, String end, Implicit implicit) {
            return of(List.of(start), List.of(end), implicit);
        }

        Tags silently(String... texts) {
            return new Tags(starts, ends, again, callTokens, callTexts, List.of(texts), implicit, cites);
        }

        Tags again(String... texts) {
            return new Tags(starts, ends, List.of(texts), callTokens, callTexts, silent, implicit, cites);
        }

        Tags endedBy(String... tokens) {
            return new Tags(starts, ends, again, List.of(tokens), callTexts, silent, implicit, cites);
        }

        Tags leftBy(String... texts) {
            return new Tags(starts, ends, again, callTokens, List.of(texts), silent, implicit, cites);
        }

        /**
         * The same for text in which tokens are set apart. A mark of calls that does not come as one token is text, unless what
         * ends the reasoning ends other things, too, so that nobody could wait for it.
         */
        Tags in(Tokens tokens) {
            boolean endsOthers = silent.containsAll(ends);
            List<String> asTokens = new ArrayList<>();
            List<String> asTexts = new ArrayList<>();
            for (String mark : callTokens) {
                String known = tokens.in(mark);
                (known.equals(mark) && !endsOthers ? asTexts : asTokens).add(known);
            }
            asTexts.addAll(tokens.in(callTexts));
            return new Tags(
                    tokens.in(starts),
                    tokens.in(ends),
                    tokens.in(again),
                    asTokens,
                    asTexts,
                    tokens.in(silent),
                    implicit,
                    cites);
        }

        Tags citing() {
            return new Tags(starts, ends, again, callTokens, callTexts, silent, implicit, true);
        }
    }

    /** Where a completion begins. */
    enum Beginning {
        /** Within reasoning. */
        REASONING,
        /** Before anything: text is reasoning if it is opened, or not. */
        OPEN_OR_REASONING,
        /** Before anything: text is content unless reasoning is opened. */
        OPEN_OR_CONTENT,
        /** Behind reasoning. */
        CONTENT
    }

    private enum State {
        BEGINNING,
        REASONING,
        /** Behind a mark of calls: what comes next shows whether it is mentioned. */
        MENTION,
        /** In what looks like a call. */
        HELD,
        CONTENT,
        /** Behind the first call nothing is reasoning. */
        CALLS
    }

    private static final String OPENINGS = "{[<]" + Tokens.BEGIN;

    private final Tags tags;
    private final Tokens tokens;
    /** What begins calls and is a special token of the model's, whether or not it is known as one here. */
    private final List<String> specialCalls;
    /** What the text that is held begins with. */
    private String mentioned;

    private final boolean implicit;
    private final Feed feed = new Feed();
    private final ReasoningWriter out;
    private final StringBuilder released = new StringBuilder();
    /** White space that is reasoning unless a call follows, or that waits for the beginning to be clear. */
    private final StringBuilder space = new StringBuilder();
    /** What looks like a call. */
    private final StringBuilder held = new StringBuilder();

    private final Marks startMarks;
    private final Marks reasoningMarks;
    private final Marks endMarks;
    private final Marks contentMarks;
    private final Marks silentMarks;
    private final CitationFilter citations;
    private State state;

    TaggedReasoning(Tags given, Beginning beginning, Tokens tokens) {
        this.tags = given.in(tokens);
        this.tokens = tokens;
        this.out = new ReasoningWriter(tokens);
        this.implicit = beginning == Beginning.OPEN_OR_REASONING;
        this.state = switch (beginning) {
            case REASONING -> State.REASONING;
            case CONTENT -> State.CONTENT;
            default -> State.BEGINNING;
        };
        this.startMarks = marks(tags.starts(), tags.silent(), implicit ? tags.ends() : List.of());
        this.reasoningMarks = marks(tags.ends(), tags.callTokens(), tags.callTexts());
        this.endMarks = new Marks(tags.ends());
        this.specialCalls = tokens.in(given.callTokens());
        this.contentMarks = marks(tags.silent(), tags.again(), tags.again().isEmpty() ? List.of() : specialCalls);
        this.silentMarks = new Marks(tags.silent());
        this.citations = tags.cites() ? new CitationFilter() : null;
    }

    private static Marks marks(List<String> first, List<String> second, List<String> third) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        all.addAll(third);
        return new Marks(all);
    }

    @Override
    public void accept(CharSequence text, Sink sink) {
        out.to(sink);
        for (int i = 0; i < text.length(); i++) {
            if (citations == null || state == State.CALLS) {
                take(text.charAt(i));
            } else {
                takeAll(citations.without(text.charAt(i)));
            }
        }
        out.flush(false);
    }

    @Override
    public void acceptToken(CharSequence token, Sink sink) {
        accept(tokens.in(token.toString()), sink);
    }

    private void takeAll(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            take(text.charAt(i));
        }
    }

    private void take(char c) {
        step(c);
        while (feed.hasNext()) {
            step(feed.next());
        }
    }

    private void step(char c) {
        switch (state) {
            case BEGINNING -> beginning(c);
            case REASONING -> reasoning(c);
            case MENTION -> mention(c);
            case HELD -> held(c);
            case CONTENT -> content(c);
            case CALLS -> {
                silentMarks.feed(c, feed, released);
                out.content(released);
                released.setLength(0);
            }
        }
    }

    private void beginning(char c) {
        if (!startMarks.isHolding() && Character.isWhitespace(c)) {
            space.append(c);
            return;
        }
        int mark = startMarks.feed(c, feed, released);
        if (!released.isEmpty()) {
            feed.pushBack(released);
            released.setLength(0);
            leave();
        } else if (mark >= tags.starts().size() + tags.silent().size()) {
            tellSpace(false);
            state = State.CONTENT;
        } else if (mark != Marks.NONE && mark < tags.starts().size()) {
            space.setLength(0);
            state = State.REASONING;
        }
    }

    /** No tag came at the beginning. */
    private void leave() {
        if (!implicit) {
            tellSpace(false);
        }
        state = implicit ? State.REASONING : State.CONTENT;
    }

    private void tellSpace(boolean reasoning) {
        if (reasoning) {
            out.reasoning(space);
        } else {
            out.content(space);
        }
        space.setLength(0);
    }

    private void reasoning(char c) {
        int mark = reasoningMarks.feed(c, feed, released);
        for (int i = 0; i < released.length(); i++) {
            if (Character.isWhitespace(released.charAt(i))) {
                space.append(released.charAt(i));
            } else {
                tellSpace(true);
                out.reasoning(released.substring(i, i + 1));
            }
        }
        released.setLength(0);
        if (mark == Marks.NONE) {
            return;
        }
        int token = mark - tags.ends().size();
        if (token < 0) {
            tellSpace(true);
            state = State.CONTENT;
        } else if (token < tags.callTokens().size()) {
            space.setLength(0);
            out.content(reasoningMarks.get(mark));
            state = State.CALLS;
        } else {
            mentioned = reasoningMarks.get(mark);
            held.append(mentioned);
            state = State.MENTION;
        }
    }

    /** A call has its name or an opening bracket next to the mark, or on the next line. */
    private void mention(char c) {
        char last = held.charAt(held.length() - 1);
        if (c == '\n' || (c == ' ' && last != '\n')) {
            held.append(c);
            return;
        }
        boolean name = (Character.isLetter(c) || c == '_') && last != ' ';
        feed.pushBack(c);
        if (name || OPENINGS.indexOf(c) >= 0) {
            state = State.HELD;
        } else {
            heldIsReasoning();
            state = State.REASONING;
        }
    }

    private void held(char c) {
        int mark = endMarks.feed(c, feed, held);
        if (mark != Marks.NONE) {
            heldIsReasoning();
            tellSpace(true);
            state = State.CONTENT;
        }
    }

    private void heldIsReasoning() {
        tellSpace(true);
        int end = held.length();
        while (end > 0 && Character.isWhitespace(held.charAt(end - 1))) {
            end--;
        }
        out.reasoning(held.substring(0, end));
        space.append(held, end, held.length());
        held.setLength(0);
    }

    private void content(char c) {
        int mark = contentMarks.feed(c, feed, released);
        out.content(released);
        released.setLength(0);
        if (mark < tags.silent().size()) {
            return;
        }
        boolean again = mark < tags.silent().size() + tags.again().size();
        if (!again) {
            out.content(contentMarks.get(mark));
        }
        state = again ? State.REASONING : State.CALLS;
    }

    @Override
    public void finish(Sink sink) {
        out.to(sink);
        if (citations != null) {
            takeAll(citations.rest());
        }
        switch (state) {
            case BEGINNING -> {
                leave();
                if (implicit) {
                    tellSpace(true);
                    out.reasoning(startMarks.takeHeld());
                } else {
                    out.content(startMarks.takeHeld());
                }
            }
            case REASONING -> {
                tellSpace(true);
                out.reasoning(reasoningMarks.takeHeld());
            }
            case MENTION -> {
                if (specialCalls.contains(mentioned)) {
                    out.content(held);
                } else {
                    heldIsReasoning();
                    tellSpace(true);
                }
            }
            case HELD -> {
                held.append(endMarks.takeHeld());
                out.content(held);
            }
            case CONTENT -> out.content(contentMarks.takeHeld());
            case CALLS -> out.content(silentMarks.takeHeld());
        }
        out.flush(true);
    }

    @Override
    public boolean ended() {
        return state == State.CONTENT || state == State.CALLS;
    }
}
