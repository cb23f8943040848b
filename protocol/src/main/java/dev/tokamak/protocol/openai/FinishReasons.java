package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.FinishReason;
import dev.tokamak.protocol.ProtocolException;

/** The protocol's words for why a completion ended. */
final class FinishReasons {
    private FinishReasons() {}

    /**
     * The word for a plain completion.
     *
     * @param output of a completion that has ended
     * @return such as {@code stop}
     * @throws ProtocolException 500 if it failed
     */
    static String word(CompletionOutput output) {
        return word(output, false);
    }

    /**
     * The word for a chat completion. A call that a stop string or stop token of the request cuts is none that could be made.
     *
     * @param output of a completion that has ended
     * @param turn its parts
     * @return such as {@code tool_calls}
     * @throws ProtocolException 500 if it failed
     */
    static String word(CompletionOutput output, AssistantTurn turn) {
        boolean cut = output.stopReason().isPresent() && turn.endsWithinCall();
        return word(output, turn.calledTools() && !cut);
    }

    private static String word(CompletionOutput output, boolean calledTools) {
        FinishReason reason = output.finishReason().orElseThrow();
        return switch (reason) {
            case STOP -> calledTools ? "tool_calls" : "stop";
            case LENGTH -> "length";
            case ABORT -> "abort";
            case ERROR ->
                throw new ProtocolException(
                        500,
                        "completion " + output.index()
                                + " failed: the step that computed it failed, or the model's logits"
                                + " were not numbers",
                        "server_error",
                        null,
                        "generation_failed");
        };
    }
}
