package dev.tokamak.api;

import java.util.ArrayList;
import java.util.List;

/**
 * A running model that takes many requests at once. All methods may be called from any thread.
 *
 * @since 0.1
 */
@Stable
public interface Engine extends AutoCloseable {
    /**
     * Takes a request. The prompt is tokenised and checked on the calling thread; nothing else happens there.
     *
     * @param request what to generate
     * @return the request's outputs; close it to abort
     * @throws TokamakException {@link ErrorCode#INVALID_REQUEST} if the request does not fit the model;
     *     {@link ErrorCode#PROMPT_TOO_LONG} if the prompt is longer than its context or than the whole KV cache;
     *     {@link ErrorCode#OVERLOADED} if the queue is full;
     *     {@link ErrorCode#ENGINE_DEAD} if the engine takes no requests
     */
    RequestStream submit(GenerationRequest request);

    /**
     * Takes requests that belong together, such as the prompts of one call: all of them, or none where one is refused. They count against
     * the queue's limit at once, before anything is tokenised, and share the engine with other submissions as one.
     *
     * @param requests what to generate, one for each prompt
     * @return a stream for each request, in order
     * @throws TokamakException as {@link #submit}
     * @since 0.2
     */
    default List<RequestStream> submitAll(List<GenerationRequest> requests) {
        List<RequestStream> streams = new ArrayList<>(requests.size());
        try {
            for (GenerationRequest request : requests) {
                streams.add(submit(request));
            }
        } catch (RuntimeException | Error e) {
            streams.forEach(RequestStream::close);
            throw e;
        }
        return streams;
    }

    /**
     * Takes prompts of which vectors are wanted: all of them, or none where one is refused. Each stream has one output, with
     * {@link RequestOutput#vectors()}. They count against the queue's limit at once, as in {@link #submitAll}.
     *
     * @param requests one for each prompt
     * @return a stream for each request, in order
     * @throws TokamakException as {@link #submit}; {@link ErrorCode#UNSUPPORTED} if the model gives no vectors
     * @since 0.2
     */
    default List<RequestStream> pool(List<PoolingRequest> requests) {
        throw new TokamakException(ErrorCode.UNSUPPORTED, "this engine gives no vectors");
    }

    /**
     * What is served.
     *
     * @return names, context length and request defaults
     */
    ModelCard model();

    /**
     * Encodes text with the model's tokenizer.
     *
     * @param text any text
     * @param addSpecialTokens whether the tokenizer may add its own beginning and end tokens
     * @return token ids
     */
    int[] encode(String text, boolean addSpecialTokens);

    /**
     * Decodes tokens with the model's tokenizer.
     *
     * @param tokenIds ids in the vocabulary
     * @param skipSpecialTokens whether special tokens are left out
     * @return text; bytes that are no UTF-8 become U+FFFD
     * @throws TokamakException {@link ErrorCode#INVALID_REQUEST} for an id outside the vocabulary
     */
    String decode(int[] tokenIds, boolean skipSpecialTokens);

    /**
     * Renders a conversation with the model's chat template.
     *
     * @param prompt messages, tools and template variables
     * @return the prompt's text
     * @throws TokamakException {@link ErrorCode#INVALID_REQUEST} if the template refuses the messages;
     *     {@link ErrorCode#UNSUPPORTED} if the model has no template
     */
    String renderChat(ChatPrompt prompt);

    /**
     * How the engine is. Cheap: it may be asked for on every health check.
     *
     * @return a snapshot
     */
    EngineHealth health();

    /**
     * The engine's counters and gauges by name, such as {@code requests_running} or {@code kv_cache_usage_perc}.
     *
     * @return a snapshot, in a stable order
     */
    List<EngineMetric> metrics();

    /**
     * Stops the engine: running requests end with {@link FinishReason#ABORT}, memory is freed. Idempotent; returns when all
     * is done.
     */
    @Override
    void close();
}
