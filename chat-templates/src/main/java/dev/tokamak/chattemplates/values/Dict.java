package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.text.Text;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Python's dict: insertion order, and 1, 1.0 and True are one key that keeps its first spelling. */
public final class Dict implements TemplateObject {
    private static final Object NONE_KEY = new Object();
    private static final Set<String> METHODS = Set.of(
            "get", "items", "keys", "values", "copy", "fromkeys", "clear", "pop", "popitem", "setdefault", "update");

    /** Values by key; an entry holds the key as well where that is spelled otherwise than it is hashed. */
    private final LinkedHashMap<Object, Object> entries;

    private record Entry(Object key, Object value) {}

    private static Object keyOf(Map.Entry<Object, Object> held) {
        return held.getValue() instanceof Entry entry ? entry.key : held.getKey();
    }

    private static Object valueOf(Object held) {
        return held instanceof Entry entry ? entry.value : held;
    }

    public Dict() {
        entries = new LinkedHashMap<>();
    }

    public Dict(Dict other) {
        entries = new LinkedHashMap<>(other.entries);
    }

    /** A value as a hash key: equal for what Python holds equal. */
    public static Object key(Object value) {
        if (value instanceof String || value instanceof Long || value instanceof BigInteger) {
            return value;
        }
        if (value == null) {
            return NONE_KEY;
        }
        if (value instanceof Markup) {
            return value.toString();
        }
        if (value instanceof Boolean flag) {
            return flag ? 1L : 0L;
        }
        if (value instanceof Double number) {
            return Arithmetic.isIntegral(number) ? Arithmetic.integer(number) : value;
        }
        if (value instanceof Undefined) {
            return Undefined.class;
        }
        if (value instanceof List || value instanceof Dict) {
            throw TemplateError.type("unhashable type: '" + Values.typeName(value) + "'");
        }
        return value;
    }

    public Object get(Object key) {
        return valueOf(entries.getOrDefault(key(key), MISSING));
    }

    /** As {@link #get(Object)} for the keys that nearly all dictionaries have. */
    public Object get(String key) {
        return valueOf(entries.getOrDefault(key, MISSING));
    }

    public void put(Object key, Object value) {
        Object hashed = key(key);
        Object old = entries.get(hashed);
        if (old instanceof Entry entry) {
            entries.put(hashed, new Entry(entry.key, value));
        } else if (key == hashed || old != null || entries.containsKey(hashed)) {
            entries.put(hashed, value);
        } else {
            entries.put(hashed, new Entry(key, value));
        }
    }

    boolean has(Object key) {
        return entries.containsKey(key(key));
    }

    public void putAll(Dict other) {
        other.entries.entrySet().forEach(held -> put(keyOf(held), valueOf(held.getValue())));
    }

    public Iterator<Object> keys() {
        Iterator<Map.Entry<Object, Object>> inner = entries.entrySet().iterator();
        return Values.iterator(inner::hasNext, () -> keyOf(inner.next()));
    }

    Iterator<Object> values() {
        Iterator<Object> inner = entries.values().iterator();
        return Values.iterator(inner::hasNext, () -> valueOf(inner.next()));
    }

    public Iterator<Object> items() {
        Iterator<Map.Entry<Object, Object>> inner = entries.entrySet().iterator();
        return Values.iterator(inner::hasNext, () -> {
            Map.Entry<Object, Object> held = inner.next();
            return Tuple.of(keyOf(held), valueOf(held.getValue()));
        });
    }

    @Override
    public String typeName() {
        return "dict";
    }

    @Override
    public int length() {
        return entries.size();
    }

    @Override
    public Iterator<Object> iterator() {
        return keys();
    }

    /** Equal keys with equal values, in any order. */
    boolean sameAs(Budget budget, Dict other) {
        if (entries.size() != other.entries.size()) {
            return false;
        }
        for (Map.Entry<Object, Object> held : entries.entrySet()) {
            Object match = other.entries.getOrDefault(held.getKey(), MISSING);
            if (match == MISSING || !Values.equal(budget, valueOf(held.getValue()), valueOf(match))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void repr(Text out) {
        out.append('{');
        String separator = "";
        for (Map.Entry<Object, Object> held : entries.entrySet()) {
            out.append(separator);
            PythonText.repr(keyOf(held), out);
            out.append(": ");
            PythonText.repr(valueOf(held.getValue()), out);
            separator = ", ";
        }
        out.append('}');
    }

    /** Whether {@code dict.name} can only mean the element of that name. */
    public static boolean isElementName(String name) {
        return !name.startsWith("_") && !METHODS.contains(name);
    }

    @Override
    public Object attribute(String name) {
        return switch (name) {
            case "get" ->
                Callable.method(name, (render, arguments) -> {
                    arguments.positionalOnly("dict.get", 1, 2);
                    Object found = get(arguments.at(0));
                    return found == MISSING ? (arguments.size() > 1 ? arguments.at(1) : null) : found;
                });
            case "items" -> Callable.method(name, (render, arguments) -> view("dict_items", arguments));
            case "keys" -> Callable.method(name, (render, arguments) -> view("dict_keys", arguments));
            case "values" -> Callable.method(name, (render, arguments) -> view("dict_values", arguments));
            case "copy" ->
                Callable.method(name, (render, arguments) -> {
                    arguments.positionalOnly("dict.copy", 0, 0);
                    render.budget.elements(length());
                    return new Dict(this);
                });
            case "fromkeys" ->
                Callable.method(name, (render, arguments) -> {
                    arguments.positionalOnly("fromkeys", 1, 2);
                    Dict made = new Dict();
                    Object value = arguments.size() > 1 ? arguments.at(1) : null;
                    Values.iterate(arguments.at(0)).forEachRemaining(key -> {
                        render.budget.elements(1);
                        made.put(key, value);
                    });
                    return made;
                });
            case "clear", "pop", "popitem", "setdefault", "update" -> Undefined.unsafe(this, name);
            default -> MISSING;
        };
    }

    private View view(String type, Arguments arguments) {
        arguments.positionalOnly("dict." + type.substring("dict_".length()), 0, 0);
        return new View(type);
    }

    /** What {@code keys()}, {@code values()} and {@code items()} return. */
    private final class View implements TemplateObject {
        private final String type;

        View(String type) {
            this.type = type;
        }

        @Override
        public String typeName() {
            return type;
        }

        @Override
        public int length() {
            return Dict.this.length();
        }

        @Override
        public Iterator<Object> iterator() {
            return switch (type) {
                case "dict_keys" -> keys();
                case "dict_values" -> values();
                default -> items();
            };
        }

        @Override
        public void repr(Text out) {
            out.append(type).append("([");
            String separator = "";
            for (Iterator<Object> all = iterator(); all.hasNext(); ) {
                out.append(separator);
                PythonText.repr(all.next(), out);
                separator = ", ";
            }
            out.append("])");
        }
    }
}
