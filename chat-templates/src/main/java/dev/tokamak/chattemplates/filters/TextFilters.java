package dev.tokamak.chattemplates.filters;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PercentFormat;
import dev.tokamak.chattemplates.text.PythonStrings;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.text.Text;
import dev.tokamak.chattemplates.text.WordWrap;
import dev.tokamak.chattemplates.tree.Scope;
import dev.tokamak.chattemplates.tree.ScopeNames;
import dev.tokamak.chattemplates.tree.Target;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Dict;
import dev.tokamak.chattemplates.values.Markup;
import dev.tokamak.chattemplates.values.Signature;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/** Filters for text. */
final class TextFilters {
    private static final String HEX = "0123456789ABCDEF";

    private TextFilters() {}

    static void define(Filters.Registry filters) {
        method(filters, "upper", "upper", "");
        method(filters, "lower", "lower", "");
        method(filters, "capitalize", "capitalize", "");
        method(filters, "trim", "strip", "chars=");
        filters.add("title", "", (render, value, a) -> like(value, title(render.str(value))));
        filters.add(
                "center",
                "width=",
                (render, value, a) ->
                        like(value, PythonStrings.center(render.budget, render.str(value), a.integer(0, 80), " ")));
        filters.add("replace", "old, new, count=", (render, value, a) -> {
            long count = a.isSet(2) ? a.integer(2) : -1;
            return PythonStrings.replace(
                    render.budget, render.str(value), render.str(a.get(0)), render.str(a.get(1)), count);
        });
        filters.add("indent", "width=, first=, blank=", TextFilters::indent);
        filters.add("truncate", "length=, killwords=, end=, leeway=", TextFilters::truncate);
        filters.add("wordcount", "", (render, value, a) -> {
            String text = render.str(value);
            render.budget.steps(text.length() >> 3);
            return wordCount(text);
        });
        filters.add("wordwrap", "width=, break_long_words=, wrapstring=, break_on_hyphens=", TextFilters::wordWrap);
        filters.add("striptags", "", (render, value, a) -> stripTags(render, render.str(value)));
        filters.add("urlencode", "", TextFilters::urlEncode);
        filters.add("xmlattr", "autospace=", TextFilters::xmlAttributes);
        filters.raw("format", (render, value, arguments) -> {
            if (arguments.size() > 0 && !arguments.named.isEmpty()) {
                throw new TemplateError(
                        TemplateError.Kind.FILTER_ARGUMENT,
                        "can't handle positional and keyword arguments at the same time");
            }
            Dict named = new Dict();
            arguments.named.forEach(named::put);
            Object values = arguments.named.isEmpty() ? new Tuple(arguments.positional) : named;
            return PercentFormat.apply(render, value instanceof Markup ? value : render.str(value), values);
        });
    }

    /** A filter that is a method of the value's text. */
    private static void method(Filters.Registry filters, String filter, String method, String parameters) {
        Signature signature = new Signature(filter, parameters);
        filters.raw(filter, (render, value, arguments) -> {
            Signature.Bound bound = signature.bind(arguments);
            List<Object> given = parameters.isEmpty() || !bound.has(0) ? List.of() : singleton(bound.get(0));
            Object text = value instanceof Markup ? value : render.str(value);
            return render.call(PythonStrings.method(text, method), new Arguments(given, java.util.Map.of()));
        });
    }

    private static List<Object> singleton(Object value) {
        List<Object> list = new ArrayList<>();
        list.add(value);
        return list;
    }

    private static Object like(Object value, String text) {
        return value instanceof Markup ? new Markup(text) : text;
    }

