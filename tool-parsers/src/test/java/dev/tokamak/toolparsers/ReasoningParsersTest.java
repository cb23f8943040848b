package dev.tokamak.toolparsers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.reasoning.ReasoningParser;
import dev.tokamak.spi.reasoning.ReasoningParserProvider;
import dev.tokamak.tck.ReasoningParserContract;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReasoningParsersTest {
    /** A format whose text is a start, the reasoning, an end, the content and perhaps a last mark. */
    abstract static class Between extends ReasoningParserContract {
        private final ReasoningParserProvider provider;
        private final String promptTail;
        private final String start;
        private final String end;
        private final String last;

        Between(ReasoningParserProvider provider, String promptTail, String start, String end, String last) {
            this.provider = provider;
            this.promptTail = promptTail;
            this.start = start;
            this.end = end;
            this.last = last;
        }

        Between(ReasoningParserProvider provider, String start, String end) {
            this(provider, "", start, end, "");
        }

        @Override
        protected ReasoningParserProvider provider() {
            return provider;
        }

        @Override
        protected String render(String reasoning, String content) {
            return start + reasoning + end + content + last;
        }

        @Override
        protected String promptTail() {
            return promptTail;
        }

        /** Marks of words that any text may have are no tokens. */
        @Override
        protected List<String> tokens() {
            return Pattern.compile("<[^<>\\s]+>|\\[/?THINK]")
                    .matcher(start + end + last)
                    .results()
                    .map(MatchResult::group)
                    .distinct()
                    .toList();
        }
    }

    @Nested
    class DeepseekR1 extends Between {
        DeepseekR1() {
            super(new TaggedReasoningParsers.DeepseekR1(), "<think>", "</think>");
        }
    }

    @Nested
    class Qwen3 extends Between {
        Qwen3() {
            super(new TaggedReasoningParsers.Qwen3(), "<think>", "</think>");
        }
    }

    @Nested
    class Mimo extends Between {
        Mimo() {
            super(new TaggedReasoningParsers.Mimo(), "<think>", "</think>");
        }
    }

    @Nested
    class Glm45 extends Between {
        Glm45() {
            super(new TaggedReasoningParsers.Glm45(), "<think>", "</think>");
        }
    }

    @Nested
    class Glm47 extends Between {
        Glm47() {
            super(new TaggedReasoningParsers.Glm47(), "<think>", "</think>");
        }
    }

    @Nested
    class Ling3 extends Between {
        Ling3() {
            super(new TaggedReasoningParsers.Ling3(), "<think>", "</think>");
        }
    }

    @Nested
    class KimiK2 extends Between {
        KimiK2() {
            super(new TaggedReasoningParsers.KimiK2(), "<think>", "</think>");
        }
    }

    @Nested
    class NemotronV3 extends Between {
        NemotronV3() {
            super(new TaggedReasoningParsers.NemotronV3(), "<think>", "</think>");
        }
    }

    @Nested
    class HyV3 extends Between {
        HyV3() {
            super(new TaggedReasoningParsers.HyV3(), "<think>", "</think>");
        }
    }

    @Nested
    class Holo2 extends Between {
        Holo2() {
            super(new TaggedReasoningParsers.Holo2(), "<think>", "</think>");
        }
    }

    @Nested
    class Olmo3 extends Between {
        Olmo3() {
            super(new TaggedReasoningParsers.Olmo3(), "<think>", "</think>");
        }
    }

    @Nested
    class Step3p5 extends Between {
        Step3p5() {
            super(new TaggedReasoningParsers.Step3p5(), "<think>", "</think>");
        }
    }

    @Nested
    class PoolsideV1 extends Asked {
        PoolsideV1() {
            super(new TaggedReasoningParsers.PoolsideV1(), "<think>", "</think>");
        }
    }

    @Nested
    class DeepseekV3 extends Asked {
        DeepseekV3() {
            super(new TaggedReasoningParsers.DeepseekV3(), "<think>", "</think>");
        }
    }

    @Nested
    class DeepseekV4 extends Asked {
        DeepseekV4() {
            super(new TaggedReasoningParsers.DeepseekV4(), "<think>", "</think>");
        }
    }

    @Nested
    class DeepseekR1WithoutStart extends Between {
        DeepseekR1WithoutStart() {
            super(new TaggedReasoningParsers.DeepseekR1(), "", "</think>");
        }
    }

    @Nested
    class DeepseekR1BehindAPromptThatOpens extends Between {
        DeepseekR1BehindAPromptThatOpens() {
            super(new TaggedReasoningParsers.DeepseekR1(), "<|Assistant|><think>\n", "", "</think>", "");
        }
    }

    @Nested
    class Qwen3BehindAPromptThatOpens extends Between {
        Qwen3BehindAPromptThatOpens() {
            super(new TaggedReasoningParsers.Qwen3(), "<|im_start|>assistant\n<think>\n", "", "</think>", "");
        }
    }

    @Nested
    class Step3 extends Between {
        Step3() {
            super(new TaggedReasoningParsers.Step3(), "", "</think>");
        }
    }

    @Nested
    class MinimaxM2 extends Between {
        MinimaxM2() {
            super(new TaggedReasoningParsers.MinimaxM2(), "", "</think>");
        }
    }

    @Nested
    class Ernie45 extends Between {
        Ernie45() {
            super(new TaggedReasoningParsers.Ernie45(), "", "", "</think><response>\n", "\n</response>");
        }
    }

    @Nested
    class HunyuanA13b extends Between {
        HunyuanA13b() {
            super(new TaggedReasoningParsers.HunyuanA13b(), "", "<think>\n", "\n</think>\n<answer>\n", "\n</answer>");
        }
    }

    @Nested
    class SeedOss extends Between {
        SeedOss() {
            super(new TaggedReasoningParsers.SeedOss(), "<seed:think>", "</seed:think>");
        }
    }

    @Nested
    class MinimaxM3 extends Between {
        MinimaxM3() {
            super(new TaggedReasoningParsers.MinimaxM3(), "<mm:think>", "</mm:think>");
        }
    }

    @Nested
    class Mistral extends Between {
        Mistral() {
            super(new TaggedReasoningParsers.Mistral(), "[THINK]", "[/THINK]");
        }

        @Override
        protected boolean carries(String text) {
            return !text.contains("[TOOL_CALLS]");
        }
    }

    @Nested
    class Gemma4 extends Between {
        Gemma4() {
            super(new TaggedReasoningParsers.Gemma4(), "<|channel>thought\n", "<channel|>");
        }
    }

    @Nested
    class CohereCommand3 extends Between {
        CohereCommand3() {
            super(
                    new TaggedReasoningParsers.CohereCommand3(),
                    "",
                    "<|START_THINKING|>",
                    "<|END_THINKING|><|START_RESPONSE|>",
                    "<|END_RESPONSE|>");
        }
    }

    @Nested
    class CohereCommand4 extends Between {
        CohereCommand4() {
            super(
                    new TaggedReasoningParsers.CohereCommand4(),
                    "",
                    "<|START_THINKING|>",
                    "<|END_THINKING|><|START_TEXT|>",
                    "<|END_TEXT|>");
        }
    }

    @Nested
    class Granite extends Between {
        Granite() {
            super(new TaggedReasoningParsers.Granite(), "Here is my thought process:", "Here is my response:");
        }
    }

    @Nested
    class Inkling extends Between {
        Inkling() {
            super(
                    new TaggedReasoningParsers.Inkling(),
                    "",
                    "<|message_model|><|content_thinking|>",
                    "<|end_message|><|message_model|><|content_text|>",
                    "<|end_message|>");
        }
    }

    @Nested
    class KimiK3 extends Between {
        KimiK3() {
            super(
                    new TaggedReasoningParsers.KimiK3(),
                    "",
                    "<|open|>think<|sep|>",
                    "<|close|>think<|sep|><|open|>response<|sep|>",
                    "<|close|>response<|sep|>");
        }
    }

    @Nested
    class OpenAiGptOss extends Between {
        OpenAiGptOss() {
            super(
                    new MessageReasoningParsers.OpenAiGptOss(),
                    "",
                    "<|channel|>analysis<|message|>",
                    "<|end|><|start|>assistant<|channel|>final<|message|>",
                    "<|return|>");
        }
    }

    @Nested
    class OpenAiGptOssBehindAPromptThatBegins extends Between {
        OpenAiGptOssBehindAPromptThatBegins() {
            super(
                    new MessageReasoningParsers.OpenAiGptOss(),
                    "<|start|>assistant<|channel|>analysis<|message|>",
                    "",
                    "<|end|><|start|>assistant<|channel|>final<|message|>",
                    "");
        }
    }

    @Nested
    class MuseGlimmer extends Between {
        MuseGlimmer() {
            super(
                    new MessageReasoningParsers.MuseGlimmer(),
                    "<|start|>assistant",
                    " to=self<|message|>",
                    "<|eom|><|start|>assistant to=user<|message|>",
                    "<|eot|>");
        }
    }

    @Nested
    class MuseGlimmerOfAnUnknownPrompt extends Between {
        MuseGlimmerOfAnUnknownPrompt() {
            super(
                    new MessageReasoningParsers.MuseGlimmer(),
                    "",
                    " to=self<|message|>",
                    "<|eom|><|start|>assistant to=user<|message|>",
                    "<|eot|>");
        }
    }

    @Nested
    class MinimaxM2AppendThink extends Between {
        MinimaxM2AppendThink() {
            super(new TaggedReasoningParsers.MinimaxM2AppendThink(), "", "</think>");
        }

        @Override
        protected String expectedReasoning(String reasoning) {
            return "";
        }

        @Override
        protected String expectedContent(String reasoning, String content) {
            return "<think>" + reasoning + "</think>" + content;
        }
    }

    @Nested
    class SolarOpen2 extends Between {
        SolarOpen2() {
            super(new TaggedReasoningParsers.SolarOpen2(), "<|think:start|>", "<|think:end|>");
        }
    }

    @Nested
    class Exaone4 extends Between {
        Exaone4() {
            super(new TaggedReasoningParsers.Exaone4(), "<think>", "</think>");
        }
    }

    @Nested
    class DeepseekV41 extends Asked {
        DeepseekV41() {
            super(new TaggedReasoningParsers.DeepseekV41(), "<think>", "</think>");
        }
    }

    @Nested
    class Gigachat35 extends Asked {
        Gigachat35() {
            super(new TaggedReasoningParsers.Gigachat35(), "", "</think>");
        }

        @Override
        protected Map<String, Object> templateVariables() {
            return Map.of("reasoning", true);
        }
    }

    abstract static class Asked extends Between {
        Asked(ReasoningParserProvider provider, String start, String end) {
            super(provider, start, end);
        }

        @Override
        protected Map<String, Object> templateVariables() {
            return Map.of("thinking", true);
        }
    }

    private static String[] parse(
            ReasoningParserProvider provider, String tail, Map<String, Object> variables, String text) {
        ReasoningParser parser = provider.create(tail, variables);
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        ReasoningParser.Sink sink = new ReasoningParser.Sink() {
            @Override
            public void reasoning(String text) {
                reasoning.append(text);
            }

            @Override
            public void content(String text) {
                content.append(text);
            }
        };
        parser.accept(text, sink);
        parser.finish(sink);
        return new String[] {reasoning.toString(), content.toString()};
    }

    @Test
    void anAnswerWithoutTagsIsContentIfThePromptOpenedNothing() {
        assertThat(parse(new TaggedReasoningParsers.Qwen3(), "<|im_start|>assistant\n", Map.of(), "\nHello."))
                .containsExactly("", "\nHello.");
    }

    @Test
    void reasoningThatThePromptClosedIsOver() {
        assertThat(parse(new TaggedReasoningParsers.Qwen3(), "<think>\n\n</think>\n\n", Map.of(), "Hello. </think>"))
                .containsExactly("", "Hello. </think>");
    }

    @Test
    void reasoningThatIsCutOffIsReasoning() {
        assertThat(parse(new TaggedReasoningParsers.DeepseekR1(), "<think>\n", Map.of(), "I wonder </thi"))
                .containsExactly("I wonder </thi", "");
    }

    @Test
    void reasoningThatWasNotAskedForIsContent() {
        assertThat(parse(new TaggedReasoningParsers.DeepseekV3(), "", Map.of(), "Hello."))
                .containsExactly("", "Hello.");
        assertThat(parse(new TaggedReasoningParsers.DeepseekV3(), "", Map.of("thinking", true), "Well.</think>Hello."))
                .containsExactly("Well.", "Hello.");
        assertThat(parse(new TaggedReasoningParsers.Holo2(), "", Map.of("thinking", false), "Hello."))
                .containsExactly("", "Hello.");
    }

    @Test
    void whereThereIsNoReasoningAFormatHoldsAtOnce() {
        assertThat(new TaggedReasoningParsers.DeepseekV3().create("", Map.of()).ended())
                .isTrue();
        assertThat(new TaggedReasoningParsers.Glm45()
                        .create("<|assistant|>", Map.of("enable_thinking", false))
                        .ended())
                .isTrue();
        assertThat(new TaggedReasoningParsers.Qwen3()
                        .create("<|im_start|>assistant\n", Map.of())
                        .ended())
                .isFalse();
    }

    @Test
    void callsEndTheReasoningOfKimiAndStayInTheContent() {
        assertThat(parse(new TaggedReasoningParsers.KimiK2(), "", Map.of(), "<think>So<|tool_calls_section_begin|>x"))
                .containsExactly("So", "<|tool_calls_section_begin|>x");
    }

    @Test
    void harmonyLeavesCallsToTheToolParser() {
        String call = "<|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>";
        assertThat(parse(
                        new MessageReasoningParsers.OpenAiGptOss(),
                        "<|start|>assistant",
                        Map.of(),
                        "<|channel|>analysis<|message|>Hm.<|end|>" + call))
                .containsExactly("Hm.", call);
    }

    @Test
    void harmonyTellsPreamblesAsLinesOfContentAndThinksOn() {
        assertThat(parse(
                        new MessageReasoningParsers.OpenAiGptOss(),
                        "",
                        Map.of(),
                        "<|channel|>commentary<|message|>Let me see.<|end|>"
                                + "<|start|>assistant<|channel|>analysis<|message|>Hm.<|end|>"
                                + "<|start|>assistant<|channel|>final<|message|>Done.<|return|>"))
                .containsExactly("Hm.", "Let me see.\nDone.");
    }

    @Test
    void harmonyBeginsWhereThePromptLeftOff() {
        String history = "<|start|>assistant<|channel|>final<|message|>Hi.<|end|><|start|>user<|message|>So?<|end|>";
        assertThat(parse(
                        new MessageReasoningParsers.OpenAiGptOss(),
                        history + "<|start|>assistant",
                        Map.of(),
                        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Yes."))
                .containsExactly("Hm.", "Yes.");
        assertThat(parse(
                        new MessageReasoningParsers.OpenAiGptOss(),
                        history + "<|start|>assistant",
                        Map.of(),
                        " to=functions.f<|channel|>commentary json<|message|>{}<|call|>"))
                .containsExactly(
                        "", "<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|>");
    }

    /** The same text whole and in single characters. */
    private static void check(ReasoningParserProvider provider, String tail, String text, String... told) {
        assertThat(parse(provider, tail, Map.of(), text)).as(provider.name()).containsExactly(told);
        ReasoningParser parser = provider.create(tail, Map.of());
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        ReasoningParser.Sink sink = new ReasoningParser.Sink() {
            @Override
            public void reasoning(String text) {
                reasoning.append(text);
            }

            @Override
            public void content(String text) {
                content.append(text);
            }
        };
        text.chars().forEach(c -> parser.accept(String.valueOf((char) c), sink));
        parser.finish(sink);
        assertThat(new String[] {reasoning.toString(), content.toString()})
                .as(provider.name())
                .containsExactly(told);
    }

    /** A parser, the prompt's end that opens its reasoning, and a call as its family writes it. */
    static Stream<Arguments> openedReasoning() {
        String xml = "<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>";
        String json = "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>";
        String keys = "<tool_call>f\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n</tool_call>";
        return Stream.of(
                Arguments.of(new TaggedReasoningParsers.Qwen3(), "<think>\n", xml),
                Arguments.of(new TaggedReasoningParsers.Qwen3(), "<think>\n", json),
                Arguments.of(new TaggedReasoningParsers.DeepseekR1(), "<think>\n", json),
                Arguments.of(
                        new TaggedReasoningParsers.DeepseekR1(),
                        "<think>\n",
                        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f"),
                Arguments.of(new TaggedReasoningParsers.Mimo(), "<think>", xml),
                Arguments.of(new TaggedReasoningParsers.NemotronV3(), "<think>\n", xml),
                Arguments.of(new TaggedReasoningParsers.Step3p5(), "<think>\n", xml),
                Arguments.of(new TaggedReasoningParsers.Exaone4(), "<think>\n", json),
                Arguments.of(new TaggedReasoningParsers.Ernie45(), "<think>\n", json),
                Arguments.of(new TaggedReasoningParsers.Holo2(), "<think>\n", json),
                Arguments.of(new TaggedReasoningParsers.Glm45(), "<think>", keys),
                Arguments.of(new TaggedReasoningParsers.Glm47(), "<think>", keys),
                Arguments.of(new TaggedReasoningParsers.Ling3(), "<think>", keys),
                Arguments.of(new TaggedReasoningParsers.PoolsideV1(), "<think>", keys),
                Arguments.of(new TaggedReasoningParsers.HyV3(), "<think>", "<tool_calls>\n" + keys + "\n</tool_calls>"),
                Arguments.of(
                        new TaggedReasoningParsers.HunyuanA13b(),
                        "<think>\n",
                        "<tool_calls>[{\"name\": \"f\"}]</tool_calls>"),
                Arguments.of(
                        new TaggedReasoningParsers.Olmo3(), "<think>", "<function_calls>\nf(a=1)\n</function_calls>"),
                Arguments.of(
                        new TaggedReasoningParsers.SeedOss(),
                        "<seed:think>",
                        "<seed:tool_call>\n<function=f>\n</function>\n</seed:tool_call>"),
                Arguments.of(
                        new TaggedReasoningParsers.MinimaxM2(),
                        "<think>\n",
                        "<minimax:tool_call>\n<invoke name=\"f\">\n</invoke>\n</minimax:tool_call>"),
                Arguments.of(
                        new TaggedReasoningParsers.MinimaxM3(),
                        "<mm:think>",
                        "]<]minimax[>[<tool_call>]<]minimax[>[<invoke name=\"f\">"),
                Arguments.of(
                        new TaggedReasoningParsers.DeepseekV3(), "<think>", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f"),
                Arguments.of(
                        new TaggedReasoningParsers.DeepseekV4(),
                        "<think>",
                        "<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">"),
                Arguments.of(
                        new TaggedReasoningParsers.DeepseekV41(),
                        "<think>",
                        "<｜DSML｜ calls>\n<｜DSML｜ invoke name=\"f\">"),
                Arguments.of(
                        new TaggedReasoningParsers.Gigachat35(),
                        "<think>",
                        "<｜GCML｜tool_calls><｜GCML｜invoke name=\"f\">"),
                Arguments.of(new TaggedReasoningParsers.Step3(), "<think>", "<｜tool_calls_begin｜><｜tool_call_begin｜>f"),
                Arguments.of(new TaggedReasoningParsers.KimiK2(), "<think>", "<|tool_calls_section_begin|>"),
                Arguments.of(new TaggedReasoningParsers.SolarOpen2(), "<|think:start|>", "<|tool_call:start|>f\n"),
                Arguments.of(new TaggedReasoningParsers.Mistral(), "[THINK]", "[TOOL_CALLS]f[ARGS]{}"),
                Arguments.of(
                        new TaggedReasoningParsers.Gemma4(), "<|channel>thought\n", "<|tool_call>call:f{}<tool_call|>"),
                Arguments.of(new TaggedReasoningParsers.CohereCommand3(), "<|START_THINKING|>", "<|START_ACTION|>[{}]"),
                Arguments.of(new TaggedReasoningParsers.CohereCommand4(), "<|START_THINKING|>", "<|START_ACTION|>[{}]"),
                Arguments.of(new TaggedReasoningParsers.Granite(), "Here is my thought process:", "<|tool_call|>[{}]"),
                Arguments.of(
                        new TaggedReasoningParsers.Inkling(), "<|content_thinking|>", "<|content_invoke_tool_json|>{}"),
                Arguments.of(
                        new TaggedReasoningParsers.KimiK3(),
                        "<|open|>think<|sep|>",
                        "<|open|>tools<|sep|><|open|>call tool=\"f\""));
    }

    @ParameterizedTest
    @MethodSource("openedReasoning")
    void aCallWithinReasoningThatWasNeverClosedIsContent(
            ReasoningParserProvider provider, String promptTail, String call) {
        check(provider, promptTail, "I need f.\n\n" + call, "I need f.", call);
    }

    @Test
    void aCallThatIsMentionedOrDraftedWithinReasoningIsReasoning() {
        for (String thought : List.of(
                "I could write <tool_call> here.",
                "First <tool_call>\n{\"name\": \"f\"}\n</tool_call>, hm.\n",
                "`<tool_call>`",
                "<tool_call>\n")) {
            check(new TaggedReasoningParsers.Qwen3(), "<think>\n", thought + "</think>Done.", thought, "Done.");
        }
    }

    /** Of these formats the mark of calls is a token, which text may spell. */
    static Stream<Arguments> specialCalls() {
        return Stream.of(
                Arguments.of(
                        new TaggedReasoningParsers.KimiK2(),
                        "<think>",
                        "</think>",
                        "<|tool_calls_section_begin|>",
                        "<|tool_call_begin|>functions.f:0"),
                Arguments.of(new TaggedReasoningParsers.Mistral(), "[THINK]", "[/THINK]", "[TOOL_CALLS]", "f[ARGS]{}"),
                Arguments.of(
                        new TaggedReasoningParsers.Gemma4(),
                        "<|channel>thought\n",
                        "<channel|>",
                        "<|tool_call>",
                        "call:f{}<tool_call|>"),
                Arguments.of(
                        new TaggedReasoningParsers.CohereCommand3(),
                        "<|START_THINKING|>",
                        "<|END_THINKING|>",
                        "<|START_ACTION|>",
                        "[{}]<|END_ACTION|>"),
                Arguments.of(
                        new TaggedReasoningParsers.SolarOpen2(),
                        "<|think:start|>",
                        "<|think:end|>",
                        "<|tool_call:start|>",
                        "f\n<|tool_call:end|>"));
    }

    @ParameterizedTest
    @MethodSource("specialCalls")
    void whereTokensAreNotKnownASpecialMarkOfCallsMayBeMentioned(
            ReasoningParserProvider provider, String start, String end, String mark, String call) {
        for (String thought : List.of("I need " + mark + " as said.", "Hm, " + mark + call + " would do.")) {
            check(provider, start, thought + end + "Done.", thought, "Done.");
        }
    }

    @ParameterizedTest
    @MethodSource("specialCalls")
    void aSpecialMarkOfCallsThatCameAsATokenEndsTheReasoningAtOnce(
            ReasoningParserProvider provider, String start, String end, String mark, String call) {
        ReasoningParser parser =
                provider.create(start, Map.of(), Set.of(start.strip(), end, mark, "<|tool_call_begin|>")::contains);
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        ReasoningParser.Sink sink = new ReasoningParser.Sink() {
            @Override
            public void reasoning(String text) {
                reasoning.append(text);
            }

            @Override
            public void content(String text) {
                content.append(text);
            }

            @Override
            public void contentToken(String token) {
                content.append('[').append(token).append(']');
            }
        };
        parser.accept("I say " + mark + call + ".", sink);
        assertThat(parser.ended()).isFalse();
        parser.acceptToken(mark, sink);
        assertThat(parser.ended()).isTrue();
        parser.accept(call, sink);
        parser.finish(sink);
        assertThat(reasoning).hasToString("I say " + mark + call + ".");
        assertThat(content).hasToString("[" + mark + "]" + call);
    }

    @Test
    void aMentionIsToldBeforeTheReasoningEnds() {
        ReasoningParser parser = new TaggedReasoningParsers.Qwen3().create("<think>\n", Map.of());
        StringBuilder reasoning = new StringBuilder();
        parser.accept("So <tool_call> is", new ReasoningParser.Sink() {
            @Override
            public void reasoning(String text) {
                reasoning.append(text);
            }

            @Override
            public void content(String text) {
                throw new AssertionError(text);
            }
        });
        assertThat(reasoning).hasToString("So <tool_call> is");
    }

    @Test
    void formatsOfSpecialTokensMayThinkAgain() {
        check(new TaggedReasoningParsers.Mistral(), "", "[THINK]a[/THINK]b[THINK]c[/THINK]d", "ac", "bd");
        check(
                new TaggedReasoningParsers.Gemma4(),
                "",
                "<|channel>thought\na<channel|>b<|channel>thought\nc<channel|>d",
                "ac",
                "bd");
        check(
                new TaggedReasoningParsers.Inkling(),
                "",
                "<|content_thinking|>a<|end_message|><|message_model|><|content_text|>b<|end_message|>"
                        + "<|message_model|><|content_thinking|>c<|end_message|><|message_model|><|content_text|>d",
                "ac",
                "bd");
        check(
                new TaggedReasoningParsers.CohereCommand3(),
                "",
                "<|START_THINKING|>a<|END_THINKING|>b<|START_THINKING|>c<|END_THINKING|><|START_TEXT|>d<|END_TEXT|>",
                "ac",
                "bd");
    }

    @Test
    void behindItsCallsNothingIsReasoning() {
        check(
                new TaggedReasoningParsers.Mistral(),
                "",
                "[THINK]a[/THINK][TOOL_CALLS]f[ARGS]{\"a\": \"[THINK]\"}",
                "a",
                "[TOOL_CALLS]f[ARGS]{\"a\": \"[THINK]\"}");
    }

    @Test
    void whatHarmonyAddressesToTheAssistantIsTheAnswer() {
        check(
                new MessageReasoningParsers.OpenAiGptOss(),
                "",
                "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=assistant<|message|>Hi.<|end|>",
                "Hm.",
                "Hi.");
    }

    @Test
    void citationMarksAreDroppedFromReasoningToo() {
        check(
                new TaggedReasoningParsers.CohereCommand3(),
                "",
                "<|START_THINKING|>It <co>rains</co: 0:[1]>.<|END_THINKING|><|START_RESPONSE|><co: 1>Yes</co: 1>.<|END_RESPONSE|>",
                "It rains.",
                "Yes.");
    }
}
