package dev.tokamak.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How tokens are chosen, when generation stops and what is returned. Immutable; ranges are checked when it is built,
 * with the field names of the OpenAI and vLLM protocols in the messages.
 *
 * <p>A long file, since each field has its accessor and its setter, with what each means.
 *
 * @since 0.1
 */
@Stable
public final class SamplingParams {
    private final double temperature;
    private final double topP;
    private final int topK;
    private final double minP;
    private final double presencePenalty;
    private final double frequencyPenalty;
    private final double repetitionPenalty;
    private final int n;
    private final Integer maxTokens;
    private final int minTokens;
    private final Long seed;
    private final List<String> stop;
    private final List<Integer> stopTokenIds;
    private final boolean ignoreEos;
    private final boolean includeStopInOutput;
    private final boolean skipSpecialTokens;
    private final boolean spacesBetweenSpecialTokens;
    private final boolean detokenize;
    private final Integer logprobs;
    private final Integer promptLogprobs;
    private final Map<Integer, Float> logitBias;
    private final List<Integer> allowedTokenIds;
    private final List<List<Integer>> badWords;
    private final OutputKind outputKind;
    private final StructuredOutput structuredOutput;
    private final Map<String, Object> extra;

    private SamplingParams(Builder builder) {
        this.temperature = builder.temperature;
        this.topP = builder.topP;
        this.topK = builder.topK;
        this.minP = builder.minP;
        this.presencePenalty = builder.presencePenalty;
        this.frequencyPenalty = builder.frequencyPenalty;
        this.repetitionPenalty = builder.repetitionPenalty;
        this.n = builder.n;
        this.maxTokens = builder.maxTokens;
        this.minTokens = builder.minTokens;
        this.seed = builder.seed;
        this.stop = List.copyOf(builder.stop);
        this.stopTokenIds = List.copyOf(builder.stopTokenIds);
        this.ignoreEos = builder.ignoreEos;
        this.includeStopInOutput = builder.includeStopInOutput;
        this.skipSpecialTokens = builder.skipSpecialTokens;
        this.spacesBetweenSpecialTokens = builder.spacesBetweenSpecialTokens;
        this.detokenize = builder.detokenize;
        this.logprobs = builder.logprobs;
        this.promptLogprobs = builder.promptLogprobs;
        this.logitBias = Collections.unmodifiableMap(new LinkedHashMap<>(builder.logitBias));
        this.allowedTokenIds = List.copyOf(builder.allowedTokenIds);
        this.badWords = List.copyOf(builder.badWords);
        this.outputKind = builder.outputKind;
        this.structuredOutput = builder.structuredOutput;
        this.extra = Collections.unmodifiableMap(new LinkedHashMap<>(builder.extra));
        validate();
    }

    /**
     * Starts with the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.temperature = temperature;
        builder.topP = topP;
        builder.topK = topK;
        builder.minP = minP;
        builder.presencePenalty = presencePenalty;
        builder.frequencyPenalty = frequencyPenalty;
        builder.repetitionPenalty = repetitionPenalty;
        builder.n = n;
        builder.maxTokens = maxTokens;
        builder.minTokens = minTokens;
        builder.seed = seed;
        builder.stop = stop;
        builder.stopTokenIds = stopTokenIds;
        builder.ignoreEos = ignoreEos;
        builder.includeStopInOutput = includeStopInOutput;
        builder.skipSpecialTokens = skipSpecialTokens;
        builder.spacesBetweenSpecialTokens = spacesBetweenSpecialTokens;
        builder.detokenize = detokenize;
        builder.logprobs = logprobs;
        builder.promptLogprobs = promptLogprobs;
        builder.logitBias = logitBias;
        builder.allowedTokenIds = allowedTokenIds;
        builder.badWords = badWords;
        builder.outputKind = outputKind;
        builder.structuredOutput = structuredOutput;
        builder.extra = extra;
        return builder;
    }

    /**
     * What logits are divided by, from 0 (greedy) to 2.
     *
     * @return the value
     */
    public double temperature() {
        return temperature;
    }

