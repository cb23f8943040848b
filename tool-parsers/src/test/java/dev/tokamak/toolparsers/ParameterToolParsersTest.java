package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolParserProvider;
import dev.tokamak.tck.ToolParserContract.Call;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;

class ParameterToolParsersTest {
    private static String bare(Object value) {
        return value instanceof String text ? text : FormatLaw.asJson(value);
    }

    private static Function<Call, String> call(
            String before, String nameEnd, String parameter, String keyEnd, String valueEnd, String after) {
        return call -> call.arguments().entrySet().stream()
                .map(entry -> parameter + entry.getKey() + keyEnd + bare(entry.getValue()) + valueEnd)
                .collect(Collectors.joining("", before + call.name() + nameEnd, after));
    }

    private static Function<Call, String> equalSigns(String before, String after) {
        return call(before + "\n<function=", ">\n", "<parameter=", ">\n", "\n</parameter>\n", "</function>\n" + after);
    }

    private static Function<Call, String> invoke(String prefix) {
        return call(
                "<" + prefix + "invoke name=\"",
                "\">\n",
                "<" + prefix + "parameter name=\"",
                "\">",
                "</" + prefix + "parameter>\n",
                "</" + prefix + "invoke>\n");
    }

    private static Function<Call, String> argKeys(String nameEnd) {
        return call("<tool_call>", nameEnd, "<arg_key>", "</arg_key>\n<arg_value>", "</arg_value>\n", "</tool_call>");
    }

    /** Values are text, so that they cannot hold the tags that end them. */
    abstract static class Tagged extends FormatLaw {
        private final String end;

        Tagged(
                ToolParserProvider provider,
                String prefix,
                Function<Call, String> call,
                String separator,
                String suffix,
                String end) {
            super(provider, prefix, call, separator, suffix);
            this.end = end;
        }

        @Override
        protected boolean carries(String text) {
            return !text.contains(end);
        }

        @Override
        protected List<String> marks() {
            return Stream.concat(super.marks().stream(), Stream.of(end)).toList();
        }

        @Override
        protected List<String> closingMarks() {
            return Stream.concat(super.closingMarks().stream(), Stream.of(end)).toList();
        }
    }

    abstract static class EqualSigns extends Tagged {
        EqualSigns(ToolParserProvider provider, String section, String sectionEnd) {
            super(provider, "", equalSigns(section, sectionEnd), "\n", "", "</parameter>");
        }
    }

    @Nested
    class Qwen3Coder extends EqualSigns {
        Qwen3Coder() {
            super(new ParameterToolParsers.Qwen3Coder(), "<tool_call>", "</tool_call>");
        }
    }

    @Nested
    class Qwen3Xml extends EqualSigns {
        Qwen3Xml() {
            super(new ParameterToolParsers.Qwen3Xml(), "<tool_call>", "</tool_call>");
        }
    }

    @Nested
    class Mimo extends EqualSigns {
        Mimo() {
            super(new ParameterToolParsers.Mimo(), "<tool_call>", "</tool_call>");
        }
    }

    @Nested
    class Step3p5 extends EqualSigns {
        Step3p5() {
            super(new ParameterToolParsers.Step3p5(), "<tool_call>", "</tool_call>");
        }
    }

    @Nested
    class SeedOss extends EqualSigns {
        SeedOss() {
            super(new ParameterToolParsers.SeedOss(), "<seed:tool_call>", "</seed:tool_call>");
        }
    }

    @Nested
    class Glm45 extends Tagged {
        Glm45() {
            super(new ParameterToolParsers.Glm45(), "\n", argKeys("\n"), "\n", "", "</arg_value>");
        }
    }

    @Nested
    class Glm47 extends Tagged {
        Glm47() {
            super(new ParameterToolParsers.Glm47(), "", argKeys(""), "", "", "</arg_value>");
        }
    }

    @Nested
    class Ling3 extends Tagged {
        Ling3() {
            super(new ParameterToolParsers.Ling3(), "", argKeys("\n"), "\n", "", "</arg_value>");
        }
    }

