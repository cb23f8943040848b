package dev.tokamak.chattemplates.filters;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.Strftime;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Arithmetic;
import dev.tokamak.chattemplates.values.Callable;
import dev.tokamak.chattemplates.values.Dict;
import dev.tokamak.chattemplates.values.Namespace;
import dev.tokamak.chattemplates.values.Range;
import dev.tokamak.chattemplates.values.Signature;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Tuple;
import dev.tokamak.chattemplates.values.Undefined;
import dev.tokamak.chattemplates.values.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The functions that every template has: jinja2's own and the two that Hugging Face adds. */
public final class Globals {
    public static final Map<String, Object> FUNCTIONS = new HashMap<>();

    private static final Signature RAISE = new Signature("raise_exception", "message");
    private static final Signature STRFTIME = new Signature("strftime_now", "format");
    private static final Signature JOINER = new Signature("Joiner", "sep=");

    private Globals() {}

    private static void define(String name, Callable.Body body) {
        FUNCTIONS.put(name, Callable.of("function", name, body));
    }

    static {
        define("range", Globals::range);
        define("dict", (render, arguments) -> dict(render, arguments));
        define("namespace", (render, arguments) -> new Namespace(render.budget, dict(render, arguments)));
        define("cycler", (render, arguments) -> new Cycler(arguments));
        define("joiner", (render, arguments) -> joiner(JOINER.bind(arguments).get(0, ", ")));
        define("raise_exception", (render, arguments) -> {
            Object message = RAISE.bind(arguments).get(0);
            throw new TemplateError(TemplateError.Kind.RAISED, render.str(message));
        });
        define(
                "strftime_now",
                (render, arguments) -> Strftime.format(
                        render.budget,
                        render.clock.get(),
                        STRFTIME.bind(arguments).text(0)));
    }

    private static Object range(Render render, Arguments arguments) {
        arguments.positionalOnly("range", 1, 3);
        long[] bounds = new long[arguments.size()];
        for (int i = 0; i < bounds.length; i++) {
            Object bound = arguments.at(i);
            if (bound instanceof Undefined undefined) {
                throw TemplateError.type("'" + undefined.typeName() + "' object cannot be interpreted as an integer");
            }
            if (!Values.isInteger(bound)) {
                throw TemplateError.type("'" + Values.typeName(bound) + "' object cannot be interpreted as an integer");
            }
            long far = 1L << 60;
            bounds[i] = Arithmetic.big(bound).bitLength() > 60
                    ? Arithmetic.big(bound).signum() * far
                    : Arithmetic.big(bound).longValue();
        }
        return bounds.length == 1
                ? new Range(0, bounds[0], 1)
                : new Range(bounds[0], bounds[1], bounds.length == 3 ? bounds[2] : 1);
    }

    private static Dict dict(Render render, Arguments arguments) {
        if (arguments.size() > 1) {
            throw TemplateError.type("dict expected at most 1 argument, got " + arguments.size());
        }
        Dict dict = new Dict();
        if (arguments.size() == 1 && arguments.at(0) instanceof Dict other) {
            render.budget.elements(other.length());
            dict.putAll(other);
        } else if (arguments.size() == 1) {
            addPairs(render, Values.iterate(arguments.at(0)), dict);
        }
        arguments.named.forEach(dict::put);
        return dict;
    }

    private static void addPairs(Render render, Iterator<Object> pairs, Dict dict) {
        for (int i = 0; pairs.hasNext(); i++) {
            render.budget.elements(1);
            Iterator<Object> pair = Values.iterateOrNone(pairs.next());
            if (pair == null) {
                throw TemplateError.type("cannot convert dictionary update sequence element #" + i + " to a sequence");
            }
            List<Object> both = new ArrayList<>();
            pair.forEachRemaining(both::add);
            if (both.size() != 2) {
                throw TemplateError.value(
                        "dictionary update sequence element #" + i + " has length " + both.size() + "; 2 is required");
            }
            dict.put(both.get(0), both.get(1));
        }
    }

    private static Callable joiner(Object separator) {
        boolean[] used = {false};
        return Callable.of("Joiner", "joiner", (render, arguments) -> {
            arguments.positionalOnly("joiner", 0, 0);
            boolean first = !used[0];
            used[0] = true;
            return first ? "" : separator;
        });
    }

    /** Gives its items in turn, for ever. */
    private static final class Cycler implements TemplateObject {
        private final List<Object> items;
        private int position;

        Cycler(Arguments arguments) {
            arguments.positionalOnly("cycler", 0, Integer.MAX_VALUE);
            if (arguments.size() == 0) {
                throw new TemplateError(TemplateError.Kind.RUNTIME, "at least one item has to be provided");
            }
            this.items = arguments.positional;
        }

        @Override
        public Object attribute(String name) {
            return switch (name) {
                case "current" -> items.get(position);
                case "next" ->
                    Callable.of("method", name, (render, arguments) -> {
                        Object current = items.get(position);
                        position = (position + 1) % items.size();
                        return current;
                    });
                case "reset" ->
                    Callable.of("method", name, (render, arguments) -> {
                        position = 0;
                        return null;
                    });
                case "items" -> new Tuple(items);
                case "pos" -> (long) position;
                default -> MISSING;
            };
        }

        @Override
        public String typeName() {
            return "Cycler";
        }

        @Override
        public String describe() {
            return "jinja2.utils.Cycler object";
        }
    }
}
