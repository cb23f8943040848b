package dev.tokamak.protocol.openai;

import dev.tokamak.api.Engine;
import dev.tokamak.api.EngineHealth;
import dev.tokamak.api.ModelCard;
import dev.tokamak.engine.BoundedEncoding;
import dev.tokamak.engine.output.Marks;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.protocol.json.JsonBuffer;
import dev.tokamak.protocol.json.StrictJson;
import dev.tokamak.spi.reasoning.ReasoningParserProvider;
import dev.tokamak.spi.tokenizer.Vocabulary;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Serves OpenAI's protocol from an engine: bodies in, bodies or events out. Thread-safe; the engine is not owned.
 *
 * @since 0.1
 */
public final class OpenAiProtocol {
    private final Engine engine;
    private final ServingOptions options;
    private final ChatBinder chat;
    private final CompletionBinder completions;
    private final Tokenization tokenization;

    private OpenAiProtocol(Builder builder) {
        engine = builder.engine;
        options = builder.options;
        Serving serving = new Serving(
                engine,
                engine.model(),
                builder.vocabulary,
                new Marks(builder.vocabulary),
                new BoundedEncoding(
                        engine::encode, builder.vocabulary, engine.model().maxModelLen()),
                options,
                Optional.ofNullable(builder.toolParser),
                Optional.ofNullable(builder.reasoningParser));
        chat = new ChatBinder(serving);
        completions = new CompletionBinder(serving);
        tokenization = new Tokenization(serving, chat);
    }

    /**
     * Starts with the default options and without parsers.
     *
     * @param engine what answers
     * @param vocabulary of the engine's tokenizer
     * @return a new builder
     */
    public static Builder builder(Engine engine, Vocabulary vocabulary) {
        return new Builder(engine, vocabulary);
    }

    /**
     * Finds what reads and writes JSON, which the first request and the first whole answer do otherwise. For a server that may lose its files
     * while it stops: an answer that ends then is a whole one all the same.
     */
    public static void findJson() {
        Bodies.write(StrictJson.value("{}"));
    }

    /**
     * Reads the body of {@code POST /v1/chat/completions}.
     *
     * @param body as it came
     * @return what was asked for; nothing has been started yet
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public Call chatCompletions(byte[] body) {
        return bind(body, chat::bind);
    }

    /**
     * Reads the body of {@code POST /v1/completions}.
     *
     * @param body as it came
     * @return what was asked for; nothing has been started yet
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public Call completions(byte[] body) {
        return bind(body, completions::bind);
    }

    /**
     * Answers {@code POST /tokenize}.
     *
     * @param body as it came, with a {@code prompt} or {@code messages}
     * @return JSON
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public byte[] tokenize(byte[] body) {
        return bind(body, tokenization::tokenize);
    }

    /**
     * Answers {@code POST /detokenize}.
     *
     * @param body as it came, with {@code tokens}
     * @return JSON
     * @throws ProtocolException 400 or 404 if the body is malformed, out of range, or asks for what is not there
     */
    public byte[] detokenize(byte[] body) {
        return bind(body, tokenization::detokenize);
    }

    /** Whatever goes wrong, in a plugin's code too, the caller gets what a client may be told. */
    private static <T> T bind(byte[] body, Function<Fields, T> binder) {
        try {
            return binder.apply(StrictJson.object(body));
        } catch (Throwable e) {
            throw ProtocolException.internal(e);
        }
    }

    /**
     * The body of {@code GET /v1/models}.
     *
     * @return JSON
     */
    public byte[] models() {
        ModelCard card = engine.model();
        JsonBuffer json = new JsonBuffer().raw("{\"object\":\"list\",\"data\":[");
        String separator = "";
        for (String name : card.names()) {
            writeModel(json.raw(separator), card, name);
            separator = ",";
        }
        return json.raw("]}").toByteArray();
    }