    @Nested
    class PoolsideV1 extends Tagged {
        PoolsideV1() {
            super(new ParameterToolParsers.PoolsideV1(), "", argKeys("\n"), "", "", "</arg_value>");
        }
    }

    @Nested
    class HyV3 extends Tagged {
        HyV3() {
            super(
                    new ParameterToolParsers.HyV3(),
                    "<tool_calls>\n",
                    argKeys("<tool_sep>\n"),
                    "\n",
                    "\n</tool_calls>",
                    "</arg_value>");
        }
    }

    @Nested
    class MinimaxM2 extends Tagged {
        MinimaxM2() {
            super(
                    new ParameterToolParsers.MinimaxM2(),
                    "\n<minimax:tool_call>\n",
                    invoke(""),
                    "",
                    "</minimax:tool_call>",
                    "</parameter>");
        }
    }

    @Nested
    class Dots extends Tagged {
        Dots() {
            super(
                    new ParameterToolParsers.Dots(),
                    "<dots_function_call>\n",
                    invoke(""),
                    "",
                    "</dots_function_call>",
                    "</parameter>");
        }
    }

    @Nested
    class DotsWithJson extends FormatLaw {
        DotsWithJson() {
            super(
                    new ParameterToolParsers.Dots(),
                    "<dots_function_call>",
                    call -> "<invoke name=\"" + call.name() + "\">" + json(call.arguments()) + "</invoke>",
                    "",
                    "</dots_function_call>");
        }
    }

    @Nested
    class MuseGlimmer extends Tagged {
        MuseGlimmer() {
            super(
                    new ParameterToolParsers.MuseGlimmer(),
                    "<|start|>assistant to=search<|message|><atem:function_calls>\n",
                    invoke("atem:"),
                    "",
                    "</atem:function_calls><|eot|>",
                    "</atem:parameter>");
        }
    }

    @Nested
    class Step3 extends Tagged {
        Step3() {
            super(
                    new ParameterToolParsers.Step3(),
                    "<｜tool_calls_begin｜>",
                    call(
                            "<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name=\"",
                            "\">",
                            "<steptml:parameter name=\"",
                            "\">",
                            "</steptml:parameter>",
                            "</steptml:invoke><｜tool_call_end｜>"),
                    "\n",
                    "<｜tool_calls_end｜>",
                    "</steptml:parameter>");
        }
    }

    @Nested
    class Minicpm5 extends Tagged {
        Minicpm5() {
            super(
                    new ParameterToolParsers.Minicpm5(),
                    "",
                    call("<function name=\"", "\">", "<param name=\"", "\">", "</param>", "</function>"),
                    "\n",
                    "",
                    "</param>");
        }
    }

    @Nested
    class Minicpm5WithCharacterData extends Tagged {
        Minicpm5WithCharacterData() {
            super(
                    new ParameterToolParsers.Minicpm5(),
                    "",
                    call("<function name=\"", "\">", "<param name=\"", "\"><![CDATA[", "]]></param>", "</function>"),
                    "",
                    "",
                    "]]></param>");
        }

        /** Character data may hold the tags of parameters, and does if its own end is missing. */
        @Override
        protected List<String> marks() {
            return super.marks().stream()
                    .filter(mark -> !List.of("<param ", "<![CDATA[", "]]>").contains(mark))
                    .toList();
        }
    }

    private static Function<Call, String> stringOrNot(String prefix, String lineBreak) {
        return call -> call.arguments().entrySet().stream()
                .map(entry -> "<" + prefix + "parameter name=\"" + entry.getKey() + "\" string=\""
                        + (entry.getValue() instanceof String) + "\">" + bare(entry.getValue()) + "</" + prefix
                        + "parameter>" + lineBreak)
                .collect(Collectors.joining(
                        "",
                        "<" + prefix + "invoke name=\"" + call.name() + "\">" + lineBreak,
                        "</" + prefix + "invoke>" + lineBreak));
    }

