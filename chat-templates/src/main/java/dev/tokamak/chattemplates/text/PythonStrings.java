package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.values.Callable;
import dev.tokamak.chattemplates.values.Markup;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** What Python's strings can do, on Java's: positions and widths count code points. */
public final class PythonStrings {
    private PythonStrings() {}

    public static boolean isSpace(int c) {
        return c == ' '
                || c >= 0x09 && c <= 0x0d
                || c >= 0x1c && c <= 0x1f
                || c == 0x85
                || c == 0xa0
                || c == 0x1680
                || c >= 0x2000 && c <= 0x200a
                || c == 0x2028
                || c == 0x2029
                || c == 0x202f
                || c == 0x205f
                || c == 0x3000;
    }

    private static boolean isLineEnd(char c) {
        return c >= '\n' && c <= '\r' || c >= 0x1c && c <= 0x1e || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    public static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The method of this name bound to a string or markup, or missing. */
    public static Object method(Object text, String name) {
        StringMethods.Method method = StringMethods.BY_NAME.get(name);
        if (method == null) {
            return TemplateObject.MISSING;
        }
        return Callable.method(name, (render, arguments) -> {
            Object result = method.call(render, text, arguments);
            return text instanceof Markup ? marked(result) : result;
        });
    }

    private static Object marked(Object result) {
        if (result instanceof String text) {
            return new Markup(text);
        }
        if (result instanceof List<?> list) {
            return new ArrayList<>(list.stream().map(PythonStrings::marked).toList());
        }
        if (result instanceof Tuple tuple) {
            return new Tuple(new ArrayList<>(
                    tuple.items.stream().map(PythonStrings::marked).toList()));
        }
        return result;
    }

    /** Without the characters of {@code set} (white space if {@code null}) at the chosen ends. */
    public static String strip(String text, String set, boolean left, boolean right) {
        IntPredicate stripped = set == null ? PythonStrings::isSpace : c -> set.indexOf(c) >= 0;
        int start = 0;
        int end = text.length();
        while (left && start < end && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    public static List<Object> split(Budget budget, String text, String separator, long most) {
        long left = most < 0 ? Long.MAX_VALUE : most;
        List<Object> parts = new ArrayList<>();
        if (separator == null) {
            int at = skipSpace(text, 0);
            while (at < text.length()) {
                boolean rest = left-- <= 0;
                int end = rest ? text.length() : at;
                while (end < text.length() && !isSpace(text.charAt(end))) {
                    end++;
                }
                add(budget, parts, text.substring(at, end));
                at = skipSpace(text, end);
            }
            return parts;
        }
        refuseEmpty(separator);
        TextSearch search = new TextSearch(budget, separator);
        int at = 0;
        for (int found = search.first(text, 0); found >= 0 && left-- > 0; found = search.first(text, at)) {
            add(budget, parts, text.substring(at, found));
            at = found + separator.length();
        }
        add(budget, parts, text.substring(at));
        return parts;
    }

    static List<Object> splitFromRight(Budget budget, String text, String separator, long most) {
        long left = most < 0 ? Long.MAX_VALUE : most;
        List<Object> parts = new ArrayList<>();
        if (separator == null) {
            int end = spaceStart(text, text.length());
            while (end > 0) {
                boolean rest = left-- <= 0;
                int start = rest ? 0 : end;
                while (start > 0 && !isSpace(text.charAt(start - 1))) {
                    start--;
                }
                add(budget, parts, text.substring(start, end));
                end = spaceStart(text, start);
            }
        } else {
            refuseEmpty(separator);
            TextSearch search = new TextSearch(budget, separator);
            int end = text.length();
            for (int found = search.last(text, end - separator.length());
                    found >= 0 && left-- > 0;
                    found = search.last(text, end - separator.length())) {
                add(budget, parts, text.substring(found + separator.length(), end));
                end = found;
            }
            add(budget, parts, text.substring(0, end));
        }
        Collections.reverse(parts);
        return parts;
    }

    /** Where the white space before a position starts. */
    private static int spaceStart(String text, int end) {
        int at = end;
        while (at > 0 && isSpace(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    private static void add(Budget budget, List<Object> parts, String part) {
        budget.elements(1);
        parts.add(part);
    }

    private static void refuseEmpty(String separator) {
        if (separator.isEmpty()) {
            throw TemplateError.value("empty separator");
        }
    }

    public static List<Object> lines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && !isLineEnd(text.charAt(end))) {
                end++;
            }
            int next = Math.min(end + (text.startsWith("\r\n", end) ? 2 : 1), text.length());
            lines.add(text.substring(at, keepEnds ? next : end));
            at = next;
        }
        return lines;
    }

    public static String replace(Budget budget, String text, String old, String by, long most) {
        long left = most < 0 ? Long.MAX_VALUE : most;
        Text out = new Text(budget);
        int at = 0;
        if (old.isEmpty()) {
            while (left-- > 0 && at < text.length()) {
                int next = text.offsetByCodePoints(at, 1);
                out.append(by).append(text, at, next);
                at = next;
            }
            return out.append(text, at, text.length())
                    .append(left >= 0 ? by : "")
                    .toString();
        }
        TextSearch search = new TextSearch(budget, old);
        for (int found = search.first(text, 0); found >= 0 && left-- > 0; found = search.first(text, at)) {
            out.append(text, at, found).append(by);
            at = found + old.length();
        }
        return at == 0 ? text : out.append(text, at, text.length()).toString();
    }

    public static String join(Render render, String separator, Iterator<Object> parts, boolean anyType) {
        Text out = new Text(render.budget);
        for (int i = 0; parts.hasNext(); i++) {
            Object part = parts.next();
            render.budget.step();
            if (!anyType && !Values.isText(part)) {
                throw TemplateError.type(
                        "sequence item " + i + ": expected str instance, " + Values.typeName(part) + " found");
            }
            out.append(i == 0 ? "" : separator).append(render.str(part));
        }
        return out.toString();
    }

    static long count(Budget budget, String text, String part) {
        if (part.isEmpty()) {
            return length(text) + 1L;
        }
        long count = 0;
        TextSearch search = new TextSearch(budget, part);
        for (int at = search.first(text, 0); at >= 0; at = search.first(text, at + part.length())) {
            count++;
        }
        return count;
    }

    /** {@code text} between {@code left} and {@code right} fill characters to the width. */
    static String pad(Budget budget, String text, long left, long right, String fill) {
        if (length(fill) != 1) {
            throw TemplateError.type("The fill character must be exactly one character long");
        }
        return new Text(budget).pad(fill, left).append(text).pad(fill, right).toString();
    }

    public static String center(Budget budget, String text, long width, String fill) {
        long room = Math.max(0, width - length(text));
        long left = room / 2 + (room & width & 1);
        return pad(budget, text, left, room - left, fill);
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return titleCase(text.codePointAt(0))
                + lower(text).substring(lower(text.substring(0, first)).length());
    }

    public static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    public static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static String titleCase(int c) {
        String upper = upper(Character.toString(c));
        if (length(upper) == 1) {
            return Character.toString(Character.toTitleCase(c));
        }
        int first = upper.offsetByCodePoints(0, 1);
        // Most such characters are ligatures; one begins with an apostrophe, and the capital comes after that.
        return isCased(upper.codePointAt(0)) ? upper.substring(0, first) + lower(upper.substring(first)) : upper;
    }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    static String title(String text) {
        String lower = lower(text);
        // Lower-casing one by one would lose the final sigma; what changes length cannot be matched up.
        boolean aligned = lower.length() == text.length();
        StringBuilder out = new StringBuilder(text.length());
        boolean afterCased = false;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            int next = at + Character.charCount(c);
            if (!afterCased) {
                out.append(titleCase(c));
            } else {
                out.append(aligned ? lower.substring(at, next) : lower(Character.toString(c)));
            }
            afterCased = isCased(c);
            at = next;
        }
        return out.toString();
    }

    static String swapCase(String text) {
        String lower = lower(text);
        boolean aligned = lower.length() == text.length();
        StringBuilder out = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            int next = at + Character.charCount(c);
            String one = text.substring(at, next);
            if (Character.isUpperCase(c)) {
                out.append(aligned ? lower.substring(at, next) : lower(one));
            } else {
                out.append(Character.isLowerCase(c) ? upper(one) : one);
            }
            at = next;
        }
        return out.toString();
    }

    /** For comparing without regard to case: one by one, so that a final sigma is a sigma. */
    static String foldCase(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            String one = Character.toString(c);
            out.append(c == 'ı' ? one : c == 'ẞ' ? "ss" : lower(upper(one)));
        });
        return out.toString();
    }

    /** Upper or lower: at least one cased character, and none of another case. */
    public static boolean isAllCase(String text, boolean upper) {
        boolean any = false;
        for (int c : text.codePoints().toArray()) {
            boolean right = upper ? Character.isUpperCase(c) : Character.isLowerCase(c);
            if (isCased(c) && !right) {
                return false;
            }
            any |= right;
        }
        return any;
    }

    static boolean isTitle(String text) {
        boolean any = false;
        boolean afterCased = false;
        for (int c : text.codePoints().toArray()) {
            boolean capital = Character.isUpperCase(c) || Character.isTitleCase(c);
            if (capital && afterCased || Character.isLowerCase(c) && !afterCased) {
                return false;
            }
            afterCased = isCased(c);
            any |= afterCased;
        }
        return any;
    }

    static String expandTabs(Budget budget, String text, long size) {
        Text out = new Text(budget);
        long column = 0;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c == '\t') {
                long blanks = size > 0 ? size - column % size : 0;
                out.pad(" ", blanks);
                column += blanks;
            } else {
                out.appendCodePoint(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return out.toString();
    }

    static String zeroFill(Budget budget, String text, long width) {
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String sign = signed ? text.substring(0, 1) : "";
        return new Text(budget)
                .append(sign)
                .pad("0", width - length(text))
                .append(text, sign.length(), text.length())
                .toString();
    }
}
