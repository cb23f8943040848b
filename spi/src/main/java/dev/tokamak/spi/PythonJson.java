package dev.tokamak.spi;

import dev.tokamak.api.Incubating;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON as Python writes it: {@code json.dump} prints numbers that are not finite as {@code NaN}, {@code Infinity} and
 * {@code -Infinity}, which no JSON parser takes. A plugin that reads a file of a checkpoint folder puts its text through
 * {@link #toJson} first.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
@Incubating
public final class PythonJson {
    /** A string, which is passed over whole, or a literal. */
    private static final Pattern STRING_OR_LITERAL =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"?|\\bNaN\\b|\\bInfinity\\b", Pattern.DOTALL);

    private PythonJson() {}

    /**
     * The same document as JSON. An infinite number becomes one that is beyond a double's range, and so infinite again where it is
     * read as a double; NaN, which JSON has no number for, becomes the text {@code "NaN"}.
     *
     * @param text what a file holds, JSON or not
     * @return {@code text} itself if it has no such literal
     */
    public static String toJson(String text) {
        if (!text.contains("NaN") && !text.contains("Infinity")) {
            return text;
        }
        return STRING_OR_LITERAL.matcher(text).replaceAll(found -> switch (found.group()) {
            case "NaN" -> "\"NaN\"";
            case "Infinity" -> "1e999";
            default -> Matcher.quoteReplacement(found.group());
        });
    }
}
