package dev.tokamak.toolparsers;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a call whose arguments are elements named after them, which may nest, and writes them as a JSON object. Every tag has
 * a prefix that text does not have. A value that can only be a string is passed on as it comes, others are held until their
 * element ends, because only then it is known whether they have children.
 */
final class ElementCallReader extends CallReader {
    private static final int DEPTH_LIMIT = 128;
    private static final int HEAD_LIMIT = 1024;

    private enum State {
        NAME,
        BODY,
        TAG,
        CLOSING_TAG,
        HELD,
        STREAMED
    }

    private final String prefix;
    private final Tools tools;
    private final Marks nameMarks = new Marks(List.of(">"));
    private final Marks bodyMarks;
    private final Marks heldMarks;
    private Marks streamedMarks;
    private final StringBuilder text = new StringBuilder();
    /** The source of the argument that is held, in case it turns out malformed. */
    private final StringBuilder source = new StringBuilder();

    private final List<Element> open = new ArrayList<>();
    private State state = State.NAME;
    private String name;
    private boolean hasArguments;
    private ValueWriter streamed;

    ElementCallReader(String prefix, Feed feed, CallWriter out, Tools tools) {
        super(feed, out);
        this.prefix = feed.tokens().in(prefix);
        this.tools = tools;
        this.bodyMarks = tagMarks();
        this.heldMarks = tagMarks();
    }

    private Marks tagMarks() {
        return new Marks(List.of(prefix + "</", prefix + "<", prefix));
    }

    @Override
    Step read(char c) {
        return switch (state) {
            case NAME -> name(c);
            case BODY -> body(c);
            case TAG -> tag(c);
            case CLOSING_TAG -> closingTag(c);
            case HELD -> held(c);
            case STREAMED -> streamed(c);
        };
    }

    private Step name(char c) {
        if (isTag(c)) {
            return fail(c);
        }
        if (nameMarks.feed(c, feed, text) == Marks.NONE) {
            return text.length() > HEAD_LIMIT ? Step.FAIL : Step.MORE;
        }
        name = Attributes.value(text, "name");
        if (name == null || !NamedCallReader.isName(name)) {
            return Step.FAIL;
        }
        name = tools.meant(name);
        text.setLength(0);
        out.begin(name, "");
        state = State.BODY;
        return Step.MORE;
    }

    private Step body(char c) {
        if (!bodyMarks.isHolding() && isSpace(c)) {
            return Step.MORE;
        }
        int mark = bodyMarks.feed(c, feed, text);
        if (!text.isEmpty()) {
            char last = text.charAt(0);
            text.setLength(0);
            return fail(last);
        }
        if (mark == 0 || mark == 1) {
            source.setLength(0);
            source.append(bodyMarks.get(mark));
            state = mark == 0 ? State.CLOSING_TAG : State.TAG;
        }
        return Step.MORE;
    }

    private Step tag(char c) {
        source.append(c);
        if (c != '>') {
            text.append(c);
            return isTag(c) || text.length() > HEAD_LIMIT ? Step.FAIL : Step.MORE;
        }
        String tag = text.toString();
        text.setLength(0);
        if (tag.isBlank() || open.size() == DEPTH_LIMIT) {
            return Step.FAIL;
        }
        if (open.size() == 1 && tools.schemaOf(name, open.get(0).name()).type().isPlain()) {
            closeArgument();
        }
        if (open.isEmpty()) {
            beginArgument(tag);
            if (state == State.STREAMED) {
                return Step.MORE;
            }
        }
        Element element = new Element(tag);
        if (!open.isEmpty()) {
            top().children().add(element);
        }
        open.add(element);
        state = State.HELD;
        return Step.MORE;
    }

    private static boolean isTag(char c) {
        return c == '<' || c == ']' || Tokens.isEdge(c);
    }

    private void beginArgument(String key) {
        out.arguments(hasArguments ? ", " : "{");
        out.arguments(JsonText.quote(key));
        out.arguments(": ");
        hasArguments = true;
        ParameterType type = tools.typeOf(name, key);
        state = State.HELD;
        if (type.isString()) {
            streamed = new ValueWriter(type, false, out);
            streamedMarks = tagMarks();
            state = State.STREAMED;
        }
    }

    /** A string has no elements: any tag ends it. */
    private Step streamed(char c) {
        int mark = streamedMarks.feed(c, feed, text);
        streamed.append(text);
        text.setLength(0);
        if (mark == 0 || mark == 1) {
            if (mark == 0) {
                streamed.end();
            } else {
                out.arguments(streamed.completion());
            }
            source.setLength(0);
            source.append(streamedMarks.get(mark));
            state = mark == 0 ? State.CLOSING_TAG : State.TAG;
        }
        return Step.MORE;
    }

    private Element top() {
        return open.get(open.size() - 1);
    }

    private Step held(char c) {
        int mark = heldMarks.feed(c, feed, text);
        source.append(text);
        top().text().append(text);
        text.setLength(0);
        if (mark == 0 || mark == 1) {
            source.append(heldMarks.get(mark));
            state = mark == 0 ? State.CLOSING_TAG : State.TAG;
        }
        return Step.MORE;
    }

    /** Ends its element and those within that lack their end; one that fits no element says nothing. */
    private Step closingTag(char c) {
        source.append(c);
        if (c != '>') {
            text.append(c);
            return isTag(c) || text.length() > HEAD_LIMIT ? Step.FAIL : Step.MORE;
        }
        String tag = text.toString();
        text.setLength(0);
        int level = open.size() - 1;
        while (level >= 0 && !open.get(level).name().equals(tag)) {
            level--;
        }
        state = open.isEmpty() ? State.BODY : State.HELD;
        if (level == 0) {
            closeArgument();
        } else if (level > 0) {
            open.subList(level, open.size()).clear();
        }
        return Step.MORE;
    }

    private void closeArgument() {
        out.arguments(argument());
        open.clear();
        state = State.BODY;
    }

    private String argument() {
        Element outermost = open.get(0);
        return outermost.toJson(tools.schemaOf(name, outermost.name()));
    }

    @Override
    String completion() {
        return switch (state) {
            case STREAMED -> streamed.completion() + "}";
            default -> (open.isEmpty() ? "" : argument()) + (hasArguments ? "}" : "{}");
        };
    }

    @Override
    void cut() {
        switch (state) {
            case STREAMED -> {
                streamed.append(streamedMarks.takeHeld());
                streamed.cut();
            }
            case BODY -> out.arguments(bodyMarks.takeHeld());
            case HELD -> out.arguments(source + heldMarks.takeHeld());
            default -> out.arguments(source);
        }
    }
}
