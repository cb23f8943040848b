package dev.tokamak.engine.output;

import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * Which tokens of a vocabulary are marks, so that text which merely spells them is none: the added ones that are long enough to
 * mean something and hold no white space.
 */
public final class Marks {
    private static final int SHORTEST = 3;

    private final Predicate<String> visible;
    private final Predicate<String> all;

    /**
     * The marks of a vocabulary.
     *
     * @param vocabulary of the model
     */
    public Marks(Vocabulary vocabulary) {
        all = text -> mayBe(text) && vocabulary.addedToken(text).isPresent();
        visible = text -> all.test(text)
                && !vocabulary.special(vocabulary.addedToken(text).getAsInt());
    }

    /**
     * Whether a text is a mark that a completion's text can hold.
     *
     * @param skipSpecialTokens whether special tokens are left out of the text
     * @return thread-safe, the same object each time
     */
    public Predicate<String> in(boolean skipSpecialTokens) {
        return skipSpecialTokens ? visible : all;
    }

    /**
     * The mark that a token is.
     *
     * @param vocabulary of the model
     * @param token in the vocabulary
     * @return its text, or null if it is none
     */
    public static String of(Vocabulary vocabulary, int token) {
        if (!vocabulary.added(token)) {
            return null;
        }
        String text = new String(vocabulary.bytes(token), StandardCharsets.UTF_8);
        return mayBe(text) ? text : null;
    }

    private static boolean mayBe(String text) {
        return text.length() >= SHORTEST && text.chars().noneMatch(Character::isWhitespace);
    }
}
