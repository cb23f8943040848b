package dev.tokamak.chattemplates.filters;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PythonStrings;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.tree.ForLoop;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Attributes;
import dev.tokamak.chattemplates.values.Dict;
import dev.tokamak.chattemplates.values.Generator;
import dev.tokamak.chattemplates.values.Ordering;
import dev.tokamak.chattemplates.values.Signature;
import dev.tokamak.chattemplates.values.Slice;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters for lists, dictionaries and whatever else has elements. */
final class SequenceFilters {
    private SequenceFilters() {}

    static void define(Filters.Registry filters) {
        filters.add("length", "", (render, value, a) -> {
            render.budget.steps(Values.isText(value) ? value.toString().length() >> 6 : 0);
            return (long) Values.length(value);
        });
        filters.alias("count", "length");
        filters.add("list", "", (render, value, a) -> list(render, value));
        filters.add("first", "", (render, value, a) -> {
            Iterator<Object> elements = Values.iterate(value);
            return elements.hasNext() ? elements.next() : Undefined.because("No first item, sequence was empty.");
        });
        filters.add("last", "", (render, value, a) -> {
            Iterator<Object> elements = reversed(render, value).iterator();
            return elements.hasNext() ? elements.next() : Undefined.because("No last item, sequence was empty.");
        });
        filters.add("random", "", (render, value, a) -> {
            List<Object> elements = list(render, value);
            return elements.isEmpty()
                    ? Undefined.because("No random item, sequence was empty.")
                    : elements.get(ThreadLocalRandom.current().nextInt(elements.size()));
        });
        filters.add("reverse", "", SequenceFilters::reverse);
        filters.add("join", "d=, attribute=", (render, value, a) -> {
            UnaryOperator<Object> attribute = path(a.get(1, null), null);
            Iterator<Object> parts = Values.iterate(value);
            return PythonStrings.join(
                    render,
                    render.str(a.get(0, "")),
                    Values.iterator(parts::hasNext, () -> attribute.apply(parts.next())),
                    true);
        });
        filters.add("items", "", (render, value, a) -> {
            if (value instanceof Undefined) {
                return new Generator(Collections.emptyIterator());
            }
            if (!(value instanceof Dict dict)) {
                throw TemplateError.type("Can only get item pairs from a mapping.");
            }
            return new Generator(dict.items());
        });
        defineOrder(filters);
        defineGroups(filters);
        defineSelection(filters);
    }

    static List<Object> list(Render render, Object value) {
        List<Object> list = new ArrayList<>();
        for (Iterator<Object> elements = Values.iterate(value); elements.hasNext(); ) {
            render.budget.elements(1);
            list.add(elements.next());
        }
        return list;
    }

    private static List<Object> reversed(Render render, Object value) {
        if (value instanceof Undefined) {
            return List.of();
        }
        if (Values.iterateOrNone(value) == null || Values.lengthOrNone(value) < 0) {
            throw TemplateError.type("'" + Values.typeName(value) + "' object is not reversible");
        }
        List<Object> list = list(render, value);
        Collections.reverse(list);
        return list;
    }

    private static Object reverse(Render render, Object value, Signature.Bound a) {
        if (Values.isText(value)) {
            return new Slice(null, null, -1L).of(render, value);
        }
        if (Values.iterateOrNone(value) == null) {
            throw new TemplateError(TemplateError.Kind.FILTER_ARGUMENT, "argument must be iterable");
        }
        if (Values.lengthOrNone(value) < 0) {
            List<Object> list = list(render, value);
            Collections.reverse(list);
            return list;
        }
        String type = value instanceof List ? "list_reverseiterator" : "reversed";
        return new Generator(type, reversed(render, value).iterator());
    }

    /** The value at a path such as {@code function.name} or {@code items.0}; {@code null} is the value itself. */
    private static UnaryOperator<Object> path(Object attribute, Object absent) {
        List<Object> steps = new ArrayList<>();
        if (attribute != null && Values.isText(attribute)) {
            for (String step : attribute.toString().split("\\.", -1)) {
                boolean number =
                        !step.isEmpty() && step.length() < 19 && step.chars().allMatch(c -> c >= '0' && c <= '9');
                steps.add(number ? (Object) Long.parseLong(step) : step);
            }
        } else if (attribute != null) {
            steps.add(attribute);
        }
        return value -> {
            Object found = value;
            for (Object step : steps) {
                found = Attributes.item(found, step);
                if (absent != null && found instanceof Undefined) {
                    found = absent;
                }
            }
            return found;
        };
    }

    private static UnaryOperator<Object> sortKey(Object attribute, Object absent, boolean caseSensitive) {
        UnaryOperator<Object> path = path(attribute, absent);
        return value -> {
            Object key = path.apply(value);
            return !caseSensitive && Values.isText(key) ? PythonStrings.lower(key.toString()) : key;
        };
    }

