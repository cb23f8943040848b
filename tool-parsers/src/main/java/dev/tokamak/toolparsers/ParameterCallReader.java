package dev.tokamak.toolparsers;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a call whose arguments are tagged parameters, XML-like, and writes them as a JSON object. Values that can only be
 * strings are passed on as they come; others are held until their end, since only then it is known what they are.
 */
final class ParameterCallReader extends CallReader {
    /**
     * The format's tags, from the function's name on.
     *
     * @param nameEnds what ends the name or the attributes that hold it; one that begins a parameter or ends the call is
     *     that, too
     * @param nameAttribute the attribute that is the name, or empty if all the text is
     * @param parameter what begins a parameter
     * @param keyEnd what ends the parameter's name or the attributes that hold it
     * @param keyAttribute the attribute that is the parameter's name, or empty if all the text is
     * @param valueBegin what stands before the value, possibly behind white space, or empty
     * @param valueEnd what ends the value
     * @param callEnds what ends the call
     * @param quoting how a value may be set apart from the tags
     */
    record Tags(
            List<String> nameEnds,
            String nameAttribute,
            String parameter,
            String keyEnd,
            String keyAttribute,
            String valueBegin,
            String valueEnd,
            List<String> callEnds,
            Quoting quoting) {}

    /** How a value is set apart from the tags around it. */
    enum Quoting {
        /** Not at all. */
        NONE,
        /** By one line break at either end, which may be missing. */
        LINES,
        /** As XML does it, if it needs to be. */
        CDATA
    }

    private static final int HEAD_LIMIT = 1024;
    private static final String CDATA = "<![CDATA[";
    private static final String CDATA_END = "]]>";

    private enum State {
        NAME,
        BODY,
        KEY,
        VALUE_BEGIN,
        FIRST,
        VALUE,
        JSON
    }

    private final Tags tags;
    private final Tools tools;
    private final Marks nameMarks;
    private final Marks bodyMarks;
    private final Marks keyMarks;
    private final Marks valueBeginMarks;
    private final Marks firstMarks;
    private final Marks plainValueMarks;
    private final Marks cdataMarks;
    private Marks valueMarks;
    private final StringBuilder text = new StringBuilder();
    private State state = State.NAME;
    private String name;
    private boolean hasParameters;
    private ValueWriter value;
    private ArgumentsReader json;

    ParameterCallReader(Tags tags, Feed feed, CallWriter out, Tools tools) {
        super(feed, out);
        this.tags = tags;
        this.tools = tools;
        this.nameMarks = new Marks(tags.nameEnds());
        List<String> body = new ArrayList<>(tags.callEnds());
        body.add(tags.parameter());
        this.bodyMarks = new Marks(body);
        this.keyMarks = new Marks(List.of(tags.keyEnd()));
        this.valueBeginMarks = tags.valueBegin().isEmpty() ? null : new Marks(List.of(tags.valueBegin()));
        this.firstMarks =
                new Marks(tags.quoting() == Quoting.CDATA ? List.of(tags.valueEnd(), CDATA) : List.of(tags.valueEnd()));
        this.plainValueMarks = new Marks(List.of(tags.valueEnd()));
        this.cdataMarks = new Marks(List.of(CDATA_END + tags.valueEnd()));
    }

    @Override
    Step read(char c) {
        return switch (state) {
            case NAME -> name(c);
            case BODY -> body(c);
            case KEY -> key(c);
            case VALUE_BEGIN -> valueBegin(c);
            case FIRST -> first(c);
            case VALUE -> value(c);
            case JSON -> json(c);
        };
    }

    private Step name(char c) {
        if (text.isEmpty() && !nameMarks.isHolding() && isSpace(c)) {
            return Step.MORE;
        }
        int mark = nameMarks.feed(c, feed, text);
        if (mark == Marks.NONE) {
            return text.length() > HEAD_LIMIT ? Step.FAIL : Step.MORE;
        }
        String end = nameMarks.get(mark);
        if (end.equals(tags.parameter()) || tags.callEnds().contains(end)) {
            feed.pushBack(end);
        }
        name = Attributes.value(text, tags.nameAttribute());
        if (name == null || !NamedCallReader.isName(name)) {
            return Step.FAIL;
        }
        text.setLength(0);
        out.begin(name, "");
        state = State.BODY;
        return Step.MORE;
    }

