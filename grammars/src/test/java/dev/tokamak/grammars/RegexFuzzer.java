package dev.tokamak.grammars;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.StructuredOutput.Kind;
import dev.tokamak.api.TokamakException;
import dev.tokamak.grammars.tokens.TokenIndex;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarCompiler;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Checks regular expressions against {@code java.util.regex}: what a random model finishes must match, and random
 * texts that match must be accepted token by token, and only those. Run its main with a number of expressions and a
 * seed.
 */
public final class RegexFuzzer {
    private static final String[] ATOMS = {
        "a",
        "b",
        "0",
        " ",
        "é",
        "漢",
        "😀",
        "\\d",
        "\\w",
        "\\s",
        "\\D",
        "\\W",
        "\\S",
        ".",
        "[a-c]",
        "[^a-c]",
        "[\\d.]",
        "[^\\s]",
        "\\.",
        "\\n",
        "\\u00e9",
        "\\x41",
        "[é-ü]",
        "[^\\W]",
        "\\p{L}",
        "\\p{Lu}",
        "\\P{L}",
        "[\\-x]",
        "ab",
        "true",
        "[\\u4e00-\\u9fff]",
        "\\p{IsGreek}",
        "(?i:aB)",
        "\\t",
        "[^]x]".replace("]x", "x"),
        "\\/"
    };

    private final SyntheticVocabulary vocabulary;
    private final GrammarCompiler compiler;
    int finished;
    int unfinished;
    int compared;
    int refused;
    int tooSlow;

    RegexFuzzer(SyntheticVocabulary vocabulary) {
        this.vocabulary = vocabulary;
        this.compiler = new AutomatonCompiler(
                new TokenIndex(vocabulary, vocabulary.size(), new int[] {vocabulary.endToken()}),
                Grammars.UNTIMED,
                false);
    }

    /** Checks one expression; an empty text means that all was well. */
    String check(long seed) {
        Random random = new Random(seed);
        String regex = regex(random, 0);
        CompiledGrammar grammar;
        try {
            grammar = compiler.compile(StructuredOutput.of(Kind.REGEX, regex));
        } catch (TokamakException e) {
            refused++;
            boolean agreed = e.getMessage().startsWith("No finite text")
                    || e.getMessage().contains("empty only at an anchor");
            return agreed ? "" : "seed " + seed + ": refused " + regex + ": " + e.getMessage();
        }
        try {
            return compare(seed, regex, grammar, random);
        } catch (TooSlow e) {
            tooSlow++;
            return "";
        }
    }

    private String compare(long seed, String regex, CompiledGrammar grammar, Random random) {
        Pattern pattern = Pattern.compile(regex);
        RandomModel model = new RandomModel(vocabulary, random);
        for (int i = 0; i < 4; i++) {
            String text = model.write(grammar.newState(), 400);
            if (text == null) {
                unfinished++;
                continue;
            }
            finished++;
            if (!matches(pattern, text)) {
                return "seed " + seed + ": " + regex + " does not match '" + text + "'";
            }
            for (String changed : changes(text, random)) {
                boolean matches = matches(pattern, changed);
                boolean accepted = GrammarTexts.accepts(grammar, vocabulary, changed, random);
                if (accepted && !matches
                        || matches && !accepted && changed.chars().allMatch(c -> c < 128)) {
                    return "seed " + seed + ": " + regex + " on '" + changed + "': Java says " + matches + ", we say "
                            + accepted;
                }
                compared++;
            }
        }
        return "";
    }

    /** A text that lets a backtracking matcher look at it only so often. */
    private static final class BoundedText implements CharSequence {
        private final String text;
        private int looks = 300_000;

        BoundedText(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (--looks < 0) {
                throw new TooSlow();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }
    }

    /** The reference matcher backtracks for ever. */
    private static final class TooSlow extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static boolean matches(Pattern pattern, String text) {
        return pattern.matcher(new BoundedText(text)).matches();
    }

    private static String[] changes(String text, Random random) {
        int[] points = text.codePoints().toArray();
        if (points.length == 0) {
            return new String[] {"a", " "};
        }
        int at = random.nextInt(points.length);
        String head = new String(points, 0, at);
        String tail = new String(points, at + 1, points.length - at - 1);
        String alphabet = "ab0 ._-AB\n\t";
        return new String[] {
            text,
            head + tail,
            head + alphabet.charAt(random.nextInt(alphabet.length())) + tail,
            head + text.substring(head.length()) + "a"
        };
    }

    private static String regex(Random random, int depth) {
        int kind = random.nextInt(depth > 3 ? 3 : 9);
        return switch (kind) {
            case 0, 1, 2 -> ATOMS[random.nextInt(ATOMS.length)];
            case 3, 4 -> regex(random, depth + 1) + regex(random, depth + 1);
            case 5 -> "(?:" + regex(random, depth + 1) + "|" + regex(random, depth + 1) + ")";
            case 6 -> "(" + regex(random, depth + 1) + ")" + quantifier(random);
            case 7 -> "(?:" + regex(random, depth + 1) + ")" + quantifier(random) + (random.nextBoolean() ? "?" : "");
            default ->
                switch (random.nextInt(4)) {
                    case 0 -> "^" + regex(random, depth + 1);
                    case 1 -> regex(random, depth + 1) + "$";
                    case 2 -> "(?:^|x)" + regex(random, depth + 1);
                    default -> "(?<n" + random.nextInt(1_000_000) + ">" + regex(random, depth + 1) + ")";
                };
        };
    }

    private static String quantifier(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "*";
            case 1 -> "+";
            case 2 -> "?";
            case 3 -> "{2}";
            case 4 -> "{1,3}";
            default -> "{0,}";
        };
    }

    /** Arguments: expressions to try, first seed. */
    public static void main(String[] arguments) {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
        RegexFuzzer fuzzer = new RegexFuzzer(new SyntheticVocabulary(4096));
        int failures = 0;
        for (long i = seed; i < seed + count && failures < 12; i++) {
            String problem;
            try {
                problem = fuzzer.check(i);
            } catch (Throwable e) {
                problem = "seed " + i + ": " + e + " " + e.getStackTrace()[0];
            }
            if (!problem.isEmpty()) {
                failures++;
                System.out.println(problem);
            }
        }
        System.out.println("expressions " + count + ", refused " + fuzzer.refused + ", finished " + fuzzer.finished
                + ", unfinished " + fuzzer.unfinished + ", too slow for Java " + fuzzer.tooSlow + ", compared "
                + fuzzer.compared + ", failures " + failures);
    }
}