    @Nested
    class DeepseekV32 extends Tagged {
        DeepseekV32() {
            super(
                    new ParameterToolParsers.DeepseekV32(),
                    "\n\n<｜DSML｜function_calls>\n",
                    stringOrNot("｜DSML｜", "\n"),
                    "",
                    "</｜DSML｜function_calls>",
                    "</｜DSML｜parameter>");
        }
    }

    @Nested
    class DeepseekV4 extends Tagged {
        DeepseekV4() {
            super(
                    new ParameterToolParsers.DeepseekV4(),
                    "\n\n<｜DSML｜tool_calls>\n",
                    stringOrNot("｜DSML｜", "\n"),
                    "",
                    "</｜DSML｜tool_calls>",
                    "</｜DSML｜parameter>");
        }
    }

    @Nested
    class DeepseekV41 extends Tagged {
        DeepseekV41() {
            super(
                    new ParameterToolParsers.DeepseekV41(),
                    "\n\n<｜DSML｜ calls>\n",
                    stringOrNot("｜DSML｜ ", "\n"),
                    "",
                    "</｜DSML｜ calls>",
                    "</｜DSML｜ parameter>");
        }
    }

    @Nested
    class Gigachat35 extends Tagged {
        Gigachat35() {
            super(
                    new ParameterToolParsers.Gigachat35(),
                    "<｜GCML｜tool_calls>",
                    stringOrNot("｜GCML｜", ""),
                    "",
                    "</｜GCML｜tool_calls>",
                    "</｜GCML｜parameter>");
        }
    }

    @Nested
    class SolarOpen2 extends Tagged {
        SolarOpen2() {
            super(
                    new ParameterToolParsers.SolarOpen2(),
                    "",
                    call(
                            "<|tool_call:start|>",
                            "\n",
                            "<|tool_arg:start|>",
                            "<|tool_arg:value|>",
                            "<|tool_arg:end|>\n",
                            "<|tool_call:end|>"),
                    "\n",
                    "",
                    "<|tool_arg:end|>");
        }
    }

    @Nested
    class KimiK3 extends Tagged {
        KimiK3() {
            super(
                    new ParameterToolParsers.KimiK3(),
                    "<|open|>tools<|sep|>",
                    KimiK3::call,
                    "",
                    "<|close|>tools<|sep|>",
                    "<|close|>argument<|sep|>");
        }

        private static String call(Call call) {
            return call.arguments().entrySet().stream()
                    .map(entry -> "<|open|>argument key=\"" + entry.getKey() + "\" type=\"" + type(entry.getValue())
                            + "\"<|sep|>" + bare(entry.getValue()) + "<|close|>argument<|sep|>")
                    .collect(Collectors.joining(
                            "",
                            "<|open|>call tool=\"" + call.name() + "\" index=\"1\"<|sep|>",
                            "<|close|>call<|sep|>"));
        }

        private static String type(Object value) {
            return value == null
                    ? "null"
                    : value instanceof String
                            ? "string"
                            : value instanceof Number
                                    ? "number"
                                    : value instanceof Boolean ? "boolean" : value instanceof List ? "array" : "object";
        }
    }

    @Nested
    class MinimaxM3 extends Tagged {
        private static final String NS = "]<]minimax[>[";

        MinimaxM3() {
            super(
                    new ParameterToolParsers.MinimaxM3(),
                    NS + "<tool_call>\n",
                    MinimaxM3::call,
                    "",
                    NS + "</tool_call>",
                    NS);
        }

        @Override
        protected List<String> closingMarks() {
            return super.closingMarks().stream()
                    .filter(mark -> !mark.equals(NS))
                    .toList();
        }

        /** Values within lists and objects are of no schema, so that only those of clear type come back as they were. */
        private static String call(Call call) {
            return call.arguments().entrySet().stream()
                    .map(entry ->
                            NS + "<" + entry.getKey() + ">" + bare(entry.getValue()) + NS + "</" + entry.getKey() + ">")
                    .collect(Collectors.joining("", NS + "<invoke name=\"" + call.name() + "\">", NS + "</invoke>\n"));
        }
    }
}
