package dev.tokamak.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * One prompt and what to do with it. Immutable.
 *
 * @since 0.1
 */
@Stable
public final class GenerationRequest {
    private final Prompt prompt;
    private final SamplingParams samplingParams;
    private final String requestId;
    private final int priority;
    private final String cacheSalt;
    private final String adapter;
    private final List<Integer> reasoningEndTokenIds;
    private final IntFunction<StopCondition> stopConditions;

    private GenerationRequest(Builder builder) {
        this.prompt = builder.prompt;
        this.samplingParams = builder.samplingParams;
        this.requestId = builder.requestId;
        this.priority = builder.priority;
        this.cacheSalt = builder.cacheSalt;
        this.adapter = builder.adapter;
        this.reasoningEndTokenIds = List.copyOf(builder.reasoningEndTokenIds);
        this.stopConditions = builder.stopConditions;
    }

    /**
     * Starts with the defaults.
     *
     * @param prompt what to continue
     * @param samplingParams how to sample
     * @return a new builder
     */
    public static Builder builder(Prompt prompt, SamplingParams samplingParams) {
        return new Builder(prompt, samplingParams);
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder(prompt, samplingParams);
        builder.requestId = requestId;
        builder.priority = priority;
        builder.cacheSalt = cacheSalt;
        builder.adapter = adapter;
        builder.reasoningEndTokenIds = reasoningEndTokenIds;
        builder.stopConditions = stopConditions;
        return builder;
    }

    /**
     * What to continue.
     *
     * @return the value, never null
     */
    public Prompt prompt() {
        return prompt;
    }

    /**
     * How to sample.
     *
     * @return the value, never null
     */
    public SamplingParams samplingParams() {
        return samplingParams;
    }

    /**
     * An id of the caller's own, unique among running requests; made up if not set.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /**
     * Lower goes first under the priority policy.
     *
     * @return the value
     */
    public int priority() {
        return priority;
    }

    /**
     * A secret that keeps this request's prefix cache apart from others'.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<String> cacheSalt() {
        return Optional.ofNullable(cacheSalt);
    }

    /**
     * The adapter to run with.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<String> adapter() {
        return Optional.ofNullable(adapter);
    }

    /**
     * Tokens any one of which makes a structured output's grammar hold from the next token on, such as the end of a thinking
     * block. If there are none, the grammar holds from the start.
     *
     * @return the value, never null
     */
    public List<Integer> reasoningEndTokenIds() {
        return reasoningEndTokenIds;
    }

    /**
     * A condition of the caller's own that ends a completion. Each completion is asked for one once, when it is submitted.
     *
     * @param index of the completion, from 0
     * @return the value, or empty if it was not set
     */
    public Optional<StopCondition> stopCondition(int index) {
        return Optional.ofNullable(stopConditions).map(made -> made.apply(index));
    }

    /** Builds a {@link GenerationRequest}. Not thread-safe. */
    @Stable
    public static final class Builder {
        private final Prompt prompt;
        private final SamplingParams samplingParams;
        private String requestId;
        private int priority = 0;
        private String cacheSalt;
        private String adapter;
        private List<Integer> reasoningEndTokenIds = List.of();
        private IntFunction<StopCondition> stopConditions;

        private Builder(Prompt prompt, SamplingParams samplingParams) {
            this.prompt = Objects.requireNonNull(prompt, "prompt");
            this.samplingParams = Objects.requireNonNull(samplingParams, "samplingParams");
        }

        /**
         * Sets requestId: an id of the caller's own, unique among running requests; made up if not set.
         *
         * @param requestId never null
         * @return this
         */
        public Builder requestId(String requestId) {
            this.requestId = Objects.requireNonNull(requestId, "requestId");
            return this;
        }

        /**
         * Sets priority: lower goes first under the priority policy.
         *
         * @param priority the value
         * @return this
         */
        public Builder priority(int priority) {
            this.priority = priority;
            return this;
        }

        /**
         * Sets cacheSalt: a secret that keeps this request's prefix cache apart from others'.
         *
         * @param cacheSalt never null
         * @return this
         */
        public Builder cacheSalt(String cacheSalt) {
            this.cacheSalt = Objects.requireNonNull(cacheSalt, "cacheSalt");
            return this;
        }

        /**
         * Sets adapter: the adapter to run with.
         *
         * @param adapter never null
         * @return this
         */
        public Builder adapter(String adapter) {
            this.adapter = Objects.requireNonNull(adapter, "adapter");
            return this;
        }

        /**
         * Sets reasoningEndTokenIds: tokens after which a structured output's grammar begins to hold, such as the end of a thinking block.
         *
         * @param reasoningEndTokenIds never null
         * @return this
         */
        public Builder reasoningEndTokenIds(List<Integer> reasoningEndTokenIds) {
            this.reasoningEndTokenIds = Objects.requireNonNull(reasoningEndTokenIds, "reasoningEndTokenIds");
            return this;
        }

        /**
         * Sets stopConditions: makes the condition that ends a completion, beside its stop strings and stop tokens.
         *
         * @param stopConditions gives a condition by the completion's index; never null, never gives null
         * @return this
         */
        public Builder stopConditions(IntFunction<StopCondition> stopConditions) {
            this.stopConditions = Objects.requireNonNull(stopConditions, "stopConditions");
            return this;
        }

        /**
         * Builds the value.
         *
         * @return a new, immutable GenerationRequest
         * @throws TokamakException {@link ErrorCode#INVALID_REQUEST} if a value is out of range; it names the field
         */
        public GenerationRequest build() {
            return new GenerationRequest(this);
        }
    }
}
