package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.text.Text;

/** A value that can be called: a macro, a function or a method bound to its value. */
public interface Callable extends TemplateObject {
    Object call(Render render, Arguments arguments);

    /** A function made of a lambda; {@code type} is what Python calls such a thing. */
    static Callable of(String type, String name, Body body) {
        return new Callable() {
            @Override
            public Object call(Render render, Arguments arguments) {
                return body.call(render, arguments);
            }

            @Override
            public String typeName() {
                return type;
            }

            @Override
            public void repr(Text out) {
                out.append("<" + type + " " + name + ">");
            }
        };
    }

    static Callable method(String name, Body body) {
        return of("builtin_function_or_method", name, body);
    }

    /** What a callable does. */
    @FunctionalInterface
    interface Body {
        Object call(Render render, Arguments arguments);
    }
}
