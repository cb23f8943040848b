package dev.tokamak.protocol.openai;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.TokenLogprob;
import dev.tokamak.protocol.json.JsonBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes a chat completion as chunks: for each choice its role, then deltas, then why it ended.
 *
 * <p>Implementation notes. The bytes around a delta are made once for each choice. The common frame, some content and nothing
 * else, is two copies around the escaped text.
 */
final class ChatEvents implements EventWriter {
    private static final byte[] CONTENT = ascii("{\"content\":\"");
    private static final byte[] REASONING = ascii("{\"reasoning\":\"");
    private static final byte[] END_OF_TEXT = ascii("\"}");
    private static final byte[] NO_LOGPROBS_NO_END = ascii(",\"logprobs\":null,\"finish_reason\":null");
    private static final byte[] END_OF_CHOICE = ascii("}]");
    private static final byte[] NULL_USAGE = ascii(",\"usage\":null");
    private static final byte[] USAGE = ascii(",\"usage\":");
    private static final byte[] END_OF_FRAME = ascii("}\n\n");

    private final ChatCall call;
    private final Envelope envelope;
    private final TokenTexts tokens;
    private final String role;
    private final byte[] head;
    private final Choice[] choices;
    private JsonBuffer out;
    private Usage usage;

    ChatEvents(Serving serving, ChatCall call) {
        this.call = call;
        this.envelope = call.request().envelope();
        this.tokens = new TokenTexts(serving.vocabulary(), envelope.tokensAsIds());
        this.role = serving.options().responseRole();
        this.head = new JsonBuffer()
                .raw("data: {\"id\":")
                .string(envelope.id())
                .raw(",\"object\":\"chat.completion.chunk\",\"created\":")
                .number(envelope.created())
                .raw(",\"model\":")
                .string(serving.modelName())
                .raw(",\"system_fingerprint\":null,\"choices\":[")
                .toByteArray();
        this.choices = new Choice[call.request().params().n()];
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void write(int prompt, RequestOutput output, Usage usage, JsonBuffer out) {
        this.out = out;
        this.usage = usage;
        for (CompletionOutput completion : output.outputs()) {
            Choice choice = choices[completion.index()];
            if (choice == null) {
                choice = new Choice(completion);
                choices[completion.index()] = choice;
                choice.begin();
            }
            choice.take(completion);
        }
    }

    @Override
    public void end(Usage usage, JsonBuffer out) {
        if (envelope.includeUsage()) {
            out.raw(head).raw("],\"usage\":");
            usage.write(out);
            out.raw(END_OF_FRAME);
        }
    }

    private void endFrame() {
        out.raw(END_OF_CHOICE);
        if (envelope.continuousUsage()) {
            out.raw(USAGE);
            usage.write(out);
        } else if (envelope.includeUsage()) {
            out.raw(NULL_USAGE);
        }
        out.raw(END_OF_FRAME);
    }

    /** One of the {@code n} completions. */
    private final class Choice implements AssistantTurn.Listener {
        private final byte[] beginOfChoice;
        private final AssistantTurn turn;

        /** Log probabilities and ids of tokens that no frame has told yet: they go with the next one. */
        private final JsonBuffer untoldLogprobs = new JsonBuffer();

        private final JsonBuffer untoldIds = new JsonBuffer();

        Choice(CompletionOutput first) {
            int index = first.index();
            turn = call.newTurn(first, this);
            beginOfChoice = new JsonBuffer()
                    .raw(head)
                    .raw("{\"index\":")
                    .number(index)
                    .raw(",\"delta\":")
                    .toByteArray();
        }

        void begin() {
            out.raw(beginOfChoice)
                    .raw("{\"role\":")
                    .string(role)
                    .raw(",\"content\":\"\"}")
                    .raw(NO_LOGPROBS_NO_END);
            call.promptTokenIds().ifPresent(ids -> {
                out.raw(",\"prompt_token_ids\":[");
                for (int i = 0; i < ids.length; i++) {
                    out.raw(i == 0 ? "" : ",").number(ids[i]);
                }
                out.raw("]");
            });
            endFrame();
        }

        void take(CompletionOutput output) {
            for (TokenLogprob logprob : output.logprobs()) {
                untoldLogprobs.raw(untoldLogprobs.length() == 0 ? "" : ",");
                ChatLogprobs.write(logprob, tokens, untoldLogprobs);
            }
            if (envelope.returnTokenIds()) {
                for (int id : output.tokenIds()) {
                    untoldIds.raw(untoldIds.length() == 0 ? "" : ",").number(id);
                }
            }
            turn.accept(output);
            if (output.finishReason().isPresent()) {
                turn.finish();
                finish(output);
            }
        }

        @Override
        public void reasoning(String text) {
            out.raw(beginOfChoice).raw(REASONING).escaped(text).raw(END_OF_TEXT);
            endDelta();
        }

        @Override
        public void content(String text) {
            out.raw(beginOfChoice).raw(CONTENT).escaped(text).raw(END_OF_TEXT);
            endDelta();
        }

        @Override
        public void beginCall(int index, String id, String name) {
            out.raw(beginOfChoice).raw("{\"tool_calls\":[{\"index\":").number(index);
            out.raw(",\"id\":")
                    .string(id)
                    .raw(",\"type\":\"function\",\"function\":{\"name\":")
                    .string(name);
            out.raw(",\"arguments\":\"\"}}]}");
            endDelta();
        }

        @Override
        public void arguments(int index, String json) {
            out.raw(beginOfChoice).raw("{\"tool_calls\":[{\"index\":").number(index);
            out.raw(",\"function\":{\"arguments\":").string(json).raw("}}]}");
            endDelta();
        }

        private void endDelta() {
            if (untoldLogprobs.length() == 0) {
                out.raw(NO_LOGPROBS_NO_END);
            } else {
                writeLogprobs();
                out.raw(",\"finish_reason\":null");
            }
            writeIds();
            endFrame();
        }

        private void finish(CompletionOutput output) {
            String reason = FinishReasons.word(output, turn);
            out.raw(beginOfChoice).raw("{}");
            writeLogprobs();
            out.raw(",\"finish_reason\":").string(reason);
            out.raw(",\"stop_reason\":").value(output.stopReason().orElse(null));
            writeIds();
            endFrame();
        }

        private void writeLogprobs() {
            if (untoldLogprobs.length() == 0) {
                out.raw(",\"logprobs\":null");
            } else {
                out.raw(",\"logprobs\":{\"content\":[");
                untoldLogprobs.drainTo(out::raw);
                out.raw("],\"refusal\":null}");
            }
        }

        private void writeIds() {
            if (untoldIds.length() > 0) {
                out.raw(",\"token_ids\":[");
                untoldIds.drainTo(out::raw);
                out.raw("]");
            }
        }
    }
}
