package dev.tokamak.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Offline use of an engine: prompts in, completions out. Loads its engine through the first {@link EngineProvider} that
 * {@link ServiceLoader} finds. All methods may be called from any thread.
 *
 * @since 0.1
 */
@Stable
public final class LLM implements AutoCloseable {
    private final Engine engine;

    private LLM(Engine engine) {
        this.engine = engine;
    }

    /**
     * Loads a model.
     *
     * @param config what to load and how
     * @return a ready instance, owned by the caller
     * @throws TokamakException {@link ErrorCode#CONFIGURATION} if no engine is on the class path or the model cannot be
     *     loaded
     */
    public static LLM open(EngineConfig config) {
        EngineProvider provider = ServiceLoader.load(EngineProvider.class)
                .findFirst()
                .orElseThrow(() -> TokamakException.configuration(
                        "no EngineProvider on the class path: add the tokamak-engine jar"));
        return new LLM(provider.open(config));
    }

    /**
     * The engine underneath.
     *
     * @return owned by this instance
     */
    public Engine engine() {
        return engine;
    }

    /**
     * Completes prompts together.
     *
     * @param prompts any number
     * @param params how to sample; the output kind is ignored
     * @return one output for each prompt, in order, each with all its completions
     * @throws InterruptedException if the waiting thread is interrupted; the requests are aborted
     * @throws TokamakException if a request is refused or fails; the others are aborted
     */
    public List<RequestOutput> generate(List<String> prompts, SamplingParams params) throws InterruptedException {
        return run(prompts.stream().map(Prompt::text).toList(), params);
    }

    /**
     * Answers conversations together.
     *
     * @param conversations any number, each a list of messages in OpenAI's shape
     * @param params how to sample; the output kind is ignored
     * @return one output for each conversation, in order
     * @throws InterruptedException if the waiting thread is interrupted; the requests are aborted
     * @throws TokamakException if a request is refused or fails; the others are aborted
     */
    public List<RequestOutput> chat(List<List<Map<String, Object>>> conversations, SamplingParams params)
            throws InterruptedException {
        List<Prompt> prompts = new ArrayList<>();
        for (List<Map<String, Object>> conversation : conversations) {
            prompts.add(new Prompt.Text(engine.renderChat(ChatPrompt.of(conversation)), false));
        }
        return run(prompts, params);
    }

    /**
     * Makes a vector of each text.
     *
     * @param texts any number
     * @param params how; with {@link PoolingKind#ALL}, see {@link #pool}
     * @return one vector for each text, in order
     * @throws InterruptedException if the waiting thread is interrupted; the requests are aborted
     * @throws TokamakException if a request is refused or fails; the others are aborted
     * @since 0.2
     */
    public List<float[]> embed(List<String> texts, PoolingParams params) throws InterruptedException {
        if (params.kind().orElse(null) == PoolingKind.ALL) {
            throw TokamakException.invalid(
                    "pooling", "a vector for each token is more than one for each text: call pool");
        }
        return pool(texts.stream().map(Prompt::text).toList(), params).stream()
                .map(output -> output.pooled()
                        .orElseThrow(() -> new TokamakException(
                                ErrorCode.STEP_FAILED,
                                "the model gave " + output.vectors().size() + " vectors for a text")))
                .toList();
    }

    /**
     * Makes vectors of prompts.
     *
     * @param prompts any number
     * @param params how
     * @return one output for each prompt, in order, with its {@link RequestOutput#vectors()}
     * @throws InterruptedException if the waiting thread is interrupted; the requests are aborted
     * @throws TokamakException if a request is refused or fails; the others are aborted
     * @since 0.2
     */
    public List<RequestOutput> pool(List<? extends Prompt> prompts, PoolingParams params) throws InterruptedException {
        List<PoolingRequest> requests = new ArrayList<>();
        for (Prompt prompt : prompts) {
            requests.add(PoolingRequest.builder(prompt, params).build());
        }
        return outputs(engine.pool(requests));
    }

    private List<RequestOutput> run(List<Prompt> prompts, SamplingParams params) throws InterruptedException {
        SamplingParams whole =
                params.toBuilder().outputKind(OutputKind.FINAL_ONLY).build();
        List<RequestStream> streams = new ArrayList<>();
        try {
            for (Prompt prompt : prompts) {
                streams.add(
                        engine.submit(GenerationRequest.builder(prompt, whole).build()));
            }
        } catch (RuntimeException | Error e) {
            streams.forEach(RequestStream::close);
            throw e;
        }
        return outputs(streams);
    }

    private static List<RequestOutput> outputs(List<RequestStream> streams) throws InterruptedException {
        try {
            List<RequestOutput> outputs = new ArrayList<>();
            for (RequestStream stream : streams) {
                outputs.add(stream.take()
                        .orElseThrow(() -> new TokamakException(
                                ErrorCode.STEP_FAILED, "request " + stream.requestId() + " ended without an output")));
            }
            return outputs;
        } finally {
            streams.forEach(RequestStream::close);
        }
    }

    /** Closes the engine. */
    @Override
    public void close() {
        engine.close();
    }
}
