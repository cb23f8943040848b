package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Arithmetic;
import dev.tokamak.chattemplates.values.Dict;
import dev.tokamak.chattemplates.values.Markup;
import dev.tokamak.chattemplates.values.Signature;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Values;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** The methods of strings by their Python names. */
final class StringMethods {
    /** What a method does with the string (or markup) it is called on. */
    @FunctionalInterface
    interface Method {
        Object call(Render render, Object text, Arguments arguments);
    }

    @FunctionalInterface
    private interface Bound {
        Object call(Render render, String text, Signature.Bound arguments);
    }

    static final Map<String, Method> BY_NAME = new HashMap<>();

    private StringMethods() {}

    private static void define(String name, String parameters, Bound method) {
        Signature signature = new Signature(name, parameters);
        BY_NAME.put(name, (render, text, arguments) -> {
            render.budget.steps(text.toString().length() >> 4);
            return method.call(render, text.toString(), signature.bind(arguments));
        });
    }

    private static void change(String name, UnaryOperator<String> change) {
        define(name, "", (render, text, arguments) -> change.apply(text));
    }

    private static void question(String name, Function<String, Boolean> question) {
        define(name, "", (render, text, arguments) -> question.apply(text));
    }

    /** A question that all characters of a text that is not empty must answer with yes. */
    private static void all(String name, IntPredicate characters) {
        question(name, text -> !text.isEmpty() && text.codePoints().allMatch(characters));
    }

    static {
        defineCase();
        defineQuestions();
        defineCutting();
        defineSearching();
        definePadding();
        defineFormatting();
    }

    private static void defineCase() {
        change("capitalize", PythonStrings::capitalize);
        change("casefold", PythonStrings::foldCase);
        change("lower", PythonStrings::lower);
        change("swapcase", PythonStrings::swapCase);
        change("title", PythonStrings::title);
        change("upper", PythonStrings::upper);
    }

    private static void defineQuestions() {
        all("isalnum", c -> Character.isLetter(c) || isNumeric(c));
        all("isalpha", Character::isLetter);
        question("isascii", text -> text.chars().allMatch(c -> c < 0x80));
        all("isdecimal", Character::isDigit);
        all("isdigit", c -> Character.isDigit(c) || isSuperscript(c));
        question(
                "isidentifier",
                text -> !text.isEmpty()
                        && (Character.isUnicodeIdentifierStart(text.codePointAt(0)) || text.charAt(0) == '_')
                        && text.codePoints().allMatch(Character::isUnicodeIdentifierPart));
        question("islower", text -> PythonStrings.isAllCase(text, false));
        all("isnumeric", StringMethods::isNumeric);
        question("isprintable", text -> text.codePoints().allMatch(PythonText::isPrintable));
        all("isspace", PythonStrings::isSpace);
        question("istitle", PythonStrings::isTitle);
        question("isupper", text -> PythonStrings.isAllCase(text, true));
    }

    private static boolean isSuperscript(int c) {
        return c == 0xb2
                || c == 0xb3
                || c == 0xb9
                || c == 0x2070
                || c >= 0x2074 && c <= 0x2079
                || c >= 0x2080 && c <= 0x2089;
    }

    private static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    private static void defineCutting() {
        strip("strip", true, true);
        strip("lstrip", true, false);
        strip("rstrip", false, true);
        define(
                "split",
                "sep=, maxsplit=",
                (render, text, a) ->
                        PythonStrings.split(render.budget, text, a.isSet(0) ? a.text(0) : null, a.integer(1, -1)));
        define(
                "rsplit",
                "sep=, maxsplit=",
                (render, text, a) -> PythonStrings.splitFromRight(
                        render.budget, text, a.isSet(0) ? a.text(0) : null, a.integer(1, -1)));
        define("splitlines", "keepends=", (render, text, a) -> {
            List<Object> lines = PythonStrings.lines(text, a.flag(0, false));
            render.budget.elements(lines.size());
            return lines;
        });
        define("partition", "sep", (render, text, a) -> partition(render.budget, text, a.text(0), false));
        define("rpartition", "sep", (render, text, a) -> partition(render.budget, text, a.text(0), true));
        define(
                "removeprefix",
                "prefix",
                (render, text, a) ->
                        text.startsWith(a.text(0)) ? text.substring(a.text(0).length()) : text);
        define("removesuffix", "suffix", (render, text, a) -> {
            boolean there = !a.text(0).isEmpty() && text.endsWith(a.text(0));
            return there ? text.substring(0, text.length() - a.text(0).length()) : text;
        });
    }

