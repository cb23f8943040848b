package dev.tokamak.protocol;

import dev.tokamak.api.ModelCard;
import dev.tokamak.protocol.json.Fields;
import java.util.Optional;
import java.util.UUID;

/**
 * What the requests of all endpoints have beside what they ask for.
 *
 * @param id the answer's id
 * @param engineId what the engine knows the request by; unlike {@code id}, never chosen by the client alone
 * @param created seconds since 1970
 * @param priority lower goes first
 * @param cacheSalt keeps the prefix cache apart
 * @since 0.2
 */
public record RequestHead(String id, String engineId, long created, int priority, Optional<String> cacheSalt) {
    private static final int LONGEST_REQUEST_ID = 128;
    private static final int LONGEST_SALT = 1024;

    /**
     * Reads {@code model}, {@code request_id}, {@code priority} and {@code cache_salt}.
     *
     * @param fields of the whole body
     * @param idPrefix what ids of such answers begin with, such as {@code chatcmpl-}
     * @param card of the model that is served
     * @return what they say
     * @throws ProtocolException 400 if a field is of the wrong type or out of range; 404 if another model is asked for
     */
    public static RequestHead read(Fields fields, String idPrefix, ModelCard card) {
        Optional<String> model = fields.string("model").filter(name -> !name.isEmpty());
        if (model.isPresent() && !card.names().contains(model.get())) {
            throw noSuchModel(model.get(), card);
        }
        String random = UUID.randomUUID().toString().replace("-", "");
        Optional<String> requestId = fields.string("request_id");
        requestId.ifPresent(RequestHead::checkRequestId);
        Optional<String> cacheSalt = fields.string("cache_salt");
        if (cacheSalt.isPresent()
                && (cacheSalt.get().isEmpty() || cacheSalt.get().length() > LONGEST_SALT)) {
            throw ProtocolException.invalidValue(
                    "cache_salt", "cache_salt must have from 1 to " + LONGEST_SALT + " characters");
        }
        String id = idPrefix + requestId.orElse(random);
        return new RequestHead(
                id,
                requestId.isPresent() ? id + "-" + random.substring(0, 8) : id,
                System.currentTimeMillis() / 1000,
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

    /**
     * What a client is told that asks for a model of another name.
     *
     * @param name as it asked
     * @param card of the model that is served
     * @return an error with status 404
     */
    public static ProtocolException noSuchModel(String name, ModelCard card) {
        return new ProtocolException(
                404,
                "the model " + Fields.describe(name).replace("the string ", "") + " does not exist here; served are "
                        + card.names(),
                "invalid_request_error",
                "model",
                "model_not_found");
    }

    /**
     * What the engine knows one of several prompts by.
     *
     * @param index of the prompt among those of the call
     * @return unique among running requests
     */
    public String engineId(int index) {
        return index == 0 ? engineId : engineId + "-" + index;
    }
}
