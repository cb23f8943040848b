package dev.tokamak.toolparsers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarProvider;
import dev.tokamak.spi.grammar.GrammarState;
import dev.tokamak.spi.tokenizer.Vocabulary;
import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolChoice;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model that writes at random, held by a format's grammar, writes calls that the format's parser reads. */
class GrammarsHoldModelsTest {
    private static final int END = 256;
    private static final int LONGEST = 4_000;
    private static final int TEXTS = 6;
    private static final Pattern END_TEXT = Pattern.compile("\"end\": (\"(?:[^\"\\\\]|\\\\.)*\")");

    private static final List<ToolDefinition> TOOLS = List.of(
            new ToolDefinition(
                    "get_weather",
                    "",
                    Ordered.map(
                            "type",
                            "object",
                            "properties",
                            Ordered.map(
                                    "city",
                                    Map.of("type", "string"),
                                    "days",
                                    Map.of("type", "integer"),
                                    "units",
                                    Map.of("enum", List.of("metric", "imperial")),
                                    "hours",
                                    Map.of("type", "array", "items", Map.of("type", "integer"))),
                            "required",
                            List.of("city", "units"),
                            "additionalProperties",
                            false),
                    true),
            new ToolDefinition(
                    "now",
                    "",
                    Ordered.map("type", "object", "properties", Map.of(), "additionalProperties", false),
                    true));

    /** All bytes and an end. */
    private static final class Bytes implements Vocabulary {
        @Override
        public int size() {
            return END + 1;
        }

        @Override
        public byte[] bytes(int id) {
            return id == END ? new byte[0] : new byte[] {(byte) id};
        }

