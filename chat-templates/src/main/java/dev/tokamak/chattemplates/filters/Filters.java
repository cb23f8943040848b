package dev.tokamak.chattemplates.filters;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.values.Arguments;
import dev.tokamak.chattemplates.values.Signature;
import java.util.HashMap;
import java.util.Map;

/** All filters by name. */
public final class Filters {
    /** Turns a value into another. */
    @FunctionalInterface
    public interface Filter {
        Object apply(Render render, Object value, Arguments arguments);
    }

    /** A filter whose arguments have been matched with its parameters. */
    @FunctionalInterface
    public interface Bound {
        Object apply(Render render, Object value, Signature.Bound arguments);
    }

    private static final Map<String, Filter> BY_NAME = new HashMap<>();

    private Filters() {}

    static {
        TextFilters.define(new Registry());
        SequenceFilters.define(new Registry());
        NumberFilters.define(new Registry());
        ValueFilters.define(new Registry());
    }

    public static boolean exists(String name) {
        return BY_NAME.containsKey(name);
    }

    /** {@code found} is how jinja2 ends its message when a template runs into the unknown name. */
    public static Filter named(String name, String found) {
        Filter filter = BY_NAME.get(name);
        if (filter == null) {
            throw new TemplateError(
                    TemplateError.Kind.RUNTIME, "No filter named " + PythonText.quote(name) + found + ".");
        }
        return filter;
    }

    /** Where the filters are entered, once. */
    static final class Registry {
        private Registry() {}

        void raw(String name, Filter filter) {
            BY_NAME.put(name, filter);
        }

        void add(String name, String parameters, Bound filter) {
            Signature signature = new Signature(name, parameters);
            BY_NAME.put(name, (render, value, arguments) -> filter.apply(render, value, signature.bind(arguments)));
        }

        void alias(String alias, String name) {
            BY_NAME.put(alias, BY_NAME.get(name));
        }
    }
}
