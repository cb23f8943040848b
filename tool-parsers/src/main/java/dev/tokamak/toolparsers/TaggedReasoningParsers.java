package dev.tokamak.toolparsers;

import static dev.tokamak.toolparsers.TaggedReasoning.Implicit.ALWAYS;
import static dev.tokamak.toolparsers.TaggedReasoning.Implicit.IF_ASKED_FOR;
import static dev.tokamak.toolparsers.TaggedReasoning.Implicit.IF_PROMPT_IS_UNKNOWN;
import static dev.tokamak.toolparsers.TaggedReasoning.Implicit.NEVER;

import dev.tokamak.spi.reasoning.ReasoningParser;
import dev.tokamak.toolparsers.TaggedReasoning.Beginning;
import dev.tokamak.toolparsers.TaggedReasoning.Implicit;
import dev.tokamak.toolparsers.TaggedReasoning.Tags;
import java.util.List;
import java.util.Map;

/** The families that write reasoning between tags before the answer. */
final class TaggedReasoningParsers {
    private TaggedReasoningParsers() {}

    /** Calls of the families that are distilled or fine-tuned into many formats begin with any of these. */
    private static final String[] ANY_CALL = {
        "<tool_call>", "<tool_calls>", "<function_calls>", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>"
    };

    private static final String[] COHERE_SILENT = {
        "<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>"
    };

    private static Tags think(Implicit implicit, String... calls) {
        return Tags.of("<think>", "</think>", implicit).leftBy(calls);
    }

    private static Tags cohere() {
        return Tags.of("<|START_THINKING|>", "<|END_THINKING|>", NEVER)
                .again("<|START_THINKING|>")
                .endedBy("<|START_ACTION|>")
                .silently(COHERE_SILENT)
                .citing();
    }

    /** DeepSeek R1 and its distillations; the start tag is optional. */
    public static final class DeepseekR1 extends TaggedReasoningProvider {
        /** The format. */
        public DeepseekR1() {
            super("deepseek_r1", think(ALWAYS, ANY_CALL));
        }
    }

    /** Qwen 3 and 3.5. */
    public static final class Qwen3 extends TaggedReasoningProvider {
        /** The format. */
        public Qwen3() {
            super("qwen3", think(IF_PROMPT_IS_UNKNOWN, "<tool_call>"));
        }
    }

    /** MiMo. */
    public static final class Mimo extends TaggedReasoningProvider {
        /** The format. */
        public Mimo() {
            super("mimo", think(IF_PROMPT_IS_UNKNOWN, "<tool_call>"));
        }
    }

    /** GLM 4.5 and 4.6. */
    public static final class Glm45 extends TaggedReasoningProvider {
        /** The format. */
        public Glm45() {
            super("glm45", think(IF_PROMPT_IS_UNKNOWN, "<tool_call>"));
        }
    }

    /** GLM 4.7. */
    public static final class Glm47 extends TaggedReasoningProvider {
        /** The format. */
        public Glm47() {
            super("glm47", think(IF_PROMPT_IS_UNKNOWN, "<tool_call>"));
        }
    }

    /** Ling 3. */
    public static final class Ling3 extends TaggedReasoningProvider {
        /** The format. */
        public Ling3() {
            super("ling3", think(IF_PROMPT_IS_UNKNOWN, "<tool_call>"));
        }
    }

    /** Kimi K2 Thinking; calls end the reasoning, too. */
    public static final class KimiK2 extends TaggedReasoningProvider {
        /** The format. */
        public KimiK2() {
            super(
                    "kimi_k2",
                    think(IF_PROMPT_IS_UNKNOWN).endedBy("<|tool_calls_section_begin|>", "<|tool_call_begin|>"),
                    true);
        }
    }

    /** Step-3; there is no start tag. */
    public static final class Step3 extends TaggedReasoningProvider {
        /** The format. */
        public Step3() {
            super("step3", think(ALWAYS, "<｜tool_calls_begin｜>", "<｜tool_call_begin｜>"));
        }
    }

    /** Step-3.5. */
    public static final class Step3p5 extends TaggedReasoningProvider {
        /** The format. */
        public Step3p5() {
            super("step3p5", think(ALWAYS, "<tool_call>"));
        }
    }

    /** Olmo 3. */
    public static final class Olmo3 extends TaggedReasoningProvider {
        /** The format. */
        public Olmo3() {
            super("olmo3", think(ALWAYS, "<function_calls>"));
        }
    }

