package dev.tokamak.bench;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.grammars.AutomatonGrammarProvider;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarCompiler;
import dev.tokamak.spi.grammar.GrammarState;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.Vocabulary;
import dev.tokamak.tokenizers.HuggingFaceTokenizerProvider;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * How many schemas of a collection compile, and whether their instances are judged rightly.
 *
 * <p>Usage: {@code SchemaCoverage FOLDER TOKENIZER [DETAILS]}. The folder's files are MaskBench's (an object with {@code schema} and
 * {@code tests}) or the JSON-Schema-Test-Suite's (an array of such objects); the tokenizer is a model's folder. Each instance is written as
 * Python's {@code json.dumps} writes it, in the tokenizer's tokens and in single bytes, which must agree; at each token the
 * mask is filled and must agree with what is accepted. One line for each schema goes to the file {@code DETAILS}.
 *
 * <p>Where a schema compiles only because {@code uniqueItems} is not enforced, invalid instances that are accepted are counted apart.
 */
public final class SchemaCoverage {
    private final Tokenizer tokenizer;
    private final GrammarCompiler compiler;
    private final GrammarCompiler strict;
    private final GrammarCompiler byteCompiler;
    private final int[] mask;
    private final PrintStream details;
    private final Times compileTimes = new Times();
    private final Times refusalTimes = new Times();
    private final Times maskTimes = new Times();
    private int schemas;
    private int compiled;
    private int right;
    private int valid;
    private int validRejected;
    private int invalid;
    private int invalidAccepted;
    private int repeatedAccepted;

    private SchemaCoverage(Tokenizer tokenizer, PrintStream details) {
        Vocabulary vocabulary = tokenizer.vocabulary();
        this.tokenizer = tokenizer;
        this.details = details;
        this.mask = new int[(vocabulary.size() + 31) / 32];
        int[] none = {};
        this.compiler = new AutomatonGrammarProvider().create(vocabulary, vocabulary.size(), none, false);
        this.strict = new AutomatonGrammarProvider().create(vocabulary, vocabulary.size(), none, true);
        this.byteCompiler =
                new AutomatonGrammarProvider().create(new Bytes(), Bytes.SIZE, new int[] {Bytes.END}, false);
    }

    /**
     * Counts.
     *
     * @param args see the class
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        try (Tokenizer tokenizer = new HuggingFaceTokenizerProvider().create(Path.of(args[1]));
                PrintStream details = new PrintStream(
                        args.length > 2 ? Files.newOutputStream(Path.of(args[2])) : PrintStream.nullOutputStream(),
                        false,
                        StandardCharsets.UTF_8);
                Stream<Path> files = Files.list(Path.of(args[0]))) {
            SchemaCoverage coverage = new SchemaCoverage(tokenizer, details);
            List<Path> all = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
            for (Path file : all) {
                coverage.count(file);
            }
            coverage.report();
        }
    }

    private void count(Path file) throws IOException {
        String name = file.getFileName().toString();
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(file))) {
            JsonValue content = reader.readValue();
            if (content instanceof JsonArray groups) {
                for (JsonObject group : groups.getValuesAs(JsonObject.class)) {
                    count(name + " " + group.getString("description"), group);
                }
            } else {
                count(name, content.asJsonObject());
            }
        }
    }

    private void count(String name, JsonObject group) {
        schemas++;
        StructuredOutput source = StructuredOutput.of(
                StructuredOutput.Kind.JSON_SCHEMA, group.get("schema").toString());
        CompiledGrammar grammar = null;
        String refusal = "";
        long start = cpuNanos();
        try {
            grammar = compiler.compile(source);
        } catch (TokamakException refused) {
            refusal = refused.getMessage();
        }
        long nanos = cpuNanos() - start;
        boolean nothing = refusal.startsWith("No finite text");
        if (grammar == null && !nothing) {
            refusalTimes.add(nanos);
            details.println("refused\t" + name + "\t" + nanos / 1_000_000 + " ms\t" + refusal);
            return;
        }
        compiled++;
        compileTimes.add(nanos);
        CompiledGrammar bytes = nothing ? null : byteCompiler.compile(source);
        StringBuilder wrong = new StringBuilder();
        int index = 0;
        for (JsonObject test : group.getJsonArray("tests").getValuesAs(JsonObject.class)) {
            String text = PythonJson.write(test.get("data"));
            int taken = nothing ? 0 : taken(grammar, bytes, text);
            judge(source, test.getBoolean("valid"), text, taken, "#" + index++ + " ", wrong);
        }
        right += wrong.isEmpty() ? 1 : 0;
        details.println((wrong.isEmpty() ? "right\t" : "wrong\t") + name + "\t" + nanos / 1_000_000 + " ms\t" + wrong);
    }

    /** The thread's own time, so that other work on the machine does not count. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private void judge(
            StructuredOutput source, boolean isValid, String text, int taken, String test, StringBuilder wrong) {
        boolean accepted = taken > text.length();
        if (isValid) {
            valid++;
            if (!accepted) {
                validRejected++;
                String before = text.substring(Math.max(0, taken - 60), taken);
                String behind = text.substring(taken, Math.min(text.length(), taken + 40));
                wrong.append(test)
                        .append("valid rejected: ")
                        .append(before)
                        .append(" >>> ")
                        .append(behind)
                        .append("; ");
            }
            return;
        }
        invalid++;
        if (accepted && repeats(source)) {
            repeatedAccepted++;
            wrong.append(test).append("repeated items accepted; ");
        } else if (accepted) {
            invalidAccepted++;
            wrong.append(test).append("INVALID ACCEPTED; ");
        }
    }

    /** Whether a schema asks for unique items that are not enforced. */
    private boolean repeats(StructuredOutput source) {
        try {
            strict.compile(source);
            return false;
        } catch (TokamakException refused) {
            return refused.getMessage().contains("'uniqueItems'");
        }
    }

