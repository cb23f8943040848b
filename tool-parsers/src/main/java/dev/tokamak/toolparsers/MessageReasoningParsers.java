package dev.tokamak.toolparsers;

import dev.tokamak.spi.reasoning.ReasoningParser;
import dev.tokamak.spi.reasoning.ReasoningParserProvider;
import dev.tokamak.toolparsers.MessageReasoning.Audience;
import dev.tokamak.toolparsers.MessageReasoning.Layout;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The families that write a completion as messages, some of them to themselves. */
final class MessageReasoningParsers {
    private MessageReasoningParsers() {}

    private static final Set<String> READERS = Set.of("assistant", "user", "all");

    /** Whether a recipient is no tool. */
    static boolean isForReaders(String recipient) {
        return READERS.contains(recipient);
    }

    /** A layout under a name. */
    private abstract static class Provider implements ReasoningParserProvider {
        private final String name;
        private final Layout layout;
        private final List<String> endMarkers;
        private volatile Tokens lastTokens = Tokens.UNKNOWN;

        Provider(String name, Layout layout, List<String> endMarkers) {
            this.name = name;
            this.layout = layout;
            this.endMarkers = endMarkers;
        }

        @Override
        public final String name() {
            return name;
        }

        @Override
        public final ReasoningParser create(String promptTail, Map<String, Object> templateVariables) {
            return new MessageReasoning(layout, promptTail, Tokens.UNKNOWN);
        }

        @Override
        public final ReasoningParser create(
                String promptTail, Map<String, Object> templateVariables, Predicate<String> tokens) {
            Tokens known = lastTokens;
            if (!known.are(tokens)) {
                known = new Tokens(tokens);
                lastTokens = known;
            }
            return new MessageReasoning(layout, promptTail, known);
        }

        @Override
        public final List<String> endMarkers() {
            return endMarkers;
        }

        @Override
        public final boolean needsSpecialTokens() {
            return true;
        }
    }

    /** gpt-oss: the harmony channels. */
    public static final class OpenAiGptOss extends Provider {
        /** The format. */
        public OpenAiGptOss() {
            super(
                    "openai_gptoss",
                    new Layout(
                            List.of("<|start|>assistant", "<|channel|>"),
                            "<|message|>",
                            List.of("<|end|>", "<|return|>"),
                            OpenAiGptOss::audience),
                    List.of("<|channel|>final<|message|>"));
        }

        private static Audience audience(String head) {
            int to = head.indexOf("to=");
            if (to >= 0 && !isForReaders(head.substring(to + 3).split("[ <]", 2)[0])) {
                return Audience.TOOL;
            }
            return head.contains("analysis")
                    ? Audience.SELF
                    : head.contains("final") ? Audience.USER_AT_LAST : Audience.USER;
        }
    }

    /** Muse Glimmer: messages with a recipient. */
    public static final class MuseGlimmer extends Provider {
        /** The format. */
        public MuseGlimmer() {
            super(
                    "muse_glimmer",
                    new Layout(
                            List.of("<|start|>assistant", " to="),
                            "<|message|>",
                            List.of("<|eom|>", "<|eot|>"),
                            MuseGlimmer::audience),
                    List.of(" to=user<|message|>"));
        }

        private static Audience audience(String head) {
            String recipient = head.strip();
            recipient = recipient.startsWith("to=") ? recipient.substring(3) : recipient;
            return switch (recipient) {
                case "self" -> Audience.SELF;
                case "", "user" -> Audience.USER_AT_LAST;
                default -> Audience.TOOL;
            };
        }
    }
}