    private static void strip(String name, boolean left, boolean right) {
        define(
                name,
                "chars=",
                (render, text, a) -> PythonStrings.strip(text, a.isSet(0) ? a.text(0) : null, left, right));
    }

    private static Object partition(Budget budget, String text, String separator, boolean last) {
        if (separator.isEmpty()) {
            throw TemplateError.value("empty separator");
        }
        TextSearch search = new TextSearch(budget, separator);
        int at = last ? search.last(text, text.length()) : search.first(text, 0);
        List<Object> parts = new ArrayList<>();
        if (at >= 0) {
            parts.add(text.substring(0, at));
            parts.add(separator);
            parts.add(text.substring(at + separator.length()));
        } else {
            parts.add(last ? "" : text);
            parts.add("");
            parts.add(last ? text : "");
        }
        return new Tuple(parts);
    }

    private static void defineSearching() {
        define("count", "sub, start=, end=", (render, text, a) -> {
            Window window = Window.of(text, a);
            return window == null ? 0L : PythonStrings.count(render.budget, window.text, a.text(0));
        });
        find("find", false, false);
        find("rfind", true, false);
        find("index", false, true);
        find("rindex", true, true);
        define("startswith", "prefix, start=, end=", (render, text, a) -> {
            Window window = Window.of(text, a);
            return anyOf("startswith", a, part -> window != null && window.text.startsWith(part));
        });
        define("endswith", "suffix, start=, end=", (render, text, a) -> {
            Window window = Window.of(text, a);
            return anyOf("endswith", a, part -> window != null && window.text.endsWith(part));
        });
        define(
                "replace",
                "old, new, count=",
                (render, text, a) ->
                        PythonStrings.replace(render.budget, text, a.text(0), a.text(1), a.integer(2, -1)));
        Method replace = BY_NAME.get("replace");
        BY_NAME.put("replace", (render, text, arguments) -> {
            if (text instanceof Markup && arguments.size() > 1) {
                List<Object> escaped = new ArrayList<>(arguments.positional);
                escaped.set(1, Markup.escape(render.budget, escaped.get(1)));
                return replace.call(render, text, new Arguments(escaped, arguments.named));
            }
            return replace.call(render, text, arguments);
        });
    }

    private static void find(String name, boolean last, boolean mustExist) {
        define(name, "sub, start=, end=", (render, text, a) -> {
            Window window = Window.of(text, a);
            TextSearch search = new TextSearch(render.budget, a.text(0));
            int at = window == null
                    ? -1
                    : last ? search.last(window.text, window.text.length()) : search.first(window.text, 0);
            if (at < 0 && mustExist) {
                throw TemplateError.value("substring not found");
            }
            return at < 0 ? -1L : window.start + (long) window.text.codePointCount(0, at);
        });
    }

    private static boolean anyOf(String name, Signature.Bound arguments, Function<String, Boolean> matches) {
        if (!(arguments.get(0) instanceof Tuple tuple)) {
            if (!Values.isText(arguments.get(0))) {
                throw TemplateError.type(
                        name + " first arg must be str or a tuple of str, not " + Values.typeName(arguments.get(0)));
            }
            return matches.apply(arguments.text(0));
        }
        for (Object part : tuple.items) {
            if (!Values.isText(part)) {
                throw TemplateError.type("tuple for " + name + " must only contain str, not " + Values.typeName(part));
            }
            if (matches.apply(part.toString())) {
                return true;
            }
        }
        return false;
    }

