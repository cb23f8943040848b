package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.toolparsers.JsonCallReader.Keys;
import dev.tokamak.toolparsers.ParameterTags.Quoting;
import java.util.ArrayList;
import java.util.List;

/** The formats that write each argument in tags of its own: one table, however many formats it has. */
final class ParameterToolParsers {
    private static final String DSML = "｜DSML｜";

    private ParameterToolParsers() {}

    private static Format.Readers parameters(ParameterTags tags) {
        return (feed, out, tools) -> new ParameterCallReader(tags, false, feed, out, tools);
    }

    /** Only calls of the request's tools. */
    private static Format.Readers guarded(ParameterTags tags) {
        return (feed, out, tools) -> new ParameterCallReader(tags, true, feed, out, tools);
    }

    /** {@code <function=F><parameter=k>v</parameter></function>} within a section. */
    private static Format equalSigns(String section, String sectionEnd) {
        ParameterTags tags = new ParameterTags(
                "<function=",
                List.of(">", "\n", "<parameter=", "</function>"),
                "",
                "<parameter=",
                ">",
                "",
                "",
                "</parameter>",
                Quoting.LINES,
                List.of());
        return Format.builder()
                .section(section, sectionEnd)
                .calls(parameters(tags), tags.begin())
                .callEnds("</function>")
                .separators("<parameter=", "</parameter>")
                .bareCallsInSections(JsonToolParsers.json(Keys.USUAL), "{", "[")
                .grammar(CallGrammar.parameters(
                                section + "\n<function=",
                                ">\n",
                                new ParameterGrammar("<parameter=", ">\n", "\n</parameter>\n"),
                                "</function>\n" + sectionEnd)
                        .separatedBy("\n"))
                .build();
    }

    /** {@code <invoke name="F"><parameter name="k">v</parameter></invoke>} within a section; tags may have a prefix. */
    private static Format.Builder invoke(String prefix, String section, String sectionEnd) {
        ParameterTags tags = attributes(prefix + "invoke", prefix + "parameter", Quoting.NONE, prefixed(prefix));
        return attributes(tags, "</" + prefix + "invoke>")
                .section(section, sectionEnd)
                .bareCallsInSections(JsonToolParsers.json(Keys.USUAL), "{", "[")
                .grammar(CallGrammar.parameters(
                                "<" + prefix + "invoke name=\"",
                                "\">\n",
                                new ParameterGrammar(
                                        "<" + prefix + "parameter name=\"", "\">", "</" + prefix + "parameter>\n"),
                                "</" + prefix + "invoke>\n")
                        .within(section + "\n", "", sectionEnd));
    }

    private static List<String> prefixed(String prefix) {
        return prefix.isEmpty() ? List.of() : List.of("<" + prefix, "</" + prefix);
    }

    private static ParameterTags attributes(String call, String parameter, Quoting quoting, List<String> tokens) {
        return new ParameterTags(
                "<" + call + " ",
                List.of(">"),
                "name",
                "<" + parameter + " ",
                ">",
                "name",
                "",
                "</" + parameter + ">",
                quoting,
                tokens);
    }

    private static Format.Builder attributes(ParameterTags tags, String end) {
        return Format.builder()
                .calls(parameters(tags), tags.begin())
                .callEnds(end)
                .separators(tags.parameter(), tags.valueEnd())
                .separators(tags.tokens().toArray(String[]::new));
    }

    /** {@code <tool_call>F<arg_key>k</arg_key><arg_value>v</arg_value></tool_call>}. */
    private static Format.Builder argKeys(List<String> nameEnds, String grammarNameEnd) {
        ParameterTags tags = new ParameterTags(
                "<tool_call>",
                nameEnds,
                "",
                "<arg_key>",
                "</arg_key>",
                "",
                "<arg_value>",
                "</arg_value>",
                Quoting.NONE,
                List.of());
        return Format.builder()
                .calls(parameters(tags), tags.begin())
                .callEnds("</tool_call>")
                .separators("<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>")
                .grammar(CallGrammar.parameters(
                                "<tool_call>",
                                grammarNameEnd,
                                new ParameterGrammar("<arg_key>", "</arg_key>\n<arg_value>", "</arg_value>\n"),
                                "</tool_call>")
                        .separatedBy("\n"));
    }

