package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.engine.output.MarkedText;
import dev.tokamak.spi.reasoning.ReasoningParser;
import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolParser;
import java.util.Optional;
import java.util.UUID;

/**
 * One completion of a chat, on its way from text to reasoning, content and tool calls: the reasoning parser first, then what
 * it calls content, up to a stop string, through the tool parser.
 */
final class AssistantTurn {
    private static final int[] NO_SPANS = {};

    private final Optional<ReasoningParser> reasoningParser;
    private final Optional<StoppedAnswer> stopped;
    private final Optional<ToolParser> toolParser;
    private final boolean includeReasoning;
    private final boolean parallelCalls;
    private final Listener listener;
    private final ToolCallSink calls = new Calls();
    private final Parts parts = new Parts();
    private int callCount;
    private boolean callIsOpen;

    /** Is told what a turn consists of, in order. */
    interface Listener {
        void reasoning(String text);

        void content(String text);

        void beginCall(int index, String id, String name);

        void arguments(int index, String json);
    }

    AssistantTurn(
            Optional<ReasoningParser> reasoningParser,
            Optional<StoppedAnswer> stopped,
            Optional<ToolParser> toolParser,
            boolean includeReasoning,
            boolean parallelCalls,
            Listener listener) {
        this.reasoningParser = reasoningParser;
        this.stopped = stopped;
        this.toolParser = toolParser;
        this.includeReasoning = includeReasoning;
        this.parallelCalls = parallelCalls;
        this.listener = listener;
    }

    void accept(CompletionOutput output) {
        MarkedText.Piece text =
                new MarkedText.Piece(output.text(), output.markSpans().orElse(NO_SPANS));
        if (reasoningParser.isPresent()) {
            ReasoningParser parser = reasoningParser.get();
            text.forEach(more -> parser.accept(more, parts), mark -> parser.acceptToken(mark, parts));
        } else {
            parts.told(text);
        }
    }

    void finish() {
        reasoningParser.ifPresent(parser -> parser.finish(parts));
        stopped.ifPresent(answer -> parts.answer(answer.finish()));
        toolParser.ifPresent(parser -> parser.finish(calls));
    }

    boolean calledTools() {
        return callCount > 0;
    }

    /** Whether the turn ended within a call. */
    boolean endsWithinCall() {
        return callIsOpen;
    }

    private final class Parts implements ReasoningParser.Sink {
        @Override
        public void reasoning(String text) {
            if (includeReasoning) {
                listener.reasoning(text);
            }
        }

        @Override
        public void content(String text) {
            told(new MarkedText.Piece(text, NO_SPANS));
        }

        @Override
        public void contentToken(String token) {
            told(new MarkedText.Piece(token, new int[] {0, token.length()}));
        }

        private void told(MarkedText.Piece text) {
            answer(stopped.isPresent() ? stopped.get().accept(text) : text);
        }

        private void answer(MarkedText.Piece text) {
            if (toolParser.isPresent()) {
                ToolParser parser = toolParser.get();
                text.forEach(more -> parser.accept(more, calls), mark -> parser.acceptToken(mark, calls));
            } else if (!text.text().isEmpty()) {
                listener.content(text.text());
            }
        }
    }

    /** Numbers the calls, and leaves out those behind the first where the client wants one at most. */
    private final class Calls implements ToolCallSink {
        private boolean shown;
        private boolean hasArguments;

        @Override
        public void content(String text) {
            listener.content(text);
        }

        @Override
        public void beginCall(String name, String id) {
            shown = parallelCalls || callCount == 0;
            hasArguments = false;
            callIsOpen = shown;
            if (shown) {
                listener.beginCall(callCount++, id.isEmpty() ? randomId() : id, name);
            }
        }

        @Override
        public void arguments(String json) {
            hasArguments = true;
            if (shown) {
                listener.arguments(callCount - 1, json);
            }
        }

        /** A call without arguments has an empty object of them: clients parse it. */
        @Override
        public void endCall() {
            callIsOpen = false;
            if (shown && !hasArguments) {
                listener.arguments(callCount - 1, "{}");
            }
        }

        private String randomId() {
            return "call_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24);
        }
    }
}