    /**
     * The body of {@code GET /v1/models/{name}}.
     *
     * @param name one that {@link #models()} lists
     * @return JSON
     * @throws ProtocolException 404 if there is no such model
     */
    public byte[] model(String name) {
        ModelCard card = engine.model();
        if (!card.names().contains(name)) {
            throw RequestHead.noSuchModel(name, card);
        }
        JsonBuffer json = new JsonBuffer();
        writeModel(json, card, name);
        return json.toByteArray();
    }

    private static void writeModel(JsonBuffer json, ModelCard card, String name) {
        json.raw("{\"id\":").string(name);
        json.raw(",\"object\":\"model\",\"created\":").number(card.createdEpochSeconds());
        json.raw(",\"owned_by\":\"tokamak\",\"root\":").string(card.root());
        json.raw(",\"parent\":null,\"max_model_len\":").number(card.maxModelLen());
        json.raw(",\"permission\":[]}");
    }

    /**
     * The body of {@code GET /version}.
     *
     * @return JSON
     */
    public byte[] version() {
        return new JsonBuffer()
                .raw("{\"version\":")
                .string(options.version())
                .raw("}")
                .toByteArray();
    }

    /**
     * The body of {@code GET /health}. Its status is 200 if {@link EngineHealth#ready()}, else 503.
     *
     * @param health as the engine told it
     * @return JSON
     */
    public static byte[] health(EngineHealth health) {
        JsonBuffer json = new JsonBuffer()
                .raw("{\"status\":")
                .string(health.state().name().toLowerCase(Locale.ROOT));
        if (!health.detail().isEmpty()) {
            json.raw(",\"detail\":").string(health.detail());
        }
        return json.raw("}").toByteArray();
    }

    /**
     * The body of an error, {@code {"error":{"message":…,"type":…,"param":…,"code":…}}}.
     *
     * @param e the error; its status is the answer's
     * @return JSON
     */
    public static byte[] error(ProtocolException e) {
        JsonBuffer json = new JsonBuffer();
        writeError(json, e);
        return json.toByteArray();
    }

    static void writeError(JsonBuffer json, ProtocolException e) {
        json.raw("{\"error\":{\"message\":").string(String.valueOf(e.getMessage()));
        json.raw(",\"type\":").string(e.type());
        json.raw(",\"param\":").value(e.param().orElse(null));
        json.raw(",\"code\":").value(e.code().orElse(null)).raw("}}");
    }

    /** Builds an {@link OpenAiProtocol}. Not thread-safe. */
    public static final class Builder {
        private final Engine engine;
        private final Vocabulary vocabulary;
        private ServingOptions options = ServingOptions.builder().build();
        private ToolParserProvider toolParser;
        private ReasoningParserProvider reasoningParser;

        private Builder(Engine engine, Vocabulary vocabulary) {
            this.engine = Objects.requireNonNull(engine, "engine");
            this.vocabulary = Objects.requireNonNull(vocabulary, "vocabulary");
        }

        /**
         * Sets how requests are served.
         *
         * @param options never null
         * @return this
         */
        public Builder options(ServingOptions options) {
            this.options = Objects.requireNonNull(options, "options");
            return this;
        }

        /**
         * Sets the format of the model's tool calls ({@code --tool-call-parser}).
         *
         * @param toolParser never null
         * @return this
         */
        public Builder toolParser(ToolParserProvider toolParser) {
            this.toolParser = Objects.requireNonNull(toolParser, "toolParser");
            return this;
        }

        /**
         * Sets the format of the model's reasoning ({@code --reasoning-parser}).
         *
         * @param reasoningParser never null
         * @return this
         */
        public Builder reasoningParser(ReasoningParserProvider reasoningParser) {
            this.reasoningParser = Objects.requireNonNull(reasoningParser, "reasoningParser");
            return this;
        }

        /**
         * Builds the protocol.
         *
         * @return ready to serve
         */
        public OpenAiProtocol build() {
            return new OpenAiProtocol(this);
        }
    }
}
