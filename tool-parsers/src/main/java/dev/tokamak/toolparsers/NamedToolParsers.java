package dev.tokamak.toolparsers;

import dev.tokamak.toolparsers.JsonCallReader.Keys;
import dev.tokamak.toolparsers.NamedCallReader.Head;
import dev.tokamak.toolparsers.NamedCallReader.Layout;
import java.util.List;
import java.util.function.Function;

/** The formats that write a function's name, a mark and then its arguments as JSON. */
final class NamedToolParsers {
    private static final String FUNCTIONS = "functions.";

    private NamedToolParsers() {}

    private static Format.Readers named(Layout layout) {
        return (feed, out, tools) -> new NamedCallReader(layout, feed, out);
    }

    /** Calls between special tokens, within a section. */
    private static Format.Builder tokens(
            String section, String begin, String headEnd, Function<String, Head> head, String end, String sectionEnd) {
        Layout layout = new Layout(List.of(headEnd), head, List.of(end, sectionEnd), List.of(begin));
        return Format.builder()
                .section(section, sectionEnd)
                .calls(named(layout), begin)
                .callEnds(end)
                .separators(headEnd)
                .specialTokens();
    }

    /** DeepSeek V3-0324 and R1-0528: a kind before the name, arguments in a code fence. */
    public static final class DeepseekV3 extends FormatProvider {
        /** The format. */
        public DeepseekV3() {
            super(
                    "deepseek_v3",
                    tokens(
                                    "<｜tool▁calls▁begin｜>",
                                    "<｜tool▁call▁begin｜>",
                                    "```json",
                                    DeepseekV3::head,
                                    "<｜tool▁call▁end｜>",
                                    "<｜tool▁calls▁end｜>")
                            .callEnds("```<｜tool▁call▁end｜>", "```")
                            .separators("<｜tool▁sep｜>")
                            .grammar(CallGrammar.named(
                                            "<｜tool▁call▁begin｜>function<｜tool▁sep｜>",
                                            "\n```json\n",
                                            "\n```<｜tool▁call▁end｜>")
                                    .within("<｜tool▁calls▁begin｜>", "\n", "<｜tool▁calls▁end｜>"))
                            .build());
        }

        private static Head head(String text) {
            int separator = text.lastIndexOf("<｜tool▁sep｜>");
            return separator < 0
                    ? null
                    : NamedCallReader.plainName(text.substring(separator + "<｜tool▁sep｜>".length()));
        }
    }

    /** DeepSeek V3.1. */
    public static final class DeepseekV31 extends FormatProvider {
        /** The format. */
        public DeepseekV31() {
            super(
                    "deepseek_v31",
                    tokens(
                                    "<｜tool▁calls▁begin｜>",
                                    "<｜tool▁call▁begin｜>",
                                    "<｜tool▁sep｜>",
                                    NamedCallReader::plainName,
                                    "<｜tool▁call▁end｜>",
                                    "<｜tool▁calls▁end｜>")
                            .grammar(CallGrammar.named("<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>")
                                    .within("<｜tool▁calls▁begin｜>", "", "<｜tool▁calls▁end｜>"))
                            .build());
        }
    }

    /** Kimi K2: the call's id holds its name. */
    public static final class KimiK2 extends FormatProvider {
        /** The format. */
        public KimiK2() {
            super(
                    "kimi_k2",
                    tokens(
                                    "<|tool_calls_section_begin|>",
                                    "<|tool_call_begin|>",
                                    "<|tool_call_argument_begin|>",
                                    KimiK2::head,
                                    "<|tool_call_end|>",
                                    "<|tool_calls_section_end|>")
                            .grammar(CallGrammar.named(
                                            "<|tool_call_begin|>functions.",
                                            ":0<|tool_call_argument_begin|>",
                                            "<|tool_call_end|>")
                                    .within("<|tool_calls_section_begin|>", null, "<|tool_calls_section_end|>"))
                            .build());
        }

        private static Head head(String text) {
            String id = text.strip();
            int colon = id.lastIndexOf(':');
            String name =
                    id.substring(id.startsWith(FUNCTIONS) ? FUNCTIONS.length() : 0, colon < 0 ? id.length() : colon);
            return NamedCallReader.isName(name) ? new Head(name, id) : null;
        }
    }

    /** Mistral: names before arguments since the eleventh tokenizer, an array of objects before. */
    public static final class Mistral extends FormatProvider {
        private static final Layout NAMED =
                new Layout(List.of("[ARGS]", "{"), Mistral::head, List.of("[TOOL_CALLS]"), List.of("[TOOL_CALLS]"));

        /** The format. */
        public Mistral() {
            super(
                    "mistral",
                    JsonToolParsers.resuming(Format.builder(), Keys.USUAL)
                            .calls(
                                    (feed, out, tools) -> new ChoosingReader(
                                            "[{",
                                            () -> new JsonCallReader(Keys.USUAL.behindName(), feed, out, tools),
                                            () -> new NamedCallReader(NAMED, feed, out),
                                            feed,
                                            out),
                                    "[TOOL_CALLS]")
                            .separators("[ARGS]", "[CALL_ID]")
                            .specialTokens()
                            .grammar(CallGrammar.named("[TOOL_CALLS]", "[ARGS]", "")
                                    .separatedBy(""))
                            .build());
        }

        private static Head head(String text) {
            int mark = text.indexOf("[CALL_ID]");
            String name = (mark < 0 ? text : text.substring(0, mark)).strip();
            String id =
                    mark < 0 ? "" : text.substring(mark + "[CALL_ID]".length()).strip();
            return NamedCallReader.isName(name) ? new Head(name, id) : null;
        }
    }

    /** gpt-oss: harmony messages; those with a recipient are calls, the others' headers are dropped. */
    public static final class OpenAi extends FormatProvider {
        private static final Layout LAYOUT = new Layout(
                List.of("<|message|>"),
                OpenAi::head,
                List.of("<|call|>", "<|end|>", "<|return|>"),
                List.of("<|start|>"));

        /** The format. */
        public OpenAi() {
            super(
                    "openai",
                    Format.builder()
                            .calls(named(LAYOUT), "<|channel|>", "<|start|>assistant", "<|start|>")
                            .bareCalls(named(LAYOUT), " to=functions.")
                            .callEnds("<|call|>")
                            .silent("<|end|>", "<|return|>", "<|call|>")
                            .separators("<|message|>", "<|constrain|>")
                            .specialTokens()
                            .grammar(CallGrammar.named(
                                    "<|channel|>commentary to=functions.", " <|constrain|>json<|message|>", "<|call|>"))
                            .build());
        }

        private static Head head(String text) {
            int to = text.indexOf("to=");
            if (to < 0) {
                return Head.NO_CALL;
            }
            int begin = to + (text.startsWith(FUNCTIONS, to + 3) ? 3 + FUNCTIONS.length() : 3);
            int end = begin;
            while (end < text.length() && text.charAt(end) > ' ' && text.charAt(end) != '<') {
                end++;
            }
            String name = text.substring(begin, end);
            boolean call = NamedCallReader.isName(name) && !MessageReasoningParsers.isForReaders(name);
            return call ? new Head(name, "") : Head.NO_CALL;
        }
    }
}
