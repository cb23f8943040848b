package dev.tokamak.toolparsers;

/**
 * Passes a call's arguments, one JSON value, on as they come.
 *
 * <p>Three values are not passed on as they are: {@code null} and blank strings mean no arguments and become <code>{}</code>;
 * a string that holds a JSON object, which some models write for the object itself, is unwrapped. A string is therefore held
 * until its end.
 */
final class ArgumentsReader {
    private final CallWriter out;
    private final JsonScanner scanner = new JsonScanner();
    /** A string or a word, until it is known what it means. */
    private final StringBuilder held = new StringBuilder();

    private final StringBuilder escaped = new StringBuilder();
    private boolean begun;
    private boolean holding;

    ArgumentsReader(CallWriter out) {
        this.out = out;
    }

    JsonScanner.Step feed(char c) {
        if (!begun && CallReader.isSpace(c)) {
            return JsonScanner.Step.MORE;
        }
        JsonScanner.Step step = scanner.feed(c);
        if (step == JsonScanner.Step.BAD) {
            cut();
            return step;
        }
        if (!begun) {
            begun = true;
            holding = c == '"' || c == 'n';
        }
        if (step != JsonScanner.Step.ENDED_BEFORE) {
            take(c);
        }
        if (step == JsonScanner.Step.END && holding) {
            out.arguments(unwrapped());
            held.setLength(0);
        }
        return step;
    }

    private void take(char c) {
        if (scanner.isControl(c)) {
            escaped.setLength(0);
            JsonText.escape(c, escaped);
            append(escaped);
        } else if (holding) {
            held.append(c);
        } else {
            out.arguments(c);
        }
    }

    private void append(CharSequence text) {
        if (holding) {
            held.append(text);
        } else {
            out.arguments(text);
        }
    }

    private CharSequence unwrapped() {
        if (held.charAt(0) != '"') {
            return "{}";
        }
        String text = JsonText.unquote(held);
        if (text.isBlank()) {
            return "{}";
        }
        return JsonScanner.isObject(text) ? text : held;
    }

    /** The value will not be completed: what is held of it is passed on. */
    void cut() {
        out.arguments(held);
        held.setLength(0);
    }
}