    /** A capital after each run of blanks, hyphens and opening brackets, and lower case elsewhere. */
    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && !startsWord(text.charAt(end))) {
                end++;
            }
            if (end > at) {
                int first = text.offsetByCodePoints(at, 1);
                out.append(PythonStrings.upper(text.substring(at, first)))
                        .append(PythonStrings.lower(text.substring(first, end)));
            }
            at = end;
            while (at < text.length() && startsWord(text.charAt(at))) {
                out.append(text.charAt(at++));
            }
        }
        return out.toString();
    }

    private static boolean startsWord(char c) {
        return PythonStrings.isSpace(c) || "-({[<".indexOf(c) >= 0;
    }

    private static Object indent(Render render, Object value, Signature.Bound a) {
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (!Values.isText(value)) {
            throw TemplateError.type("unsupported operand type(s) for +=: '" + Values.typeName(value) + "' and 'str'");
        }
        String indention = a.has(0) && Values.isText(a.get(0))
                ? a.text(0)
                : new Text(render.budget).pad(" ", a.integer(0, 4)).toString();
        boolean first = a.flag(1, false);
        boolean blank = a.flag(2, false);
        Text out = new Text(render.budget);
        List<Object> lines = PythonStrings.lines(value + "\n", false);
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            boolean indented = i == 0 ? first : blank || !line.isEmpty();
            out.append(i == 0 ? "" : "\n").append(indented ? indention : "").append(line);
        }
        return like(value, out.toString());
    }

    private static Object truncate(Render render, Object value, Signature.Bound a) {
        long length = a.integer(0, 255);
        String end = a.text(2, "...");
        long leeway = a.isSet(3) ? a.integer(3) : 5;
        int endLength = PythonStrings.length(end);
        if (length < endLength) {
            throw new TemplateError(TemplateError.Kind.ASSERT, "expected length >= " + endLength + ", got " + length);
        }
        if (leeway < 0) {
            throw new TemplateError(TemplateError.Kind.ASSERT, "expected leeway >= 0, got " + leeway);
        }
        if (Values.length(value) <= length + leeway) {
            return value;
        }
        String text = render.str(value);
        String kept = text.substring(0, text.offsetByCodePoints(0, (int) (length - endLength)));
        int space = a.flag(1, false) ? -1 : kept.lastIndexOf(' ');
        return like(value, (space < 0 ? kept : kept.substring(0, space)) + end);
    }

    private static long wordCount(String text) {
        long words = 0;
        boolean inWord = false;
        for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
            int c = text.codePointAt(at);
            boolean part = c == '_' || Character.isLetterOrDigit(c) || Character.getType(c) == Character.OTHER_NUMBER;
            words += part && !inWord ? 1 : 0;
            inWord = part;
        }
        return words;
    }

    private static Object wordWrap(Render render, Object value, Signature.Bound a) {
        if (!Values.isText(value)) {
            throw TemplateError.type("wordwrap needs a string, not " + Values.typeName(value));
        }
        WordWrap wrap =
                new WordWrap((int) Math.min(Integer.MAX_VALUE, a.integer(0, 79)), a.flag(1, true), a.flag(3, true));
        String separator = a.isSet(2) ? a.text(2) : "\n";
        List<Object> paragraphs = new ArrayList<>();
        for (Object line : PythonStrings.lines(value.toString(), false)) {
            paragraphs.add(PythonStrings.join(
                    render, separator, wrap.lines(render.budget, (String) line).iterator(), false));
        }
        return PythonStrings.join(render, separator, paragraphs.iterator(), false);
    }

    private static Object stripTags(Render render, String text) {
        String plain = without(without(text, "<!--", "-->"), "<", ">");
        String words = PythonStrings.split(render.budget, plain, null, -1).stream()
                .map(String.class::cast)
                .collect(Collectors.joining(" "));
        return words.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#34;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    private static String without(String text, String open, String close) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        for (int start = text.indexOf(open); start >= 0; start = text.indexOf(open, at)) {
            int end = text.indexOf(close, start);
            if (end < 0) {
                break;
            }
            out.append(text, at, start);
            at = end + close.length();
        }
        return out.append(text, at, text.length()).toString();
    }

    private static Object urlEncode(Render render, Object value, Signature.Bound a) {
        if (Values.isText(value) || Values.iterateOrNone(value) == null) {
            return quoted(render, value, false);
        }
        Iterator<Object> pairs = value instanceof Dict dict ? dict.items() : Values.iterate(value);
        List<Object> parts = new ArrayList<>();
        Target.Unpacked pair = new Target.Unpacked(List.of(new Target.Name("k"), new Target.Name("v")));
        while (pairs.hasNext()) {
            Scope both = new Scope(render, null, new ScopeNames(null, false));
            pair.assign(both, pairs.next());
            parts.add(quoted(render, both.get("k"), true) + "=" + quoted(render, both.get("v"), true));
        }
        return PythonStrings.join(render, "&", parts.iterator(), false);
    }

    private static String quoted(Render render, Object value, boolean query) {
        Text out = new Text(render.budget);
        for (byte b : render.str(value).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean safe = c < 0x80 && (Character.isLetterOrDigit(c) || "_.-~".indexOf(c) >= 0 || c == '/' && !query);
            if (safe) {
                out.append(c);
            } else if (c == ' ' && query) {
                out.append('+');
            } else {
                out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return out.toString();
    }

    private static Object xmlAttributes(Render render, Object value, Signature.Bound a) {
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (!(value instanceof Dict dict)) {
            throw TemplateError.type("xmlattr needs a mapping, not " + Values.typeName(value));
        }
        List<Object> parts = new ArrayList<>();
        dict.keys().forEachRemaining(key -> {
            Object attribute = dict.get(key);
            if (attribute != null && !(attribute instanceof Undefined)) {
                String name = render.str(key);
                if (name.chars()
                        .anyMatch(c -> c < 0x80 && PythonStrings.isSpace(c) || c == '/' || c == '>' || c == '=')) {
                    throw TemplateError.value("Invalid character in attribute name: " + PythonText.quote(name));
                }
                parts.add(Markup.escape(render.budget, key) + "=\"" + Markup.escape(render.budget, attribute) + "\"");
            }
        });
        String attributes = PythonStrings.join(render, " ", parts.iterator(), false);
        return a.flag(0, true) && !attributes.isEmpty() ? " " + attributes : attributes;
    }
}
