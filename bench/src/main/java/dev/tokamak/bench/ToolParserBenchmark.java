package dev.tokamak.bench;

import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a tool parser costs for each streamed delta of {@value #DELTA} characters, in a completion that is one call with a
 * long string among its arguments. The parser starts anew when the completion ends, so making and ending it is part of the
 * figure. A cost that does not grow with {@link #characters} is linear in the text.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ToolParserBenchmark {
    static final int DELTA = 4;

    private static final List<ToolDefinition> TOOLS = List.of(new ToolDefinition(
            "write_file",
            "Writes a file",
            Map.of(
                    "type",
                    "object",
                    "properties",
                    Map.of("path", Map.of("type", "string"), "text", Map.of("type", "string"))),
            false));

    /** The parser's name. */
    @Param({"hermes", "llama3_json", "qwen3_coder", "pythonic", "mistral", "openai"})
    public String parser;

    /** How long the string argument is. */
    @Param({"1000", "100000"})
    public int characters;

    private ToolParserProvider provider;
    private ToolParser current;
    private String completion;
    private int at;
    private final Counter counter = new Counter();

    /** Counts what it is told, so that nothing is optimised away. */
    private static final class Counter implements ToolCallSink {
        int calls;
        int endedCalls;
        long arguments;
        long content;

        @Override
        public void content(String text) {
            content += text.length();
        }

        @Override
        public void beginCall(String name, String id) {
            calls++;
        }

        @Override
        public void arguments(String json) {
            arguments += json.length();
        }

        @Override
        public void endCall() {
            endedCalls++;
        }
    }

    /** Writes the completion and checks that the parser finds the call in it. */
    @Setup
    public void setUp() {
        provider = ServiceLoader.load(ToolParserProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.name().equals(parser))
                .findFirst()
                .orElseThrow();
        completion = completion(text(characters));
        current = provider.create(TOOLS);
        do {
            delta();
        } while (at > 0);
        if (counter.calls != 1 || counter.endedCalls != 1 || counter.arguments < characters) {
            throw new IllegalStateException(parser + " found " + counter.calls + " calls, of them " + counter.endedCalls
                    + " complete, with " + counter.arguments + " characters of arguments");
        }
    }

    private static String text(int length) {
        String sentence = "The quick brown fox jumps over the lazy dog (again). ";
        return sentence.repeat(length / sentence.length() + 1).substring(0, length);
    }

    private String completion(String text) {
        String arguments = "{\"path\": \"a.txt\", \"text\": \"" + text + "\"}";
        return switch (parser) {
            case "hermes" -> "<tool_call>\n{\"name\": \"write_file\", \"arguments\": " + arguments + "}\n</tool_call>";
            case "llama3_json" -> "{\"name\": \"write_file\", \"parameters\": " + arguments + "}";
            case "qwen3_coder" -> "<tool_call>\n<function=write_file>\n<parameter=path>\na.txt\n</parameter>\n"
                    + "<parameter=text>\n" + text + "\n</parameter>\n</function>\n</tool_call>";
            case "pythonic" -> "[write_file(path=\"a.txt\", text=\"" + text + "\")]";
            case "mistral" -> "[TOOL_CALLS]write_file" + arguments;
            case "openai" -> "<|channel|>commentary to=functions.write_file <|constrain|>json<|message|>" + arguments
                    + "<|call|>";
            default -> throw new IllegalStateException("no completion is known for the parser " + parser);
        };
    }

    /** One delta. */
    @Benchmark
    public long delta() {
        int end = Math.min(at + DELTA, completion.length());
        current.accept(completion.substring(at, end), counter);
        at = end;
        if (at == completion.length()) {
            current.finish(counter);
            current = provider.create(TOOLS);
            at = 0;
        }
        return counter.arguments;
    }
}
