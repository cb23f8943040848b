package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolParserProvider;
import dev.tokamak.tck.ToolParserContract.Call;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;

class LiteralToolParsersTest {
    /** As Python prints a value, always in single quotes. */
    private static String python(Object value) {
        if (value instanceof String text) {
            return "'"
                    + text.replace("\\", "\\\\")
                            .replace("'", "\\'")
                            .replace("\n", "\\n")
                            .replace("\u0001", "\\x01") + "'";
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> python(entry.getKey()) + ": " + python(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(LiteralToolParsersTest::python).collect(Collectors.joining(", ", "[", "]"));
        }
        return value == null ? "None" : value instanceof Boolean flag ? (flag ? "True" : "False") : value.toString();
    }

    private static String call(Call call, Function<Object, String> value) {
        return call.arguments().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + value.apply(entry.getValue()))
                .collect(Collectors.joining(", ", call.name() + "(", ")"));
    }

    abstract static class Pythonic extends FormatLaw {
        Pythonic(ToolParserProvider provider, String prefix, String separator, String suffix) {
            super(provider, prefix, call -> call(call, LiteralToolParsersTest::python), separator, suffix);
        }
    }

    @Nested
    class BarePythonic extends Pythonic {
        BarePythonic() {
            super(new LiteralToolParsers.Pythonic(), "[", ", ", "]");
        }
    }

    @Nested
    class Llama4Pythonic extends Pythonic {
        Llama4Pythonic() {
            super(new LiteralToolParsers.Llama4Pythonic(), "<|python_start|>[", ", ", "]<|python_end|>");
        }
    }

    @Nested
    class Llama4PythonicWithoutMark extends Pythonic {
        Llama4PythonicWithoutMark() {
            super(new LiteralToolParsers.Llama4Pythonic(), "[", ", ", "]");
        }
    }

    @Nested
    class Lfm2 extends Pythonic {
        Lfm2() {
            super(new LiteralToolParsers.Lfm2(), "<|tool_call_start|>[", ", ", "]<|tool_call_end|>");
        }
    }

    @Nested
    class Olmo3 extends FormatLaw {
        Olmo3() {
            super(
                    new LiteralToolParsers.Olmo3(),
                    "<function_calls>\n",
                    call -> LiteralToolParsersTest.call(call, value -> json(value)),
                    "\n",
                    "\n</function_calls>");
        }
    }

    abstract static class Gemma extends FormatLaw {
        private final String quote;

        Gemma(ToolParserProvider provider, String begin, String quote, String end) {
            super(provider, "", call -> begin + call.name() + literal(call.arguments(), quote) + end, "", "");
            this.quote = quote;
        }

        private static String literal(Object value, String quote) {
            if (value instanceof String text) {
                return quote + text + quote;
            }
            if (value instanceof Map<?, ?> map) {
                return map.entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + literal(entry.getValue(), quote))
                        .collect(Collectors.joining(",", "{", "}"));
            }
            if (value instanceof List<?> list) {
                return list.stream().map(item -> literal(item, quote)).collect(Collectors.joining(",", "[", "]"));
            }
            return String.valueOf(value);
        }

        @Override
        protected boolean carries(String text) {
            return (text + quote).indexOf(quote) == text.length();
        }
    }

    @Nested
    class Gemma4 extends Gemma {
        Gemma4() {
            super(new LiteralToolParsers.Gemma4(), "<|tool_call>call:", "<|\"|>", "<tool_call|>");
        }
    }

    @Nested
    class FunctionGemma extends Gemma {
        FunctionGemma() {
            super(
                    new LiteralToolParsers.FunctionGemma(),
                    "<start_function_call>call:",
                    "<escape>",
                    "<end_function_call>");
        }
    }
}
