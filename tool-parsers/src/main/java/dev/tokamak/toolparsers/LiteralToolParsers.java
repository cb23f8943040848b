package dev.tokamak.toolparsers;

import dev.tokamak.toolparsers.LiteralCallReader.Layout;
import dev.tokamak.toolparsers.LiteralReader.Dialect;
import java.util.List;
import java.util.stream.Stream;

/** The formats that write calls as a programming language does: Python's, or a family's own literals. */
final class LiteralToolParsers {
    private LiteralToolParsers() {}

    private static Format.Readers literal(Layout layout) {
        return (feed, out, tools) -> new LiteralCallReader(layout, feed, out, tools);
    }

    private static CallGrammar python(String begin, String separator, String end) {
        return CallGrammar.parameters("", "(", new NamedArgumentsGrammar("=", ", ", ""), ")")
                .within(begin, separator, end);
    }

    private static Format.Builder list() {
        return Format.builder()
                .resuming(
                        literal(Layout.PYTHON),
                        tools -> tools.names().stream()
                                .sorted()
                                .flatMap(name -> Stream.of(name + "(", "[" + name + "("))
                                .toList(),
                        "), ",
                        "),",
                        "); ",
                        ")\n",
                        ")]",
                        ")]\n");
    }

    private static Format.Builder bareList() {
        return list().bareCalls(literal(Layout.PYTHON.guard()), "[").grammar(python("[", ", ", "]"));
    }

    private static Format gemma(String begin, String quote, String end) {
        Layout layout = new Layout(new Dialect(List.of(quote, "\""), true), '{', ':', '}', false, false);
        return Format.builder()
                .calls(literal(layout), begin + "call:", begin + ":")
                .callEnds(end)
                .separators(begin)
                .quotes(quote)
                .specialTokens()
                .grammar(CallGrammar.parameters(
                                begin + "call:", "{", new NamedArgumentsGrammar(":", ",", quote), "}" + end)
                        .separatedBy(""))
                .build();
    }

    /** Llama 3.2, ToolACE. */
    public static final class Pythonic extends FormatProvider {
        /** The format. */
        public Pythonic() {
            super("pythonic", bareList().build());
        }
    }

    /** Llama 4. */
    public static final class Llama4Pythonic extends FormatProvider {
        /** The format. */
        public Llama4Pythonic() {
            super(
                    "llama4_pythonic",
                    bareList()
                            .section("<|python_start|>", "<|python_end|>")
                            .specialTokens()
                            .build());
        }
    }

    /** Olmo 3: one call a line. */
    public static final class Olmo3 extends FormatProvider {
        /** The format. */
        public Olmo3() {
            super(
                    "olmo3",
                    list().calls(literal(Layout.PYTHON), "<function_calls>")
                            .callEnds("</function_calls>")
                            .grammar(python("<function_calls>\n", "\n", "\n</function_calls>"))
                            .build());
        }
    }

    /** LFM2 and LFM2.5. */
    public static final class Lfm2 extends FormatProvider {
        /** The format. */
        public Lfm2() {
            super(
                    "lfm2",
                    list().calls(literal(Layout.PYTHON), "<|tool_call_start|>")
                            .callEnds("<|tool_call_end|>")
                            .echoes("[", "<|tool_call_end|>")
                            .grammar(python("<|tool_call_start|>[", ", ", "]<|tool_call_end|>"))
                            .specialTokens()
                            .build());
        }
    }

    /** Gemma 4. */
    public static final class Gemma4 extends FormatProvider {
        /** The format. */
        public Gemma4() {
            super("gemma4", gemma("<|tool_call>", "<|\"|>", "<tool_call|>"));
        }
    }

    /** FunctionGemma. */
    public static final class FunctionGemma extends FormatProvider {
        /** The format. */
        public FunctionGemma() {
            super("functiongemma", gemma("<start_function_call>", "<escape>", "<end_function_call>"));
        }
    }
}
