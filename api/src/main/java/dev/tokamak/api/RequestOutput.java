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
    private final List<TokenLogprob> promptLogprobs;
    private final List<float[]> vectors;

    private RequestOutput(Builder builder) {
        this.requestId = builder.requestId;
        this.outputs = builder.outputs;
        this.finished = builder.finished;
        this.promptTokens = builder.promptTokens;
        this.cachedTokens = builder.cachedTokens;
        this.generatedTokens = builder.generatedTokens;
        this.promptLogprobs = builder.promptLogprobs;
        this.vectors = builder.vectors;
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
     * The log probabilities of the prompt's tokens, from the second one on: nothing is before the first.
     *
     * @return one for each of them, in the first output that the request has, and, unless outputs are deltas, in those behind it; empty if they
     *     were not asked for
     * @since 0.2
     */
    public List<TokenLogprob> promptLogprobs() {
        return promptLogprobs;
    }

    /**
     * The pooled vector of a pooling request.
     *
     * @return empty for generation, and where there is a vector for each token
     */
    public Optional<float[]> pooled() {
        return vectors.size() == 1 ? Optional.of(vectors.get(0)) : Optional.empty();
    }

    /**
     * The vectors of a pooling request: one, or one for each token of the prompt.
     *
     * @return empty for generation
     * @since 0.2
     */
    public List<float[]> vectors() {
        return vectors;
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
        private List<TokenLogprob> promptLogprobs = List.of();
        private List<float[]> vectors = List.of();

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
            this.vectors = pooled == null ? List.of() : List.of(pooled);
            return this;
        }

        /**
         * Sets the vectors of a pooling request, without a copy.
         *
         * @param vectors never null
         * @return this
         * @since 0.2
         */
        public Builder vectors(List<float[]> vectors) {
            this.vectors = Objects.requireNonNull(vectors, "vectors");
            return this;
        }

        /**
         * Sets the log probabilities of the prompt's tokens, without a copy.
         *
         * @param promptLogprobs never null
         * @return this
         * @since 0.2
         */
        public Builder promptLogprobs(List<TokenLogprob> promptLogprobs) {
            this.promptLogprobs = Objects.requireNonNull(promptLogprobs, "promptLogprobs");
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
