package dev.tokamak.chattemplates.render;

/**
 * What one rendering may cost. The defaults leave room for a prompt of a million tokens and stop a hostile template
 * within two seconds; what is given to a template raises them (see {@link #with}).
 *
 * @param steps evaluated expressions, statements and list elements; going through 16 to 64 characters counts as one
 * @param millis processor time of one rendering
 * @param textChars length of any one text, the output included, in UTF-16 units
 * @param totalChars all text and list elements ({@link #CHARS_PER_ELEMENT} characters each) made by one rendering together
 * @param callDepth macros, call blocks and recursive loops within each other
 */
public record Limits(long steps, long millis, long textChars, long totalChars, int callDepth) {
    public static final Limits DEFAULT = new Limits(20_000_000, 1_500, 16L << 20, 64L << 20, 200);

    /** About what an element with a small object of its own takes in memory. */
    static final int CHARS_PER_ELEMENT = 16;

    /** Brackets, operators and blocks within each other, checked when the template is compiled. */
    public static final int NESTING = 150;

    /** As jinja2's sandbox has it. */
    public static final int RANGE = 100_000;

    /** Python refuses to print longer integers; computing larger ones is refused here. */
    public static final int INTEGER_DIGITS = 4_300;

    public static final int INTEGER_BITS = 1 << 16;

    private static final long STEPS_PER_ELEMENT = 20_000;

    /**
     * The limits of a rendering that is given so much. Honest templates look through all messages for each message, so steps are for
     * each element; time follows with a millisecond for each.
     */
    public Limits with(long elements, long chars) {
        long size = chars + CHARS_PER_ELEMENT * Math.min(elements, 1L << 40);
        return new Limits(
                plus(steps, STEPS_PER_ELEMENT * Math.min(elements, Long.MAX_VALUE / STEPS_PER_ELEMENT)),
                plus(millis, elements),
                plus(textChars, 4 * size),
                plus(totalChars, 32 * size),
                callDepth);
    }

    private static long plus(long limit, long more) {
        return limit > Long.MAX_VALUE - more ? Long.MAX_VALUE : limit + more;
    }
}