    /** How many characters of a text are accepted, one more than it has where it may also end there. */
    private int taken(CompiledGrammar grammar, CompiledGrammar bytes, String text) {
        GrammarState state = grammar.newState();
        boolean accepted = true;
        for (int token : tokenizer.encode(text, false)) {
            long start = cpuNanos();
            boolean effective = state.fillMask(mask, 0);
            maskTimes.add(cpuNanos() - start);
            boolean allowed = !effective || (mask[token >>> 5] >>> token & 1) != 0;
            accepted = state.accept(token);
            if (allowed != accepted) {
                throw new IllegalStateException("The mask says " + allowed + " of token " + token + " in " + text);
            }
            if (!accepted) {
                break;
            }
        }
        GrammarState byBytes = bytes.newState();
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int count = 0;
        while (count < utf8.length && byBytes.accept(utf8[count] & 0xFF)) {
            count++;
        }
        if (count == utf8.length != accepted) {
            throw new IllegalStateException("Tokens and bytes differ about " + text);
        }
        int characters = new String(utf8, 0, count, StandardCharsets.UTF_8).length();
        return count == utf8.length && byBytes.accept(Bytes.END) ? characters + 1 : Math.min(characters, text.length());
    }

    private void report() {
        System.out.println(String.format(
                Locale.ROOT,
                "%d schemas: %d compiled (%.1f %%), %d with all instances judged rightly (%.1f %%)%n"
                        + "%d valid instances, %d rejected; %d invalid instances, %d accepted, %d more whose items repeat where that is not"
                        + " enforced%n"
                        + "compilation %s%nrefusal %s%nmask %s",
                schemas,
                compiled,
                100.0 * compiled / schemas,
                right,
                100.0 * right / schemas,
                valid,
                validRejected,
                invalid,
                invalidAccepted,
                repeatedAccepted,
                compileTimes,
                refusalTimes,
                maskTimes));
    }

    /** Durations and their quantiles. */
    private static final class Times {
        private long[] nanos = new long[1024];
        private int count;

        void add(long time) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, count * 2);
            }
            nanos[count++] = time;
        }

        @Override
        public String toString() {
            if (count == 0) {
                return "never";
            }
            Arrays.sort(nanos, 0, count);
            return String.format(
                    Locale.ROOT,
                    "p50 %.3f ms, p99 %.3f ms, longest %.1f ms",
                    nanos[count / 2] / 1e6,
                    nanos[(int) (count * 0.99)] / 1e6,
                    nanos[count - 1] / 1e6);
        }
    }

    /** JSON as Python's {@code json.dumps(value, ensure_ascii=False)} writes it. */
    private static final class PythonJson {
        static String write(JsonValue value) {
            StringBuilder text = new StringBuilder();
            write(value, text);
            return text.toString();
        }

        private static void write(JsonValue value, StringBuilder text) {
            if (value instanceof JsonObject object) {
                text.append('{');
                object.forEach((key, member) -> {
                    text.append(text.charAt(text.length() - 1) == '{' ? "" : ", ");
                    string(key, text);
                    text.append(": ");
                    write(member, text);
                });
                text.append('}');
            } else if (value instanceof JsonArray array) {
                text.append('[');
                for (int i = 0; i < array.size(); i++) {
                    text.append(i == 0 ? "" : ", ");
                    write(array.get(i), text);
                }
                text.append(']');
            } else if (value instanceof JsonString string) {
                string(string.getString(), text);
            } else {
                text.append(value);
            }
        }

        private static void string(String string, StringBuilder text) {
            text.append('"');
            for (int i = 0; i < string.length(); i++) {
                char c = string.charAt(i);
                int escape = "\"\\\n\r\t\b\f".indexOf(c);
                if (escape >= 0) {
                    text.append('\\').append("\"\\nrtbf".charAt(escape));
                } else if (c < 0x20) {
                    text.append(String.format("\\u%04x", (int) c));
                } else {
                    text.append(c);
                }
            }
            text.append('"');
        }
    }

    /** A vocabulary of single bytes and an end token. */
    private static final class Bytes implements Vocabulary {
        static final int END = 256;
        static final int SIZE = 257;

        @Override
        public int size() {
            return SIZE;
        }

        @Override
        public byte[] bytes(int id) {
            return id == END ? "<end>".getBytes(StandardCharsets.UTF_8) : new byte[] {(byte) id};
        }

        @Override
        public OptionalInt addedToken(String content) {
            return content.equals("<end>") ? OptionalInt.of(END) : OptionalInt.empty();
        }

        @Override
        public boolean special(int id) {
            return id == END;
        }

        @Override
        public List<Integer> specialTokens() {
            return List.of(END);
        }
    }
}