    private static void defineOrder(Filters.Registry filters) {
        filters.add("sort", "reverse=, case_sensitive=, attribute=", (render, value, a) -> {
            boolean caseSensitive = a.flag(1, false);
            Object attribute = a.get(2, null);
            List<UnaryOperator<Object>> keys = new ArrayList<>();
            if (attribute != null && Values.isText(attribute)) {
                for (String part : attribute.toString().split(",", -1)) {
                    keys.add(sortKey(part, null, caseSensitive));
                }
            } else {
                keys.add(sortKey(attribute, null, caseSensitive));
            }
            // A list even of one key: lists of equal elements are equal, also when those elements have no order.
            UnaryOperator<Object> key = element ->
                    new ArrayList<>(keys.stream().map(one -> one.apply(element)).toList());
            return Ordering.sorted(render, list(render, value), key, a.flag(0, false));
        });
        filters.add("dictsort", "case_sensitive=, by=, reverse=", (render, value, a) -> {
            Object by = a.get(1, "key");
            boolean byKey = Values.isText(by) && by.toString().equals("key");
            if (!byKey && !(Values.isText(by) && by.toString().equals("value"))) {
                throw new TemplateError(
                        TemplateError.Kind.FILTER_ARGUMENT, "You can only sort by either \"key\" or \"value\"");
            }
            Object method = Attributes.pythonAttribute(value, "items");
            if (method == TemplateObject.MISSING) {
                throw new TemplateError(
                        TemplateError.Kind.ATTRIBUTE,
                        "'" + Values.typeName(value) + "' object has no attribute 'items'");
            }
            Iterator<Object> items = Values.iterate(render.call(method, Arguments.NONE));
            List<Object> pairs = new ArrayList<>();
            items.forEachRemaining(pairs::add);
            return Ordering.sorted(render, pairs, sortKey(byKey ? 0L : 1L, null, a.flag(0, false)), a.flag(2, false));
        });
        extreme(filters, "min", false);
        extreme(filters, "max", true);
        filters.add("unique", "case_sensitive=, attribute=", (render, value, a) -> {
            UnaryOperator<Object> key = sortKey(a.get(1, null), null, a.flag(0, false));
            Set<Object> seen = new HashSet<>();
            return filtered(render, Values.iterate(value), element -> seen.add(Dict.key(key.apply(element))));
        });
        filters.add("sum", "attribute=, start=", (render, value, a) -> {
            Object sum = a.get(1, 0L);
            if (Values.isText(sum)) {
                throw TemplateError.type("sum() can't sum strings [use ''.join(seq) instead]");
            }
            UnaryOperator<Object> path = path(a.get(0, null), null);
            for (Iterator<Object> elements = Values.iterate(value); elements.hasNext(); ) {
                sum = render.arithmetic.binary("+", sum, path.apply(elements.next()));
            }
            return sum;
        });
    }

    private static void extreme(Filters.Registry filters, String name, boolean largest) {
        filters.add(name, "case_sensitive=, attribute=", (render, value, a) -> {
            List<Object> elements = list(render, value);
            return elements.isEmpty()
                    ? Undefined.because("No aggregated item, sequence was empty.")
                    : Ordering.extreme(render, elements, sortKey(a.get(1, null), null, a.flag(0, false)), largest);
        });
    }

    private static void defineGroups(Filters.Registry filters) {
        filters.add("batch", "linecount, fill_with=", SequenceFilters::batch);
        filters.add("slice", "slices, fill_with=", SequenceFilters::slices);
        filters.add("groupby", "attribute, default=, case_sensitive=", (render, value, a) -> {
            boolean caseSensitive = a.flag(2, false);
            UnaryOperator<Object> key = sortKey(a.get(0), a.get(1, null), caseSensitive);
            UnaryOperator<Object> shown = path(a.get(0), a.get(1, null));
            List<Object> groups = new ArrayList<>();
            List<Object> group = null;
            Object groupKey = null;
            for (Object element : Ordering.sorted(render, list(render, value), key, false)) {
                Object elementKey = key.apply(element);
                if (group == null || !render.equal(groupKey, elementKey)) {
                    group = new ArrayList<>();
                    groupKey = elementKey;
                    groups.add(Tuple.group(caseSensitive ? elementKey : shown.apply(element), group));
                }
                group.add(element);
            }
            return groups;
        });
    }

    private static Object batch(Render render, Object value, Signature.Bound a) {
        Iterator<Object> elements = Values.iterate(value);
        return new Generator(Values.iterator(elements::hasNext, () -> {
            List<Object> line = new ArrayList<>();
            Object size = a.get(0);
            while (elements.hasNext() && (line.isEmpty() || !render.equal((long) line.size(), size))) {
                render.budget.elements(1);
                line.add(elements.next());
            }
            if (a.isSet(1) && Values.ordered(render.budget, "<", (long) line.size(), size)) {
                long missing = a.integer(0) - line.size();
                render.budget.elements(missing);
                line.addAll(Collections.nCopies((int) missing, a.get(1)));
            }
            return line;
        }));
    }

