package dev.tokamak.toolparsers;

import org.junit.jupiter.api.Nested;

class NamedToolParsersTest {
    @Nested
    class DeepseekV3 extends FormatLaw {
        DeepseekV3() {
            super(
                    new NamedToolParsers.DeepseekV3(),
                    "<｜tool▁calls▁begin｜>",
                    call -> "<｜tool▁call▁begin｜>function<｜tool▁sep｜>" + call.name() + "\n```json\n"
                            + json(call.arguments()) + "\n```<｜tool▁call▁end｜>",
                    "\n",
                    "<｜tool▁calls▁end｜>");
        }
    }

    @Nested
    class DeepseekV31 extends FormatLaw {
        DeepseekV31() {
            super(
                    new NamedToolParsers.DeepseekV31(),
                    "<｜tool▁calls▁begin｜>",
                    call -> "<｜tool▁call▁begin｜>" + call.name() + "<｜tool▁sep｜>" + json(call.arguments())
                            + "<｜tool▁call▁end｜>",
                    "",
                    "<｜tool▁calls▁end｜>");
        }
    }

    @Nested
    class KimiK2 extends FormatLaw {
        KimiK2() {
            super(
                    new NamedToolParsers.KimiK2(),
                    "<|tool_calls_section_begin|>",
                    call -> "<|tool_call_begin|>functions." + call.name() + ":0<|tool_call_argument_begin|>"
                            + (call.arguments().isEmpty() ? "" : json(call.arguments())) + "<|tool_call_end|>",
                    "",
                    "<|tool_calls_section_end|>");
        }
    }

    @Nested
    class Mistral extends FormatLaw {
        Mistral() {
            super(
                    new NamedToolParsers.Mistral(),
                    "",
                    call -> "[TOOL_CALLS]" + call.name() + "[ARGS]" + json(call.arguments()),
                    "",
                    "");
        }
    }

    @Nested
    class MistralWithIds extends FormatLaw {
        MistralWithIds() {
            super(
                    new NamedToolParsers.Mistral(),
                    "",
                    call -> "[TOOL_CALLS]" + call.name() + "[CALL_ID]abcdef123[ARGS] " + json(call.arguments()),
                    "",
                    "");
        }
    }

    @Nested
    class MistralWithoutMark extends FormatLaw {
        MistralWithoutMark() {
            super(
                    new NamedToolParsers.Mistral(),
                    "",
                    call -> "[TOOL_CALLS]" + call.name() + json(call.arguments()),
                    "",
                    "");
        }
    }

    @Nested
    class MistralWithAnArray extends FormatLaw {
        MistralWithAnArray() {
            super(new NamedToolParsers.Mistral(), "[TOOL_CALLS] [", object("", "name", "arguments", ""), ", ", "]");
        }
    }

    @Nested
    class OpenAi extends FormatLaw {
        OpenAi() {
            super(
                    new NamedToolParsers.OpenAi(),
                    "",
                    call -> "<|channel|>commentary to=functions." + call.name() + " <|constrain|>json<|message|>"
                            + json(call.arguments()) + "<|call|>",
                    "<|start|>assistant",
                    "");
        }
    }

    @Nested
    class OpenAiWithTheRecipientInTheRole extends FormatLaw {
        OpenAiWithTheRecipientInTheRole() {
            super(
                    new NamedToolParsers.OpenAi(),
                    "",
                    call -> "<|start|>assistant to=functions." + call.name() + "<|channel|>commentary json<|message|>"
                            + json(call.arguments()) + "<|call|>",
                    "",
                    "");
        }
    }

    @Nested
    class OpenAiBehindAPromptThatBeginsTheMessage extends FormatLaw {
        OpenAiBehindAPromptThatBeginsTheMessage() {
            super(
                    new NamedToolParsers.OpenAi(),
                    "",
                    call -> " to=functions." + call.name() + "<|channel|>commentary json<|message|>"
                            + json(call.arguments()) + "<|call|>",
                    "<|start|>assistant",
                    "");
        }
    }
}