    /**
     * The smallest set of likeliest tokens whose probabilities reach this is kept, over 0 up to 1.
     *
     * @return the value
     */
    public double topP() {
        return topP;
    }

    /**
     * How many of the likeliest tokens are kept; 0 or -1 keeps all.
     *
     * @return the value
     */
    public int topK() {
        return topK;
    }

    /**
     * Tokens less likely than this fraction of the likeliest are dropped, from 0 to 1.
     *
     * @return the value
     */
    public double minP() {
        return minP;
    }

    /**
     * What is taken off the logit of every generated token, from -2 to 2.
     *
     * @return the value
     */
    public double presencePenalty() {
        return presencePenalty;
    }

    /**
     * What is taken off the logit of a generated token for each time it occurred, from -2 to 2.
     *
     * @return the value
     */
    public double frequencyPenalty() {
        return frequencyPenalty;
    }

    /**
     * What positive logits of prompt and generated tokens are divided by, and negative ones multiplied with; over 0.
     *
     * @return the value
     */
    public double repetitionPenalty() {
        return repetitionPenalty;
    }

    /**
     * How many completions of the same prompt.
     *
     * @return the value
     */
    public int n() {
        return n;
    }

    /**
     * How many tokens are generated at most; up to the context if not set.
     *
     * @return the value, or empty if it was not set
     */
    public OptionalInt maxTokens() {
        return maxTokens == null ? OptionalInt.empty() : OptionalInt.of(maxTokens);
    }

    /**
     * How many tokens are generated before an end-of-sequence or stop token is allowed.
     *
     * @return the value
     */
    public int minTokens() {
        return minTokens;
    }

