package dev.tokamak.toolparsers;

import dev.tokamak.toolparsers.JsonCallReader.Keys;
import java.util.Set;

/** The formats whose calls are JSON objects with the name inside, alone or in an array, behind a mark or bare. */
final class JsonToolParsers {
    private static final Keys COHERE = Keys.of("tool_name", Set.of("parameters"), Set.of("tool_call_id"));
    private static final Keys INKLING = Keys.of("name", Set.of("args", "arguments"), Set.of());

    private JsonToolParsers() {}

    static Format.Readers json(Keys keys) {
        return (feed, out, tools) -> new JsonCallReader(keys, feed, out, tools);
    }

    /** An object or an array of them between tags. */
    private static Format.Builder tagged(String begin, String... ends) {
        return Format.builder().calls(json(Keys.USUAL), begin).callEnds(ends);
    }

    /** One object between tags, with the line breaks that templates write. */
    private static Format.Builder lines(String begin, String end) {
        return tagged(begin, end)
                .grammar(CallGrammar.json(begin + "\n{\"name\": ", "arguments", "}\n" + end)
                        .separatedBy("\n"));
    }

    /** A further object of an array is known by its first key. */
    static Format.Builder resuming(Format.Builder format, Keys keys) {
        return format.resuming(
                json(keys.guard()),
                tools -> keys.first(tools).stream()
                        .map(key -> "{" + JsonText.quote(key))
                        .sorted()
                        .toList(),
                "}, ",
                "},",
                "},\n",
                "},\n  ",
                "},\n    ",
                "}; ",
                "};");
    }

    /** An array between tags. */
    private static Format.Builder array(String begin, String end) {
        return resuming(end.isEmpty() ? tagged(begin) : tagged(begin, end), Keys.USUAL)
                .grammar(CallGrammar.json("{\"name\": ", "arguments", "}").within(begin + "[", ", ", "]" + end));
    }

    private static Format.Builder llama() {
        return resuming(Format.builder(), Keys.USUAL)
                .calls(json(Keys.USUAL), "<|python_tag|>")
                .bareCalls(json(Keys.USUAL.guard()), "{")
                .callEnds(";")
                .specialTokens()
                .grammar(CallGrammar.json("{\"name\": ", "parameters", "}").separatedBy("; "));
    }

    private static Format.Builder cohere() {
        return resuming(Format.builder(), COHERE)
                .calls(json(COHERE), "<|START_ACTION|>")
                .callEnds("<|END_ACTION|>")
                .silent("<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>")
                .silent(CitationReader.WHOLE)
                .headers(CitationReader::new, CitationReader.BEGINNINGS)
                .specialTokens()
                .grammar(CallGrammar.json("{\"tool_call_id\": \"0\", \"tool_name\": ", "parameters", "}")
                        .within("<|START_ACTION|>[", null, "]<|END_ACTION|>"));
    }

    /** Hermes 2 Pro and 3, Qwen 2.5, QwQ. */
    public static final class Hermes extends FormatProvider {
        /** The format. */
        public Hermes() {
            super("hermes", lines("<tool_call>", "</tool_call>").build());
        }
    }

    /** LongCat-Flash. */
    public static final class Longcat extends FormatProvider {
        /** The format. */
        public Longcat() {
            super(
                    "longcat",
                    lines("<longcat_tool_call>", "</longcat_tool_call>").build());
        }
    }

    /** EXAONE 4. */
    public static final class Exaone4 extends FormatProvider {
        /** The format. */
        public Exaone4() {
            super("exaone4", lines("<tool_call>", "</tool_call>").build());
        }
    }

    /** Granite 4. */
    public static final class Granite4 extends FormatProvider {
        /** The format. */
        public Granite4() {
            super("granite4", lines("<tool_call>", "</tool_call>").build());
        }
    }

    /** Granite 3: a mark, or a tag without its end, and an array. */
    public static final class Granite extends FormatProvider {
        /** The format. */
        public Granite() {
            super(
                    "granite",
                    array("<|tool_call|>", "")
                            .calls(json(Keys.USUAL), "<tool_call>")
                            .callEnds("</tool_call>")
                            .specialTokens()
                            .build());
        }
    }

    /** Granite-20B-FunctionCalling: a mark before each object, nothing behind. */
    public static final class Granite20bFc extends FormatProvider {
        /** The format. */
        public Granite20bFc() {
            super(
                    "granite-20b-fc",
                    tagged("<function_call>")
                            .specialTokens()
                            .grammar(CallGrammar.json("<function_call> {\"name\": ", "arguments", "}")
                                    .separatedBy(" "))
                            .build());
        }
    }

    /** ERNIE 4.5; the answer may stand in response tags. */
    public static final class Ernie45 extends FormatProvider {
        /** The format. */
        public Ernie45() {
            super(
                    "ernie45",
                    lines("<tool_call>", "</tool_call>")
                            .silent("<response>", "</response>")
                            .build());
        }
    }

