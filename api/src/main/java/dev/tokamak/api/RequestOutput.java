package dev.tokamak.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a {@link RequestStream} hands out: the completions that changed, or, under {@link OutputKind#FINAL_ONLY}, all of
 * them. Immutable.
 *
 * @since 0.1
 */
@Stable
public final class RequestOutput {
    private final String requestId;
    private final List<CompletionOutput> outputs;
    private final boolean finished;
    private final int promptTokens;
    private final int cachedTokens;
    private final int generatedTokens;
    private final float[] pooled;

    private RequestOutput(Builder builder) {
        this.requestId = builder.requestId;
        this.outputs = builder.outputs;
        this.finished = builder.finished;
        this.promptTokens = builder.promptTokens;
        this.cachedTokens = builder.cachedTokens;
        this.generatedTokens = builder.generatedTokens;
        this.pooled = builder.pooled;
    }

    /**
     * Starts an output.
     *
     * @param requestId the request's id
     * @return a builder
     */
    public static Builder builder(String requestId) {
        return new Builder(requestId);
    }

    /**
     * The id of the request.
     *
     * @return never null
     */
    public String requestId() {
        return requestId;
    }

    /**
     * The completions that changed.
     *
     * @return at most one for each index
     */
    public List<CompletionOutput> outputs() {
        return outputs;
    }

    /**
     * Whether this is the stream's last output: every completion has ended.
     *
     * @return true for the last one
     */
    public boolean finished() {
        return finished;
    }

    /**
     * How many tokens the prompt has.
     *
     * @return counted once, however many completions share it
     */
    public int promptTokens() {
        return promptTokens;
    }

    /**
     * How many of the prompt's tokens came from the prefix cache.
     *
     * @return from 0 to {@link #promptTokens()}; final once a first token was generated
     */
    public int cachedTokens() {
        return cachedTokens;
    }

    /**
     * How many tokens were generated so far, over all completions, without those cut off behind a stop string.
     *
     * @return 0 or more
     */
    public int generatedTokens() {
        return generatedTokens;
    }

    /**
     * The pooled vector of a pooling request.
     *
     * @return empty for generation
     */
    public Optional<float[]> pooled() {
        return Optional.ofNullable(pooled);
    }

    @Override
    public String toString() {
        return "RequestOutput[" + requestId + ", finished=" + finished + ", outputs=" + outputs + "]";
    }

    /** Builds a {@link RequestOutput}. Not thread-safe. */
    @Stable
    public static final class Builder {
        private final String requestId;
        private List<CompletionOutput> outputs = List.of();
        private boolean finished;
        private int promptTokens;
        private int cachedTokens;
        private int generatedTokens;
        private float[] pooled;

        private Builder(String requestId) {
            this.requestId = Objects.requireNonNull(requestId, "requestId");
        }

        /**
         * Sets the completions, without a copy.
         *
         * @param outputs never null
         * @return this
         */
        public Builder outputs(List<CompletionOutput> outputs) {
            this.outputs = Objects.requireNonNull(outputs, "outputs");
            return this;
        }

        /**
         * Marks the last output.
         *
         * @param finished whether every completion has ended
         * @return this
         */
        public Builder finished(boolean finished) {
            this.finished = finished;
            return this;
        }

        /**
         * Sets the prompt's length.
         *
         * @param promptTokens in tokens
         * @return this
         */
        public Builder promptTokens(int promptTokens) {
            this.promptTokens = promptTokens;
            return this;
        }

        /**
         * Sets how much of the prompt came from the prefix cache.
         *
         * @param cachedTokens in tokens
         * @return this
         */
        public Builder cachedTokens(int cachedTokens) {
            this.cachedTokens = cachedTokens;
            return this;
        }

        /**
         * Sets how many tokens were generated.
         *
         * @param generatedTokens over all completions
         * @return this
         */
        public Builder generatedTokens(int generatedTokens) {
            this.generatedTokens = generatedTokens;
            return this;
        }

        /**
         * Sets the pooled vector, without a copy.
         *
         * @param pooled or null
         * @return this
         */
        public Builder pooled(float[] pooled) {
            this.pooled = pooled;
            return this;
        }

        /**
         * Builds the output.
         *
         * @return a new output
         */
        public RequestOutput build() {
            return new RequestOutput(this);
        }
    }
}