        @Override
        public OptionalInt addedToken(String content) {
            return OptionalInt.empty();
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

    private static Stream<ToolParserProvider> providers() {
        return ServiceLoader.load(ToolParserProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.grammar(TOOLS, required()).isPresent());
    }

    private static ToolChoice required() {
        return new ToolChoice(ToolChoice.Mode.REQUIRED, "", true);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void whatARandomModelWritesIsCalls(ToolParserProvider provider) {
        StructuredOutput grammar = provider.grammar(TOOLS, required()).orElseThrow();
        CompiledGrammar compiled = ServiceLoader.load(GrammarProvider.class)
                .findFirst()
                .orElseThrow()
                .create(new Bytes(), END + 1, new int[] {END})
                .compile(grammar);
        for (int seed = 0; seed < TEXTS; seed++) {
            String text = write(compiled.newState(), closings(grammar.source()), new Random(seed));
            Calls calls = new Calls();
            ToolParser parser = provider.create(TOOLS);
            parser.accept(text, calls);
            parser.finish(calls);
            String context = provider.name() + ", seed " + seed + ", text: " + text;
            assertThat(calls.content).as(context).isEmpty();
            assertThat(calls.begun).as(context).isPositive().isEqualTo(calls.arguments.size());
            assertThat(calls.arguments).as(context).allMatch(JsonScanner::isObject);
        }
    }

    private static Stream<ToolParserProvider> providersThatGuard() {
        return ServiceLoader.load(ToolParserProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.autoGrammar(TOOLS, true).isPresent());
    }

    @Test
    void mostFormatsHoldStrictToolsInFreeText() {
        assertThat(providersThatGuard().map(ToolParserProvider::name))
                .contains(
                        "hermes", "mistral", "deepseek_v31", "kimi_k2", "glm45", "qwen3_coder", "minimax_m2", "gemma4")
                .doesNotContain("llama3_json", "pythonic", "xlam", "openai");
    }

    /** A random model that is free to write text, begins a call, and may call more or not. */
    @ParameterizedTest
    @MethodSource("providersThatGuard")
    void callsOfStrictToolsInFreeTextFollowTheirSchemas(ToolParserProvider provider) {
        List<ToolDefinition> tools = new ArrayList<>(TOOLS);
        tools.add(new ToolDefinition("log", "", Map.of("type", "object", "not", Map.of()), false));
        for (int seed = 0; seed < TEXTS; seed++) {
            boolean parallel = seed % 2 == 0;
            StructuredOutput grammar = provider.autoGrammar(tools, parallel).orElseThrow();
            GrammarState state = ServiceLoader.load(GrammarProvider.class)
                    .findFirst()
                    .orElseThrow()
                    .create(new Bytes(), END + 1, new int[] {END})
                    .compile(grammar)
                    .newState();
            String begun = "Let me see. " + trigger(grammar);
            for (byte b : begun.getBytes(StandardCharsets.UTF_8)) {
                assertThat(state.accept(b & 255)).as(provider.name()).isTrue();
            }
            String text = begun + write(state, closings(grammar.source()), new Random(seed));
            Calls calls = new Calls();
            ToolParser parser = provider.create(tools);
            parser.accept(text, calls);
            parser.finish(calls);
            String context = provider.name() + ", seed " + seed + ", text: " + text;
            assertThat(calls.content.toString()).as(context).startsWith("Let me see.");
            assertThat(calls.begun).as(context).isPositive();
            if (!parallel) {
                assertThat(calls.begun).as(context).isOne();
            }
            for (int i = 0; i < calls.arguments.size(); i++) {
                if (calls.names.get(i).equals("get_weather")) {
                    assertThat(calls.arguments.get(i))
                            .as(context)
                            .containsPattern("\"city\": *\"")
                            .containsPattern("\"units\": *\"(metric|imperial)\"")
                            .matches(JsonScanner::isObject);
                }
            }
        }
    }

    /** What begins calls: the last of the triggers, behind the marks that are silent. */
    private static String trigger(StructuredOutput grammar) {
        Matcher matcher = Pattern.compile("\"triggers\": \\[(.*?)\\], \"tags\"").matcher(grammar.source());
        String triggers = null;
        while (matcher.find()) {
            triggers = matcher.group(1);
        }
        Matcher last = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"$").matcher(triggers);
        assertThat(last.find()).isTrue();
        return JsonText.unquote(last.group());
    }

    private static final class Calls implements ToolCallSink {
        final StringBuilder content = new StringBuilder();
        final List<String> arguments = new ArrayList<>();
        /** Of the calls that were ended. */
        final List<String> names = new ArrayList<>();

        private String name;
        private final StringBuilder current = new StringBuilder();
        int begun;

        @Override
        public void content(String text) {
            content.append(text);
        }

        @Override
        public void beginCall(String called, String id) {
            begun++;
            name = called;
            current.setLength(0);
        }

        @Override
        public void arguments(String json) {
            current.append(json);
        }

        @Override
        public void endCall() {
            arguments.add(current.toString());
            names.add(name);
        }
    }

    /** What closes something: a way out of free text for who writes at random. */
    private static List<byte[]> closings(String source) {
        List<byte[]> texts = new ArrayList<>();
        Matcher matcher = END_TEXT.matcher(source);
        while (matcher.find()) {
            texts.add(JsonText.unquote(matcher.group(1)).getBytes(StandardCharsets.UTF_8));
        }
        List.of("\"", "]", "}").forEach(text -> texts.add(text.getBytes(StandardCharsets.UTF_8)));
        texts.removeIf(text -> text.length == 0);
        return texts;
    }

    private static String write(GrammarState state, List<byte[]> closings, Random random) {
        byte[] written = new byte[LONGEST];
        int[] mask = new int[(END + 32) / 32];
        int length = 0;
        int free = 0;
        while (length < LONGEST - 200) {
            byte[] closing = free > 12 ? fitting(state, closings, random) : null;
            if (closing != null) {
                for (byte b : closing) {
                    assertThat(state.accept(b & 255)).isTrue();
                    written[length++] = b;
                }
                free = random.nextInt(12);
                continue;
            }
            assertThat(state.fillMask(mask, 0)).isTrue();
            int token = choose(mask, random);
            assertThat(state.accept(token)).isTrue();
            if (token == END) {
                return new String(written, 0, length, StandardCharsets.UTF_8);
            }
            written[length++] = (byte) token;
            free++;
        }
        throw new AssertionError("No end within " + LONGEST + " bytes: " + new String(written, StandardCharsets.UTF_8));
    }

    private static byte[] fitting(GrammarState state, List<byte[]> texts, Random random) {
        List<byte[]> fitting = new ArrayList<>();
        for (byte[] text : texts) {
            GrammarState fork = state.fork();
            int taken = 0;
            while (taken < text.length && fork.accept(text[taken] & 255)) {
                taken++;
            }
            if (taken == text.length) {
                fitting.add(text);
            }
        }
        return fitting.isEmpty() ? null : fitting.get(random.nextInt(fitting.size()));
    }

    private static int choose(int[] mask, Random random) {
        List<Integer> allowed = new ArrayList<>();
        for (int token = 0; token <= END; token++) {
            boolean readable = token == END || token >= ' ' && token < 127;
            if ((mask[token >>> 5] >>> token & 1) != 0 && (readable || random.nextInt(50) == 0)) {
                allowed.add(token);
            }
        }
        if (allowed.contains(END) && random.nextBoolean()) {
            return END;
        }
        if (allowed.isEmpty()) {
            for (int token = 0; token < END; token++) {
                if ((mask[token >>> 5] >>> token & 1) != 0) {
                    allowed.add(token);
                }
            }
        }
        return allowed.get(random.nextInt(allowed.size()));
    }
}
