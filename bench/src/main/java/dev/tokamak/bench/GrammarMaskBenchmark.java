package dev.tokamak.bench;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.grammars.AutomatonGrammarProvider;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarCompiler;
import dev.tokamak.spi.grammar.GrammarState;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Structured output over a vocabulary of 128,256 tokens: what a mask costs where the state was seen before, inside a string
 * and between properties, what accepting a token costs, and what compiling a schema of 50 properties costs, alone and with its
 * first mask.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class GrammarMaskBenchmark {
    private static final int VOCABULARY = 128_256;
    private static final int WORDS = (VOCABULARY + 31) / 32;

    private final int[] mask = new int[WORDS];
    private GrammarCompiler compiler;
    private GrammarState inString;
    private GrammarState betweenProperties;
    private GrammarState moving;
    private int run;

    /** Compiles the schema and walks to the states that are measured. */
    @Setup
    public void setUp() {
        GeneratedVocabulary vocabulary = new GeneratedVocabulary(VOCABULARY);
        compiler = new AutomatonGrammarProvider().create(vocabulary, VOCABULARY, new int[] {VOCABULARY - 1});
        CompiledGrammar grammar = compiler.compile(schema("p"));
        inString = after(grammar, "{\"p0\": \"some te");
        betweenProperties = after(grammar, "{\"p0\": \"some text\", \"p1\": 12");
        moving = after(grammar, "{\"p0\": \"some te");
        inString.fillMask(mask, 0);
        betweenProperties.fillMask(mask, 0);
    }

    private static GrammarState after(CompiledGrammar grammar, String text) {
        GrammarState state = grammar.newState();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (!state.accept(b & 0xFF)) {
                throw new IllegalStateException("The schema does not take '" + text + "'");
            }
        }
        return state;
    }

    /** A schema of 50 properties of five kinds, each name with a prefix so that no two schemas are equal. */
    private static StructuredOutput schema(String prefix) {
        String[] kinds = {
            "{\"type\":\"string\"}",
            "{\"type\":\"integer\",\"minimum\":0,\"maximum\":1000}",
            "{\"type\":\"array\",\"items\":{\"type\":\"number\"},\"maxItems\":8}",
            "{\"enum\":[\"red\",\"green\",\"blue\"]}",
            "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\",\"maxLength\":20},\"y\":{\"type\":\"boolean\"}},"
                    + "\"required\":[\"x\"]}"
        };
        StringBuilder schema = new StringBuilder("{\"type\":\"object\",\"properties\":{");
        for (int i = 0; i < 50; i++) {
            schema.append(i == 0 ? "\"" : ",\"").append(prefix).append(i).append("\":").append(kinds[i % kinds.length]);
        }
        schema.append("},\"required\":[\"").append(prefix).append("0\"],\"additionalProperties\":false}");
        return StructuredOutput.of(StructuredOutput.Kind.JSON_SCHEMA, schema.toString());
    }

    /** The mask inside a free string, where nearly every token is allowed. */
    @Benchmark
    public int[] seenMaskInString() {
        inString.fillMask(mask, 0);
        return mask;
    }

    /** The mask after a value, where few tokens are allowed. */
    @Benchmark
    public int[] seenMaskBetweenProperties() {
        betweenProperties.fillMask(mask, 0);
        return mask;
    }

    /** A token accepted and taken back. */
    @Benchmark
    public boolean acceptAndRollback() {
        boolean accepted = moving.accept('x');
        moving.rollback(1);
        return accepted;
    }

    /** A schema that was not seen before. */
    @Benchmark
    public CompiledGrammar compileNewSchema() {
        return compiler.compile(schema("p" + run++ + "_"));
    }

    /** A schema that was not seen before, and the masks of its first fifteen tokens, which end inside a string. */
    @Benchmark
    public int[] compileNewSchemaAndFirstMasks() {
        String name = "q" + run++ + "_";
        GrammarState state = compiler.compile(schema(name)).newState();
        for (byte b : ("{\"" + name + "0\": \"a").getBytes(StandardCharsets.UTF_8)) {
            state.fillMask(mask, 0);
            state.accept(b & 0xFF);
        }
        state.fillMask(mask, 0);
        return mask;
    }

    /** All bytes, then made-up words, some with punctuation or of Chinese characters, and an end token. */
    private static final class GeneratedVocabulary implements Vocabulary {
        private final List<byte[]> tokens = new ArrayList<>();

        GeneratedVocabulary(int size) {
            for (int b = 0; b < 256; b++) {
                tokens.add(new byte[] {(byte) b});
            }
            Random random = new Random(11);
            Set<String> seen = new LinkedHashSet<>();
            while (tokens.size() < size - 1) {
                String word = word(random);
                if (seen.add(word)) {
                    tokens.add(word.getBytes(StandardCharsets.UTF_8));
                }
            }
            tokens.add("<|end|>".getBytes(StandardCharsets.UTF_8));
        }

        private static String word(Random random) {
            StringBuilder word = new StringBuilder();
            int kind = random.nextInt(20);
            if (kind == 0) {
                String marks = " \"{}[]:,\\n\t.()<>/=-_0123456789";
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    word.append(marks.charAt(random.nextInt(marks.length())));
                }
            }
            if (kind > 8) {
                word.append(' ');
            }
            boolean chinese = kind == 7 || kind == 8;
            for (int i = chinese ? 2 : 2 + random.nextInt(8); i > 0; i--) {
                int letter = (int) (26 * Math.pow(random.nextDouble(), 2));
                word.appendCodePoint(
                        chinese ? 0x4E00 + random.nextInt(6000) : "etaoinshrdlucmfwypvbgkqjxz".charAt(letter));
            }
            return kind == 1 ? word + "\":" : kind == 2 ? word + "\"," : word.toString();
        }

        @Override
        public int size() {
            return tokens.size();
        }

        @Override
        public byte[] bytes(int id) {
            return tokens.get(id);
        }

        @Override
        public OptionalInt addedToken(String content) {
            return content.equals("<|end|>") ? OptionalInt.of(size() - 1) : OptionalInt.empty();
        }

        @Override
        public boolean special(int id) {
            return id == size() - 1;
        }

        @Override
        public List<Integer> specialTokens() {
            return List.of(size() - 1);
        }
    }
}