    private Step body(char c) {
        if (!bodyMarks.isHolding() && isSpace(c)) {
            return Step.MORE;
        }
        if (c == '{' && !hasParameters && json == null) {
            json = new ArgumentsReader(out);
            state = State.JSON;
            return json(c);
        }
        int mark = bodyMarks.feed(c, feed, text);
        if (!text.isEmpty()) {
            return spill();
        }
        if (mark == Marks.NONE) {
            return Step.MORE;
        }
        if (mark < tags.callEnds().size()) {
            out.arguments(json != null ? "" : hasParameters ? "}" : "{}");
            return Step.LAST;
        }
        if (json != null) {
            text.append(tags.parameter());
            return spill();
        }
        state = State.KEY;
        return Step.MORE;
    }

    /** Some models write all arguments as one object where their parameters should be. */
    private Step json(char c) {
        switch (json.feed(c)) {
            case MORE -> {}
            case END -> state = State.BODY;
            default -> {
                return fail(c);
            }
        }
        return Step.MORE;
    }

    /** What is neither a parameter nor the call's end goes into the arguments as it is. */
    private Step spill() {
        out.arguments(text);
        return Step.FAIL;
    }

    private Step key(char c) {
        if (keyMarks.feed(c, feed, text) == Marks.NONE) {
            return Step.MORE;
        }
        String key = Attributes.value(text, tags.keyAttribute());
        if (key == null) {
            text.append(tags.keyEnd());
            return spill();
        }
        out.arguments(hasParameters ? ", " : "{");
        out.arguments(JsonText.quote(key));
        out.arguments(": ");
        hasParameters = true;
        value = new ValueWriter(type(key), tags.quoting() == Quoting.LINES, out);
        text.setLength(0);
        state = tags.valueBegin().isEmpty() ? State.FIRST : State.VALUE_BEGIN;
        return Step.MORE;
    }

    private ParameterType type(String key) {
        if (!tags.keyAttribute().isEmpty()) {
            String isString = Attributes.value(text, "string");
            if (isString != null) {
                return isString.equals("true") ? ParameterType.STRING : ParameterType.ANY;
            }
            String type = Attributes.value(text, "type");
            if (type != null) {
                return ParameterType.named(type);
            }
        }
        return tools.typeOf(name, key);
    }

    private Step valueBegin(char c) {
        if (!valueBeginMarks.isHolding() && isSpace(c)) {
            return Step.MORE;
        }
        int mark = valueBeginMarks.feed(c, feed, text);
        if (!text.isEmpty()) {
            return spill();
        }
        if (mark != Marks.NONE) {
            state = State.FIRST;
        }
        return Step.MORE;
    }

    /** A value may be quoted as XML does it, so that it can hold its end tag. */
    private Step first(char c) {
        valueMarks = plainValueMarks;
        int mark = firstMarks.feed(c, feed, text);
        if (mark == 0) {
            value.end();
            state = State.BODY;
        } else if (mark == 1) {
            valueMarks = cdataMarks;
            state = State.VALUE;
        } else if (!text.isEmpty()) {
            appendToValue(text);
            text.setLength(0);
            state = State.VALUE;
        }
        return Step.MORE;
    }

    private Step value(char c) {
        int mark = valueMarks.feed(c, feed, text);
        appendToValue(text);
        text.setLength(0);
        if (mark != Marks.NONE) {
            value.end();
            state = State.BODY;
        }
        return Step.MORE;
    }

    private void appendToValue(CharSequence part) {
        for (int i = 0; i < part.length(); i++) {
            value.append(part.charAt(i));
        }
    }

    @Override
    void cut() {
        switch (state) {
            case FIRST, VALUE -> {
                appendToValue((state == State.FIRST ? firstMarks : valueMarks).takeHeld());
                value.cut();
            }
            case JSON -> json.cut();
            case BODY -> out.arguments(bodyMarks.takeHeld());
            case VALUE_BEGIN -> out.arguments(valueBeginMarks.takeHeld());
            case KEY -> {
                out.arguments(hasParameters ? ", " : "{");
                String key = JsonText.quote(text + keyMarks.takeHeld());
                out.arguments(key.substring(0, key.length() - 1));
            }
            default -> {}
        }
    }
}