    private static Object slices(Render render, Object value, Signature.Bound a) {
        List<Object> elements = list(render, value);
        long count = a.integer(0);
        if (count == 0) {
            throw new TemplateError(TemplateError.Kind.ZERO_DIVISION, "integer division or modulo by zero");
        }
        render.budget.elements(Math.max(0, count));
        long each = elements.size() / count;
        long longer = elements.size() % count;
        long[] at = {0, 0};
        return new Generator(Values.iterator(() -> at[0] < count, () -> {
            boolean extra = at[0]++ < longer;
            long end = at[1] + each + (extra ? 1 : 0);
            List<Object> slice = new ArrayList<>(elements.subList((int) at[1], (int) end));
            at[1] = end;
            if (a.isSet(1) && !extra) {
                slice.add(a.get(1));
            }
            return slice;
        }));
    }

    private static void defineSelection(Filters.Registry filters) {
        filters.raw("map", SequenceFilters::map);
        select(filters, "select", true, false);
        select(filters, "reject", false, false);
        select(filters, "selectattr", true, true);
        select(filters, "rejectattr", false, true);
    }

    /** A generator that does nothing, not even find its own mistakes, until its first element is asked for. */
    private static Generator lazily(java.util.function.Supplier<Iterator<Object>> start) {
        List<Iterator<Object>> started = new ArrayList<>(1);
        java.util.function.Supplier<Iterator<Object>> elements = () -> {
            if (started.isEmpty()) {
                started.add(start.get());
            }
            return started.get(0);
        };
        return new Generator(Values.iterator(
                () -> elements.get().hasNext(), () -> elements.get().next()));
    }

    private static Object map(Render render, Object value, Arguments arguments) {
        return lazily(() -> {
            if (!Values.truth(value)) {
                return Collections.emptyIterator();
            }
            UnaryOperator<Object> function = mapping(render, arguments);
            Iterator<Object> elements = Values.iterate(value);
            return Values.iterator(elements::hasNext, () -> {
                render.budget.elements(1);
                return function.apply(elements.next());
            });
        });
    }

    private static UnaryOperator<Object> mapping(Render render, Arguments arguments) {
        if (arguments.size() == 0 && arguments.named.containsKey("attribute")) {
            for (String name : arguments.named.keySet()) {
                if (!name.equals("attribute") && !name.equals("default")) {
                    throw new TemplateError(
                            TemplateError.Kind.FILTER_ARGUMENT,
                            "Unexpected keyword argument " + PythonText.quote(name));
                }
            }
            return path(arguments.named.get("attribute"), arguments.named.get("default"));
        }
        if (arguments.size() == 0) {
            throw new TemplateError(TemplateError.Kind.FILTER_ARGUMENT, "map requires a filter argument");
        }
        Filters.Filter filter = Filters.named(callableName(render, arguments.at(0), "filter"), "");
        return element -> filter.apply(render, element, arguments.from(1));
    }

    private static String callableName(Render render, Object name, String kind) {
        if (name instanceof Undefined undefined) {
            throw new TemplateError(
                    TemplateError.Kind.RUNTIME,
                    "No " + kind + " named Undefined. (" + undefined.fail().getMessage()
                            + "; did you forget to quote the callable name?)");
        }
        return render.str(name);
    }

    private static void select(Filters.Registry filters, String name, boolean keep, boolean byAttribute) {
        filters.raw(
                name,
                (render, value, arguments) -> lazily(() -> {
                    if (!Values.truth(value)) {
                        return Collections.emptyIterator();
                    }
                    int offset = byAttribute ? 1 : 0;
                    if (arguments.size() < offset) {
                        throw new TemplateError(
                                TemplateError.Kind.FILTER_ARGUMENT, "Missing parameter for attribute name");
                    }
                    UnaryOperator<Object> path = path(byAttribute ? arguments.at(0) : null, null);
                    Predicate<Object> test = Values::truth;
                    if (arguments.size() > offset) {
                        Arguments rest = arguments.from(offset + 1);
                        Tests.Test named = Tests.named(callableName(render, arguments.at(offset), "test"), "");
                        test = element -> named.test(render, element, rest);
                    }
                    Predicate<Object> holds = test;
                    return filtered(render, Values.iterate(value), element -> holds.test(path.apply(element)) == keep)
                            .iterator();
                }));
    }

    private static Generator filtered(Render render, Iterator<Object> elements, Predicate<Object> keep) {
        return new Generator(new ForLoop.Lookahead() {
            @Override
            public Object find() {
                while (elements.hasNext()) {
                    render.budget.elements(1);
                    Object element = elements.next();
                    if (keep.test(element)) {
                        return element;
                    }
                }
                return TemplateObject.MISSING;
            }
        });
    }
}
