package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.TemplateError;
import java.math.BigInteger;
import java.util.Map;

/** The parameters of a built-in function, written as {@code "old, new, count="}: an equals sign means optional. */
public final class Signature {
    private final String function;
    private final String[] names;
    private final int required;

    public Signature(String function, String parameters) {
        this.function = function;
        this.names = parameters.isEmpty() ? new String[0] : parameters.split(", ");
        int needed = 0;
        for (int i = 0; i < names.length; i++) {
            if (names[i].endsWith("=")) {
                names[i] = names[i].substring(0, names[i].length() - 1);
            } else {
                needed = i + 1;
            }
        }
        this.required = needed;
    }

    public Bound bind(Arguments arguments) {
        if (arguments.size() > names.length) {
            throw TemplateError.type(
                    function + "() takes at most " + names.length + " arguments (" + arguments.size() + " given)");
        }
        Object[] values = new Object[names.length];
        for (int i = 0; i < names.length; i++) {
            values[i] = i < arguments.size() ? arguments.at(i) : TemplateObject.MISSING;
        }
        for (Map.Entry<String, Object> named : arguments.named.entrySet()) {
            int index = indexOf(named.getKey());
            if (index < 0) {
                throw TemplateError.type(function + "() got an unexpected keyword argument '" + named.getKey() + "'");
            }
            if (values[index] != TemplateObject.MISSING) {
                throw TemplateError.type(function + "() got multiple values for argument '" + named.getKey() + "'");
            }
            values[index] = named.getValue();
        }
        for (int i = 0; i < required; i++) {
            if (values[i] == TemplateObject.MISSING) {
                throw TemplateError.type(function + "() missing required argument: '" + names[i] + "'");
            }
        }
        return new Bound(values);
    }

    private int indexOf(String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Arguments in the order of the parameters. */
    public final class Bound {
        private final Object[] values;

        Bound(Object[] values) {
            this.values = values;
        }

        public boolean has(int index) {
            return values[index] != TemplateObject.MISSING;
        }

        public Object get(int index) {
            return values[index];
        }

        public Object get(int index, Object absent) {
            return has(index) ? values[index] : absent;
        }

        /** Given and not None. */
        public boolean isSet(int index) {
            return has(index) && values[index] != null;
        }

        public boolean flag(int index, boolean absent) {
            return has(index) ? Values.truth(values[index]) : absent;
        }

        public String text(int index) {
            if (!Values.isText(values[index])) {
                throw TemplateError.type(function + "() argument '" + names[index] + "' must be str, not "
                        + Values.typeName(values[index]));
            }
            return values[index].toString();
        }

        public String text(int index, String absent) {
            return has(index) ? text(index) : absent;
        }

        /** An integer; what does not fit is clipped, which is past every limit anyway. */
        public long integer(int index) {
            Object value = values[index];
            if (value instanceof Long number) {
                return number;
            }
            if (value instanceof Boolean flag) {
                return flag ? 1 : 0;
            }
            if (value instanceof BigInteger big) {
                return big.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
            }
            throw TemplateError.type("'" + Values.typeName(value) + "' object cannot be interpreted as an integer");
        }

        public long integer(int index, long absent) {
            return has(index) ? integer(index) : absent;
        }
    }
}
