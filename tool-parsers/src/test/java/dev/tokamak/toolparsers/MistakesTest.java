package dev.tokamak.toolparsers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What models write that is not quite their format, and what comes of it. */
class MistakesTest {
    private static final List<ToolDefinition> TOOLS = List.of(
            tool("f", Map.of("a", Map.of("type", "string"), "b", Map.of("type", "string"))),
            tool("g", Map.of("n", Map.of("type", "integer"))),
            tool("h", Map.of("input", Map.of("type", "object"))));

    private static ToolDefinition tool(String name, Map<String, Object> properties) {
        return new ToolDefinition(name, "", Map.of("type", "object", "properties", properties), false);
    }

    /** Content as it stands, calls as {@code name arguments}, with an ellipsis behind those that were not ended. */
    private static final class Story implements ToolCallSink {
        final List<String> told = new ArrayList<>();
        final StringBuilder piece = new StringBuilder();
        boolean inCall;

        @Override
        public void content(String text) {
            breakOff();
            piece.append(text);
        }

        @Override
        public void beginCall(String name, String id) {
            breakOff();
            flush("");
            inCall = true;
            piece.append(name).append(' ');
        }

        @Override
        public void arguments(String json) {
            piece.append(json);
        }

        @Override
        public void endCall() {
            inCall = false;
            flush("");
        }

        private void breakOff() {
            if (inCall) {
                inCall = false;
                flush("…");
            }
        }

        private void flush(String end) {
            if (!piece.isEmpty()) {
                told.add(piece + end);
            }
            piece.setLength(0);
        }

        List<String> whole() {
            breakOff();
            flush("");
            return told;
        }
    }

    private static List<String> parse(ToolParserProvider provider, String text, int delta) {
        ToolParser parser = provider.create(TOOLS);
        Story story = new Story();
        for (int from = 0; from < text.length(); from += delta) {
            parser.accept(text.substring(from, Math.min(text.length(), from + delta)), story);
        }
        parser.finish(story);
        return story.whole();
    }

    private static void check(ToolParserProvider provider, String text, String... told) {
        for (int delta : new int[] {text.length(), 1, 3, 7}) {
            assertThat(parse(provider, text, delta))
                    .as("%s in deltas of %d: %s", provider.name(), delta, text)
                    .containsExactly(told);
        }
    }

