package dev.tokamak.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One completion of a request, whole or as a delta, as its stream's {@link OutputKind} says. Immutable.
 *
 * @since 0.1
 */
@Stable
public final class CompletionOutput {
    private static final int[] NO_TOKENS = {};

    private final int index;
    private final String text;
    private final int[] tokenIds;
    private final List<TokenLogprob> logprobs;
    private final int[] textOffsets;
    private final int[] markSpans;
    private final FinishReason finishReason;
    private final Object stopReason;

    private CompletionOutput(Builder builder) {
        this.index = builder.index;
        this.text = builder.text;
        this.tokenIds = builder.tokenIds;
        this.logprobs = builder.logprobs;
        this.textOffsets = builder.textOffsets;
        this.markSpans = builder.markSpans;
        this.finishReason = builder.finishReason;
        this.stopReason = builder.stopReason;
    }

    /**
     * Starts an output.
     *
     * @param index which of the request's {@code n} completions, from 0
     * @return a builder with no text and no tokens
     */
    public static Builder builder(int index) {
        return new Builder(index);
    }

    /**
     * Which of the request's completions this is.
     *
     * @return from 0 to {@code n - 1}
     */
    public int index() {
        return index;
    }

    /**
     * The text, in which no character is ever split. It may lag behind the tokens while a character or a possible stop string
     * is incomplete.
     *
     * @return the text, possibly empty
     */
    public String text() {
        return text;
    }

    /**
     * The tokens. Shared, not copied: do not change it.
     *
     * @return token ids, possibly none
     */
    public int[] tokenIds() {
        return tokenIds;
    }

    /**
     * The log probabilities of {@link #tokenIds()}, one each.
     *
     * @return as many as there are tokens, or none if they were not asked for
     */
    public List<TokenLogprob> logprobs() {
        return logprobs;
    }

    /**
     * Where each of {@link #tokenIds()} begins in the completion's whole text, in code points from its beginning. A token that goes
     * on with a character has the offset of that character; one that is not printed has that of what comes next. Shared, not
     * copied: do not change it.
     *
     * @return as many as there are tokens, or none if log probabilities were not asked for
     */
    public int[] textOffsets() {
        return textOffsets;
    }

    /**
     * Which parts of {@link #text()} the model wrote as one token that the tokenizer adds to its vocabulary, such as
     * {@code <think>}, rather than spelled by ordinary tokens. Added tokens that hold white space, or are shorter than three
     * characters, are text like any other. Shared, not copied: do not change it.
     *
     * @return for each its begin and its end, as indexes into the text, ascending; empty if the engine does not tell
     * @since 0.2
     */
    public Optional<int[]> markSpans() {
        return Optional.ofNullable(markSpans);
    }

    /**
     * Why this completion ended.
     *
     * @return empty while it runs
     */
    public Optional<FinishReason> finishReason() {
        return Optional.ofNullable(finishReason);
    }

    /**
     * What stopped it, where that was a stop string (a {@link String}) or a token of {@code stopTokenIds} (an
     * {@link Integer}).
     *
     * @return empty for an end-of-sequence token and for every other reason
     */
    public Optional<Object> stopReason() {
        return Optional.ofNullable(stopReason);
    }

    @Override
    public String toString() {
        return "CompletionOutput[index=" + index + ", tokens=" + tokenIds.length + ", text=" + text + ", finishReason="
                + finishReason + "]";
    }

    /** Builds a {@link CompletionOutput}. Not thread-safe. */
    @Stable
    public static final class Builder {
        private final int index;
        private String text = "";
        private int[] tokenIds = NO_TOKENS;
        private List<TokenLogprob> logprobs = List.of();
        private int[] textOffsets = NO_TOKENS;
        private int[] markSpans;
        private FinishReason finishReason;
        private Object stopReason;

        private Builder(int index) {
            this.index = index;
        }

        /**
         * Sets the text.
         *
         * @param text never null
         * @return this
         */
        public Builder text(String text) {
            this.text = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * Sets the tokens, without a copy.
         *
         * @param tokenIds never null
         * @return this
         */
        public Builder tokenIds(int... tokenIds) {
            this.tokenIds = Objects.requireNonNull(tokenIds, "tokenIds");
            return this;
        }

        /**
         * Sets the log probabilities, without a copy.
         *
         * @param logprobs one for each token, or none
         * @return this
         */
        public Builder logprobs(List<TokenLogprob> logprobs) {
            this.logprobs = Objects.requireNonNull(logprobs, "logprobs");
            return this;
        }

        /**
         * Sets where the tokens begin in the text, without a copy.
         *
         * @param textOffsets one for each token, or none
         * @return this
         */
        public Builder textOffsets(int... textOffsets) {
            this.textOffsets = Objects.requireNonNull(textOffsets, "textOffsets");
            return this;
        }

        /**
         * Sets which parts of the text are added tokens, without a copy.
         *
         * @param markSpans begin and end of each, or null if that is not known
         * @return this
         * @since 0.2
         */
        public Builder markSpans(int... markSpans) {
            this.markSpans = markSpans;
            return this;
        }

        /**
         * Marks the completion as ended.
         *
         * @param finishReason why, or null while it runs
         * @return this
         */
        public Builder finishReason(FinishReason finishReason) {
            this.finishReason = finishReason;
            return this;
        }

        /**
         * Sets what stopped it.
         *
         * @param stopReason a {@link String}, an {@link Integer}, or null
         * @return this
         */
        public Builder stopReason(Object stopReason) {
            this.stopReason = stopReason;
            return this;
        }

        /**
         * Builds the output.
         *
         * @return a new output
         */
        public CompletionOutput build() {
            return new CompletionOutput(this);
        }
    }
}
