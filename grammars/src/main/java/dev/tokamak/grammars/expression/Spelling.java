package dev.tokamak.grammars.expression;

import dev.tokamak.grammars.regex.CodePoints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How a character is written in bytes. */
public enum Spelling {
    /** As UTF-8. */
    RAW,
    /** Within a JSON string, in one way only: as UTF-8, escaped where JSON demands it and then as short as can be. */
    JSON_SHORT,
    /** Within a JSON string, in every way that JSON allows for the set of all characters. */
    JSON_ANY;

    private static final int[] HEX = {'0', '9', 'A', 'F', 'a', 'f'};
    private static final CodePoints MUST_ESCAPE = CodePoints.ofPairs(0, 0x1F, '"', '"', '\\', '\\');
    private static final String SHORT_ESCAPES = "\"\"\\\\\bb\ff\nn\rr\tt";

    /** The characters that every spelling writes as UTF-8. */
    public static final CodePoints PLAIN = MUST_ESCAPE.complement();

    /**
     * The spellings of one character of a set as a small graph from node 0 to node 1. Equal endings share their nodes.
     *
     * @param nodes how many there are
     * @param moves from, first byte, last byte and target of each move
     */
    public record Graph(int nodes, List<int[]> moves) {}

    public Graph graph(CodePoints set) {
        List<int[][]> words = new ArrayList<>();
        CodePoints raw = this == RAW ? set : set.minus(MUST_ESCAPE);
        for (int i = 0; i < raw.rangeCount(); i++) {
            utf8(raw.first(i), raw.last(i), words);
        }
        if (this == JSON_SHORT) {
            shortEscapes(set, words);
        } else if (this == JSON_ANY) {
            anyEscapes(words);
        }
        Map<String, Integer> endings = new HashMap<>();
        List<int[]> moves = new ArrayList<>();
        int[] nodes = {2};
        for (int[][] word : words) {
            connect(0, word, 0, endings, moves, nodes);
        }
        return new Graph(nodes[0], moves);
    }

    private static void connect(
            int from, int[][] word, int at, Map<String, Integer> endings, List<int[]> moves, int[] nodes) {
        int to = 1;
        boolean fresh = false;
        if (at + 1 < word.length) {
            String ending = Arrays.deepToString(Arrays.copyOfRange(word, at + 1, word.length));
            Integer known = endings.get(ending);
            fresh = known == null;
            to = fresh ? nodes[0]++ : known;
            endings.put(ending, to);
        }
        for (int i = 0; i < word[at].length; i += 2) {
            moves.add(new int[] {from, word[at][i], word[at][i + 1], to});
        }
        if (fresh) {
            connect(to, word, at + 1, endings, moves, nodes);
        }
    }

    private static void utf8(int first, int last, List<int[][]> words) {
        for (int limit : new int[] {0x7F, 0x7FF, 0xFFFF}) {
            if (first <= limit && last > limit) {
                utf8(first, limit, words);
                utf8(limit + 1, last, words);
                return;
            }
        }
        int tails = first <= 0x7F ? 0 : first <= 0x7FF ? 1 : first <= 0xFFFF ? 2 : 3;
        for (int i = 1; i <= tails; i++) {
            int low = (1 << 6 * i) - 1;
            if ((first & ~low) != (last & ~low)) {
                if ((first & low) != 0) {
                    utf8(first, first | low, words);
                    utf8((first | low) + 1, last, words);
                    return;
                }
                if ((last & low) != low) {
                    utf8(first, (last & ~low) - 1, words);
                    utf8(last & ~low, last, words);
                    return;
                }
            }
        }
        int[][] word = new int[tails + 1][];
        int lead = tails == 0 ? 0 : 0xFF00 >> tails + 1 & 0xFF;
        word[0] = new int[] {lead | first >> 6 * tails, lead | last >> 6 * tails};
        for (int i = 1; i <= tails; i++) {
            int shift = 6 * (tails - i);
            word[i] = new int[] {0x80 | first >> shift & 0x3F, 0x80 | last >> shift & 0x3F};
        }
        words.add(word);
    }

    private static void shortEscapes(CodePoints set, List<int[][]> words) {
        for (int i = 0; i < SHORT_ESCAPES.length(); i += 2) {
            if (set.contains(SHORT_ESCAPES.charAt(i))) {
                words.add(word("\\" + SHORT_ESCAPES.charAt(i + 1)));
            }
        }
        for (int c = 0; c < 0x20; c++) {
            if (set.contains(c) && SHORT_ESCAPES.indexOf(c) < 0) {
                int[][] word = word("\\u00" + (c >> 4) + "0");
                int digit = Character.forDigit(c & 15, 16);
                int upper = Character.toUpperCase(digit);
                word[5] = digit == upper ? new int[] {digit, digit} : new int[] {upper, upper, digit, digit};
                words.add(word);
            }
        }
    }

    private static void anyEscapes(List<int[][]> words) {
        int[][] simple = word("\\x");
        simple[1] = new int[] {'"', '"', '/', '/', '\\', '\\', 'b', 'b', 'f', 'f', 'n', 'n', 'r', 'r', 't', 't'};
        words.add(simple);
        words.add(unit(new int[] {'0', '9', 'A', 'C', 'E', 'F', 'a', 'c', 'e', 'f'}, HEX));
        words.add(unit(new int[] {'D', 'D', 'd', 'd'}, new int[] {'0', '7'}));
        int[][] high = unit(new int[] {'D', 'D', 'd', 'd'}, new int[] {'8', '9', 'A', 'B', 'a', 'b'});
        int[][] low = unit(new int[] {'D', 'D', 'd', 'd'}, new int[] {'C', 'F', 'c', 'f'});
        int[][] pair = Arrays.copyOf(high, 12);
        System.arraycopy(low, 0, pair, 6, 6);
        words.add(pair);
    }

    private static int[][] unit(int[] first, int[] second) {
        return new int[][] {{'\\', '\\'}, {'u', 'u'}, first, second, HEX, HEX};
    }

    private static int[][] word(String ascii) {
        int[][] word = new int[ascii.length()][];
        for (int i = 0; i < word.length; i++) {
            word[i] = new int[] {ascii.charAt(i), ascii.charAt(i)};
        }
        return word;
    }
}
