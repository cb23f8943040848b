package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.text.Text;
import java.util.Iterator;

/**
 * A value that plain Java has no type for. The others are {@code null} (None), {@link Boolean}, {@link Long},
 * {@link java.math.BigInteger} (beyond 64 bits), {@link Double}, {@link String} and {@link java.util.List}; nothing else
 * ever reaches a template, so there is no way from a template to a Java object.
 */
public interface TemplateObject {
    /** Stands for "there is none" where {@code null} would mean None. */
    Object MISSING = new Object();

    /** Python's {@code type(x).__name__}. */
    String typeName();

    /** As jinja2 names the type in messages about undefined attributes. */
    default String describe() {
        return typeName() + " object";
    }

    default boolean truth() {
        return length() != 0;
    }

    /** Number of elements, or -1 when Python's {@code len} would refuse. */
    default int length() {
        return -1;
    }

    /** The elements, or {@code null} when not iterable. */
    default Iterator<Object> iterator() {
        return null;
    }

    /** The Python attribute of this name, or {@link #MISSING}. */
    default Object attribute(String name) {
        return MISSING;
    }

    default void repr(Text out) {
        out.append("<").append(typeName()).append(" object>");
    }
}
