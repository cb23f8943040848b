package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.PythonText;
import dev.tokamak.chattemplates.text.Text;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Python's tuple; {@code groupby} makes tuples whose two elements have names. */
public final class Tuple implements TemplateObject {
    /** Hashing a tuple of tuples of tuples can take exponential time; no template needs such keys. */
    private static final int MAX_KEY_PARTS = 10_000;

    public final List<Object> items;
    private final boolean group;
    private List<Object> key;
    private int keyParts;

    public Tuple(List<Object> items) {
        this(items, false);
    }

    private Tuple(List<Object> items, boolean group) {
        this.items = items;
        this.group = group;
    }

    public static Tuple of(Object first, Object second) {
        List<Object> items = new ArrayList<>(2);
        items.add(first);
        items.add(second);
        return new Tuple(items);
    }

    public static Tuple group(Object grouper, List<Object> list) {
        return new Tuple(of(grouper, list).items, true);
    }

    @Override
    public String typeName() {
        return group ? "_GroupTuple" : "tuple";
    }

    @Override
    public int length() {
        return items.size();
    }

    @Override
    public Iterator<Object> iterator() {
        return items.iterator();
    }

    @Override
    public Object attribute(String name) {
        if (group && name.equals("grouper")) {
            return items.get(0);
        }
        if (group && name.equals("list")) {
            return items.get(1);
        }
        return Sequences.method(items, name);
    }

    @Override
    public void repr(Text out) {
        out.append('(');
        PythonText.reprAll(items, out);
        out.append(items.size() == 1 ? ",)" : ")");
    }

    /** The elements as dictionary keys, which makes {@code equals} and {@code hashCode} those of Python. */
    private List<Object> key() {
        if (key == null) {
            List<Object> keys = new ArrayList<>(items.size());
            int parts = 1;
            for (Object item : items) {
                Object itemKey = Dict.key(item);
                itemKey.hashCode();
                parts += itemKey instanceof Tuple tuple ? tuple.keyParts : 1;
                if (parts > MAX_KEY_PARTS) {
                    throw TemplateError.limit("a tuple used as a key has more than " + MAX_KEY_PARTS + " parts");
                }
                keys.add(itemKey);
            }
            key = keys;
            keyParts = parts;
        }
        return key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tuple tuple && key().equals(tuple.key());
    }

    @Override
    public int hashCode() {
        return key().hashCode();
    }
}
