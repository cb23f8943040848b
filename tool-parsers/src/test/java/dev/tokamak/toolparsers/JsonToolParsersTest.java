package dev.tokamak.toolparsers;

import java.util.Map;
import org.junit.jupiter.api.Nested;

class JsonToolParsersTest {
    @Nested
    class Hermes extends FormatLaw {
        Hermes() {
            super(
                    new JsonToolParsers.Hermes(),
                    "",
                    object("<tool_call>\n", "name", "arguments", "\n</tool_call>"),
                    "\n",
                    "");
        }
    }

    @Nested
    class HermesWithArgumentsFirst extends FormatLaw {
        HermesWithArgumentsFirst() {
            super(
                    new JsonToolParsers.Hermes(),
                    "\n ",
                    call -> "<tool_call>{ \"arguments\" :" + json(call.arguments())
                            + "\n, \"type\": \"function\", \"name\": " + json(call.name()) + " }</tool_call> ",
                    "",
                    "\n");
        }
    }

    @Nested
    class HermesWithArgumentsInAString extends FormatLaw {
        HermesWithArgumentsInAString() {
            super(
                    new JsonToolParsers.Hermes(),
                    "",
                    call -> "<tool_call>" + json(Map.of("name", call.name(), "arguments", json(call.arguments())))
                            + "</tool_call>",
                    "",
                    "");
        }
    }

    @Nested
    class Longcat extends FormatLaw {
        Longcat() {
            super(
                    new JsonToolParsers.Longcat(),
                    "",
                    object("<longcat_tool_call>\n", "name", "arguments", "\n</longcat_tool_call>"),
                    "\n",
                    "");
        }
    }

    @Nested
    class Granite4 extends FormatLaw {
        Granite4() {
            super(
                    new JsonToolParsers.Granite4(),
                    "",
                    object("<tool_call>\n", "name", "arguments", "\n</tool_call>"),
                    "\n",
                    "");
        }
    }

    @Nested
    class Exaone4 extends FormatLaw {
        Exaone4() {
            super(
                    new JsonToolParsers.Exaone4(),
                    "",
                    object("<tool_call>", "name", "arguments", "</tool_call>"),
                    "\n",
                    "");
        }
    }

    @Nested
    class Granite extends FormatLaw {
        Granite() {
            super(new JsonToolParsers.Granite(), "<|tool_call|>[", object("", "name", "arguments", ""), ", ", "]");
        }
    }

    @Nested
    class GraniteWithATag extends FormatLaw {
        GraniteWithATag() {
            super(new JsonToolParsers.Granite(), "<tool_call> [", object("", "name", "arguments", ""), ",", "]");
        }
    }

    @Nested
    class Granite20bFc extends FormatLaw {
        Granite20bFc() {
            super(new JsonToolParsers.Granite20bFc(), "", object("<function_call> ", "name", "arguments", ""), " ", "");
        }
    }

    @Nested
    class Ernie45 extends FormatLaw {
        Ernie45() {
            super(
                    new JsonToolParsers.Ernie45(),
                    "",
                    object("<tool_call>\n", "name", "arguments", "\n</tool_call>"),
                    "\n",
                    "\n");
        }

        @Override
        protected boolean carries(String text) {
            return !text.contains("response>");
        }
    }

    @Nested
    class Internlm extends FormatLaw {
        Internlm() {
            super(
                    new JsonToolParsers.Internlm(),
                    "",
                    object("<|action_start|><|plugin|>\n", "name", "parameters", "<|action_end|>"),
                    "",
                    "\n");
        }
    }

    @Nested
    class Jamba extends FormatLaw {
        Jamba() {
            super(
                    new JsonToolParsers.Jamba(),
                    "<tool_calls>[\n",
                    object("    ", "name", "arguments", ""),
                    ",\n",
                    "\n]</tool_calls>");
        }
    }

    @Nested
    class HunyuanA13b extends FormatLaw {
        HunyuanA13b() {
            super(
                    new JsonToolParsers.HunyuanA13b(),
                    "<tool_calls>[",
                    object("", "name", "arguments", ""),
                    ", ",
                    "]</tool_calls>");
        }
    }