    /** InternLM 2.5. */
    public static final class Internlm extends FormatProvider {
        /** The format. */
        public Internlm() {
            super(
                    "internlm",
                    tagged("<|action_start|><|plugin|>", "<|action_end|>")
                            .separators("<|action_start|>", "<|plugin|>")
                            .specialTokens()
                            .grammar(CallGrammar.json(
                                    "<|action_start|><|plugin|>{\"name\": ", "parameters", "}<|action_end|>"))
                            .build());
        }
    }

    /** Jamba 1.5. */
    public static final class Jamba extends FormatProvider {
        /** The format. */
        public Jamba() {
            super(
                    "jamba",
                    array("<tool_calls>", "</tool_calls>").specialTokens().build());
        }
    }

    /** Hunyuan-A13B. */
    public static final class HunyuanA13b extends FormatProvider {
        /** The format. */
        public HunyuanA13b() {
            super("hunyuan_a13b", array("<tool_calls>", "</tool_calls>").build());
        }
    }

    /** Llama 3.1 and 3.2. */
    public static final class Llama3Json extends FormatProvider {
        /** The format. */
        public Llama3Json() {
            super("llama3_json", llama().build());
        }
    }

    /** Llama 4. */
    public static final class Llama4Json extends FormatProvider {
        /** The format. */
        public Llama4Json() {
            super("llama4_json", llama().build());
        }
    }

    /** Phi-4-mini. */
    public static final class Phi4MiniJson extends FormatProvider {
        /** The format. */
        public Phi4MiniJson() {
            super("phi4_mini_json", array("functools", "").build());
        }
    }

    /** xLAM: an array that is bare, in a code fence or behind one of two marks. */
    public static final class Xlam extends FormatProvider {
        /** The format. */
        public Xlam() {
            super(
                    "xlam",
                    resuming(Format.builder(), Keys.USUAL)
                            .calls(json(Keys.USUAL), "[TOOL_CALLS]", "<tool_call>")
                            .calls(json(Keys.USUAL.guard()), "```json", "```")
                            .bareCalls(json(Keys.USUAL.guard()), "[")
                            .callEnds("```", "</tool_call>")
                            .grammar(CallGrammar.json("{\"name\": ", "arguments", "}")
                                    .within("[", ", ", "]"))
                            .build());
        }
    }

    /** Command R7B and Command A. */
    public static final class CohereCommand3 extends FormatProvider {
        /** The format. */
        public CohereCommand3() {
            super("cohere_command3", cohere().build());
        }
    }

    /** Command A of the fourth generation. */
    public static final class CohereCommand4 extends FormatProvider {
        /** The format. */
        public CohereCommand4() {
            super("cohere_command4", cohere().build());
        }
    }

    /** GigaChat 3: one call, behind one of two marks. */
    public static final class Gigachat3 extends FormatProvider {
        /** The format. */
        public Gigachat3() {
            super(
                    "gigachat3",
                    tagged("<|function_call|>", "</s>")
                            .calls(json(Keys.USUAL), "function call<|role_sep|>\n")
                            .silent("<|message_sep|>\n\n", "<|message_sep|>", "<|role_sep|>\n", "<|role_sep|>")
                            .specialTokens()
                            .grammar(CallGrammar.json("<|function_call|>{\"name\": ", "arguments", "}"))
                            .build());
        }
    }

    /** Apertus: the function's name is the key. */
    public static final class Apertus extends FormatProvider {
        /** The format. */
        public Apertus() {
            super(
                    "apertus",
                    resuming(Format.builder(), Keys.NAME_IS_KEY)
                            .calls(json(Keys.NAME_IS_KEY), "<|tools_prefix|>")
                            .callEnds("<|tools_suffix|>")
                            .specialTokens()
                            .grammar(CallGrammar.jsonKey("{", "}")
                                    .within("<|tools_prefix|>[", ", ", "]<|tools_suffix|>"))
                            .build());
        }
    }

    /** Inkling: one content block for each call. */
    public static final class Inkling extends FormatProvider {
        /** The format. */
        public Inkling() {
            super(
                    "inkling",
                    Format.builder()
                            .calls(json(INKLING), "<|content_invoke_tool_json|>")
                            .callEnds("<|end_message|>", "<|content_model_end_sampling|>")
                            .silent(
                                    "<|content_text|>",
                                    "<|content_thinking|>",
                                    "<|content_invoke_tool_text|>",
                                    "<|content_tool_error|>",
                                    "<|end_message|>",
                                    "<|content_model_end_sampling|>")
                            .headers(BlockHeadReader::new, "<|message_model|>")
                            .specialTokens()
                            .grammar(CallGrammar.json(
                                            "<|content_invoke_tool_json|>{\"name\": ", "args", "}<|end_message|>")
                                    .separatedBy("<|message_model|>"))
                            .build());
        }
    }
}
