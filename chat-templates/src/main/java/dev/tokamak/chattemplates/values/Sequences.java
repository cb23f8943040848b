package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PythonText;
import java.util.ArrayList;
import java.util.List;

/** The methods of lists and tuples; those that would change a list are out of bounds. */
final class Sequences {
    private Sequences() {}

    static Object listMethod(List<?> list, String name) {
        return switch (name) {
            case "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort" ->
                Undefined.unsafe(list, name);
            case "copy" ->
                Callable.method(name, (render, arguments) -> {
                    arguments.positionalOnly("list.copy", 0, 0);
                    render.budget.elements(list.size());
                    return new ArrayList<>(list);
                });
            default -> method(list, name);
        };
    }

    /** The methods that lists and tuples share. */
    static Object method(List<?> items, String name) {
        return switch (name) {
            case "count" ->
                Callable.method(name, (render, arguments) -> {
                    arguments.positionalOnly("count", 1, 1);
                    long count = 0;
                    for (Object item : items) {
                        count += render.equal(item, arguments.at(0)) ? 1 : 0;
                    }
                    return count;
                });
            case "index" ->
                Callable.method(name, (render, arguments) -> {
                    arguments.positionalOnly("index", 1, 3);
                    return index(render, items, arguments);
                });
            default -> TemplateObject.MISSING;
        };
    }

    private static Object index(Render render, List<?> items, Arguments arguments) {
        long start = bound(arguments, 1, 0, items.size());
        long stop = bound(arguments, 2, items.size(), items.size());
        for (long i = start; i < Math.min(stop, items.size()); i++) {
            if (render.equal(items.get((int) i), arguments.at(0))) {
                return i;
            }
        }
        throw TemplateError.value(PythonText.shortRepr(arguments.at(0)) + " is not in list");
    }

    private static long bound(Arguments arguments, int index, long absent, int length) {
        if (index >= arguments.size()) {
            return absent;
        }
        if (!(arguments.at(index) instanceof Long bound)) {
            throw TemplateError.type("slice indices must be integers or have an __index__ method");
        }
        return bound < 0 ? Math.max(0, bound + length) : bound;
    }
}