    @Nested
    class Llama3Json extends FormatLaw {
        Llama3Json() {
            super(new JsonToolParsers.Llama3Json(), "", object("", "name", "parameters", ""), "; ", "");
        }

        @Override
        protected String between() {
            return "; ";
        }
    }

    @Nested
    class Llama3JsonWithItsMark extends FormatLaw {
        Llama3JsonWithItsMark() {
            super(new JsonToolParsers.Llama3Json(), "", object("<|python_tag|>", "name", "arguments", ""), ";", "");
        }

        @Override
        protected String between() {
            return "; ";
        }
    }

    @Nested
    class Llama4Json extends FormatLaw {
        Llama4Json() {
            super(new JsonToolParsers.Llama4Json(), "", object("", "name", "parameters", ""), ";", "\n");
        }

        @Override
        protected String between() {
            return "; ";
        }
    }

    @Nested
    class Phi4MiniJson extends FormatLaw {
        Phi4MiniJson() {
            super(new JsonToolParsers.Phi4MiniJson(), "functools[", object("", "name", "arguments", ""), ", ", "]");
        }
    }

    @Nested
    class Xlam extends FormatLaw {
        Xlam() {
            super(new JsonToolParsers.Xlam(), "[", object("", "name", "arguments", ""), ", ", "]");
        }
    }

    @Nested
    class XlamInACodeFence extends FormatLaw {
        XlamInACodeFence() {
            super(new JsonToolParsers.Xlam(), "\n```json\n[", object("", "name", "arguments", ""), ", ", "]\n```");
        }
    }

    @Nested
    class XlamWithAMark extends FormatLaw {
        XlamWithAMark() {
            super(new JsonToolParsers.Xlam(), "[TOOL_CALLS][", object("", "name", "arguments", ""), ", ", "]");
        }
    }

    @Nested
    class XlamWithATag extends FormatLaw {
        XlamWithATag() {
            super(
                    new JsonToolParsers.Xlam(),
                    "<tool_call>[",
                    object("", "name", "arguments", ""),
                    ", ",
                    "]</tool_call>");
        }
    }

    @Nested
    class CohereCommand3 extends FormatLaw {
        CohereCommand3() {
            super(
                    new JsonToolParsers.CohereCommand3(),
                    "<|START_ACTION|>[\n",
                    call -> "    {\"tool_call_id\": \"0\", \"tool_name\": " + json(call.name()) + ", \"parameters\": "
                            + json(call.arguments()) + "}",
                    ",\n",
                    "\n]<|END_ACTION|>");
        }
    }

    @Nested
    class CohereCommand4 extends FormatLaw {
        CohereCommand4() {
            super(
                    new JsonToolParsers.CohereCommand4(),
                    "<|START_TEXT|><|END_TEXT|><|START_ACTION|>[",
                    call -> "{\"tool_name\": " + json(call.name()) + ", \"parameters\": " + json(call.arguments())
                            + "}",
                    ",",
                    "]<|END_ACTION|>");
        }
    }

    @Nested
    class Gigachat3 extends FormatLaw {
        Gigachat3() {
            super(new JsonToolParsers.Gigachat3(), "<|function_call|>", object("", "name", "arguments", ""), "", "");
        }

        @Override
        protected boolean severalCalls() {
            return false;
        }
    }

    @Nested
    class Gigachat3WithARole extends FormatLaw {
        Gigachat3WithARole() {
            super(
                    new JsonToolParsers.Gigachat3(),
                    "<|message_sep|>function call<|role_sep|>\n",
                    object("", "name", "arguments", ""),
                    "",
                    "</s>");
        }

        @Override
        protected boolean severalCalls() {
            return false;
        }
    }

    @Nested
    class Apertus extends FormatLaw {
        Apertus() {
            super(
                    new JsonToolParsers.Apertus(),
                    "<|tools_prefix|>[",
                    call -> "{" + json(call.name()) + ": " + json(call.arguments()) + "}",
                    ", ",
                    "]<|tools_suffix|>");
        }
    }

    @Nested
    class Inkling extends FormatLaw {
        Inkling() {
            super(
                    new JsonToolParsers.Inkling(),
                    "",
                    object("<|message_model|><|content_invoke_tool_json|>", "name", "args", "<|end_message|>"),
                    "",
                    "<|content_model_end_sampling|>");
        }
    }
}
