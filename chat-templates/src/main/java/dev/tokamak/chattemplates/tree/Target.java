package dev.tokamak.chattemplates.tree;

import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.values.Namespace;
import dev.tokamak.chattemplates.values.Values;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What stands left of an equals sign or between {@code for} and {@code in}. */
public abstract class Target {
    abstract void assign(Scope scope, Object value);

    /** Refuses what could not be assigned to, before the value is computed. */
    void check(Scope scope) {}

    public static final class Name extends Target {
        public final String name;

        public Name(String name) {
            this.name = name;
        }

        @Override
        void assign(Scope scope, Object value) {
            scope.set(name, value);
        }
    }

    /** {@code namespace.attribute}. */
    public static final class Member extends Target {
        public final String namespace;
        final String attribute;

        public Member(String namespace, String attribute) {
            this.namespace = namespace;
            this.attribute = attribute;
        }

        @Override
        void check(Scope scope) {
            if (!(scope.find(namespace) instanceof Namespace)) {
                throw new TemplateError(TemplateError.Kind.RUNTIME, "cannot assign attribute on non-namespace object");
            }
        }

        @Override
        void assign(Scope scope, Object value) {
            check(scope);
            scope.render.budget.step();
            ((Namespace) scope.find(namespace)).set(attribute, value);
        }
    }

    public static final class Unpacked extends Target {
        public final List<Target> parts;

        public Unpacked(List<Target> parts) {
            this.parts = parts;
        }

        @Override
        void check(Scope scope) {
            parts.forEach(part -> part.check(scope));
        }

        @Override
        public void assign(Scope scope, Object value) {
            Iterator<Object> elements = Values.iterateOrNone(value);
            if (elements == null) {
                throw TemplateError.type("cannot unpack non-iterable " + Values.typeName(value) + " object");
            }
            List<Object> values = new ArrayList<>(parts.size());
            while (elements.hasNext()) {
                if (values.size() == parts.size()) {
                    throw TemplateError.value("too many values to unpack (expected " + parts.size() + ")");
                }
                values.add(elements.next());
            }
            if (values.size() < parts.size()) {
                throw TemplateError.value(
                        "not enough values to unpack (expected " + parts.size() + ", got " + values.size() + ")");
            }
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).assign(scope, values.get(i));
            }
        }
    }
}
