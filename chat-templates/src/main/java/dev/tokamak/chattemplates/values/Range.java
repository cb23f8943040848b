package dev.tokamak.chattemplates.values;

import dev.tokamak.chattemplates.render.Limits;
import dev.tokamak.chattemplates.render.TemplateError;
import dev.tokamak.chattemplates.text.Text;
import java.util.Iterator;

/** Python's range, at most {@link Limits#RANGE} long. */
public final class Range implements TemplateObject {
    private final long start;
    private final long stop;
    private final long step;
    private final int length;

    public Range(long start, long stop, long step) {
        if (step == 0) {
            throw TemplateError.value("range() arg 3 must not be zero");
        }
        double span = step > 0 ? ((double) stop - start) / step : ((double) start - stop) / -(double) step;
        if (span > Limits.RANGE) {
            throw new TemplateError(
                    TemplateError.Kind.OVERFLOW,
                    "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + Limits.RANGE + ").");
        }
        this.start = start;
        this.stop = stop;
        this.step = step;
        this.length = (int) Math.max(0, Math.ceil(span));
    }

    long at(long index) {
        return start + index * step;
    }

    Range slice(Slice.Bounds bounds) {
        return new Range(at(bounds.start()), at(bounds.stop()), step * bounds.step());
    }

    boolean sameAs(Range other) {
        return length == other.length && (length == 0 || start == other.start && (length == 1 || step == other.step));
    }

    @Override
    public String typeName() {
        return "range";
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public Iterator<Object> iterator() {
        int[] next = {0};
        return Values.iterator(() -> next[0] < length, () -> at(next[0]++));
    }

    @Override
    public Object attribute(String name) {
        return switch (name) {
            case "start" -> start;
            case "stop" -> stop;
            case "step" -> step;
            default -> MISSING;
        };
    }

    @Override
    public void repr(Text out) {
        out.append("range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")");
    }
}
