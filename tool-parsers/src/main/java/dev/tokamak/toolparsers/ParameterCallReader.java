package dev.tokamak.toolparsers;

import dev.tokamak.toolparsers.ParameterTags.Quoting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a call whose arguments are tagged parameters, XML-like, and writes them as a JSON object. Values that can only be
 * strings are passed on as they come; others are held until their end, since only then it is known what they are.
 *
 * <p>One machine of a state for each place between the tags, and so one file.
 */
final class ParameterCallReader extends CallReader {
    /** What models call the one parameter in which they put all others. */
    private static final Set<String> ALL_ARGUMENTS = Set.of("arguments", "input", "parameters", "properties");

    private static final int HEAD_LIMIT = 1024;

    /** The places of the tags in the marks that are looked for. */
    private static final int PARAMETER = 0;

    private static final int KEY_END = 0;
    private static final int REPEATED = 1;
    private static final int VALUE_BEGIN = 0;
    private static final int VALUE_END = 0;
    private static final int NEXT_PARAMETER = 1;

    private static final String CDATA = "<![CDATA[";
    private static final String CDATA_END = "]]>";

    private enum State {
        NAME,
        BODY,
        KEY,
        VALUE_BEGIN,
        FIRST,
        VALUE,
        NEXT_KEY,
        JSON
    }

    private final ParameterTags tags;
    private final String cdata;
    private final Tools tools;
    /** Whether only the request's tools have calls: where the mark may be just mentioned. */
    private final boolean guarded;

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
    private String key;
    private boolean begun;
    /** A parameter came twice, so that nothing makes the arguments whole. */
    private boolean repeated;

    private final Set<String> keys = new HashSet<>();
    /** The text of the only parameter so far if it may be the arguments themselves: it is not told yet. Else null. */
    private StringBuilder held;

    private boolean hasParameters;
    private ParameterType type;
    private ValueWriter value;
    /** The tag that may begin the next parameter, or is part of the value. */
    private String mentioned;

    private ArgumentsReader json;

    ParameterCallReader(ParameterTags given, boolean guarded, Feed feed, CallWriter out, Tools tools) {
        super(feed, out);
        this.guarded = guarded;
        this.tags = given.in(feed.tokens());
        this.cdata = feed.tokens().in(CDATA);
        String cdataEnd = feed.tokens().in(CDATA_END + given.valueEnd());
        String cdataBeforeNext = feed.tokens().in(CDATA_END + given.parameter());
        this.tools = tools;
        String begin = tags.valueBegin();
        List<String> nameEnds = new ArrayList<>(tags.nameEnds());
        nameEnds.add(tags.begin());
        this.nameMarks = new Marks(nameEnds);
        this.bodyMarks = new Marks(List.of(
                tags.parameter(), tags.valueEnd(), cdataEnd, tags.nameEnds().get(0)));
        this.keyMarks = new Marks(
                begin.isEmpty()
                        ? List.of(tags.keyEnd(), tags.parameter())
                        : List.of(tags.keyEnd(), tags.parameter(), begin));
        this.valueBeginMarks = begin.isEmpty() ? null : new Marks(List.of(begin, tags.keyEnd()));
        List<String> first = new ArrayList<>(List.of(tags.valueEnd(), tags.parameter()));
        if (!begin.isEmpty()) {
            first.add(begin);
        } else if (tags.keyEnd().length() > 1) {
            first.add(tags.keyEnd());
        }
        if (tags.quoting() == Quoting.CDATA) {
            first.add(cdata);
        }
        this.firstMarks = new Marks(first);
        List<String> value = new ArrayList<>(List.of(tags.valueEnd(), tags.parameter()));
        value.addAll(tags.tokens());
        this.plainValueMarks = new Marks(value);
        this.cdataMarks = new Marks(List.of(cdataEnd, cdataBeforeNext, cdata));
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
            case NEXT_KEY -> nextKey(c);
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
        if (mark > 0) {
            feed.pushBack(nameMarks.get(mark));
        }
        if (mark == tags.nameEnds().size()
                && !tools.names().contains(text.toString().strip())) {
            return Step.FAIL;
        }
        name = Attributes.value(text, tags.nameAttribute());
        boolean named = name != null
                && (tags.nameAttribute().isEmpty() ? NamedCallReader.isName(name) : NamedCallReader.isQuotedName(name));
        begun = nameMarks.get(mark).length() > 1;
        if (!named || guarded && !tools.names().contains(tools.meant(name))) {
            return Step.FAIL;
        }
        name = tools.meant(name);
        text.setLength(0);
        out.begin(name, "");
        state = State.BODY;
        return Step.MORE;
    }

