package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's {@code strftime} in the C locale, with glibc's flags {@code -}, {@code _}, {@code 0} and {@code ^}. */
public final class Strftime {
    private final ZonedDateTime now;
    private final Text out;

    private Strftime(ZonedDateTime now, Text out) {
        this.now = now;
        this.out = out;
    }

    public static String format(Budget budget, ZonedDateTime now, String format) {
        Text out = new Text(budget);
        new Strftime(now, out).run(format);
        return out.toString();
    }

    private void run(String format) {
        for (int at = 0; at < format.length(); at++) {
            char c = format.charAt(at);
            if (c != '%' || at + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char flag = format.charAt(++at);
            boolean flagged = "-_0^".indexOf(flag) >= 0 && at + 1 < format.length();
            directive(flagged ? format.charAt(++at) : flag, flagged ? flag : ' ');
        }
    }

    private void directive(char directive, char flag) {
        switch (directive) {
            case 'a' -> name(now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH), flag);
            case 'A' -> name(now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH), flag);
            case 'b', 'h' ->
                name(
                        now.getMonth()
                                .getDisplayName(TextStyle.FULL, Locale.ENGLISH)
                                .substring(0, 3),
                        flag);
            case 'B' -> name(now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH), flag);
            case 'c' -> run("%a %b %e %H:%M:%S %Y");
            case 'C' -> number(now.getYear() / 100, 2, flag, '0');
            case 'd' -> number(now.getDayOfMonth(), 2, flag, '0');
            case 'D', 'x' -> run("%m/%d/%y");
            case 'e' -> number(now.getDayOfMonth(), 2, flag, ' ');
            case 'f' -> number(now.getNano() / 1000, 6, ' ', '0');
            case 'F' -> run("%Y-%m-%d");
            case 'g' -> number(now.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, flag, '0');
            case 'G' -> number(now.get(IsoFields.WEEK_BASED_YEAR), 1, flag, '0');
            case 'H' -> number(now.getHour(), 2, flag, '0');
            case 'I' -> number(twelfth(), 2, flag, '0');
            case 'j' -> number(now.getDayOfYear(), 3, flag, '0');
            case 'k' -> number(now.getHour(), 2, flag, ' ');
            case 'l' -> number(twelfth(), 2, flag, ' ');
            case 'm' -> number(now.getMonthValue(), 2, flag, '0');
            case 'M' -> number(now.getMinute(), 2, flag, '0');
            case 'n' -> out.append('\n');
            case 'p' -> out.append(now.getHour() < 12 ? "AM" : "PM");
            case 'P' -> out.append(now.getHour() < 12 ? "am" : "pm");
            case 'r' -> run("%I:%M:%S %p");
            case 'R' -> run("%H:%M");
            case 's' -> out.append(Long.toString(now.toEpochSecond()));
            case 'S' -> number(now.getSecond(), 2, flag, '0');
            case 't' -> out.append('\t');
            case 'T', 'X' -> run("%H:%M:%S");
            case 'u' -> number(now.getDayOfWeek().getValue(), 1, flag, '0');
            case 'U' -> number(week(now.getDayOfWeek().getValue() % 7), 2, flag, '0');
            case 'V' -> number(now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, flag, '0');
            case 'w' -> number(now.getDayOfWeek().getValue() % 7, 1, flag, '0');
            case 'W' -> number(week(now.getDayOfWeek().getValue() - 1), 2, flag, '0');
            case 'y' -> number(now.getYear() % 100, 2, flag, '0');
            case 'Y' -> number(now.getYear(), 1, flag, '0');
            // Hugging Face asks for the time without a zone, which prints neither offset nor name.
            case 'z', 'Z' -> {}
            case '%' -> out.append('%');
            default -> out.append("%" + (flag == ' ' ? "" : flag) + directive);
        }
    }

    private int twelfth() {
        return now.get(ChronoField.CLOCK_HOUR_OF_AMPM);
    }

    /** Week of the year, where a week begins on the day that counts as {@code 0}. */
    private int week(int dayOfWeek) {
        return (now.getDayOfYear() + 6 - dayOfWeek) / 7;
    }

    private void name(String name, char flag) {
        out.append(flag == '^' ? name.toUpperCase(Locale.ROOT) : name);
    }

    private void number(int value, int digits, char flag, char usual) {
        String text = Integer.toString(value);
        String fill = flag == '_' ? " " : flag == '0' ? "0" : String.valueOf(usual);
        out.pad(fill, flag == '-' ? 0 : digits - text.length()).append(text);
    }
}
