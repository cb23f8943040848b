package dev.tokamak.api;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One prompt of which a vector is wanted. Immutable.
 *
 * @since 0.2
 */
@Incubating
public final class PoolingRequest {
    private final Prompt prompt;
    private final PoolingParams poolingParams;
    private final String requestId;
    private final int priority;
    private final String cacheSalt;
    private final String adapter;
    private final Integer secondText;

    private PoolingRequest(Builder builder) {
        this.prompt = builder.prompt;
        this.poolingParams = builder.poolingParams;
        this.requestId = builder.requestId;
        this.priority = builder.priority;
        this.cacheSalt = builder.cacheSalt;
        this.adapter = builder.adapter;
        this.secondText = builder.secondText;
        if (secondText != null && secondText < 1) {
            throw TokamakException.invalid("prompt", "the second text must begin behind token 0, got " + secondText);
        }
    }

    /**
     * Starts with the defaults.
     *
     * @param prompt what to make a vector of
     * @param poolingParams how
     * @return a new builder
     */
    public static Builder builder(Prompt prompt, PoolingParams poolingParams) {
        return new Builder(prompt, poolingParams);
    }

    /**
     * What a vector is made of.
     *
     * @return the value, never null
     */
    public Prompt prompt() {
        return prompt;
    }

    /**
     * How it is made.
     *
     * @return the value, never null
     */
    public PoolingParams poolingParams() {
        return poolingParams;
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
     * Where the second of two texts begins in a prompt of token ids, for models that tell the texts of a pair apart.
     *
     * @return the index of its first token, or empty if there is one text
     */
    public OptionalInt secondText() {
        return secondText == null ? OptionalInt.empty() : OptionalInt.of(secondText);
    }

    /** Builds a {@link PoolingRequest}. Not thread-safe. */
    @Incubating
    public static final class Builder {
        private final Prompt prompt;
        private final PoolingParams poolingParams;
        private String requestId;
        private int priority;
        private String cacheSalt;
        private String adapter;
        private Integer secondText;

        private Builder(Prompt prompt, PoolingParams poolingParams) {
            this.prompt = Objects.requireNonNull(prompt, "prompt");
            this.poolingParams = Objects.requireNonNull(poolingParams, "poolingParams");
        }

        /**
         * Sets an id of the caller's own.
         *
         * @param requestId unique among running requests
         * @return this
         */
        public Builder requestId(String requestId) {
            this.requestId = Objects.requireNonNull(requestId, "requestId");
            return this;
        }

        /**
         * Sets the priority.
         *
         * @param priority lower goes first
         * @return this
         */
        public Builder priority(int priority) {
            this.priority = priority;
            return this;
        }

        /**
         * Sets a secret that keeps this request's prefix cache apart from others'.
         *
         * @param cacheSalt never null
         * @return this
         */
        public Builder cacheSalt(String cacheSalt) {
            this.cacheSalt = Objects.requireNonNull(cacheSalt, "cacheSalt");
            return this;
        }

        /**
         * Sets the adapter to run with.
         *
         * @param adapter never null
         * @return this
         */
        public Builder adapter(String adapter) {
            this.adapter = Objects.requireNonNull(adapter, "adapter");
            return this;
        }

        /**
         * Sets where the second of two texts begins.
         *
         * @param index of its first token in a prompt of token ids
         * @return this
         */
        public Builder secondText(int index) {
            this.secondText = index;
            return this;
        }

        /**
         * Builds the value.
         *
         * @return a new, immutable request
         * @throws TokamakException {@link ErrorCode#INVALID_REQUEST} if a value is out of range; it names the field
         */
        public PoolingRequest build() {
            return new PoolingRequest(this);
        }
    }
}