    private static Format glm() {
        return argKeys(List.of("\n", "<arg_key>", "</tool_call>"), "\n").build();
    }

    /** Qwen3-Coder. */
    public static final class Qwen3Coder extends FormatProvider {
        /** The format. */
        public Qwen3Coder() {
            super("qwen3_coder", equalSigns("<tool_call>", "</tool_call>"));
        }
    }

    /** Qwen3-Coder, by its other name. */
    public static final class Qwen3Xml extends FormatProvider {
        /** The format. */
        public Qwen3Xml() {
            super("qwen3_xml", equalSigns("<tool_call>", "</tool_call>"));
        }
    }

    /** MiMo. */
    public static final class Mimo extends FormatProvider {
        /** The format. */
        public Mimo() {
            super("mimo", equalSigns("<tool_call>", "</tool_call>"));
        }
    }

    /** Step-3.5. */
    public static final class Step3p5 extends FormatProvider {
        /** The format. */
        public Step3p5() {
            super("step3p5", equalSigns("<tool_call>", "</tool_call>"));
        }
    }

    /** Seed-OSS. */
    public static final class SeedOss extends FormatProvider {
        /** The format. */
        public SeedOss() {
            super("seed_oss", equalSigns("<seed:tool_call>", "</seed:tool_call>"));
        }
    }

    /** GLM 4.5 and 4.6. */
    public static final class Glm45 extends FormatProvider {
        /** The format. */
        public Glm45() {
            super("glm45", glm());
        }
    }

    /** GLM 4.7. */
    public static final class Glm47 extends FormatProvider {
        /** The format. */
        public Glm47() {
            super("glm47", glm());
        }
    }

    /** Ling 3. */
    public static final class Ling3 extends FormatProvider {
        /** The format. */
        public Ling3() {
            super("ling3", glm());
        }
    }

    /** Poolside Laguna. */
    public static final class PoolsideV1 extends FormatProvider {
        /** The format. */
        public PoolsideV1() {
            super("poolside_v1", glm());
        }
    }

    /** Hunyuan v3. */
    public static final class HyV3 extends FormatProvider {
        /** The format. */
        public HyV3() {
            super(
                    "hy_v3",
                    argKeys(List.of("<tool_sep>", "<arg_key>", "</tool_call>"), "<tool_sep>\n")
                            .separators("<tool_sep>")
                            .section("<tool_calls>", "</tool_calls>")
                            .build());
        }
    }

    /** MiniMax M2. */
    public static final class MinimaxM2 extends FormatProvider {
        /** The format. */
        public MinimaxM2() {
            super(
                    "minimax_m2",
                    invoke("", "<minimax:tool_call>", "</minimax:tool_call>")
                            .outsideSections(guarded(attributes("invoke", "parameter", Quoting.NONE, List.of())))
                            .build());
        }
    }

    /** dots. */
    public static final class Dots extends FormatProvider {
        /** The format. */
        public Dots() {
            super(
                    "dots",
                    invoke("", "<dots_function_call>", "</dots_function_call>")
                            .outsideSections(guarded(attributes("invoke", "parameter", Quoting.NONE, List.of())))
                            .build());
        }
    }

    /** Muse Glimmer: calls in messages to a tool; headers of messages are dropped. */
    public static final class MuseGlimmer extends FormatProvider {
        /** The format. */
        public MuseGlimmer() {
            super(
                    "muse_glimmer",
                    invoke("atem:", "<atem:function_calls>", "</atem:function_calls>")
                            .outsideSections(guarded(
                                    attributes("atem:invoke", "atem:parameter", Quoting.NONE, prefixed("atem:"))))
                            .headers(MessageHeaderReader::new, "<|start|>assistant", " to=")
                            .beginning(MessageHeaderReader::ofTurn)
                            .separators("<|message|>", "<|start|>")
                            .silent("<|eom|>", "<|eot|>")
                            .specialTokens()
                            .build());
        }
    }

