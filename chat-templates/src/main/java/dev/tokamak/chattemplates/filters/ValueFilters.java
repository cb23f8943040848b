package dev.tokamak.chattemplates.filters;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.JsonText;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.values.Arithmetic;
import dev.tokamak.chattemplates.values.Attributes;
import dev.tokamak.chattemplates.values.Markup;
import dev.tokamak.chattemplates.values.Signature;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.math.BigInteger;

/** Filters for any value: defaults, attributes, JSON. */
final class ValueFilters {
    private ValueFilters() {}

    static void define(Filters.Registry filters) {
        filters.add("default", "default_value=, boolean=", (render, value, a) -> {
            boolean absent = value instanceof Undefined || a.flag(1, false) && !Values.truth(value);
            return absent ? a.get(0, "") : value;
        });
        filters.alias("d", "default");
        filters.add("attr", "name", (render, value, a) -> {
            Object found = Attributes.pythonAttribute(value, a.text(0));
            return found == TemplateObject.MISSING ? Undefined.member(value, a.get(0)) : found;
        });
        filters.add("string", "", (render, value, a) -> value instanceof Markup ? value : render.str(value));
        filters.add("safe", "", (render, value, a) -> value instanceof Markup ? value : new Markup(render.str(value)));
        filters.add("escape", "", (render, value, a) -> Markup.escape(render.budget, value));
        filters.alias("e", "escape");
        filters.add("forceescape", "", (render, value, a) -> Markup.escape(render.budget, render.str(value)));
        filters.add("pprint", "", (render, value, a) -> PythonText.repr(render.budget, value));
        filters.add("tojson", "ensure_ascii=, indent=, separators=, sort_keys=", ValueFilters::toJson);
    }

    private static Object toJson(Render render, Object value, Signature.Bound a) {
        String indent = indent(render.budget, a.get(1, null));
        String itemSeparator = indent == null ? ", " : ",";
        String keySeparator = ": ";
        if (a.isSet(2)) {
            Tuple both = separators(a.get(2));
            itemSeparator = both.items.get(0).toString();
            keySeparator = both.items.get(1).toString();
        }
        return new JsonText(render.budget, a.flag(0, false), indent, itemSeparator, keySeparator, a.flag(3, false))
                .of(value);
    }

    private static String indent(Budget budget, Object indent) {
        if (indent == null) {
            return null;
        }
        if (Values.isText(indent)) {
            return indent.toString();
        }
        if (!Values.isInteger(indent)) {
            throw TemplateError.type("can't multiply sequence by non-int of type '" + Values.typeName(indent) + "'");
        }
        BigInteger width = Arithmetic.big(indent).max(BigInteger.ZERO);
        budget.text(width.bitLength() > 31 ? Long.MAX_VALUE : width.longValue());
        return " ".repeat(width.intValue());
    }

    private static Tuple separators(Object separators) {
        if (Values.lengthOrNone(separators) == 2) {
            java.util.Iterator<Object> both = Values.iterate(separators);
            Tuple pair = Tuple.of(both.next(), both.next());
            if (Values.isText(pair.items.get(0)) && Values.isText(pair.items.get(1))) {
                return pair;
            }
        }
        throw TemplateError.value("separators must be two strings");
    }
}