    /** Nemotron 3. */
    public static final class NemotronV3 extends TaggedReasoningProvider {
        /** The format. */
        public NemotronV3() {
            super("nemotron_v3", think(IF_PROMPT_IS_UNKNOWN, "<tool_call>"));
        }
    }

    /** ERNIE 4.5; the answer may stand in response tags. */
    public static final class Ernie45 extends TaggedReasoningProvider {
        /** The format. */
        public Ernie45() {
            super(
                    "ernie45",
                    think(ALWAYS, "<tool_call>")
                            .silently("<response>\n", "<response>", "\n</response>", "</response>"));
        }
    }

    /** Hunyuan-A13B; the answer stands in tags of its own. */
    public static final class HunyuanA13b extends TaggedReasoningProvider {
        /** The format. */
        public HunyuanA13b() {
            super(
                    "hunyuan_a13b",
                    Tags.of(
                                    List.of("<think>\n", "<think>"),
                                    List.of("\n</think>\n<answer>\n", "\n</think>", "</think>"),
                                    IF_PROMPT_IS_UNKNOWN)
                            .leftBy("<tool_calls>")
                            .silently("<answer>\n", "<answer>", "\n</answer>", "</answer>"));
        }
    }

    /** DeepSeek V3.1 and later; off unless the request asks for thinking. */
    public static final class DeepseekV3 extends TaggedReasoningProvider {
        /** The format. */
        public DeepseekV3() {
            super("deepseek_v3", think(IF_ASKED_FOR, ANY_CALL));
        }
    }

    /** DeepSeek V4; off unless the prompt or the request opens it. */
    public static final class DeepseekV4 extends TaggedReasoningProvider {
        /** The format. */
        public DeepseekV4() {
            super("deepseek_v4", think(IF_ASKED_FOR, "<｜DSML｜tool_calls>", "<｜DSML｜function_calls>"));
        }
    }

    /** Poolside Laguna; off unless the request asks for thinking. */
    public static final class PoolsideV1 extends TaggedReasoningProvider {
        /** The format. */
        public PoolsideV1() {
            super("poolside_v1", think(IF_ASKED_FOR, "<tool_call>"));
        }
    }

    /** Holo 2; on unless the request refuses thinking. */
    public static final class Holo2 extends TaggedReasoningProvider {
        /** The format. */
        public Holo2() {
            super("holo2", think(ALWAYS, "<tool_call>"));
        }
    }

    /** Hunyuan v3; off with {@code reasoning_effort=no_think}. */
    public static final class HyV3 extends TaggedReasoningProvider {
        /** The format. */
        public HyV3() {
            super("hy_v3", think(IF_PROMPT_IS_UNKNOWN, "<tool_calls>", "<tool_call>"));
        }
    }

    /** MiniMax M2; there is no start tag. */
    public static final class MinimaxM2 extends TaggedReasoningProvider {
        /** The format. */
        public MinimaxM2() {
            super("minimax_m2", think(ALWAYS, "<minimax:tool_call>"));
        }
    }

    /** Seed-OSS. */
    public static final class SeedOss extends TaggedReasoningProvider {
        /** The format. */
        public SeedOss() {
            super(
                    "seed_oss",
                    Tags.of("<seed:think>", "</seed:think>", IF_PROMPT_IS_UNKNOWN)
                            .leftBy("<seed:tool_call>"));
        }
    }

    /** MiniMax M3. */
    public static final class MinimaxM3 extends TaggedReasoningProvider {
        /** The format. */
        public MinimaxM3() {
            super(
                    "minimax_m3",
                    Tags.of("<mm:think>", "</mm:think>", IF_PROMPT_IS_UNKNOWN).leftBy("]<]minimax[>[<tool_call>"));
        }
    }

    /** Magistral and Ministral: marks of the tokenizer, or text tags in older ones. */
    public static final class Mistral extends TaggedReasoningProvider {
        /** The format. */
        public Mistral() {
            super(
                    "mistral",
                    Tags.of(List.of("[THINK]", "<think>"), List.of("[/THINK]", "</think>"), NEVER)
                            .again("[THINK]")
                            .endedBy("[TOOL_CALLS]"),
                    true);
        }
    }

    /** Gemma 4: a channel. */
    public static final class Gemma4 extends TaggedReasoningProvider {
        private static final String[] STARTS = {"<|channel>thought\n", "<|channel>thought"};

