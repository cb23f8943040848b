package dev.tokamak.protocol.openai;

import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.ModelCard;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What chat and plain completions have in common beside sampling.
 *
 * @param id the answer's id
 * @param engineId what the engine knows the request by; unlike {@code id}, never chosen by the client alone
 * @param created seconds since 1970
 * @param stream whether events are asked for
 * @param includeUsage whether a last event tells the usage
 * @param continuousUsage whether every event does
 * @param returnTokenIds whether token ids are part of the answer
 * @param tokensAsIds whether log probabilities name tokens by id
 * @param priority lower goes first
 * @param cacheSalt keeps the prefix cache apart
 */
record Envelope(
        String id,
        String engineId,
        long created,
        boolean stream,
        boolean includeUsage,
        boolean continuousUsage,
        boolean returnTokenIds,
        boolean tokensAsIds,
        int priority,
        Optional<String> cacheSalt) {
    private static final int LONGEST_REQUEST_ID = 128;
    private static final int LONGEST_SALT = 1024;

    static Envelope read(Fields fields, String idPrefix, ModelCard card) {
        Optional<String> model = fields.string("model").filter(name -> !name.isEmpty());
        if (model.isPresent() && !card.names().contains(model.get())) {
            throw noSuchModel(model.get(), card);
        }
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
        String random = UUID.randomUUID().toString().replace("-", "");
        Optional<String> requestId = fields.string("request_id");
        requestId.ifPresent(Envelope::checkRequestId);
        Optional<String> cacheSalt = fields.string("cache_salt");
        if (cacheSalt.isPresent()
                && (cacheSalt.get().isEmpty() || cacheSalt.get().length() > LONGEST_SALT)) {
            throw ProtocolException.invalidValue(
                    "cache_salt", "cache_salt must have from 1 to " + LONGEST_SALT + " characters");
        }
        String id = idPrefix + requestId.orElse(random);
        return new Envelope(
                id,
                requestId.isPresent() ? id + "-" + random.substring(0, 8) : id,
                System.currentTimeMillis() / 1000,
                stream,
                includeUsage,
                continuousUsage,
                fields.bool("return_token_ids", false),
                fields.bool("return_tokens_as_token_ids", false),
                fields.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE).orElse(0),
                cacheSalt);
    }

    private static void checkRequestId(String id) {
        if (id.isEmpty() || id.length() > LONGEST_REQUEST_ID || id.chars().anyMatch(c -> c <= ' ' || c >= 0x7F)) {
            throw ProtocolException.invalidValue(
                    "request_id",
                    "request_id must have from 1 to " + LONGEST_REQUEST_ID
                            + " printable ASCII characters and no space");
        }
    }

    static ProtocolException noSuchModel(String name, ModelCard card) {
        return new ProtocolException(
                404,
                "the model " + Fields.describe(name).replace("the string ", "") + " does not exist here; served are "
                        + card.names(),
                "invalid_request_error",
                "model",
                "model_not_found");
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
                .requestId(index == 0 ? engineId : engineId + "-" + index)
                .priority(priority)
                .reasoningEndTokenIds(reasoningEnd);
        cacheSalt.ifPresent(builder::cacheSalt);
        return builder.build();
    }
}
