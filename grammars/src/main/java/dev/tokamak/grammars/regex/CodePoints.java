package dev.tokamak.grammars.regex;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** An immutable set of Unicode scalar values (no surrogates), as ascending, disjoint, non-adjacent inclusive ranges. */
public final class CodePoints {
    public static final CodePoints NONE = new CodePoints(new int[0]);
    public static final CodePoints ALL = new CodePoints(new int[] {0, 0xD7FF, 0xE000, 0x10FFFF});

    private final int[] ranges;
    /** Worked out once: sets are keys wherever a character is spelled, and a class of Unicode has hundreds of ranges. */
    private int hash;

    private CodePoints(int[] ranges) {
        this.ranges = ranges;
    }

    public static CodePoints of(int codePoint) {
        return range(codePoint, codePoint);
    }

    public static CodePoints range(int first, int last) {
        return new CodePoints(new int[] {first, last}).intersect(ALL);
    }

    /** The union of inclusive ranges given as pairs, in any order. */
    public static CodePoints ofPairs(int... pairs) {
        CodePoints set = NONE;
        for (int i = 0; i < pairs.length; i += 2) {
            set = set.union(range(pairs[i], pairs[i + 1]));
        }
        return set;
    }

    static CodePoints where(IntPredicate test) {
        int[] found = new int[16];
        int n = 0;
        for (int c = 0; c <= 0x10FFFF; c++) {
            if (c >= 0xD800 && c <= 0xDFFF || !test.test(c)) {
                continue;
            }
            if (n > 0 && found[n - 1] == c - 1) {
                found[n - 1] = c;
            } else {
                if (n + 2 > found.length) {
                    found = Arrays.copyOf(found, n * 2);
                }
                found[n++] = c;
                found[n++] = c;
            }
        }
        return new CodePoints(Arrays.copyOf(found, n));
    }

    public int rangeCount() {
        return ranges.length / 2;
    }

    public int first(int range) {
        return ranges[range * 2];
    }

    public int last(int range) {
        return ranges[range * 2 + 1];
    }

    boolean isEmpty() {
        return ranges.length == 0;
    }

    public boolean contains(int codePoint) {
        int low = 0;
        int high = rangeCount() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (codePoint < first(middle)) {
                high = middle - 1;
            } else if (codePoint > last(middle)) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    public CodePoints union(CodePoints other) {
        if (this == other) {
            return this;
        }
        int[] merged = new int[ranges.length + other.ranges.length];
        int n = 0;
        int a = 0;
        int b = 0;
        while (a < ranges.length || b < other.ranges.length) {
            boolean mine = b >= other.ranges.length || a < ranges.length && ranges[a] <= other.ranges[b];
            int first = mine ? ranges[a] : other.ranges[b];
            int last = mine ? ranges[a + 1] : other.ranges[b + 1];
            if (mine) {
                a += 2;
            } else {
                b += 2;
            }
            if (n > 0 && first <= merged[n - 1] + 1) {
                merged[n - 1] = Math.max(merged[n - 1], last);
            } else {
                merged[n++] = first;
                merged[n++] = last;
            }
        }
        return new CodePoints(Arrays.copyOf(merged, n));
    }

    CodePoints intersect(CodePoints other) {
        int[] common = new int[ranges.length + other.ranges.length];
        int n = 0;
        int a = 0;
        int b = 0;
        while (a < ranges.length && b < other.ranges.length) {
            int first = Math.max(ranges[a], other.ranges[b]);
            int last = Math.min(ranges[a + 1], other.ranges[b + 1]);
            if (first <= last) {
                common[n++] = first;
                common[n++] = last;
            }
            if (ranges[a + 1] < other.ranges[b + 1]) {
                a += 2;
            } else {
                b += 2;
            }
        }
        return new CodePoints(Arrays.copyOf(common, n));
    }

    public CodePoints complement() {
        int[] gaps = new int[ranges.length + 2];
        int n = 0;
        int from = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            if (ranges[i] > from) {
                gaps[n++] = from;
                gaps[n++] = ranges[i] - 1;
            }
            from = ranges[i + 1] + 1;
        }
        if (from <= 0x10FFFF) {
            gaps[n++] = from;
            gaps[n++] = 0x10FFFF;
        }
        return new CodePoints(Arrays.copyOf(gaps, n)).intersect(ALL);
    }

    public CodePoints minus(CodePoints other) {
        return intersect(other.complement());
    }

    /** With the other case of every ASCII letter. */
    CodePoints ignoringAsciiCase() {
        CodePoints set = this;
        for (int c = 'a'; c <= 'z'; c++) {
            if (contains(c)) {
                set = set.union(of(c - 32));
            }
            if (contains(c - 32)) {
                set = set.union(of(c));
            }
        }
        return set;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof CodePoints set && hashCode() == set.hashCode() && Arrays.equals(ranges, set.ranges);
    }

    @Override
    public int hashCode() {
        if (hash == 0) {
            hash = Arrays.hashCode(ranges);
        }
        return hash;
    }
}
