package dev.tokamak.gate;

import dev.tokamak.api.TokamakException;
import java.util.Locale;

/**
 * What an operator has set: system properties {@code tokamak.NAME} or environment variables {@code TOKAMAK_NAME} (upper case,
 * with underscores).
 */
public final class Settings {
    private Settings() {}

    /**
     * A setting's text.
     *
     * @param name in lower case, with dashes
     * @return as it was set, or null
     */
    public static String text(String name) {
        String value = System.getProperty("tokamak." + name);
        return value != null
                ? value
                : System.getenv("TOKAMAK_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /**
     * A setting that is a whole number.
     *
     * @param name in lower case, with dashes
     * @param otherwise what it is where nobody set it
     * @param min the least that it may be
     * @param max the most
     * @return the number
     * @throws TokamakException if it is something else, naming it
     */
    public static long number(String name, long otherwise, long min, long max) {
        String value = text(name);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value.strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The message below says what is expected.
        }
        throw TokamakException.configuration(
                "tokamak." + name + " is '" + value + "', expected a whole number from " + min + " to " + max);
    }
}
