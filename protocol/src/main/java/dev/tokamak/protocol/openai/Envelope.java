package dev.tokamak.protocol.openai;

import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.ModelCard;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.json.Fields;
import java.util.List;
import java.util.Optional;

/**
 * What chat and plain completions have in common beside sampling.
 *
 * @param head what requests of all endpoints have
 * @param stream whether events are asked for
 * @param includeUsage whether a last event tells the usage
 * @param continuousUsage whether every event does
 * @param returnTokenIds whether token ids are part of the answer
 * @param tokensAsIds whether log probabilities name tokens by id
 */
record Envelope(
        RequestHead head,
        boolean stream,
        boolean includeUsage,
        boolean continuousUsage,
        boolean returnTokenIds,
        boolean tokensAsIds) {
    static Envelope read(Fields fields, String idPrefix, ModelCard card) {
        RequestHead head = RequestHead.read(fields, idPrefix, card);
        boolean stream = fields.bool("stream", false);
        Optional<Fields> streamOptions = fields.object("stream_options");
        if (streamOptions.isPresent() && !stream) {
            throw ProtocolException.invalidValue("stream_options", "stream_options is only allowed with stream: true");
        }
        boolean includeUsage = false;
        boolean continuousUsage = false;
        if (streamOptions.isPresent()) {
            includeUsage = streamOptions.get().bool("include_usage", false);
            continuousUsage = streamOptions.get().bool("continuous_usage_stats", false) && includeUsage;
        }
        return new Envelope(
                head,
                stream,
                includeUsage,
                continuousUsage,
                fields.bool("return_token_ids", false),
                fields.bool("return_tokens_as_token_ids", false));
    }

    String id() {
        return head.id();
    }

    long created() {
        return head.created();
    }

    /**
     * The engine's request.
     *
     * @param prompt what to continue
     * @param params how
     * @param index of the prompt among those of the call
     * @param reasoningEnd tokens that end reasoning
     * @return a request
     */
    GenerationRequest request(Prompt prompt, SamplingParams params, int index, List<Integer> reasoningEnd) {
        GenerationRequest.Builder builder = GenerationRequest.builder(prompt, params)
                .requestId(head.engineId(index))
                .priority(head.priority())
                .reasoningEndTokenIds(reasoningEnd);
        head.cacheSalt().ifPresent(builder::cacheSalt);
        return builder.build();
    }
}
