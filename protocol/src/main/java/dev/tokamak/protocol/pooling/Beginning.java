package dev.tokamak.protocol.pooling;

import java.util.function.Predicate;

/** Finds how much of a text fits. */
final class Beginning {
    private Beginning() {}

    /**
     * A beginning of a text that fits, of which hardly a longer one does.
     *
     * @param text any text
     * @param fits whether a beginning does, which is more likely the shorter it is
     * @return the text itself if it fits; empty if nothing does
     */
    static String of(String text, Predicate<String> fits) {
        if (fits.test(text)) {
            return text;
        }
        int fitting = 0;
        int tooLong = text.length();
        while (tooLong - fitting > 1) {
            int middle = (fitting + tooLong) >>> 1;
            if (fits.test(cut(text, middle))) {
                fitting = middle;
            } else {
                tooLong = middle;
            }
        }
        return cut(text, fitting);
    }

    /** Without half of a character at the end. */
    private static String cut(String text, int length) {
        boolean splits = length > 0
                && Character.isHighSurrogate(text.charAt(length - 1))
                && Character.isLowSurrogate(text.charAt(length));
        return text.substring(0, splits ? length - 1 : length);
    }
}
