package dev.tokamak.protocol.pooling;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.PoolingParams;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.spi.executor.ModelInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Collects the engine's requests of one call, and refuses it when they would cost too much together: each of its tokens is kept until it is
 * computed, and each number until it is written.
 */
final class Texts {
    /** Tokens of a call; a single text may have as many as the model takes. */
    static final int MAX_TOKENS = 1 << 20;

    /** Numbers of an answer: as text some 200 MB. */
    private static final int MAX_NUMBERS = 1 << 24;

    private final RequestHead head;
    private final PooledModel model;
    private final PoolingParams params;
    private final List<PoolingRequest> requests = new ArrayList<>();
    private long tokens;
    private long numbers;

    Texts(RequestHead head, PooledModel model, PoolingParams params) {
        this.head = head;
        this.model = model;
        this.params = params;
    }

    /**
     * Adds a text.
     *
     * @param path where it is
     * @param ids its tokens
     * @param second where the second text of a pair begins
     */
    void add(String path, int[] ids, OptionalInt second) {
        tokens += ids.length;
        if (tokens > MAX_TOKENS && !requests.isEmpty()) {
            throw tooMuch(path, "texts up to this one have " + tokens + " tokens, at most " + MAX_TOKENS);
        }
        ModelInfo info = model.engine().modelInfo();
        PoolingKind kind = params.kind().orElse(info.pooling().kind());
        numbers += (long) (kind == PoolingKind.ALL ? ids.length : 1) * info.vectorSize(kind);
        if (numbers > MAX_NUMBERS) {
            throw tooMuch(path, "vectors up to this text's have " + numbers + " numbers, at most " + MAX_NUMBERS);
        }
        PoolingRequest.Builder request = PoolingRequest.builder(Prompt.tokens(ids), params)
                .requestId(head.engineId(requests.size()))
                .priority(head.priority());
        head.cacheSalt().ifPresent(request::cacheSalt);
        second.ifPresent(request::secondText);
        requests.add(request.build());
    }

    private static ProtocolException tooMuch(String path, String found) {
        return ProtocolException.invalidValue(path, "the call's " + found + " are taken at once; send it in parts");
    }

    List<PoolingRequest> requests() {
        return requests;
    }
}
