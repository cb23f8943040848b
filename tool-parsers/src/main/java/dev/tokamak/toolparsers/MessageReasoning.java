package dev.tokamak.toolparsers;

import dev.tokamak.spi.reasoning.ReasoningParser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Splits a completion that is a sequence of messages, each with a head that says for whom it is. Heads are dropped, but for
 * those of calls: from there on everything is content, heads included, for the tool parser.
 */
final class MessageReasoning implements ReasoningParser {
    /** For whom a message is. */
    enum Audience {
        /** The model itself. */
        SELF,
        /** The user, and there may be reasoning after it. */
        USER,
        /** The user, and it is the last message. */
        USER_AT_LAST,
        /** A tool. */
        TOOL
    }

    /**
     * The format.
     *
     * @param heads what a head begins with; the first begins every turn
     * @param headEnd what a head ends with
     * @param messageEnds what a message ends with
     * @param audience by a head's text, without its beginning and its end
     */
    record Layout(List<String> heads, String headEnd, List<String> messageEnds, Function<String, Audience> audience) {
        /** The marks of a prompt are tokens if they can be. */
        private String setApart(Tokens tokens, String prompt) {
            String text = prompt.replace(headEnd, tokens.in(headEnd));
            for (List<String> marks : List.of(heads, messageEnds)) {
                for (String mark : marks) {
                    text = text.replace(mark, tokens.in(mark));
                }
            }
            return text;
        }

        private Layout in(Tokens tokens) {
            return new Layout(tokens.in(heads), tokens.in(headEnd), tokens.in(messageEnds), audience);
        }
    }

    private static final int HEAD_LIMIT = 512;

    private enum State {
        HEAD,
        BETWEEN,
        SELF,
        USER,
        LAST,
        TOOL
    }

    private final Layout layout;
    private final Tokens tokens;
    private final Feed feed = new Feed();
    private final ReasoningWriter out;
    private final StringBuilder text = new StringBuilder();
    private final Marks headMarks;
    private final Marks bodyMarks;
    private final Marks lastMarks;
    private String headBegin = "";
    private boolean headIsOfPrompt;
    /** Whether the user was told something, which another message does not run into. */
    private boolean toldUser;

    private boolean newMessage;
    private State state = State.BETWEEN;
    private State before = State.BETWEEN;

    /**
     * A parser.
     *
     * @param promptTail the prompt's end, which may have begun a message or its head
     */
    MessageReasoning(Layout given, String promptTail, Tokens tokens) {
        this.layout = given.in(tokens);
        this.tokens = tokens;
        this.out = new ReasoningWriter(tokens);
        List<String> body = new ArrayList<>(layout.messageEnds());
        body.addAll(layout.heads());
        this.headMarks = new Marks(List.of(layout.headEnd()));
        this.bodyMarks = new Marks(body);
        this.lastMarks = new Marks(layout.messageEnds());
        begin(given.setApart(tokens, promptTail));
    }

    private void begin(String promptTail) {
        int at = -1;
        for (String head : layout.heads()) {
            at = at < 0 ? promptTail.lastIndexOf(head) : at;
        }
        if (at < 0) {
            return;
        }
        Sink nobody = new Sink() {
            @Override
            public void reasoning(String text) {
                // The prompt's text was told to nobody.
            }

            @Override
            public void content(String text) {
                // Nor was this.
            }
        };
        accept(promptTail.substring(at), nobody);
        headIsOfPrompt = state == State.HEAD;
        toldUser = false;
        newMessage = false;
        out.forget();
    }

    @Override
    public void accept(CharSequence delta, Sink sink) {
        out.to(sink);
        for (int i = 0; i < delta.length(); i++) {
            step(delta.charAt(i));
            while (feed.hasNext()) {
                step(feed.next());
            }
        }
        out.flush(false);
    }

    @Override
    public void acceptToken(CharSequence token, Sink sink) {
        accept(tokens.in(token.toString()), sink);
    }

    private void step(char c) {
        switch (state) {
            case HEAD -> head(c);
            case BETWEEN, SELF, USER -> body(c);
            case LAST -> {
                lastMarks.feed(c, feed, text);
                tellUser();
            }
            case TOOL -> {
                text.append(c);
                out.content(text);
                text.setLength(0);
            }
        }
    }

    private void head(char c) {
        int mark = headMarks.feed(c, feed, text);
        if (mark == Marks.NONE) {
            if (text.length() > HEAD_LIMIT) {
                giveUpHead(headIsOfPrompt ? "" : headBegin, "");
            }
            return;
        }
        Audience audience = layout.audience().apply(Tokens.plain(text));
        if (audience == Audience.TOOL) {
            giveUpHead(headBegin, layout.headEnd());
            state = State.TOOL;
            return;
        }
        text.setLength(0);
        headIsOfPrompt = false;
        state = audience == Audience.SELF ? State.SELF : audience == Audience.USER ? State.USER : State.LAST;
        newMessage = toldUser;
    }

    /** Messages to the user are lines of one text. */
    private void tellUser() {
        if (text.isEmpty()) {
            return;
        }
        if (newMessage) {
            out.content("\n");
        }
        newMessage = false;
        toldUser = true;
        out.content(text);
        text.setLength(0);
    }

    /** The head is told as it stands. */
    private void giveUpHead(String begin, String end) {
        text.insert(0, begin).append(end);
        out.content(text);
        text.setLength(0);
        headIsOfPrompt = false;
        state = before;
    }

    private void body(char c) {
        int mark = bodyMarks.feed(c, feed, text);
        if (state == State.SELF) {
            out.reasoning(text);
            text.setLength(0);
        } else {
            tellUser();
        }
        if (mark == Marks.NONE) {
            return;
        }
        if (mark < layout.messageEnds().size()) {
            state = State.BETWEEN;
        } else {
            before = state;
            headBegin = bodyMarks.get(mark);
            state = State.HEAD;
        }
    }

    @Override
    public void finish(Sink sink) {
        out.to(sink);
        switch (state) {
            case HEAD -> giveUpHead(headIsOfPrompt ? "" : headBegin, headMarks.takeHeld());
            case SELF -> out.reasoning(bodyMarks.takeHeld());
            case BETWEEN, USER -> out.content(bodyMarks.takeHeld());
            case LAST -> out.content(lastMarks.takeHeld());
            case TOOL -> {}
        }
        out.flush(true);
    }

    @Override
    public boolean ended() {
        return state == State.LAST || state == State.TOOL;
    }
}