        /** The format. */
        public Gemma4() {
            super(
                    "gemma4",
                    Tags.of(List.of(STARTS), List.of("<channel|>"), NEVER)
                            .again(STARTS)
                            .endedBy("<|tool_call>"),
                    true);
        }
    }

    /** Command A. */
    public static final class CohereCommand3 extends TaggedReasoningProvider {
        /** The format. */
        public CohereCommand3() {
            super("cohere_command3", cohere(), true);
        }
    }

    /** Command A of the fourth generation. */
    public static final class CohereCommand4 extends TaggedReasoningProvider {
        /** The format. */
        public CohereCommand4() {
            super("cohere_command4", cohere(), true);
        }
    }

    /** Granite 3: sentences. */
    public static final class Granite extends TaggedReasoningProvider {
        /** The format. */
        public Granite() {
            super(
                    "granite",
                    Tags.of(
                                    List.of("Here is my thought process:", "Here's my thought process:"),
                                    List.of("Here is my response:", "Here's my response:"),
                                    NEVER)
                            .leftBy("<|tool_call|>", "<tool_call>"));
        }
    }

    /** Inkling: content blocks. */
    public static final class Inkling extends TaggedReasoningProvider {
        /** The format. */
        public Inkling() {
            super(
                    "inkling",
                    Tags.of("<|content_thinking|>", "<|end_message|>", NEVER)
                            .again("<|content_thinking|>")
                            .endedBy("<|content_invoke_tool_json|>")
                            .silently(
                                    "<|message_model|>",
                                    "<|content_text|>",
                                    "<|end_message|>",
                                    "<|content_model_end_sampling|>"),
                    true);
        }
    }

    /** Solar Open 2. */
    public static final class SolarOpen2 extends TaggedReasoningProvider {
        /** The format. */
        public SolarOpen2() {
            super(
                    "solar_open2",
                    Tags.of("<|think:start|>", "<|think:end|>", IF_PROMPT_IS_UNKNOWN)
                            .again("<|think:start|>")
                            .endedBy("<|tool_call:start|>"),
                    true);
        }
    }

    /** EXAONE 4. */
    public static final class Exaone4 extends TaggedReasoningProvider {
        /** The format. */
        public Exaone4() {
            super("exaone4", think(IF_PROMPT_IS_UNKNOWN, "<tool_call>"));
        }
    }

    /** GigaChat 3.5; off unless the prompt or the request opens it. */
    public static final class Gigachat35 extends TaggedReasoningProvider {
        /** The format. */
        public Gigachat35() {
            super("gigachat35", think(IF_ASKED_FOR, "<｜GCML｜tool_calls>"));
        }
    }

    /** DeepSeek V4.1; off unless the prompt or the request opens it. */
    public static final class DeepseekV41 extends TaggedReasoningProvider {
        /** The format. */
        public DeepseekV41() {
            super("deepseek_v41", think(IF_ASKED_FOR, "<｜DSML｜ calls>"));
        }
    }

    /** Kimi K3: elements of special tokens. */
    public static final class KimiK3 extends TaggedReasoningProvider {
        /** The format. */
        public KimiK3() {
            super(
                    "kimi_k3",
                    Tags.of("<|open|>think<|sep|>", "<|close|>think<|sep|>", NEVER)
                            .again("<|open|>think<|sep|>")
                            .endedBy("<|open|>tools<|sep|>")
                            .silently(
                                    "<|open|>response<|sep|>",
                                    "<|close|>response<|sep|>",
                                    "<|close|>message<|sep|>",
                                    "<|end_of_msg|>"),
                    true);
        }
    }

    /** MiniMax M2 with its reasoning left in the content, tags included. */
    public static final class MinimaxM2AppendThink extends TaggedReasoningProvider {
        private static final Tags TAGS = think(ALWAYS);

        /** The format. */
        public MinimaxM2AppendThink() {
            super("minimax_m2_append_think", TAGS);
        }

        @Override
        ReasoningParser create(String promptTail, Map<String, Object> templateVariables, Tokens tokens) {
            Beginning beginning = beginning(promptTail.stripTrailing(), templateVariables);
            boolean within = beginning == Beginning.REASONING || beginning == Beginning.OPEN_OR_REASONING;
            return new KeptReasoning(within ? "<think>" : "", new TaggedReasoning(TAGS, beginning, tokens), tokens);
        }
    }
}
