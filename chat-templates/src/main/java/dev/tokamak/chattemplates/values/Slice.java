package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Render;
import dev.tokamak.chattemplates.render.TemplateError;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** {@code x[start:stop:step]}; absent parts are None. */
public record Slice(Object start, Object stop, Object step) {

    /** Bounds clipped to a length, so that {@code start + i * step} for {@code i < count} are valid positions. */
    record Bounds(int start, int stop, int step, int count) {}

    public Object of(Render render, Object value) {
        if (value instanceof String text) {
            return text(render, text);
        }
        if (value instanceof Markup markup) {
            return new Markup(text(render, markup.toString()));
        }
        if (value instanceof List<?> list) {
            return elements(render, list);
        }
        if (value instanceof Tuple tuple) {
            return new Tuple(elements(render, tuple.items));
        }
        if (value instanceof Range range) {
            return range.slice(bounds(range.length()));
        }
        if (value instanceof Undefined undefined) {
            throw undefined.fail();
        }
        if (value instanceof Dict) {
            throw TemplateError.type("unhashable type: 'slice'");
        }
        throw TemplateError.type("'" + Values.typeName(value) + "' object is not subscriptable");
    }

    private List<Object> elements(Render render, List<?> list) {
        Bounds bounds = bounds(list.size());
        if (bounds.step == 1) {
            // Nothing changes a list once it is made, so a part of one needs no copy.
            render.budget.elements(1);
            return Collections.unmodifiableList(list.subList(bounds.start, bounds.start + bounds.count));
        }
        render.budget.elements(bounds.count);
        List<Object> slice = new ArrayList<>(bounds.count);
        for (int i = 0; i < bounds.count; i++) {
            slice.add(list.get(bounds.start + i * bounds.step));
        }
        return slice;
    }

    private String text(Render render, String text) {
        Bounds bounds = bounds(text.codePointCount(0, text.length()));
        render.budget.text(bounds.count);
        if (bounds.count == 0) {
            return "";
        }
        if (bounds.step == 1) {
            int from = text.offsetByCodePoints(0, bounds.start);
            return text.substring(from, text.offsetByCodePoints(from, bounds.count));
        }
        int[] codePoints = text.codePoints().toArray();
        StringBuilder slice = new StringBuilder(bounds.count);
        for (int i = 0; i < bounds.count; i++) {
            slice.appendCodePoint(codePoints[bounds.start + i * bounds.step]);
        }
        return slice.toString();
    }

    private Bounds bounds(int length) {
        int by = step == null ? 1 : (int) clip(index(step), -Integer.MAX_VALUE, Integer.MAX_VALUE);
        if (by == 0) {
            throw TemplateError.value("slice step cannot be zero");
        }
        int lowest = by > 0 ? 0 : -1;
        int highest = by > 0 ? length : length - 1;
        int from = start == null ? (by > 0 ? lowest : highest) : position(start, length, lowest, highest);
        int to = stop == null ? (by > 0 ? highest : lowest) : position(stop, length, lowest, highest);
        long span = by > 0 ? (long) to - from : (long) from - to;
        int count = span <= 0 ? 0 : (int) ((span - 1) / Math.abs((long) by)) + 1;
        return new Bounds(from, to, by, count);
    }

    private static int position(Object bound, int length, int lowest, int highest) {
        long at = index(bound);
        return (int) clip(at < 0 ? at + length : at, lowest, highest);
    }

    private static long clip(long value, long lowest, long highest) {
        return Math.max(lowest, Math.min(highest, value));
    }

    private static long index(Object bound) {
        if (bound instanceof Long number) {
            return clip(number, -(1L << 40), 1L << 40);
        }
        if (bound instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        if (bound instanceof BigInteger big) {
            return big.signum() * (1L << 40);
        }
        throw TemplateError.type("slice indices must be integers or None or have an __index__ method");
    }
}
