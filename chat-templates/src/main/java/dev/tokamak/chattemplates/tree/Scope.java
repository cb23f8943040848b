package dev.tokamak.chattemplates.tree;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.values.TemplateObject;
import dev.tokamak.chattemplates.values.Undefined;
import java.util.Arrays;

/** The variables of a block while it runs, with the scope around it. Names are interned, so identity finds them. */
public final class Scope {
    final Render render;
    private final Scope outer;
    private final String[] unset;
    private String[] names;
    private Object[] values;
    private int size;

    public Scope(Render render, Scope outer, ScopeNames declared) {
        this.render = render;
        this.outer = outer;
        this.unset = declared.unset();
        if (unset.length > 0) {
            names = Arrays.copyOf(unset, unset.length + 4);
            values = new Object[names.length];
            size = unset.length;
            Arrays.fill(values, 0, size, TemplateObject.MISSING);
        }
    }

    /**
     * Makes this scope as it was when it was new, for the next round of a loop. In jinja2, too, a loop's rounds share their variables: a
     * macro that one of them defines sees those of the current one.
     */
    void clear() {
        size = unset.length;
        if (size > 0) {
            Arrays.fill(values, 0, size, TemplateObject.MISSING);
        }
    }

    /** The value, or {@link TemplateObject#MISSING}. */
    Object find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            int index = scope.indexOf(name);
            if (index >= 0) {
                return scope.values[index];
            }
        }
        return render.variable(name);
    }

    /** The value, or {@link Undefined}. */
    public Object get(String name) {
        Object value = find(name);
        return value == TemplateObject.MISSING ? Undefined.name(name) : value;
    }

    void set(String name, Object value) {
        int index = indexOf(name);
        if (index < 0) {
            if (names == null) {
                names = new String[4];
                values = new Object[4];
            } else if (size == names.length) {
                names = Arrays.copyOf(names, 2 * size);
                values = Arrays.copyOf(values, 2 * size);
            }
            index = size++;
            names[index] = name;
        }
        values[index] = value;
    }

    @SuppressWarnings("ReferenceEquality") // interned by the lexer
    private int indexOf(String name) {
        for (int i = 0; i < size; i++) {
            if (names[i] == name) {
                return i;
            }
        }
        return -1;
    }
}
