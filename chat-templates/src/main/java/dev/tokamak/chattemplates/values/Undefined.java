package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.text.Text;
import java.util.Collections;
import java.util.Iterator;
import java.util.function.Supplier;

/** What a missing name or attribute evaluates to: prints as nothing, is false and empty, and fails on any other use. */
public final class Undefined implements TemplateObject {
    private final TemplateError.Kind kind;

    /** Asked for only on failure: templates test for most of what is missing. */
    private final Supplier<String> message;

    private Undefined(TemplateError.Kind kind, Supplier<String> message) {
        this.kind = kind;
        this.message = message;
    }

    public static Undefined because(String message) {
        return new Undefined(TemplateError.Kind.UNDEFINED, () -> message);
    }

    public static Undefined name(String name) {
        return new Undefined(TemplateError.Kind.UNDEFINED, () -> PythonText.quote(name) + " is undefined");
    }

    public static Undefined member(Object owner, Object name) {
        if (name instanceof String || name instanceof Markup) {
            return new Undefined(
                    TemplateError.Kind.UNDEFINED,
                    () -> PythonText.quote(Values.describe(owner)) + " has no attribute "
                            + PythonText.quote(name.toString()));
        }
        return because(Values.describe(owner) + " has no element " + PythonText.shortRepr(name));
    }

    /** An attribute that exists in Python but that the sandbox keeps away. */
    static Undefined unsafe(Object owner, String name) {
        return new Undefined(
                TemplateError.Kind.SECURITY,
                () -> "access to attribute " + PythonText.quote(name) + " of "
                        + PythonText.quote(Values.typeName(owner)) + " object is unsafe.");
    }

    public TemplateError fail() {
        return new TemplateError(kind, message.get());
    }

    @Override
    public String typeName() {
        return "Undefined";
    }

    @Override
    public int length() {
        return 0;
    }

    @Override
    public Iterator<Object> iterator() {
        return Collections.emptyIterator();
    }

    @Override
    public void repr(Text out) {
        out.append("Undefined");
    }
}