    /**
     * The random seed; random if not set.
     *
     * @return the value, or empty if it was not set
     */
    public OptionalLong seed() {
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    /**
     * Strings that end a completion; they may span tokens.
     *
     * @return the value, never null
     */
    public List<String> stop() {
        return stop;
    }

    /**
     * Token ids that end a completion.
     *
     * @return the value, never null
     */
    public List<Integer> stopTokenIds() {
        return stopTokenIds;
    }

    /**
     * Whether end-of-sequence tokens are generated over.
     *
     * @return the value
     */
    public boolean ignoreEos() {
        return ignoreEos;
    }

    /**
     * Whether the stop string stays in the text.
     *
     * @return the value
     */
    public boolean includeStopInOutput() {
        return includeStopInOutput;
    }

    /**
     * Whether special tokens are left out of the text.
     *
     * @return the value
     */
    public boolean skipSpecialTokens() {
        return skipSpecialTokens;
    }

    /**
     * Whether special tokens that are kept and follow each other stay apart as the tokenizer's decoder sets them, which some do by
     * spaces; if not, they are joined.
     *
     * @return the value
     */
    public boolean spacesBetweenSpecialTokens() {
        return spacesBetweenSpecialTokens;
    }

    /**
     * Whether text is made from the tokens at all.
     *
     * @return the value
     */
    public boolean detokenize() {
        return detokenize;
    }

    /**
     * How many of the likeliest tokens are returned with their log probabilities, beside the token itself.
     *
     * @return the value, or empty if it was not set
     */
    public OptionalInt logprobs() {
        return logprobs == null ? OptionalInt.empty() : OptionalInt.of(logprobs);
    }

    /**
     * How many of the likeliest tokens are returned at each position of the prompt, beside the prompt's own token and its log
     * probability. With it, {@code maxTokens} may be 0: then nothing is generated.
     *
     * @return the value, or empty if the prompt's log probabilities are not wanted
     * @since 0.2
     */
    public OptionalInt promptLogprobs() {
        return promptLogprobs == null ? OptionalInt.empty() : OptionalInt.of(promptLogprobs);
    }

    /**
     * What is added to the logits of some tokens.
     *
     * @return the value, never null
     */
    public Map<Integer, Float> logitBias() {
        return logitBias;
    }

    /**
     * The only token ids that may be generated; all if empty.
     *
     * @return the value, never null
     */
    public List<Integer> allowedTokenIds() {
        return allowedTokenIds;
    }

    /**
     * Token sequences that may not be generated.
     *
     * @return the value, never null
     */
    public List<List<Integer>> badWords() {
        return badWords;
    }

    /**
     * What each output carries.
     *
     * @return the value, never null
     */
    public OutputKind outputKind() {
        return outputKind;
    }

    /**
     * A grammar that the completion must follow.
     *
     * @return the value, or empty if it was not set
     */
    public Optional<StructuredOutput> structuredOutput() {
        return Optional.ofNullable(structuredOutput);
    }

    /**
     * Arguments for plugins, by plugin name.
     *
     * @return the value, never null
     */
    public Map<String, Object> extra() {
        return extra;
    }

    /** The largest {@code n}. */
    public static final int MAX_N = 16384;

    /** The most stop strings. */
    public static final int MAX_STOP_STRINGS = 4;

    private void validate() {
        check(temperature >= 0 && temperature <= 2, "temperature", temperature, "a number from 0 to 2");
        check(topP > 0 && topP <= 1, "top_p", topP, "a number over 0 and up to 1");
        check(topK >= -1, "top_k", topK, "-1 or 0 for all tokens, or a positive count");
        check(minP >= 0 && minP <= 1, "min_p", minP, "a number from 0 to 1");
        check(
                presencePenalty >= -2 && presencePenalty <= 2,
                "presence_penalty",
                presencePenalty,
                "a number from -2 to 2");
        check(
                frequencyPenalty >= -2 && frequencyPenalty <= 2,
                "frequency_penalty",
                frequencyPenalty,
                "a number from -2 to 2");
        check(
                repetitionPenalty > 0 && Double.isFinite(repetitionPenalty),
                "repetition_penalty",
                repetitionPenalty,
                "a finite number over 0");
        check(n >= 1 && n <= MAX_N, "n", n, "a count from 1 to " + MAX_N);
        check(n == 1 || !greedy(), "n", n, "1 when sampling is greedy (temperature 0)");
        check(
                maxTokens == null || maxTokens >= (promptLogprobs == null ? 1 : 0),
                "max_tokens",
                maxTokens,
                promptLogprobs == null ? "at least 1" : "0 or more");
        check(minTokens >= 0, "min_tokens", minTokens, "0 or more");
        check(maxTokens == null || minTokens <= maxTokens, "min_tokens", minTokens, "at most max_tokens");
        for (float bias : logitBias.values()) {
            check(bias < Float.POSITIVE_INFINITY, "logit_bias", bias, "finite numbers, or minus infinity for never");
        }
        check(logprobs == null || logprobs >= 0, "logprobs", logprobs, "0 or more");
        check(promptLogprobs == null || promptLogprobs >= 0, "prompt_logprobs", promptLogprobs, "0 or more");
        check(stop.size() <= MAX_STOP_STRINGS, "stop", stop.size() + " strings", "at most " + MAX_STOP_STRINGS);
        for (String s : stop) {
            check(!s.isEmpty(), "stop", "an empty string", "strings of at least one character");
        }
    }

    private static void check(boolean holds, String field, Object found, String expected) {
        if (!holds) {
            throw TokamakException.invalid(field, field + " must be " + expected + ", got " + found);
        }
    }

    /**
     * Whether the likeliest token is always taken. Temperatures under 1e-5 count as 0.
     *
     * @return true for greedy sampling
     */
    public boolean greedy() {
        return temperature < 1e-5;
    }

    /** Builds a {@link SamplingParams}. Not thread-safe. */
    @Stable
    public static final class Builder {
        private double temperature = 1.0;
        private double topP = 1.0;
        private int topK = 0;
        private double minP = 0.0;
        private double presencePenalty = 0.0;
        private double frequencyPenalty = 0.0;
        private double repetitionPenalty = 1.0;
        private int n = 1;
        private Integer maxTokens;
        private int minTokens = 0;
        private Long seed;
        private List<String> stop = List.of();
        private List<Integer> stopTokenIds = List.of();
        private boolean ignoreEos = false;
        private boolean includeStopInOutput = false;
        private boolean skipSpecialTokens = true;
        private boolean spacesBetweenSpecialTokens = true;
        private boolean detokenize = true;
        private Integer logprobs;
        private Integer promptLogprobs;
        private Map<Integer, Float> logitBias = Map.of();
        private List<Integer> allowedTokenIds = List.of();
        private List<List<Integer>> badWords = List.of();
        private OutputKind outputKind = OutputKind.DELTA;
        private StructuredOutput structuredOutput;
        private Map<String, Object> extra = Map.of();

        private Builder() {}

        /**
         * Sets temperature: what logits are divided by, from 0 (greedy) to 2.
         *
         * @param temperature the value
         * @return this
         */
        public Builder temperature(double temperature) {
            this.temperature = temperature;
            return this;
        }

        /**
         * Sets topP: the smallest set of likeliest tokens whose probabilities reach this is kept, over 0 up to 1.
         *
         * @param topP the value
         * @return this
         */
        public Builder topP(double topP) {
            this.topP = topP;
            return this;
        }

        /**
         * Sets topK: how many of the likeliest tokens are kept; 0 or -1 keeps all.
         *
         * @param topK the value
         * @return this
         */
        public Builder topK(int topK) {
            this.topK = topK;
            return this;
        }

        /**
         * Sets minP: tokens less likely than this fraction of the likeliest are dropped, from 0 to 1.
         *
         * @param minP the value
         * @return this
         */
        public Builder minP(double minP) {
            this.minP = minP;
            return this;
        }

        /**
         * Sets presencePenalty: what is taken off the logit of every generated token, from -2 to 2.
         *
         * @param presencePenalty the value
         * @return this
         */
        public Builder presencePenalty(double presencePenalty) {
            this.presencePenalty = presencePenalty;
            return this;
        }

        /**
         * Sets frequencyPenalty: what is taken off the logit of a generated token for each time it occurred, from -2 to 2.
         *
         * @param frequencyPenalty the value
         * @return this
         */
        public Builder frequencyPenalty(double frequencyPenalty) {
            this.frequencyPenalty = frequencyPenalty;
            return this;
        }

        /**
         * Sets repetitionPenalty: what positive logits of prompt and generated tokens are divided by, and negative ones multiplied with; over 0.
         *
         * @param repetitionPenalty the value
         * @return this
         */
        public Builder repetitionPenalty(double repetitionPenalty) {
            this.repetitionPenalty = repetitionPenalty;
            return this;
        }

        /**
         * Sets n: how many completions of the same prompt.
         *
         * @param n the value
         * @return this
         */
        public Builder n(int n) {
            this.n = n;
            return this;
        }

        /**
         * Sets maxTokens: how many tokens are generated at most; up to the context if not set.
         *
         * @param maxTokens the value
         * @return this
         */
        public Builder maxTokens(int maxTokens) {
            this.maxTokens = maxTokens;
            return this;
        }

        /**
         * Sets minTokens: how many tokens are generated before an end-of-sequence or stop token is allowed.
         *
         * @param minTokens the value
         * @return this
         */
        public Builder minTokens(int minTokens) {
            this.minTokens = minTokens;
            return this;
        }

        /**
         * Sets seed: the random seed; random if not set.
         *
         * @param seed the value
         * @return this
         */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets stop: strings that end a completion; they may span tokens.
         *
         * @param stop never null
         * @return this
         */
        public Builder stop(List<String> stop) {
            this.stop = Objects.requireNonNull(stop, "stop");
            return this;
        }

        /**
         * Sets stopTokenIds: token ids that end a completion.
         *
         * @param stopTokenIds never null
         * @return this
         */
        public Builder stopTokenIds(List<Integer> stopTokenIds) {
            this.stopTokenIds = Objects.requireNonNull(stopTokenIds, "stopTokenIds");
            return this;
        }

        /**
         * Sets ignoreEos: whether end-of-sequence tokens are generated over.
         *
         * @param ignoreEos the value
         * @return this
         */
        public Builder ignoreEos(boolean ignoreEos) {
            this.ignoreEos = ignoreEos;
            return this;
        }

        /**
         * Sets includeStopInOutput: whether the stop string stays in the text.
         *
         * @param includeStopInOutput the value
         * @return this
         */
        public Builder includeStopInOutput(boolean includeStopInOutput) {
            this.includeStopInOutput = includeStopInOutput;
            return this;
        }

        /**
         * Sets skipSpecialTokens: whether special tokens are left out of the text.
         *
         * @param skipSpecialTokens the value
         * @return this
         */
        public Builder skipSpecialTokens(boolean skipSpecialTokens) {
            this.skipSpecialTokens = skipSpecialTokens;
            return this;
        }

        /**
         * Sets spacesBetweenSpecialTokens: whether special tokens that are kept and follow each other stay apart as the
         * tokenizer's decoder sets them, which some do by spaces; if not, they are joined.
         *
         * @param spacesBetweenSpecialTokens the value
         * @return this
         */
        public Builder spacesBetweenSpecialTokens(boolean spacesBetweenSpecialTokens) {
            this.spacesBetweenSpecialTokens = spacesBetweenSpecialTokens;
            return this;
        }

        /**
         * Sets detokenize: whether text is made from the tokens at all.
         *
         * @param detokenize the value
         * @return this
         */
        public Builder detokenize(boolean detokenize) {
            this.detokenize = detokenize;
            return this;
        }

        /**
         * Sets promptLogprobs: how many of the likeliest tokens are returned at each position of the prompt, beside the prompt's own token
         * and its log probability.
         *
         * @param promptLogprobs the value
         * @return this
         * @since 0.2
         */
        public Builder promptLogprobs(int promptLogprobs) {
            this.promptLogprobs = promptLogprobs;
            return this;
        }

        /**
         * Sets logprobs: how many of the likeliest tokens are returned with their log probabilities, beside the token itself.
         *
         * @param logprobs the value
         * @return this
         */
        public Builder logprobs(int logprobs) {
            this.logprobs = logprobs;
            return this;
        }

        /**
         * Sets logitBias: what is added to the logits of some tokens; minus infinity forbids one.
         *
         * @param logitBias never null
         * @return this
         */
        public Builder logitBias(Map<Integer, Float> logitBias) {
            this.logitBias = Objects.requireNonNull(logitBias, "logitBias");
            return this;
        }

        /**
         * Sets allowedTokenIds: the only token ids that may be generated; all if empty.
         *
         * @param allowedTokenIds never null
         * @return this
         */
        public Builder allowedTokenIds(List<Integer> allowedTokenIds) {
            this.allowedTokenIds = Objects.requireNonNull(allowedTokenIds, "allowedTokenIds");
            return this;
        }

        /**
         * Sets badWords: token sequences that may not be generated.
         *
         * @param badWords never null
         * @return this
         */
        public Builder badWords(List<List<Integer>> badWords) {
            this.badWords = Objects.requireNonNull(badWords, "badWords");
            return this;
        }

        /**
         * Sets outputKind: what each output carries.
         *
         * @param outputKind never null
         * @return this
         */
        public Builder outputKind(OutputKind outputKind) {
            this.outputKind = Objects.requireNonNull(outputKind, "outputKind");
            return this;
        }

        /**
         * Sets structuredOutput: a grammar that the completion must follow.
         *
         * @param structuredOutput never null
         * @return this
         */
        public Builder structuredOutput(StructuredOutput structuredOutput) {
            this.structuredOutput = Objects.requireNonNull(structuredOutput, "structuredOutput");
            return this;
        }

        /**
         * Sets extra: arguments for plugins, by plugin name.
         *
         * @param extra never null
         * @return this
         */
        public Builder extra(Map<String, Object> extra) {
            this.extra = Objects.requireNonNull(extra, "extra");
            return this;
        }

        /**
         * Builds the value.
         *
         * @return a new, immutable SamplingParams
         * @throws TokamakException {@link ErrorCode#INVALID_REQUEST} if a value is out of range; it names the field
         */
        public SamplingParams build() {
            return new SamplingParams(this);
        }
    }
}
