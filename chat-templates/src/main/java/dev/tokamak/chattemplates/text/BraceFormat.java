package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Attributes;
import dev.tokamak.chattemplates.values.Markup;
import java.util.List;

/** Python's {@code "{} and {name.attribute[key]!r:>{width}}".format(...)}, with the sandbox's rules for attributes. */
final class BraceFormat {
    private static final int MAX_NESTING = 2;

    private final Render render;
    private final boolean markup;
    private final Arguments arguments;
    private int automatic;
    private boolean numbered;

    private BraceFormat(Render render, boolean markup, Arguments arguments) {
        this.render = render;
        this.markup = markup;
        this.arguments = arguments;
    }

    static String apply(Render render, Object format, Arguments arguments) {
        return new BraceFormat(render, format instanceof Markup, arguments).expand(format.toString(), MAX_NESTING);
    }

    private String expand(String format, int nesting) {
        if (nesting == 0) {
            throw TemplateError.value("Max string recursion exceeded");
        }
        Text out = new Text(render.budget);
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at++);
            boolean doubled = at < format.length() && format.charAt(at) == c;
            if (c == '{' && !doubled) {
                int end = fieldEnd(format, at);
                out.append(field(format.substring(at, end), nesting));
                at = end + 1;
            } else if (c == '}' && !doubled) {
                throw TemplateError.value("Single '}' encountered in format string");
            } else {
                out.append(c);
                at += c == '{' || c == '}' ? 1 : 0;
            }
        }
        return out.toString();
    }

    private static int fieldEnd(String format, int from) {
        if (from >= format.length()) {
            throw TemplateError.value("Single '{' encountered in format string");
        }
        int depth = 1;
        for (int at = from; at < format.length(); at++) {
            char c = format.charAt(at);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return at;
            }
        }
        throw TemplateError.value("expected '}' before end of string");
    }

    /** One field between its braces: a name, perhaps a conversion, perhaps a specification. */
    private String field(String field, int nesting) {
        int end = nameEnd(field);
        Object value = resolve(field.substring(0, end));
        char conversion = ' ';
        if (end < field.length() && field.charAt(end) == '!') {
            if (end + 1 >= field.length()) {
                throw TemplateError.value("end of string while looking for conversion specifier");
            }
            conversion = field.charAt(end + 1);
            end += 2;
            if (end < field.length() && field.charAt(end) != ':') {
                throw TemplateError.value("expected ':' after conversion specifier");
            }
        }
        value = switch (conversion) {
            case ' ' -> value;
            case 's' -> render.str(value);
            case 'r' -> PythonText.repr(render.budget, value);
            case 'a' -> PythonText.ascii(PythonText.repr(render.budget, value));
            default -> throw TemplateError.value("Unknown conversion specifier " + conversion);
        };
        String specification = end < field.length() ? expand(field.substring(end + 1), nesting - 1) : "";
        String text = FormatSpecification.format(render, value, specification);
        return markup && !(value instanceof Markup)
                ? Markup.escape(render.budget, text).toString()
                : text;
    }

    private static int nameEnd(String field) {
        boolean inBrackets = false;
        for (int at = 0; at < field.length(); at++) {
            char c = field.charAt(at);
            inBrackets = c == '[' || inBrackets && c != ']';
            if (!inBrackets && (c == '!' || c == ':')) {
                return at;
            }
        }
        return field.length();
    }

    private Object resolve(String path) {
        int at = 0;
        while (at < path.length() && path.charAt(at) != '.' && path.charAt(at) != '[') {
            at++;
        }
        Object value = argument(path.substring(0, at));
        while (at < path.length()) {
            boolean item = path.charAt(at) == '[';
            int end = item ? path.indexOf(']', at) : at + 1;
            while (!item && end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
                end++;
            }
            if (end < 0) {
                throw TemplateError.value("Missing ']' in format string");
            }
            String name = path.substring(at + 1, end);
            if (name.isEmpty()) {
                throw TemplateError.value("Empty attribute in format string");
            }
            value = item
                    ? Attributes.item(value, isIndex(name) ? (Object) index(name) : name)
                    : Attributes.attribute(value, name);
            at = item ? end + 1 : end;
        }
        return value;
    }

    private Object argument(String name) {
        if (!name.isEmpty() && !isIndex(name)) {
            if (!arguments.named.containsKey(name)) {
                throw new TemplateError(TemplateError.Kind.KEY, PythonText.quote(name));
            }
            return arguments.named.get(name);
        }
        if (name.isEmpty() ? numbered : automatic > 0) {
            throw TemplateError.value("cannot switch from "
                    + (numbered
                            ? "manual field specification to automatic field numbering"
                            : "automatic field numbering to manual field specification"));
        }
        numbered = !name.isEmpty();
        long index = numbered ? index(name) : automatic++;
        List<Object> positional = arguments.positional;
        if (index >= positional.size()) {
            throw new TemplateError(
                    TemplateError.Kind.INDEX, "Replacement index " + index + " out of range for positional args tuple");
        }
        return positional.get((int) index);
    }

    private static boolean isIndex(String name) {
        return name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static long index(String digits) {
        if (digits.length() > 18) {
            throw TemplateError.value("Too many decimal digits in format string");
        }
        return Long.parseLong(digits);
    }
}