    private static ToolParserProvider format(String name) {
        return providers()
                .filter(provider -> provider.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<ToolParserProvider> providers() {
        return ServiceLoader.load(ToolParserProvider.class).stream().map(ServiceLoader.Provider::get);
    }

    private static final String F = "f {\"a\": \"x\"}";
    private static final String G = "g {}";

    @Test
    void aMissingBraceEndsTheCallAtTheNextMark() {
        check(
                format("hermes"),
                "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"x\"}\n</tool_call>\n<tool_call>\n"
                        + "{\"name\": \"g\", \"arguments\": {}}\n</tool_call>",
                F,
                G);
        check(
                format("hermes"),
                "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"x\"<tool_call>{\"name\": \"g\"}</tool_call>",
                F,
                G);
        check(
                format("kimi_k2"),
                "<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"a\": \"x\""
                        + "<|tool_call_end|><|tool_call_begin|>functions.g:1<|tool_call_argument_begin|>{}"
                        + "<|tool_call_end|><|tool_calls_section_end|>",
                F,
                G);
        check(
                format("deepseek_v31"),
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\": \"x\"<｜tool▁call▁end｜>"
                        + "<｜tool▁call▁begin｜>g<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                F,
                G);
        check(
                format("deepseek_v3"),
                "<｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"a\": \"x\"\n```<｜tool▁call▁end｜>\n"
                        + "<｜tool▁call▁begin｜>function<｜tool▁sep｜>g\n```json\n{}\n```<｜tool▁call▁end｜>",
                F,
                G);
        check(format("gemma4"), "<|tool_call>call:f{a:<|\"|>x<|\"|><tool_call|><|tool_call>call:g{}<tool_call|>", F, G);
        check(
                format("openai"),
                "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"a\": \"x\"<|call|>"
                        + "<|start|>assistant<|channel|>commentary to=functions.g<|message|>{}<|call|>",
                F,
                G);
        check(
                format("jamba"),
                "<tool_calls>[{\"name\": \"f\", \"arguments\": {\"a\": \"x\", {\"name\": \"g\"}]</tool_calls>",
                F,
                G);
        check(format("pythonic"), "[f(a='x', g()]", F, G);
        check(format("lfm2"), "<|tool_call_start|>[f(a='x'<|tool_call_end|><|tool_call_start|>[g()]", F, G);
        check(
                format("llama3_json"),
                "{\"name\": \"f\", \"parameters\": {\"a\": \"x\"}; {\"name\": \"g\", \"parameters\": {}}",
                F,
                G);
    }

    @Test
    void aMissingEndTagEndsTheValueAtTheNextMark() {
        String both = "f {\"a\": \"x\", \"b\": \"y\"}";
        for (String name : List.of("qwen3_coder", "mimo", "step3p5")) {
            check(
                    format(name),
                    "<tool_call>\n<function=f>\n<parameter=a>\nx\n<parameter=b>\ny\n</function>\n</tool_call>\n"
                            + "<tool_call>\n<function=g>\n</function>\n</tool_call>",
                    both,
                    G);
        }
        check(
                format("minimax_m2"),
                "<minimax:tool_call>\n<invoke name=\"f\">\n<parameter name=\"a\">x\n<parameter name=\"b\">y\n</invoke>\n"
                        + "<invoke name=\"g\">\n<parameter name=\"n\">1</parameter>\n</invoke>\n</minimax:tool_call>",
                both,
                "g {\"n\": 1}");
        check(
                format("glm45"),
                "<tool_call>f\n<arg_key>a</arg_key>\n<arg_value>x\n<arg_key>b</arg_key>\n<arg_value>y\n</tool_call>\n"
                        + "<tool_call>g\n</tool_call>",
                both,
                G);
        check(
                format("minimax_m3"),
                "]<]minimax[>[<tool_call>]<]minimax[>[<invoke name=\"f\">]<]minimax[>[<a>x]<]minimax[>[<b>y"
                        + "]<]minimax[>[</invoke>]<]minimax[>[</tool_call>",
                both);
    }

    @Test
    void aValueMayHoldWhatLooksLikeAMark() {
        check(
                format("hermes"),
                "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"</tool_call> <tool_call>\"}}</tool_call>",
                "f {\"a\": \"</tool_call> <tool_call>\"}");
        check(
                format("qwen3_coder"),
                "<tool_call>\n<function=f>\n<parameter=a>\n</function>\n</tool_call>\n</parameter>\n</function>\n</tool_call>",
                "f {\"a\": \"</function>\\n</tool_call>\"}");
        check(
                format("qwen3_coder"),
                "<tool_call>\n<function=f>\n<parameter=a>\n<parameter=c> is a tag\n</parameter>\n</function>\n</tool_call>",
                "f {\"a\": \"<parameter=c> is a tag\"}");
    }

    @Test
    void aMissingQuoteCostsItsOwnCall() {
        check(
                format("hermes"),
                "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"x\n</tool_call>\n<tool_call>\n{\"name\": \"g\"}\n</tool_call>",
                "f {\"a\": \"x\\n\"}",
                G);
    }

    @Test
    void aMissingQuoteLeavesTheNextCallOfAListAsItIs() {
        String g = "g {\"n\": 1}";
        for (String name : List.of("pythonic", "llama4_pythonic", "lfm2", "olmo3")) {
            String begin = name.equals("lfm2") ? "<|tool_call_start|>" : name.equals("olmo3") ? "<function_calls>" : "";
            check(format(name), begin + "[f(a='x), g(n=1)]", F, g);
            check(format(name), begin + "[f(b='y', a='x), f(a='x')]", "f {\"b\": \"y\", \"a\": \"x\"}", F);
            check(format(name), begin + "[f(a=x'), g(n=1)]", "f {\"a\": x'), …", g);
        }
        check(format("olmo3"), "<function_calls>\nf(a=\"x)\ng(n=1)\n</function_calls>", F, g);
        String both = "{\"name\": \"f\", \"%s\": {\"a\": \"x}}%s{\"name\": \"g\", \"%s\": {\"n\": 1}}";
        String cut = "f {\"a\": \"x}\"}";
        check(format("jamba"), "<tool_calls>[" + both.formatted("arguments", ", ", "arguments") + "]", cut, g);
        check(format("jamba"), "<tool_calls>[" + both.formatted("arguments", ",\n    ", "arguments") + "]", cut, g);
        check(format("llama3_json"), both.formatted("parameters", "; ", "parameters"), cut, g);
    }

    @Test
    void aMalformedItemOfAListCostsItsOwnCall() {
        for (String f : List.of(
                "{name\": \"f\", \"arguments\": {}}",
                "{\"name\" \"f\", \"arguments\": {}}",
                "{\"name\": \"f, \"arguments\": {}}",
                "{\"name\": \"f\", \"arguments\": [1]}",
                "\"junk\"")) {
            String list =
                    "<tool_calls>[{\"name\": \"g\"}, " + f + ", {\"name\": \"g\", \"arguments\": {}}]</tool_calls>";
            check(format("jamba"), list, G, ", " + f + ", ", G);
        }
        check(format("jamba"), "<tool_calls>[[{{\"name\": \"g\"}}, , {\"name\": \"g\"}]]</tool_calls>", G, G);
        check(format("pythonic"), "[f(a='x') g(),, f(a='x'))]", F, G, F);
        check(format("lfm2"), "<|tool_call_start|>[[f a='x', g()]<|tool_call_end|>", "[[f a='x', ", G);
    }

    @Test
    void aQuoteThatIsNotEscapedIsPartOfItsString() {
        check(
                format("lfm2"),
                "<|tool_call_start|>[f(a='sed -n '1,9p' f.py')]<|tool_call_end|>",
                "f {\"a\": \"sed -n '1,9p' f.py\"}");
        check(
                format("lfm2"),
                "<|tool_call_start|>[f(a='print(x, sep='\\,'))\"', b='y'), g()]<|tool_call_end|>",
                "f {\"a\": \"print(x, sep='\\\\,'))\\\"\", \"b\": \"y\"}",
                G);
        check(format("pythonic"), "[f(a='it's', b='a', 'b')]", "f {\"a\": \"it's\", \"b\": \"a', 'b\"}");
        check(format("pythonic"), "[f(a='x', b='y',), g()]", "f {\"a\": \"x\", \"b\": \"y\"}", G);
    }

    @Test
    void aLoneParameterMayHoldAllArguments() {
        String call = "<｜DSML｜function_calls><｜DSML｜invoke name=\"f\">%s</｜DSML｜invoke></｜DSML｜function_calls>";
        String parameter = "<｜DSML｜parameter name=\"%s\" string=\"%s\">%s</｜DSML｜parameter>";
        for (String name : List.of("arguments", "input")) {
            check(format("deepseek_v32"), call.formatted(parameter.formatted(name, "false", "{\"a\": \"x\"}")), F);
            check(format("deepseek_v32"), call.formatted(parameter.formatted(name, "true", "{\"a\": \"x\"}")), F);
        }
        check(
                format("deepseek_v32"),
                call.formatted(parameter.formatted("input", "true", "{\"a\"}")),
                "f {\"input\": \"{\\\"a\\\"}\"}");
        check(
                format("deepseek_v32"),
                call.formatted(
                        parameter.formatted("input", "false", "{}") + "\n" + parameter.formatted("a", "true", "x")),
                "f {\"input\": {}, \"a\": \"x\"}");
        check(format("minicpm5"), "<function name=\"f\"><param name=\"arguments\">{'a': 'x'}</param></function>", F);
        check(
                format("qwen3_coder"),
                "<tool_call>\n<function=h>\n<parameter=input>\n{\"a\": 1}\n</parameter>\n</function>\n</tool_call>",
                "h {\"input\": {\"a\": 1}}");
    }

    @Test
    void aParameterThatComesTwiceLeavesItsCallUnended() {
        check(
                format("minicpm5"),
                "<function name=\"f\"><param name=\"a\">x</param><param name=\"a\">y</param></function>"
                        + "<function name=\"g\"></function>",
                "f {\"a\": \"x\", \"a\": \"y\"…",
                G);
        check(format("pythonic"), "[f(a='x', a='y'), g()]", "f {\"a\": \"x\", \"a\"='y'), …", G);
    }

    @Test
    void aNameRightBeforeTheMarkIsThatOfAnObjectWithoutOne() {
        check(format("mistral"), "f[TOOL_CALLS]{\"a\": \"x\"}[TOOL_CALLS]g[ARGS]{}", "f", F, G);
        check(format("mistral"), "f[TOOL_CALLS]{\"arguments\": {\"a\": \"x\"}}", "f", F);
        check(format("mistral"), "Hello[TOOL_CALLS]{\"a\": \"x\"}", "Hello{\"a\": \"x\"}");
        check(format("mistral"), "Hello[TOOL_CALLS]{\"name\": \"g\"}", "Hello", G);
    }

    @Test
    void aNameHoldsNoMark() {
        check(
                format("hermes"),
                "<tool_call>{\"arguments\": {}, \"name\": \"f}</tool_call><tool_call>{\"name\": \"g\"}</tool_call>",
                "{\"arguments\": {}, \"name\": \"f}",
                G);
    }

    @Test
    void partsOfTagsAreNoArguments() {
        check(
                format("qwen3_coder"),
                "<tool_call>\n<function=f>\nparameter=a>\nx\n</parameter>\n<parameter=b>\ny\n</parameter>\n</function>\n"
                        + "</tool_call>\n<tool_call>\n<function=g>\n</function>\n</tool_call>",
                "f parameter=a>\nx\n\nb>\ny\n\n…",
                G);
        check(format("qwen3_coder"), "Use <parameter=a> here.", "Use <parameter=a> here.");
        check(
                format("kimi_k3"),
                "<|open|>tools<|sep|><|open|>call tool=\"f\" index=\"1\"<|sep|><|open|>argument key=\"a\" "
                        + "type=\"string\"<|sep|>x<|close|>argument<|close|>call<|sep|><|open|>call tool=\"g\" index=\"2\""
                        + "<|sep|><|close|>call<|sep|><|close|>tools<|sep|>",
                F,
                "argument",
                G);
    }

    @Test
    void aCallOutsideItsSectionIsOneIfItNamesATool() {
        String call = "<invoke name=\"%s\"><parameter name=\"a\">x</parameter></invoke>";
        check(format("minimax_m2"), call.formatted("f") + "\n</minimax:tool_call>", F);
        check(format("minimax_m2"), "See " + call.formatted("e") + ".", "See " + call.formatted("e") + ".");
    }

    @Test
    void whatNothingRepairsIsBrokenOffAndTheNextCallIsFound() {
        check(
                format("hermes"),
                "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": nope}}</tool_call><tool_call>{\"name\": \"g\"}</tool_call>",
                "f {\"a\": nope}}…",
                G);
    }

    @Test
    void argumentsThatAreNoObjectAreContent() {
        check(
                format("hermes"),
                "<tool_call>{\"name\": \"f\", \"arguments\": [1]}</tool_call><tool_call>{\"name\": \"g\"}</tool_call>",
                "{\"name\": \"f\", \"arguments\": [1]}",
                G);
        check(format("mistral"), "[TOOL_CALLS]f[ARGS][1]", "[1]");
        check(format("mistral"), "[TOOL_CALLS]f[ARGS]\"{\\\"a\\\": \\\"x\\\"}\"", F);
        check(
                format("kimi_k2"),
                "<|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>\"x\"<|tool_call_end|>",
                "\"x\"");
        check(format("llama3_json"), "{\"name\": \"f\", \"parameters\": 5}", "{\"name\": \"f\", \"parameters\": 5}");
        check(format("apertus"), "<|tools_prefix|>[{\"f\": true}, {\"g\": {}}]<|tools_suffix|>", "[{\"f\": true}, ", G);
    }

    @Test
    void emptySectionsAndHeadersAreNoContent() {
        check(format("kimi_k2"), "Hi.<|tool_calls_section_begin|><|tool_calls_section_end|>", "Hi.");
        check(format("step3"), "Hi.<｜tool_calls_begin｜><｜tool_calls_end｜>", "Hi.");
        check(format("gigachat3"), "Hi.<|message_sep|>\n\n", "Hi.");
        check(
                format("inkling"),
                "<|message_model|>f<|content_invoke_tool_json|>{\"name\": \"f\", \"args\": {\"a\": \"x\"}}<|end_message|>",
                F);
    }

    @Test
    void anEmptyListIsNoContent() {
        check(format("lfm2"), "Hi.<|tool_call_start|>[ ]<|tool_call_end|>", "Hi.");
        check(format("jamba"), "Hi.<tool_calls>[]</tool_calls>", "Hi.");
        check(format("pythonic"), "[]", "[]");
    }

    @Test
    void theMarkAroundCallsMayBeMissingOrAnothers() {
        String call = "<｜DSML｜invoke name=\"f\"><｜DSML｜parameter name=\"a\" string=\"true\">x</｜DSML｜parameter>"
                + "</｜DSML｜invoke>";
        check(format("deepseek_v4"), call + "</｜DSML｜tool_calls>", F);
        check(format("deepseek_v4"), "<｜DSML｜function_calls>" + call + "</｜DSML｜function_calls>", F);
        check(
                format("step3"),
                "<｜tool_calls_begin｜><｜tool_call_begin｜><steptml:invoke name=\"f\"><steptml:parameter name=\"a\">x"
                        + "</steptml:parameter></steptml:invoke><｜tool_call_end｜><｜tool_sep｜><｜tool_call_begin｜>"
                        + "<steptml:invoke name=\"g\"></steptml:invoke><｜tool_call_end｜><｜tool_calls_end｜>",
                F,
                G);
        check(format("gemma4"), "<|tool_call>:f{a:<|\"|>x<|\"|>}<tool_call|>", F);
        check(
                format("qwen3_coder"),
                "<tool_call>\n<function=f\n<parameter=a>x</parameter>\n</function>\n</tool_call>",
                F);
    }

    @Test
    void anEchoOfTheCallsIsNoContent() {
        check(format("lfm2"), "<|tool_call_start|>[f(a='x')]<|tool_call_end|>[f(a='x')]<|tool_call_end|>", F);
    }

    @Test
    void aCallMayStandInItsFunctionKey() {
        check(
                format("llama3_json"),
                "{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": {\"a\": \"x\"}}}",
                F);
        check(
                format("hermes"),
                "<tool_call>{\"type\": \"function\", \"function\": {\"name\": \"f\", \"arguments\": {\"a\": \"x\"}}}</tool_call>",
                F);
    }

    @Test
    void aSectionOfTagsMayHoldJson() {
        check(
                format("dots"),
                "<dots_function_call>{\"name\": \"f\", \"arguments\": {\"a\": \"x\"}}</dots_function_call>",
                F);
        check(format("qwen3_coder"), "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": \"x\"}}\n</tool_call>", F);
    }

    @Test
    void attributesAreUnescaped() {
        check(
                format("kimi_k3"),
                "<|open|>tools<|sep|><|open|>call tool=\"f\" index=\"1\"<|sep|><|open|>argument key=\"a&amp;b\" "
                        + "type=\"string\"<|sep|>x<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>",
                "f {\"a&b\": \"x\"}");
        check(
                format("kimi_k3"),
                "<|open|>tools<|sep|><|open|>call tool=\"f&lt;&quot;\" index=\"1\"<|sep|><|open|>argument key=\"a<b\" "
                        + "type=\"string\"<|sep|>x<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>",
                "f<\" {\"a<b\": \"x\"}");
    }

    @Test
    void aToolsNameMayBeDoubled() {
        check(
                format("muse_glimmer"),
                " to=f<|message|><atem:function_calls><atem:invoke name=\"f.f\"><atem:parameter name=\"a\">x"
                        + "</atem:parameter></atem:invoke></atem:function_calls>",
                F);
    }

    @Test
    void aHeaderThatThePromptHasBegunIsNoContent() {
        check(format("muse_glimmer"), "to=user<|message|>Hi.<|eot|>", "Hi.");
        check(format("muse_glimmer"), "<|message|>Hi.<|eot|>", "Hi.");
        check(format("muse_glimmer"), "to=5 or to=6", "to=5 or to=6");
    }

    @Test
    void theAssistantIsNoToolOfHarmony() {
        check(format("openai"), "<|channel|>commentary to=assistant<|message|>Hi.<|end|>", "Hi.");
    }

    @Test
    void setsAreArrays() {
        check(
                format("lfm2"),
                "<|tool_call_start|>[f(a={1, 2}, b={'x': {'y'}})]",
                "f {\"a\": [1, 2], \"b\": {\"x\": [\"y\"]}}");
    }

    @Test
    void theSchemaDecidesAnArgumentsType() {
        String call = "<｜DSML｜tool_calls><｜DSML｜invoke name=\"f\"><｜DSML｜parameter name=\"a\" string=\"%s\">%s"
                + "</｜DSML｜parameter></｜DSML｜invoke></｜DSML｜tool_calls>";
        check(format("deepseek_v4"), call.formatted("false", "null"), "f {\"a\": \"null\"}");
        check(format("deepseek_v4"), call.formatted("false", "12345"), "f {\"a\": \"12345\"}");
        check(
                format("kimi_k3"),
                "<|open|>tools<|sep|><|open|>call tool=\"f\" index=\"1\"<|sep|><|open|>argument key=\"a\" "
                        + "type=\"number\"<|sep|>12345<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>",
                "f {\"a\": \"12345\"}");
    }

    @Test
    void citationMarksAreNoContent() {
        check(
                format("cohere_command3"),
                "<|START_RESPONSE|>It is <co>warm</co: 0:[1,2],1:[0]> and <co: 0>dry</co: 0>.<|END_RESPONSE|>",
                "It is warm and dry.");
        check(format("cohere_command4"), "<|START_RESPONSE|>Hi.<|END_RESPONSE|>", "Hi.");
    }

    @ParameterizedTest
    @MethodSource("providers")
    void namesThatNoToolHasAreToldWhereAMarkAnnouncesCalls(ToolParserProvider provider) {
        List<ToolDefinition> others = List.of(tool("other", Map.of()));
        String text =
                switch (provider.name()) {
                    case "hermes" -> "<tool_call>{\"name\": \"f\"}</tool_call>";
                    case "qwen3_coder" -> "<tool_call><function=f></function></tool_call>";
                    case "llama3_json" -> "{\"name\": \"f\", \"parameters\": {}}";
                    default -> "";
                };
        Story story = new Story();
        ToolParser parser = provider.create(others);
        if (!text.isEmpty()) {
            parser.accept(text, story);
        }
        parser.finish(story);
        assertThat(story.whole())
                .isEqualTo(text.isEmpty() ? List.of() : List.of(provider.name().equals("llama3_json") ? text : "f {}"));
    }
}
