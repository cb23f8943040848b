package dev.tokamak.toolparsers;

/**
 * Reads calls that are written as in a programming language, {@code f(a='x')} or {@code f{a:1}}, alone or in a list, and
 * writes their arguments as JSON.
 */
final class LiteralCallReader extends CallReader {
    /**
     * The language.
     *
     * @param dialect how values are written
     * @param open the bracket before the arguments
     * @param sign what stands between an argument's name and its value
     * @param close the bracket behind the arguments
     * @param several whether other calls may follow, with or without a list's brackets
     * @param guarded whether only names of the request's tools count: for calls that no mark announces
     */
    record Layout(LiteralReader.Dialect dialect, char open, char sign, char close, boolean several, boolean guarded) {
        static final Layout PYTHON = new Layout(LiteralReader.Dialect.PYTHON, '(', '=', ')', true, false);

        private Layout in(Tokens tokens) {
            return new Layout(dialect.in(tokens), open, sign, close, several, guarded);
        }

        Layout guard() {
            return new Layout(dialect, open, sign, close, several, true);
        }
    }

    private static final int NAME_LIMIT = 1024;

    private enum State {
        BEGIN,
        NEXT,
        NAME,
        ARGUMENTS,
        AFTER
    }

    private final Layout layout;
    private final Tools tools;
    private final StringBuilder name = new StringBuilder();
    private State state = State.BEGIN;
    private boolean list;
    private LiteralReader arguments;

    LiteralCallReader(Layout layout, Feed feed, CallWriter out, Tools tools) {
        super(feed, out);
        this.layout = layout.in(feed.tokens());
        this.tools = tools;
    }

    @Override
    Step read(char c) {
        return switch (state) {
            case BEGIN, NEXT -> isSpace(c) ? Step.MORE : next(c);
            case NAME -> name(c);
            case ARGUMENTS -> arguments(c);
            case AFTER -> isSpace(c) ? Step.MORE : after(c);
        };
    }

    private Step next(char c) {
        if (c == '[' && layout.several() && (state == State.BEGIN || list && !layout.guarded())) {
            list = true;
            state = State.NEXT;
            return Step.MORE;
        }
        if (state == State.NEXT && isRepeated(c)) {
            return Step.MORE;
        }
        if (c == ']' && list) {
            return Step.DONE;
        }
        name.setLength(0);
        state = State.NAME;
        return isName(c) ? name(c) : fail(c);
    }

    private Step name(char c) {
        if (isName(c)) {
            name.append(c);
            return name.length() > NAME_LIMIT ? Step.FAIL : Step.MORE;
        }
        if (c != layout.open() || (layout.guarded() && !tools.mayBe(name.toString()))) {
            return fail(c);
        }
        out.begin(name.toString(), "");
        arguments = LiteralReader.ofArguments(layout.dialect(), layout.sign(), layout.close(), tools::mayBe);
        arguments.drain(out);
        state = State.ARGUMENTS;
        return Step.MORE;
    }

    private Step arguments(char c) {
        JsonScanner.Step step = arguments.feed(c, feed.isDoubtful());
        arguments.drain(out);
        if (step == JsonScanner.Step.MORE) {
            return Step.MORE;
        }
        String unread = arguments.unread();
        feed.pushBack(unread);
        if (step == JsonScanner.Step.BAD) {
            boolean opens = layout.several() && unread.charAt(0) == layout.open();
            return opens ? nextWithoutEnd() : Step.FAIL;
        }
        state = State.AFTER;
        return layout.several() ? Step.CALL : Step.LAST;
    }

    /** A name and an opening bracket where neither can be: another call begins, and this one lacks its end. */
    private Step nextWithoutEnd() {
        String next = arguments.pendingName();
        String missing = arguments.completionBeforeName();
        if (next.isEmpty() || missing == null || !tools.mayBe(next)) {
            return Step.FAIL;
        }
        feed.pushBack(next);
        out.arguments(missing);
        state = State.NEXT;
        return Step.CALL;
    }

    private Step after(char c) {
        if (isRepeated(c)) {
            state = c == layout.close() ? State.AFTER : State.NEXT;
            return Step.MORE;
        }
        if (c == ']' && list) {
            return Step.DONE;
        }
        return list && !isName(c) ? fail(c) : next(c);
    }

    /** What stands between calls may stand there twice, and so may what ends one. */
    private boolean isRepeated(char c) {
        return c == ',' || c == ';' || c == layout.close();
    }

    private static boolean isName(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-';
    }

    @Override
    boolean inText() {
        return state == State.ARGUMENTS && arguments.inText();
    }

    @Override
    boolean hasBegun() {
        return list || isBegun();
    }

    private boolean isBegun() {
        return tools.names().stream().anyMatch(tool -> name.indexOf(tool) == 0);
    }

    @Override
    boolean inList() {
        return layout.several() && (!layout.guarded() || list && isBegun());
    }

    @Override
    String completion() {
        return arguments.completion();
    }

    @Override
    void textEnds() {
        if (state == State.ARGUMENTS) {
            arguments.settle();
            arguments.drain(out);
            feed.pushBack(arguments.unread());
        }
    }

    @Override
    void cut() {
        if (state == State.ARGUMENTS) {
            arguments.cut(out);
        }
    }
}
