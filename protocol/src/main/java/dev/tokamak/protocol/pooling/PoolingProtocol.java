package dev.tokamak.protocol.pooling;

import dev.tokamak.engine.ServedModel;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.protocol.json.StrictJson;
import java.util.function.Function;

/**
 * Serves what an engine makes of texts without continuing them: bodies in, bodies out. Thread-safe; the engine is not owned.
 *
 * @since 0.2
 */
public final class PoolingProtocol {
    private final EmbeddingsBinder embeddings;
    private final PoolingBinder pooling;
    private final ClassifyBinder classify;
    private final ScoreBinder score;
    private final InferenceBinder inference;

    /**
     * The protocol on top of an engine.
     *
     * @param engine what answers
     * @throws dev.tokamak.api.TokamakException if a file of the checkpoint that says what is put before texts, or what labels it tells apart, cannot be read
     */
    public PoolingProtocol(ServedModel engine) {
        PooledModel model = PooledModel.of(engine);
        embeddings = new EmbeddingsBinder(model);
        pooling = new PoolingBinder(model);
        classify = new ClassifyBinder(model);
        score = new ScoreBinder(model);
        inference = new InferenceBinder(model);
    }

    /**
     * Reads the body of {@code POST /v1/embeddings}.
     *
     * @param body as it came
     * @return what was asked for; nothing has been started yet
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public Call embeddings(byte[] body) {
        return bind(body, embeddings::bind);
    }

    /**
     * Reads the body of {@code POST /pooling}.
     *
     * @param body as it came
     * @return what was asked for; nothing has been started yet
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public Call pooling(byte[] body) {
        return bind(body, pooling::bind);
    }

    /**
     * Reads the body of {@code POST /classify}.
     *
     * @param body as it came
     * @return what was asked for; nothing has been started yet
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public Call classify(byte[] body) {
        return bind(body, classify::bind);
    }

    /**
     * Reads the body of {@code POST /score}.
     *
     * @param body as it came
     * @return what was asked for; nothing has been started yet
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public Call score(byte[] body) {
        return bind(body, score::score);
    }

    /**
     * Reads the body of {@code POST /rerank}.
     *
     * @param body as it came
     * @return what was asked for; nothing has been started yet
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public Call rerank(byte[] body) {
        return bind(body, score::rerank);
    }

    /**
     * Reads the body of {@code POST /embed}.
     *
     * @param body as it came
     * @return what was asked for; nothing has been started yet
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public Call embed(byte[] body) {
        return bind(body, inference::bind);
    }

    /** Whatever goes wrong, the caller gets what a client may be told. */
    private static Call bind(byte[] body, Function<Fields, Call> binder) {
        try {
            return binder.apply(StrictJson.object(body));
        } catch (Throwable e) {
            throw ProtocolException.internal(e);
        }
    }
}