    /** The part of a text between two bounds, and where it starts; {@code null} when the start is behind the end. */
    private record Window(String text, int start) {
        static Window of(String text, Signature.Bound a) {
            if (!a.isSet(1) && !a.isSet(2)) {
                return new Window(text, 0);
            }
            int length = PythonStrings.length(text);
            int start = position(a, 1, 0, length);
            int end = Math.min(length, position(a, 2, length, length));
            if (start > end) {
                return null;
            }
            int from = text.offsetByCodePoints(0, start);
            return new Window(text.substring(from, text.offsetByCodePoints(from, end - start)), start);
        }

        private static int position(Signature.Bound a, int index, int absent, int length) {
            if (!a.isSet(index)) {
                return absent;
            }
            long at = a.integer(index);
            at = at < 0 ? Math.max(0, at + length) : at;
            return (int) Math.min(at, Integer.MAX_VALUE);
        }
    }

    private static void definePadding() {
        define(
                "center",
                "width, fillchar=",
                (render, text, a) -> PythonStrings.center(render.budget, text, a.integer(0), a.text(1, " ")));
        define("ljust", "width, fillchar=", (render, text, a) -> {
            long room = a.integer(0) - PythonStrings.length(text);
            return PythonStrings.pad(render.budget, text, 0, room, a.text(1, " "));
        });
        define("rjust", "width, fillchar=", (render, text, a) -> {
            long room = a.integer(0) - PythonStrings.length(text);
            return PythonStrings.pad(render.budget, text, room, 0, a.text(1, " "));
        });
        define("zfill", "width", (render, text, a) -> PythonStrings.zeroFill(render.budget, text, a.integer(0)));
        define(
                "expandtabs",
                "tabsize=",
                (render, text, a) -> PythonStrings.expandTabs(render.budget, text, a.integer(0, 8)));
    }

    private static void defineFormatting() {
        Signature join = new Signature("join", "iterable");
        BY_NAME.put("join", (render, text, arguments) -> {
            Object parts = join.bind(arguments).get(0);
            if (Values.iterateOrNone(parts) == null) {
                throw TemplateError.type("can only join an iterable");
            }
            if (text instanceof Markup) {
                List<Object> escaped = new ArrayList<>();
                Values.iterate(parts).forEachRemaining(part -> escaped.add(Markup.escape(render.budget, part)));
                return PythonStrings.join(render, text.toString(), escaped.iterator(), false);
            }
            return PythonStrings.join(render, text.toString(), Values.iterate(parts), false);
        });
        BY_NAME.put("format", (render, text, arguments) -> BraceFormat.apply(render, text, arguments));
        BY_NAME.put("format_map", (render, text, arguments) -> {
            arguments.positionalOnly("format_map", 1, 1);
            if (!(arguments.at(0) instanceof Dict dict)) {
                throw TemplateError.type("format_map() needs a mapping, not " + Values.typeName(arguments.at(0)));
            }
            Map<String, Object> named = new HashMap<>();
            dict.keys().forEachRemaining(key -> named.put(String.valueOf(key), dict.get(key)));
            return BraceFormat.apply(render, text, new Arguments(List.of(), named));
        });
        define("translate", "table", (render, text, a) -> translate(render, text, a.get(0)));
    }

    private static Object translate(Render render, String text, Object table) {
        if (!(table instanceof Dict dict)) {
            throw TemplateError.type("translate() needs a mapping, not " + Values.typeName(table));
        }
        Text out = new Text(render.budget);
        text.codePoints().forEach(c -> {
            Object by = dict.get((Object) (long) c);
            if (by == TemplateObject.MISSING) {
                out.appendCodePoint(c);
            } else if (by != null) {
                out.append(
                        Values.isInteger(by)
                                ? Character.toString(Arithmetic.big(by)
                                        .min(BigInteger.valueOf(0x10ffff))
                                        .intValue())
                                : render.str(by));
            }
        });
        return out.toString();
    }
}