    /** MiniMax M3: every tag has a prefix; arguments are elements that nest. */
    public static final class MinimaxM3 extends FormatProvider {
        private static final String PREFIX = "]<]minimax[>[";

        /** The format. */
        public MinimaxM3() {
            super(
                    "minimax_m3",
                    Format.builder()
                            .section(PREFIX + "<tool_call>", PREFIX + "</tool_call>")
                            .calls(
                                    (feed, out, tools) -> new ElementCallReader(PREFIX, feed, out, tools),
                                    PREFIX + "<invoke ")
                            .callEnds(PREFIX + "</invoke>")
                            .separators(PREFIX)
                            .specialTokens()
                            .grammar(CallGrammar.parameters(
                                            PREFIX + "<invoke name=\"",
                                            "\">",
                                            new ParameterGrammar(MinimaxM3::element),
                                            PREFIX + "</invoke>\n")
                                    .within(PREFIX + "<tool_call>\n", "", PREFIX + "</tool_call>"))
                            .build());
        }

        /** Objects and arrays are written as JSON, which the parser takes for nested elements. */
        private static Object element(String key, Schema schema) {
            Object value = ParameterGrammar.value(schema, List.of(PREFIX));
            return CallGrammar.tag(PREFIX + "<" + key + ">", value, PREFIX + "</" + key + ">");
        }
    }

    /** Step-3. */
    public static final class Step3 extends FormatProvider {
        /** The format. */
        public Step3() {
            super(
                    "step3",
                    invoke("steptml:", "<｜tool_calls_begin｜>", "<｜tool_calls_end｜>")
                            .section("<｜tool_call_begin｜>function<｜tool_sep｜>", "<｜tool_call_end｜>")
                            .separators("<｜tool_call_begin｜>", "<｜tool_sep｜>")
                            .specialTokens()
                            .grammar(CallGrammar.parameters(
                                            "<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name=\"",
                                            "\">",
                                            new ParameterGrammar(
                                                    "<steptml:parameter name=\"", "\">", "</steptml:parameter>"),
                                            "</steptml:invoke><｜tool_call_end｜>")
                                    .within("<｜tool_calls_begin｜>", "", "<｜tool_calls_end｜>"))
                            .build());
        }
    }

    /** MiniCPM5. */
    public static final class Minicpm5 extends FormatProvider {
        /** The format. */
        public Minicpm5() {
            super(
                    "minicpm5",
                    attributes(attributes("function", "param", Quoting.CDATA, List.of()), "</function>")
                            .separators("<![CDATA[", "]]>")
                            .grammar(CallGrammar.parameters(
                                            "<function name=\"",
                                            "\">",
                                            new ParameterGrammar("<param name=\"", "\">", "</param>", "<![CDATA["),
                                            "</function>")
                                    .separatedBy("\n"))
                            .build());
        }
    }

    /** ParameterTags with a prefix, and an attribute that says whether a value is a string. */
    private static Format stringOrNot(String prefix, String section, String lineBreak, String... otherSections) {
        String begin = "<" + prefix + section + ">";
        String end = "</" + prefix + section + ">";
        Format.Builder format = invoke(prefix, begin, end);
        for (String other : otherSections) {
            format.section("<" + prefix + other + ">", "</" + prefix + other + ">");
        }
        return format.specialTokens()
                .grammar(CallGrammar.parameters(
                                "<" + prefix + "invoke name=\"",
                                "\">" + lineBreak,
                                new ParameterGrammar(
                                        "<" + prefix + "parameter name=\"",
                                        "\" string=\"true\">",
                                        "\" string=\"false\">",
                                        "</" + prefix + "parameter>" + lineBreak,
                                        List.of()),
                                "</" + prefix + "invoke>" + lineBreak)
                        .within(begin + lineBreak, "", end))
                .build();
    }

    /** DeepSeek V3.2. */
    public static final class DeepseekV32 extends FormatProvider {
        /** The format. */
        public DeepseekV32() {
            super("deepseek_v32", stringOrNot(DSML, "function_calls", "\n", "tool_calls"));
        }
    }

