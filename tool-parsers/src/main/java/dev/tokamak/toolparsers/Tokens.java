package dev.tokamak.toolparsers;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Tells marks that came as one token from text that spells them.
 *
 * <p>Implementation notes. On its way through a parser a token stands between two characters that no text has: halves of
 * surrogate pairs whose other half does not follow. Marks that are tokens are looked for together with these, so that every
 * machine that compares characters keeps them apart, whatever it holds back and reads again; where text is told, they are
 * left out. Thread-safe.
 */
final class Tokens {
    /** Nothing is known of tokens: a mark is a mark however it came. */
    static final Tokens UNKNOWN = new Tokens(text -> false);

    static final char BEGIN = '\udbff';
    static final char END = '\udbfe';
    private static final int LONGEST = 64;

    private final Predicate<String> isToken;
    private final Map<String, String> marks = new ConcurrentHashMap<>();

    Tokens(Predicate<String> isToken) {
        this.isToken = isToken;
    }

    /** Whether these are the tokens that a predicate holds for. */
    boolean are(Predicate<String> others) {
        return isToken == others;
    }

    /** A mark, or a token that came, with its tokens set apart. */
    String in(String mark) {
        return this == UNKNOWN ? mark : marks.computeIfAbsent(mark, this::setApart);
    }

    List<String> in(List<String> texts) {
        return this == UNKNOWN ? texts : texts.stream().map(this::in).toList();
    }

    private String setApart(String text) {
        StringBuilder marked = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = tokenAt(text, at);
            if (end > at) {
                marked.append(BEGIN).append(text, at, end).append(END);
                at = end;
            } else {
                marked.append(text.charAt(at++));
            }
        }
        return marked.toString();
    }

    private int tokenAt(String text, int at) {
        for (int end = Math.min(text.length(), at + LONGEST); end > at; end--) {
            if (isToken.test(text.substring(at, end))) {
                return end;
            }
        }
        return at;
    }

    /** Whether a token begins or ends here, unless the other half of a character follows. */
    static boolean isEdge(char c) {
        return c == BEGIN || c == END;
    }

    /** Text as the model wrote it. */
    static String plain(CharSequence text) {
        StringBuilder plain = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1));
            if (isEdge(c) && !pair) {
                plain = plain == null ? new StringBuilder(text.length()).append(text, 0, i) : plain;
            } else if (plain != null) {
                plain.append(c);
            }
        }
        return plain == null ? text.toString() : plain.toString();
    }
}
