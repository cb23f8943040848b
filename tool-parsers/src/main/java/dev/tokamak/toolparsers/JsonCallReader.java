package dev.tokamak.toolparsers;

import java.util.HashSet;
import java.util.Set;

/**
 * Reads calls that are JSON objects with a name and arguments, in any order, alone or in an array. Keys that mean nothing
 * here are skipped. With {@link Keys#NAME_IS_KEY} the object's only key is the name and its value the arguments.
 */
final class JsonCallReader extends CallReader {
    /**
     * What an object's keys mean.
     *
     * @param name keys of the function's name; none if the first key is the name itself
     * @param arguments keys of the arguments
     * @param id keys of the call's id
     * @param guarded whether text counts as a call only if it has no other keys and names a tool of the request: for calls
     *     that no mark announces
     * @param nameMayPrecede whether an object without a name may be the arguments of the function whose name stands right before
     *     the mark
     */
    record Keys(Set<String> name, Set<String> arguments, Set<String> id, boolean guarded, boolean nameMayPrecede) {
        static final Keys USUAL = of("name", Set.of("arguments", "parameters"), Set.of("id"));
        static final Keys NAME_IS_KEY = new Keys(Set.of(), Set.of(), Set.of(), false, false);

        static Keys of(String name, Set<String> arguments, Set<String> id) {
            return new Keys(Set.of(name), arguments, id, false, false);
        }

        Keys guard() {
            return new Keys(name, arguments, id, true, false);
        }

        Keys behindName() {
            return new Keys(name, arguments, id, guarded, true);
        }

        /** What the first key of an object may be, by which it is known as a call. */
        Set<String> first(Tools tools) {
            if (name.isEmpty()) {
                return tools.names();
            }
            Set<String> all = new HashSet<>(name);
            all.addAll(id);
            return all;
        }
    }

    private static final String WRAPPER = "function";

    private enum State {
        BEGIN,
        NEXT_ITEM,
        FIRST_KEY,
        NEXT_KEY,
        KEY,
        COLON,
        WRAPPED,
        NAME,
        ID,
        ARGUMENTS,
        SKIPPED,
        AFTER_VALUE,
        AFTER_ITEM
    }

    private final Keys keys;
    private final Tools tools;
    private final JsonScanner scanner = new JsonScanner();
    private final StringBuilder string = new StringBuilder();
    private ArgumentsReader arguments;
    private State state = State.BEGIN;
    private boolean list;
    private boolean wrapped;
    private String key;
    private String name;
    private String id;

    JsonCallReader(Keys keys, Feed feed, CallWriter out, Tools tools) {
        super(feed, out);
        this.keys = keys;
        this.tools = tools;
    }

    @Override
    Step read(char c) {
        switch (state) {
            case KEY -> {
                return key(c);
            }
            case NAME, ID, SKIPPED -> {
                return skipped(c);
            }
            case ARGUMENTS -> {
                return arguments(c);
            }
            default -> {
                return isSpace(c) ? Step.MORE : punctuation(c);
            }
        }
    }

    private Step punctuation(char c) {
        switch (state) {
            case BEGIN -> {
                if (c == '[') {
                    list = true;
                    state = State.NEXT_ITEM;
                    return Step.MORE;
                }
                return item(c);
            }
            case NEXT_ITEM -> {
                boolean twice = c == ',' || (c == '[' && !keys.guarded());
                return c == ']' ? Step.DONE : twice ? Step.MORE : item(c);
            }
            case AFTER_ITEM -> {
                if (c == ',' || c == '}') {
                    state = c == ',' ? State.NEXT_ITEM : state;
                    return Step.MORE;
                }
                return c == ']' ? Step.DONE : c == '{' ? item(c) : fail(c);
            }
            case FIRST_KEY, NEXT_KEY -> {
                if (c == '}' && state == State.FIRST_KEY) {
                    return objectEnd();
                }
                if (c == '{' && state == State.FIRST_KEY && !keys.guarded()) {
                    return Step.MORE;
                }
                scanner.reset();
                string.setLength(0);
                if (c != '"') {
                    return fail(c);
                }
                state = State.KEY;
                return key(c);
            }
            case COLON -> {
                return c == ':' ? value() : fail(c);
            }
            case WRAPPED -> {
                wrapped = c == '{';
                state = wrapped ? State.FIRST_KEY : State.SKIPPED;
                return wrapped ? Step.MORE : skipped(c);
            }
            default -> {
                if (c == ',') {
                    state = State.NEXT_KEY;
                    return Step.MORE;
                }
                return c == '}' ? objectEnd() : fail(c);
            }
        }
    }

