package dev.tokamak.chattemplates.values;

import java.util.Iterator;

/** What {@code map}, {@code select} and their like return: elements made on demand, which can be read only once. */
public final class Generator implements TemplateObject {
    private final String type;
    private final Iterator<Object> elements;

    public Generator(Iterator<Object> elements) {
        this("generator", elements);
    }

    public Generator(String type, Iterator<Object> elements) {
        this.type = type;
        this.elements = elements;
    }

    @Override
    public String typeName() {
        return type;
    }

    @Override
    public boolean truth() {
        return true;
    }

    @Override
    public Iterator<Object> iterator() {
        return elements;
    }
}
