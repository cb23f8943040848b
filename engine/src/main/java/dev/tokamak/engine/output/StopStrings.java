package dev.tokamak.engine.output;

import java.util.List;

/**
 * The stop strings of a request. The one that is complete first is found, and of those that are complete at the same character the
 * longest, however the text is cut into pieces. Immutable; a scanner is used by one thread.
 *
 * <p><b>Implementation notes.</b> For each string a scanner keeps the length of its longest beginning that the text ends with, as in
 * "Fast pattern matching in strings" (Knuth, Morris and Pratt, 1977): a few steps for each character whatever strings a client has
 * chosen, where comparing the ends of the text anew each time would cost their length squared.
 */
public final class StopStrings {
    private final String[] stops;

    /** By stop string and length: the longest shorter beginning that a beginning of this length ends with. */
    private final int[][] shorter;

    /**
     * Stop strings.
     *
     * @param stops none of them empty
     */
    public StopStrings(List<String> stops) {
        this.stops = stops.toArray(String[]::new);
        this.shorter = stops.stream().map(StopStrings::shorter).toArray(int[][]::new);
    }

    private static int[] shorter(String stop) {
        int[] shorter = new int[stop.length() + 1];
        for (int length = 2; length <= stop.length(); length++) {
            int k = shorter[length - 1];
            while (k > 0 && stop.charAt(k) != stop.charAt(length - 1)) {
                k = shorter[k];
            }
            shorter[length] = stop.charAt(k) == stop.charAt(length - 1) ? k + 1 : 0;
        }
        return shorter;
    }

    /** A scanner at the beginning of a text. */
    public Scanner scanner() {
        return new Scanner();
    }

    /** Looks for the stop strings in one text. */
    public final class Scanner {
        private final int[] matched = new int[stops.length];

        private Scanner() {}

        /**
         * Takes the text's next character.
         *
         * @param c the character
         * @return the stop string that it completes, or null; the scanner can be used on
         */
        public String feed(char c) {
            String found = null;
            for (int i = 0; i < matched.length; i++) {
                String stop = stops[i];
                int length = matched[i];
                while (length > 0 && stop.charAt(length) != c) {
                    length = shorter[i][length];
                }
                if (stop.charAt(length) == c) {
                    length++;
                }
                if (length == stop.length()) {
                    found = found == null || stop.length() > found.length() ? stop : found;
                    length = shorter[i][length];
                }
                matched[i] = length;
            }
            return found;
        }

        /**
         * How many characters at the end of the text could be the beginning of a stop string.
         *
         * @return 0 or more
         */
        public int held() {
            int held = 0;
            for (int length : matched) {
                held = Math.max(held, length);
            }
            return held;
        }
    }
}
