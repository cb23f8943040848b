package dev.tokamak.toolparsers;

/**
 * Passes a call's arguments, one JSON object, on as they come. Anything else is malformed from its beginning, so that a call's
 * arguments are an object or nothing.
 *
 * <p>Some values mean an object: {@code null} and blank strings are no arguments and become <code>{}</code>; a string that
 * holds a JSON object, which some models write for the object itself, is unwrapped, and so held until its end; one that a
 * colon follows is the first key of an object without its opening bracket. Inner brackets that are missing are put in where
 * an outer one closes. A comma waits for what follows it.
 */
final class ArgumentsReader {
    private final CallWriter out;
    private final JsonScanner scanner = new JsonScanner();
    /** A string or a word, until it is known what it means. */
    private final StringBuilder held = new StringBuilder();
    /** A comma and white space, until something follows. */
    private final StringBuilder comma = new StringBuilder();

    private final StringBuilder escaped = new StringBuilder();
    private boolean begun;
    private boolean holding;
    private boolean mayBeKey;
    private boolean ended;

    ArgumentsReader(CallWriter out) {
        this.out = out;
    }

    JsonScanner.Step feed(char c) {
        if (!begun && CallReader.isSpace(c)) {
            return JsonScanner.Step.MORE;
        }
        if (mayBeKey) {
            return keyOrNothing(c);
        }
        if (!begun && c != '{' && c != '"' && c != 'n') {
            return JsonScanner.Step.BAD;
        }
        JsonScanner.Step step = scanner.feed(c);
        if (step == JsonScanner.Step.BAD && (c == '}' || c == ']')) {
            String missing = scanner.missingBefore(c);
            if (!missing.isEmpty()) {
                out.arguments(missing);
                step = scanner.feed(c);
            }
        }
        if (step == JsonScanner.Step.BAD) {
            return step;
        }
        if (!begun) {
            begun = true;
            holding = c != '{';
        }
        take(c);
        if (step == JsonScanner.Step.END && holding) {
            return unwrap();
        }
        ended = step == JsonScanner.Step.END;
        return step;
    }

    private void take(char c) {
        if (scanner.isControl(c)) {
            escaped.setLength(0);
            JsonText.escape(c, escaped);
            append(escaped);
        } else if (holding) {
            held.append(c);
        } else if (!scanner.inString() && (c == ',' || CallReader.isSpace(c))) {
            comma.append(c);
        } else {
            tellComma();
            out.arguments(c);
        }
    }

    private void tellComma() {
        out.arguments(comma);
        comma.setLength(0);
    }

    private void append(CharSequence text) {
        if (holding) {
            held.append(text);
        } else {
            out.arguments(text);
        }
    }

    private JsonScanner.Step unwrap() {
        String text = held.charAt(0) == '"' ? JsonText.unquote(held) : "";
        if (!text.isBlank() && !JsonScanner.isObject(text)) {
            mayBeKey = true;
            return JsonScanner.Step.MORE;
        }
        held.setLength(0);
        out.arguments(text.isBlank() ? "{}" : text);
        ended = true;
        return JsonScanner.Step.END;
    }

    private JsonScanner.Step keyOrNothing(char c) {
        if (CallReader.isSpace(c)) {
            return JsonScanner.Step.MORE;
        }
        if (c != ':') {
            return JsonScanner.Step.BAD;
        }
        mayBeKey = false;
        holding = false;
        scanner.beginObject();
        for (int i = 0; i < held.length(); i++) {
            scanner.feed(held.charAt(i));
        }
        scanner.feed(c);
        out.arguments("{");
        out.arguments(held);
        out.arguments(c);
        held.setLength(0);
        return JsonScanner.Step.MORE;
    }

    boolean inText() {
        return !ended && !mayBeKey && begun && scanner.inText();
    }

    /** What makes the object whole if it ends here; null if nothing does. */
    String completion() {
        if (!begun) {
            return "{}";
        }
        return ended ? "" : holding ? null : scanner.completion();
    }

    /** The value will not be completed: what is held of it is passed on. */
    void cut() {
        tellComma();
        out.arguments(held);
        held.setLength(0);
    }
}
