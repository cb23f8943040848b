package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.TokenLogprob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Collects a chat completion that is answered with one document. */
final class ChatAnswer implements GenerationCall.Answer {
    private final Serving serving;
    private final ChatCall call;
    private final Envelope envelope;
    private final ChatCompletion.Choice[] choices;
    private List<TokenLogprob> promptLogprobs = List.of();

    ChatAnswer(Serving serving, ChatCall call) {
        this.serving = serving;
        this.call = call;
        this.envelope = call.request().envelope();
        this.choices = new ChatCompletion.Choice[call.request().params().n()];
    }

    @Override
    public void accept(int prompt, RequestOutput output) {
        promptLogprobs = output.promptLogprobs();
        for (CompletionOutput completion : output.outputs()) {
            choices[completion.index()] = choice(completion);
        }
    }

    private ChatCompletion.Choice choice(CompletionOutput output) {
        Collected collected = new Collected();
        AssistantTurn turn = call.newTurn(output, collected);
        turn.accept(output);
        turn.finish();
        ChatLogprobs logprobs =
                call.request().params().logprobs().isPresent() ? ChatLogprobs.of(output.logprobs(), tokens()) : null;
        return new ChatCompletion.Choice(
                output.index(),
                collected.message(serving.options().responseRole()),
                logprobs,
                FinishReasons.word(output, turn),
                output.stopReason().orElse(null),
                envelope.returnTokenIds() ? ids(output.tokenIds()) : null);
    }

    private TokenTexts tokens() {
        return new TokenTexts(serving.vocabulary(), envelope.tokensAsIds());
    }

    private List<Map<String, PromptLogprob>> promptLogprobs() {
        OptionalInt count = call.request().params().promptLogprobs();
        return count.isPresent() ? PromptLogprob.list(promptLogprobs, count.getAsInt(), tokens()) : null;
    }

    @Override
    public byte[] body(Usage usage) {
        Optional<int[]> promptIds = call.promptTokenIds();
        return Bodies.write(new ChatCompletion(
                envelope.id(),
                "chat.completion",
                envelope.created(),
                serving.modelName(),
                Arrays.asList(choices),
                null,
                usage.body(),
                promptLogprobs(),
                promptIds.map(ChatAnswer::ids).orElse(null)));
    }

    static List<Integer> ids(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    /** The parts of one turn. */
    private static final class Collected implements AssistantTurn.Listener {
        private final StringBuilder reasoning = new StringBuilder();
        private final StringBuilder content = new StringBuilder();
        private final List<String> callIds = new ArrayList<>();
        private final List<String> callNames = new ArrayList<>();
        private final List<StringBuilder> callArguments = new ArrayList<>();

        @Override
        public void reasoning(String text) {
            reasoning.append(text);
        }

        @Override
        public void content(String text) {
            content.append(text);
        }

        @Override
        public void beginCall(int index, String id, String name) {
            callIds.add(id);
            callNames.add(name);
            callArguments.add(new StringBuilder());
        }

        @Override
        public void arguments(int index, String json) {
            callArguments.get(index).append(json);
        }

        ChatCompletion.Message message(String role) {
            List<ChatCompletion.ToolCall> calls = new ArrayList<>();
            for (int i = 0; i < callIds.size(); i++) {
                calls.add(new ChatCompletion.ToolCall(
                        callIds.get(i),
                        "function",
                        new ChatCompletion.Function(
                                callNames.get(i), callArguments.get(i).toString())));
            }
            boolean onlyOtherParts = content.isEmpty() && (!calls.isEmpty() || !reasoning.isEmpty());
            return new ChatCompletion.Message(
                    role,
                    onlyOtherParts ? null : content.toString(),
                    null,
                    reasoning.isEmpty() ? null : reasoning.toString(),
                    calls.isEmpty() ? null : calls);
        }
    }
}