    /** DeepSeek V4. */
    public static final class DeepseekV4 extends FormatProvider {
        /** The format. */
        public DeepseekV4() {
            super("deepseek_v4", stringOrNot(DSML, "tool_calls", "\n", "function_calls"));
        }
    }

    /** DeepSeek V4.1: a space behind the prefix. */
    public static final class DeepseekV41 extends FormatProvider {
        /** The format. */
        public DeepseekV41() {
            super("deepseek_v41", stringOrNot(DSML + " ", "calls", "\n"));
        }
    }

    /** GigaChat 3.5. */
    public static final class Gigachat35 extends FormatProvider {
        /** The format. */
        public Gigachat35() {
            super("gigachat35", stringOrNot("｜GCML｜", "tool_calls", ""));
        }
    }

    /** Solar Open 2: an argument's name and value between special tokens. */
    public static final class SolarOpen2 extends FormatProvider {
        private static final ParameterTags TAGS = new ParameterTags(
                "<|tool_call:start|>",
                List.of("\n", "<|tool_arg:start|>", "<|tool_call:end|>"),
                "",
                "<|tool_arg:start|>",
                "<|tool_arg:value|>",
                "",
                "",
                "<|tool_arg:end|>",
                Quoting.NONE,
                List.of("<|tool_arg:value|>"));

        /** The format. */
        public SolarOpen2() {
            super(
                    "solar_open2",
                    Format.builder()
                            .calls(parameters(TAGS), TAGS.begin())
                            .callEnds("<|tool_call:end|>")
                            .separators("<|tool_arg:start|>", "<|tool_arg:value|>", "<|tool_arg:end|>")
                            .specialTokens()
                            .grammar(CallGrammar.parameters(
                                            "<|tool_call:start|>",
                                            "\n",
                                            new ParameterGrammar(
                                                    "<|tool_arg:start|>", "<|tool_arg:value|>", "<|tool_arg:end|>\n"),
                                            "<|tool_call:end|>")
                                    .separatedBy("\n"))
                            .build());
        }
    }

    /** Kimi K3: tags of special tokens, with each argument's type. */
    public static final class KimiK3 extends FormatProvider {
        private static final ParameterTags TAGS = new ParameterTags(
                "<|open|>call ",
                List.of("<|sep|>"),
                "tool",
                "<|open|>argument ",
                "<|sep|>",
                "key",
                "",
                "<|close|>argument<|sep|>",
                Quoting.NONE,
                List.of("<|open|>", "<|close|>", "<|sep|>"));

        /** The format. */
        public KimiK3() {
            super(
                    "kimi_k3",
                    Format.builder()
                            .section("<|open|>tools<|sep|>", "<|close|>tools<|sep|>")
                            .calls(parameters(TAGS), TAGS.begin())
                            .callEnds("<|close|>call<|sep|>")
                            .separators("<|open|>argument ", "<|close|>argument<|sep|>")
                            .separators("<|open|>", "<|close|>", "<|sep|>")
                            .outsideSections(guarded(TAGS))
                            .silent(
                                    "<|open|>response<|sep|>",
                                    "<|close|>response<|sep|>",
                                    "<|close|>message<|sep|>",
                                    "<|end_of_msg|>")
                            .specialTokens()
                            .grammar(CallGrammar.parameters(
                                            "<|open|>call tool=\"",
                                            "\" index=\"",
                                            KimiK3::arguments,
                                            "<|close|>call<|sep|>")
                                    .within("<|open|>tools<|sep|>", "", "<|close|>tools<|sep|>"))
                            .build());
        }

        /** The call's number, which the model counts up, then the parameters. */
        private static List<Object> arguments(ToolDefinition tool) {
            List<Object> formats = new ArrayList<>();
            formats.add(Ordered.map("type", "regex", "pattern", "[1-9][0-9]?"));
            formats.add(CallGrammar.constant("\"<|sep|>"));
            formats.addAll(new ParameterGrammar(new TypedParameters()).of(tool));
            return formats;
        }
    }
}