    /** The opening bracket of an object that a mark announces may be missing. */
    private Step item(char c) {
        boolean missing = c == '"' && !keys.guarded();
        if (c != '{' && !missing) {
            return fail(c);
        }
        state = State.FIRST_KEY;
        wrapped = false;
        name = null;
        id = "";
        arguments = null;
        return missing ? punctuation(c) : Step.MORE;
    }

    private Step key(char c) {
        JsonScanner.Step step = scanner.feed(c);
        if (step == JsonScanner.Step.BAD) {
            return fail(c);
        }
        string.append(c);
        if (step == JsonScanner.Step.END) {
            key = JsonText.unquote(string);
            state = State.COLON;
        }
        return Step.MORE;
    }

    private Step value() {
        scanner.reset();
        string.setLength(0);
        if (name == null && keys.name().isEmpty()) {
            name = key;
            if (!commit()) {
                return Step.FAIL;
            }
            beginArguments();
        } else if (keys.arguments().contains(key) && arguments == null) {
            beginArguments();
        } else if (keys.name().contains(key) && name == null) {
            state = State.NAME;
        } else if (keys.id().contains(key)) {
            state = State.ID;
        } else if (key.equals(WRAPPER) && name == null && !wrapped) {
            state = State.WRAPPED;
        } else if (keys.guarded() && name == null && !key.equals("type")) {
            return Step.FAIL;
        } else {
            state = State.SKIPPED;
        }
        return Step.MORE;
    }

    private void beginArguments() {
        arguments = new ArgumentsReader(out);
        state = State.ARGUMENTS;
    }

    /** A name, an id or a value that means nothing. */
    private Step skipped(char c) {
        JsonScanner.Step step = scanner.feed(c);
        if (step == JsonScanner.Step.BAD) {
            return fail(c);
        }
        if (state != State.SKIPPED && step != JsonScanner.Step.ENDED_BEFORE && (!string.isEmpty() || !isSpace(c))) {
            string.append(c);
        }
        if (step == JsonScanner.Step.MORE) {
            return Step.MORE;
        }
        if (step == JsonScanner.Step.ENDED_BEFORE) {
            feed.pushBack(c);
        }
        boolean isString = !string.isEmpty() && string.charAt(0) == '"';
        boolean isName = state == State.NAME;
        if (state == State.ID) {
            id = isString ? JsonText.unquote(string) : string.toString();
        }
        state = State.AFTER_VALUE;
        if (isName) {
            name = isString ? JsonText.unquote(string) : "";
            return commit() ? Step.MORE : Step.FAIL;
        }
        return Step.MORE;
    }

    private boolean commit() {
        if (!NamedCallReader.isName(name) || (keys.guarded() && !tools.mayBe(name))) {
            return false;
        }
        out.name(name, id);
        return true;
    }

    private Step arguments(char c) {
        JsonScanner.Step step = arguments.feed(c);
        if (step == JsonScanner.Step.BAD) {
            return fail(c);
        }
        if (step == JsonScanner.Step.END) {
            state = State.AFTER_VALUE;
        }
        return Step.MORE;
    }

    private Step objectEnd() {
        if (wrapped) {
            wrapped = false;
            state = State.AFTER_VALUE;
            return Step.MORE;
        }
        if (name == null) {
            return keys.nameMayPrecede() ? named(out.lastName()) : Step.FAIL;
        }
        if (arguments == null) {
            out.arguments("{}");
        }
        state = State.AFTER_ITEM;
        return Step.CALL;
    }

    /** The object, or the arguments in it, are those of the function whose name stands before the mark. */
    private Step named(String before) {
        name = before;
        if (list || !tools.mayBe(before)) {
            return Step.FAIL;
        }
        String object = feed.recordedText().substring(feed.recordedMark());
        if (!commit()) {
            return Step.FAIL;
        }
        if (arguments == null) {
            out.arguments(object.strip());
        }
        return Step.LAST;
    }

    @Override
    boolean inText() {
        return switch (state) {
            case ARGUMENTS -> arguments.inText();
            case KEY, NAME, ID, SKIPPED -> scanner.inText();
            default -> false;
        };
    }

    @Override
    boolean hasBegun() {
        return state != State.BEGIN;
    }

    @Override
    boolean inList() {
        return list && state != State.NEXT_ITEM;
    }

    @Override
    String completion() {
        return arguments == null ? "{}" : arguments.completion();
    }

    @Override
    void cut() {
        if (state == State.ARGUMENTS) {
            arguments.cut();
        }
    }
}