    private boolean endsIn(char c) {
        return !text.isEmpty() && text.charAt(text.length() - 1) == c;
    }

    private boolean endsInTag() {
        return endsIn('<') || endsIn(Tokens.BEGIN);
    }

    /** Malformed from the last character on. */
    private Step unread() {
        char last = text.charAt(text.length() - 1);
        text.setLength(text.length() - 1);
        return fail(last);
    }

    private Step body(char c) {
        if (!bodyMarks.isHolding() && isSpace(c)) {
            return Step.MORE;
        }
        if (c == '{' && keys.isEmpty() && json == null) {
            json = new ArgumentsReader(out);
            state = State.JSON;
            return json(c);
        }
        int mark = bodyMarks.feed(c, feed, text);
        if (!text.isEmpty()) {
            return unread();
        }
        if (mark == PARAMETER) {
            if (json != null) {
                feed.pushBack(tags.parameter());
                return Step.FAIL;
            }
            if (held != null) {
                release();
                value.end();
            }
            state = State.KEY;
        }
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

    private Step key(char c) {
        int mark = keyMarks.feed(c, feed, text);
        if (mark == Marks.NONE) {
            boolean bare = tags.keyAttribute().isEmpty();
            return (bare && endsInTag()) || text.length() > HEAD_LIMIT ? unread() : Step.MORE;
        }
        if (mark == REPEATED) {
            text.setLength(0);
            return Step.MORE;
        }
        key = Attributes.value(text, tags.keyAttribute());
        if (key == null) {
            feed.pushBack(keyMarks.get(mark));
            return Step.FAIL;
        }
        if (tags.valueBegin().isEmpty() || mark > REPEATED) {
            state = State.FIRST;
            beginValue();
        } else {
            state = State.VALUE_BEGIN;
            text.setLength(0);
        }
        return Step.MORE;
    }

    private void beginValue() {
        repeated |= !keys.add(key);
        type = type();
        valueMarks = plainValueMarks;
        text.setLength(0);
        if (!hasParameters && ALL_ARGUMENTS.contains(key) && !tools.mayHave(name, key)) {
            held = new StringBuilder();
        } else {
            tellKey();
        }
    }

    private void tellKey() {
        out.arguments(keyBefore());
        hasParameters = true;
        value = new ValueWriter(type, tags.quoting() == Quoting.LINES, out);
    }

    private String keyBefore() {
        return (hasParameters ? ", " : "{") + JsonText.quote(key) + ": ";
    }

    /** What is held is a parameter like any other. */
    private void release() {
        if (held != null) {
            tellKey();
            value.append(held);
            held = null;
        }
    }

    private void append(CharSequence more) {
        if (held != null) {
            held.append(more);
        } else {
            value.append(more);
        }
    }

    /** What is held as an object; null if it is none. */
    private String heldObject() {
        String json = held == null ? "" : ParameterType.named("object").toJson(held.toString());
        return JsonScanner.isObject(json) ? json : null;
    }

    /** What the schema says; where it leaves a choice or says nothing, what the tag says. */
    private ParameterType type() {
        ParameterType known = tools.typeOf(name, key);
        if (tags.keyAttribute().isEmpty()) {
            return known;
        }
        String isString = Attributes.value(text, "string");
        String type = Attributes.value(text, "type");
        if (isString == null && type == null) {
            return known;
        }
        ParameterType told = isString != null
                ? isString.equals("true") ? ParameterType.STRING : ParameterType.ANY
                : ParameterType.named(type);
        return known == ParameterType.ANY || (told == ParameterType.STRING && known.mayBeString()) ? told : known;
    }

    private Step valueBegin(char c) {
        if (!valueBeginMarks.isHolding() && isSpace(c)) {
            return Step.MORE;
        }
        int mark = valueBeginMarks.feed(c, feed, text);
        if (mark == VALUE_BEGIN || !text.isEmpty()) {
            String begun = text.toString();
            state = State.FIRST;
            beginValue();
            feed.pushBack(begun);
        }
        return Step.MORE;
    }

    /** A value may be quoted as XML does it, so that it can hold its end tag. */
    private Step first(char c) {
        int mark = firstMarks.feed(c, feed, text);
        if (mark == Marks.NONE) {
            if (!text.isEmpty()) {
                state = State.VALUE;
                takeText();
            }
            return Step.MORE;
        }
        return switch (mark) {
            case VALUE_END -> valueEnds();
            case NEXT_PARAMETER -> nextParameter();
            default -> {
                if (firstMarks.get(mark).equals(cdata)) {
                    valueMarks = cdataMarks;
                    state = State.VALUE;
                }
                yield Step.MORE;
            }
        };
    }

    private Step value(char c) {
        int mark = valueMarks.feed(c, feed, text);
        takeText();
        return switch (mark) {
            case Marks.NONE -> Step.MORE;
            case VALUE_END -> valueEnds();
            case NEXT_PARAMETER -> nextParameter();
            default -> valueMarks == cdataMarks ? nestedData() : token(valueMarks.get(mark));
        };
    }

    /** Character data may hold its own beginning, but not first, and not behind the end of its call. */
    private Step nestedData() {
        if (held == null ? value.isBegun() : !held.isEmpty()) {
            append(cdata);
        }
        return feed.isDoubtful() ? Step.FAIL : Step.MORE;
    }

    /** Part of a tag, unless it stands behind a mark that seems to be data. */
    private Step token(String token) {
        if (feed.isDoubtful()) {
            append(token);
            return Step.MORE;
        }
        feed.pushBack(token);
        return Step.FAIL;
    }

    private void takeText() {
        append(text);
        text.setLength(0);
    }

    private Step valueEnds() {
        if (heldObject() == null) {
            release();
            value.end();
        }
        state = State.BODY;
        return Step.MORE;
    }

    /** The next parameter begins, and so this one has ended without its tag; or the value mentions the tag. */
    private Step nextParameter() {
        if (feed.isDoubtful()) {
            return Step.FAIL;
        }
        mentioned = state == State.FIRST ? tags.parameter() : valueMarks.get(NEXT_PARAMETER);
        state = State.NEXT_KEY;
        return Step.MORE;
    }

    /** Only a parameter that the function has ends the one before. */
    private Step nextKey(char c) {
        int mark = keyMarks.feed(c, feed, text);
        if (mark == Marks.NONE && !endsInTag() && !endsIn('\n') && text.length() <= HEAD_LIMIT) {
            return Step.MORE;
        }
        String next = mark == KEY_END ? Attributes.value(text, tags.keyAttribute()) : null;
        boolean begins = next != null && (!tags.tokens().isEmpty() || tools.mayHave(name, next));
        if (mark != Marks.NONE) {
            feed.pushBack(keyMarks.get(mark));
        }
        feed.pushBack(text);
        text.setLength(0);
        if (begins) {
            release();
            out.arguments(value.completion());
            state = State.KEY;
        } else {
            append(mentioned);
            state = State.VALUE;
        }
        return Step.MORE;
    }

    @Override
    boolean hasBegun() {
        return begun;
    }

    @Override
    boolean inText() {
        return switch (state) {
            case FIRST, VALUE, NEXT_KEY -> true;
            case JSON -> json.inText();
            default -> false;
        };
    }

    @Override
    String completion() {
        if (repeated) {
            return null;
        }
        if (held != null) {
            String object = heldObject();
            return object != null
                    ? object
                    : keyBefore() + type.toJson(held.toString().strip()) + "}";
        }
        return switch (state) {
            case FIRST, VALUE, NEXT_KEY -> value.completion() + "}";
            default -> json != null ? json.completion() : hasParameters ? "}" : "{}";
        };
    }

    @Override
    void cut() {
        String object = heldObject();
        if (object != null && state == State.BODY) {
            out.arguments(object);
        } else {
            release();
        }
        switch (state) {
            case FIRST, VALUE -> {
                value.append((state == State.FIRST ? firstMarks : valueMarks).takeHeld());
                value.cut();
            }
            case NEXT_KEY -> {
                value.append(mentioned + text + keyMarks.takeHeld());
                value.cut();
            }
            case JSON -> json.cut();
            case BODY -> out.arguments(bodyMarks.takeHeld());
            case VALUE_BEGIN -> out.arguments(valueBeginMarks.takeHeld());
            case KEY -> {
                out.arguments(hasParameters ? ", " : "{");
                String begun = JsonText.quote(text + keyMarks.takeHeld());
                out.arguments(begun.substring(0, begun.length() - 1));
            }
            default -> {}
        }
    }
}
