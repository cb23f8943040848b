package dev.tokamak.grammars.regex;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The named character classes of regular expressions. */
public final class RegexClasses {
    /** What {@code .} matches in both dialects: ECMA-262 has four line ends, Java one more. */
    static final CodePoints NOT_LINE_END = CodePoints.ofPairs('\n', '\n', '\r', '\r', 0x85, 0x85, 0x2028, 0x2029)
            .complement();

    private static final CodePoints DIGIT = CodePoints.range('0', '9');
    private static final CodePoints WORD = CodePoints.ofPairs('0', '9', 'A', 'Z', 'a', 'z', '_', '_');
    private static final CodePoints JAVA_SPACE = CodePoints.ofPairs(9, 13, ' ', ' ');
    private static final CodePoints ECMA_SPACE = JAVA_SPACE.union(CodePoints.ofPairs(
            0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000,
            0xFEFF, 0xFEFF));

    private static final Map<String, Byte> CATEGORIES = Map.ofEntries(
            Map.entry("Lu", Character.UPPERCASE_LETTER),
            Map.entry("Ll", Character.LOWERCASE_LETTER),
            Map.entry("Lt", Character.TITLECASE_LETTER),
            Map.entry("Lm", Character.MODIFIER_LETTER),
            Map.entry("Lo", Character.OTHER_LETTER),
            Map.entry("Mn", Character.NON_SPACING_MARK),
            Map.entry("Mc", Character.COMBINING_SPACING_MARK),
            Map.entry("Me", Character.ENCLOSING_MARK),
            Map.entry("Nd", Character.DECIMAL_DIGIT_NUMBER),
            Map.entry("Nl", Character.LETTER_NUMBER),
            Map.entry("No", Character.OTHER_NUMBER),
            Map.entry("Pc", Character.CONNECTOR_PUNCTUATION),
            Map.entry("Pd", Character.DASH_PUNCTUATION),
            Map.entry("Ps", Character.START_PUNCTUATION),
            Map.entry("Pe", Character.END_PUNCTUATION),
            Map.entry("Pi", Character.INITIAL_QUOTE_PUNCTUATION),
            Map.entry("Pf", Character.FINAL_QUOTE_PUNCTUATION),
            Map.entry("Po", Character.OTHER_PUNCTUATION),
            Map.entry("Sm", Character.MATH_SYMBOL),
            Map.entry("Sc", Character.CURRENCY_SYMBOL),
            Map.entry("Sk", Character.MODIFIER_SYMBOL),
            Map.entry("So", Character.OTHER_SYMBOL),
            Map.entry("Zs", Character.SPACE_SEPARATOR),
            Map.entry("Zl", Character.LINE_SEPARATOR),
            Map.entry("Zp", Character.PARAGRAPH_SEPARATOR),
            Map.entry("Cc", Character.CONTROL),
            Map.entry("Cf", Character.FORMAT),
            Map.entry("Co", Character.PRIVATE_USE),
            Map.entry("Cn", Character.UNASSIGNED));

    private static final Map<String, String> LONG_NAMES = Map.ofEntries(
            Map.entry("Letter", "L"),
            Map.entry("Uppercase_Letter", "Lu"),
            Map.entry("Lowercase_Letter", "Ll"),
            Map.entry("Mark", "M"),
            Map.entry("Number", "N"),
            Map.entry("Decimal_Number", "Nd"),
            Map.entry("Punctuation", "P"),
            Map.entry("Symbol", "S"),
            Map.entry("Separator", "Z"),
            Map.entry("Space_Separator", "Zs"),
            Map.entry("Other", "C"));

    private static final Map<String, CodePoints> POSIX = Map.of(
            "Lower", CodePoints.range('a', 'z'),
            "Upper", CodePoints.range('A', 'Z'),
            "ASCII", CodePoints.range(0, 0x7F),
            "Alpha", CodePoints.ofPairs('A', 'Z', 'a', 'z'),
            "Digit", DIGIT,
            "Alnum", CodePoints.ofPairs('0', '9', 'A', 'Z', 'a', 'z'),
            "Punct", CodePoints.ofPairs('!', '/', ':', '@', '[', '`', '{', '~'),
            "XDigit", CodePoints.ofPairs('0', '9', 'A', 'F', 'a', 'f'),
            "Space", JAVA_SPACE,
            "Any", CodePoints.ALL);

    /** Scripts have names in any case, so there is no end of names for the few hundred properties. */
    private static final int MAX_READ = 1_000;

    private static final Map<String, CodePoints> READ = new ConcurrentHashMap<>();

    private RegexClasses() {}

    /**
     * The set of {@code \d}, {@code \w}, {@code \s} or their opposites. Within a negated class, where a larger set
     * means a smaller result, the larger of the two dialects' sets is given.
     */
    public static CodePoints shorthand(int letter, boolean negated) {
        return switch (letter) {
            case 'd' -> DIGIT;
            case 'D' -> DIGIT.complement();
            case 'w' -> WORD;
            case 'W' -> WORD.complement();
            case 's' -> negated ? ECMA_SPACE : JAVA_SPACE;
            default -> (negated ? JAVA_SPACE : ECMA_SPACE).complement();
        };
    }

    /** The set of {@code \p{name}}, or null if it is not known. The same object each time, since it is read once. */
    public static CodePoints property(String name) {
        CodePoints known = READ.get(name);
        if (known == null) {
            known = read(name);
            if (known != null && READ.size() < MAX_READ) {
                READ.put(name, known);
            }
        }
        return known;
    }

    private static CodePoints read(String name) {
        if (POSIX.containsKey(name)) {
            return POSIX.get(name);
        }
        int equals = name.indexOf('=');
        if (equals > 0) {
            String key = name.substring(0, equals).toLowerCase(Locale.ROOT);
            String value = name.substring(equals + 1);
            return switch (key) {
                case "script", "sc", "isscript" -> script(value);
                case "general_category", "gc" -> category(value);
                default -> null;
            };
        }
        String bare = name.startsWith("Is") ? name.substring(2) : name;
        if (bare.equals("Alphabetic")) {
            return CodePoints.where(Character::isAlphabetic);
        }
        CodePoints category = category(bare);
        return category != null || bare.equals(name) ? category : script(bare);
    }

    private static CodePoints category(String name) {
        String key = LONG_NAMES.getOrDefault(name, name);
        if (key.length() == 2) {
            Byte type = CATEGORIES.get(key);
            return type == null ? null : CodePoints.where(c -> Character.getType(c) == type);
        }
        int mask = 0;
        for (Map.Entry<String, Byte> entry : CATEGORIES.entrySet()) {
            if (key.length() == 1 && entry.getKey().startsWith(key)) {
                mask |= 1 << entry.getValue();
            }
        }
        int types = mask;
        return mask == 0 ? null : CodePoints.where(c -> (types >>> Character.getType(c) & 1) != 0);
    }

    private static CodePoints script(String name) {
        try {
            Character.UnicodeScript script = Character.UnicodeScript.forName(name);
            return CodePoints.where(c -> Character.UnicodeScript.of(c) == script);
        } catch (IllegalArgumentException unknown) {
            return null;
        }
    }
}
