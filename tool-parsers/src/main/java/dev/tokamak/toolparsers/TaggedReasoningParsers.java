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

    private static Tags think(Implicit implicit) {
        return Tags.of("<think>", "</think>", implicit);
    }

    /** DeepSeek R1 and its distillations; the start tag is optional. */
    public static final class DeepseekR1 extends TaggedReasoningProvider {
        /** The format. */
        public DeepseekR1() {
            super("deepseek_r1", think(ALWAYS));
        }
    }

    /** Qwen 3 and 3.5. */
    public static final class Qwen3 extends TaggedReasoningProvider {
        /** The format. */
        public Qwen3() {
            super("qwen3", think(IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** MiMo. */
    public static final class Mimo extends TaggedReasoningProvider {
        /** The format. */
        public Mimo() {
            super("mimo", think(IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** GLM 4.5 and 4.6. */
    public static final class Glm45 extends TaggedReasoningProvider {
        /** The format. */
        public Glm45() {
            super("glm45", think(IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** GLM 4.7. */
    public static final class Glm47 extends TaggedReasoningProvider {
        /** The format. */
        public Glm47() {
            super("glm47", think(IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** Ling 3. */
    public static final class Ling3 extends TaggedReasoningProvider {
        /** The format. */
        public Ling3() {
            super("ling3", think(IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** Kimi K2 Thinking; calls end the reasoning, too. */
    public static final class KimiK2 extends TaggedReasoningProvider {
        /** The format. */
        public KimiK2() {
            super("kimi_k2", think(IF_PROMPT_IS_UNKNOWN).endedBy("<|tool_calls_section_begin|>"), true);
        }
    }

    /** Step-3; there is no start tag. */
    public static final class Step3 extends TaggedReasoningProvider {
        /** The format. */
        public Step3() {
            super("step3", think(ALWAYS));
        }
    }

    /** Step-3.5. */
    public static final class Step3p5 extends TaggedReasoningProvider {
        /** The format. */
        public Step3p5() {
            super("step3p5", think(ALWAYS));
        }
    }

    /** Olmo 3. */
    public static final class Olmo3 extends TaggedReasoningProvider {
        /** The format. */
        public Olmo3() {
            super("olmo3", think(ALWAYS));
        }
    }

    /** Nemotron 3. */
    public static final class NemotronV3 extends TaggedReasoningProvider {
        /** The format. */
        public NemotronV3() {
            super("nemotron_v3", think(IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** ERNIE 4.5; the answer may stand in response tags. */
    public static final class Ernie45 extends TaggedReasoningProvider {
        /** The format. */
        public Ernie45() {
            super("ernie45", think(ALWAYS).silently("<response>\n", "<response>", "\n</response>", "</response>"));
        }
    }

    /** Hunyuan-A13B; the answer stands in tags of its own. */
    public static final class HunyuanA13b extends TaggedReasoningProvider {
        /** The format. */
        public HunyuanA13b() {
            super(
                    "hunyuan_a13b",
                    new Tags(
                            List.of("<think>\n", "<think>"),
                            List.of("\n</think>\n<answer>\n", "\n</think>", "</think>"),
                            List.of(),
                            List.of("<answer>\n", "<answer>", "\n</answer>", "</answer>"),
                            IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** DeepSeek V3.1 and later; off unless the request asks for thinking. */
    public static final class DeepseekV3 extends TaggedReasoningProvider {
        /** The format. */
        public DeepseekV3() {
            super("deepseek_v3", think(IF_ASKED_FOR));
        }
    }

    /** DeepSeek V4; off unless the prompt or the request opens it. */
    public static final class DeepseekV4 extends TaggedReasoningProvider {
        /** The format. */
        public DeepseekV4() {
            super("deepseek_v4", think(IF_ASKED_FOR));
        }
    }

    /** Poolside Laguna; off unless the request asks for thinking. */
    public static final class PoolsideV1 extends TaggedReasoningProvider {
        /** The format. */
        public PoolsideV1() {
            super("poolside_v1", think(IF_ASKED_FOR));
        }
    }

    /** Holo 2; on unless the request refuses thinking. */
    public static final class Holo2 extends TaggedReasoningProvider {
        /** The format. */
        public Holo2() {
            super("holo2", think(ALWAYS));
        }
    }

    /** Hunyuan v3; off with {@code reasoning_effort=no_think}. */
    public static final class HyV3 extends TaggedReasoningProvider {
        /** The format. */
        public HyV3() {
            super("hy_v3", think(IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** MiniMax M2; there is no start tag. */
    public static final class MinimaxM2 extends TaggedReasoningProvider {
        /** The format. */
        public MinimaxM2() {
            super("minimax_m2", think(ALWAYS));
        }
    }

    /** Seed-OSS. */
    public static final class SeedOss extends TaggedReasoningProvider {
        /** The format. */
        public SeedOss() {
            super("seed_oss", Tags.of("<seed:think>", "</seed:think>", IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** MiniMax M3. */
    public static final class MinimaxM3 extends TaggedReasoningProvider {
        /** The format. */
        public MinimaxM3() {
            super("minimax_m3", Tags.of("<mm:think>", "</mm:think>", IF_PROMPT_IS_UNKNOWN));
        }
    }

    /** Magistral and Ministral: marks of the tokenizer, or text tags in older ones. */
    public static final class Mistral extends TaggedReasoningProvider {
        /** The format. */
        public Mistral() {
            super(
                    "mistral",
                    new Tags(
                            List.of("[THINK]", "<think>"),
                            List.of("[/THINK]", "</think>"),
                            List.of(),
                            List.of(),
                            NEVER),
                    true);
        }
    }

    /** Gemma 4: a channel. */
    public static final class Gemma4 extends TaggedReasoningProvider {
        /** The format. */
        public Gemma4() {
            super(
                    "gemma4",
                    new Tags(
                            List.of("<|channel>thought\n", "<|channel>thought"),
                            List.of("<channel|>"),
                            List.of(),
                            List.of(),
                            NEVER),
                    true);
        }
    }

    /** Command A. */
    public static final class CohereCommand3 extends TaggedReasoningProvider {
        /** The format. */
        public CohereCommand3() {
            super(
                    "cohere_command3",
                    Tags.of("<|START_THINKING|>", "<|END_THINKING|>", NEVER)
                            .silently("<|START_RESPONSE|>", "<|END_RESPONSE|>"),
                    true);
        }
    }

    /** Command A of the fourth generation. */
    public static final class CohereCommand4 extends TaggedReasoningProvider {
        /** The format. */
        public CohereCommand4() {
            super(
                    "cohere_command4",
                    Tags.of("<|START_THINKING|>", "<|END_THINKING|>", NEVER).silently("<|START_TEXT|>", "<|END_TEXT|>"),
                    true);
        }
    }

    /** Granite 3: sentences. */
    public static final class Granite extends TaggedReasoningProvider {
        /** The format. */
        public Granite() {
            super(
                    "granite",
                    new Tags(
                            List.of("Here is my thought process:", "Here's my thought process:"),
                            List.of("Here is my response:", "Here's my response:"),
                            List.of(),
                            List.of(),
                            NEVER));
        }
    }

    /** Inkling: content blocks. */
    public static final class Inkling extends TaggedReasoningProvider {
        /** The format. */
        public Inkling() {
            super(
                    "inkling",
                    Tags.of("<|content_thinking|>", "<|end_message|>", NEVER)
                            .silently(
                                    "<|message_model|>",
                                    "<|content_text|>",
                                    "<|end_message|>",
                                    "<|content_model_end_sampling|>"),
                    true);
        }
    }

    /** Kimi K3: elements of special tokens. */
    public static final class KimiK3 extends TaggedReasoningProvider {
        /** The format. */
        public KimiK3() {
            super(
                    "kimi_k3",
                    Tags.of("<|open|>think<|sep|>", "<|close|>think<|sep|>", NEVER)
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
        public ReasoningParser create(String promptTail, Map<String, Object> templateVariables) {
            Beginning beginning = beginning(promptTail.stripTrailing(), templateVariables);
            boolean within = beginning == Beginning.REASONING || beginning == Beginning.OPEN_OR_REASONING;
            return new KeptReasoning(within ? "<think>" : "", new TaggedReasoning(TAGS, beginning));
        }
    }
}
