package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;
import dev.tokamak.api.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How a slot samples, as an executor needs it: the numbers of {@link SamplingParams}, with the seed settled and, where penalties
 * and bad words need them, the tokens so far. Immutable.
 *
 * <p>Logits pass through: allowed tokens, bad words, {@code minTokens} (end tokens held back), bias, penalties, the mask of a
 * grammar; then greedy choice, or temperature, {@code minP}, {@code topK}, {@code topP} and a draw. The draw takes the
 * uniform number that Philox 4x32-10 gives for key {@code seed} and counter {@code (outputIndex, 0, 0, 0)}.
 *
 * <p><b>Implementation notes.</b> There is one form, the ints that a {@link StepPlan} carries, and this is a view of them: a head of
 * {@value #HEAD_INTS} ints, floats by their bits and how long the lists are, then the lists.
 *
 * @since 0.1
 */
@Incubating
public final class SamplingState {
    private static final int TEMPERATURE = 0;
    private static final int TOP_P = 1;
    private static final int TOP_K = 2;
    private static final int MIN_P = 3;
    private static final int PRESENCE = 4;
    private static final int FREQUENCY = 5;
    private static final int REPETITION = 6;
    private static final int SEED_LOW = 7;
    private static final int SEED_HIGH = 8;
    private static final int MIN_TOKENS = 9;
    private static final int ENDS = 10;
    private static final int BIASES = 11;
    private static final int ALLOWED = 12;
    private static final int BAD_WORDS = 13;
    private static final int BAD_WORD_INTS = 14;
    private static final int PROMPT = 15;
    private static final int OUTPUT = 16;
    private static final int HEAD_INTS = 17;

    private final int[] ints;
    private final List<TokenList> badWords;

    private SamplingState(int[] ints) {
        this.ints = ints;
        this.badWords = ints[BAD_WORDS] == 0 ? List.of() : words();
    }

    /**
     * The state of a sequence that begins, or begins again after a preemption.
     *
     * @param params the request's
     * @param seed of this sequence
     * @param endTokens end-of-sequence and stop ids
     * @param tokens the prompt and what was generated so far
     * @param promptTokens how many of them are the prompt
     * @param length how many of them count
     * @return a state that keeps the tokens only where the parameters need them
     */
    public static SamplingState of(
            SamplingParams params, long seed, int[] endTokens, int[] tokens, int promptTokens, int length) {
        boolean penalised =
                params.presencePenalty() != 0 || params.frequencyPenalty() != 0 || params.repetitionPenalty() != 1;
        boolean history = penalised || !params.badWords().isEmpty();
        boolean greedy = params.greedy();
        Map<Integer, Float> bias = params.logitBias();
        IntSection out = new IntSection(HEAD_INTS + (history ? length : 0) + 16);
        out.addZeros(HEAD_INTS);
        out.ints[TEMPERATURE] = Float.floatToRawIntBits(greedy ? 0f : (float) params.temperature());
        out.ints[TOP_P] = Float.floatToRawIntBits(greedy ? 1f : (float) params.topP());
        out.ints[TOP_K] = greedy ? 0 : Math.max(0, params.topK());
        out.ints[MIN_P] = Float.floatToRawIntBits(greedy ? 0f : (float) params.minP());
        out.ints[PRESENCE] = Float.floatToRawIntBits((float) params.presencePenalty());
        out.ints[FREQUENCY] = Float.floatToRawIntBits((float) params.frequencyPenalty());
        out.ints[REPETITION] = Float.floatToRawIntBits((float) params.repetitionPenalty());
        out.ints[SEED_LOW] = (int) seed;
        out.ints[SEED_HIGH] = (int) (seed >>> 32);
        out.ints[MIN_TOKENS] = params.minTokens();
        if (params.minTokens() > 0) {
            out.add(endTokens, 0, out.ints[ENDS] = endTokens.length);
        }
        out.ints[BIASES] = bias.size();
        bias.keySet().forEach(out::add);
        bias.values().forEach(value -> out.add(Float.floatToRawIntBits(value)));
        out.ints[ALLOWED] = params.allowedTokenIds().size();
        params.allowedTokenIds().forEach(out::add);
        out.ints[BAD_WORDS] = params.badWords().size();
        int before = out.size;
        for (List<Integer> word : params.badWords()) {
            out.add(word.size());
            word.forEach(out::add);
        }
        out.ints[BAD_WORD_INTS] = out.size - before;
        if (history) {
            out.ints[PROMPT] = promptTokens;
            out.ints[OUTPUT] = length - promptTokens;
            out.add(tokens, 0, length);
        }
        return new SamplingState(Arrays.copyOf(out.ints, out.size));
    }

    /** The state that lies in a plan. */
    static SamplingState copyOf(int[] ints, int from, int length) {
        return new SamplingState(Arrays.copyOfRange(ints, from, from + length));
    }

    void appendTo(IntSection section) {
        section.add(ints, 0, ints.length);
    }

    int length() {
        return ints.length;
    }

    private float real(int field) {
        return Float.intBitsToFloat(ints[field]);
    }

    private int biasesAt() {
        return HEAD_INTS + ints[ENDS];
    }

    private int allowedAt() {
        return biasesAt() + 2 * ints[BIASES];
    }

    private int badWordsAt() {
        return allowedAt() + ints[ALLOWED];
    }

    private int promptAt() {
        return badWordsAt() + ints[BAD_WORD_INTS];
    }

    private List<TokenList> words() {
        List<TokenList> words = new ArrayList<>(ints[BAD_WORDS]);
        for (int at = badWordsAt(); words.size() < ints[BAD_WORDS]; at += 1 + ints[at]) {
            words.add(new TokenList(ints, at + 1, ints[at]));
        }
        return List.copyOf(words);
    }

    /**
     * The temperature.
     *
     * @return 0 for greedy
     */
    public float temperature() {
        return real(TEMPERATURE);
    }

    /**
     * The share of probability that is drawn from.
     *
     * @return over 0 up to 1
     */
    public float topP() {
        return real(TOP_P);
    }

    /**
     * How many of the likeliest tokens are drawn from.
     *
     * @return 0 for all
     */
    public int topK() {
        return ints[TOP_K];
    }

    /**
     * The least probability of a token, as a share of the likeliest one's.
     *
     * @return from 0 to 1
     */
    public float minP() {
        return real(MIN_P);
    }

    /**
     * What is taken off the logits of tokens that were generated.
     *
     * @return 0 for none
     */
    public float presencePenalty() {
        return real(PRESENCE);
    }

    /**
     * What is taken off a token's logit for each time that it was generated.
     *
     * @return 0 for none
     */
    public float frequencyPenalty() {
        return real(FREQUENCY);
    }

    /**
     * What the logits of tokens in prompt or output are divided by, or multiplied with where they are negative.
     *
     * @return 1 for none
     */
    public float repetitionPenalty() {
        return real(REPETITION);
    }

    /**
     * The seed.
     *
     * @return of this sequence
     */
    public long seed() {
        return (ints[SEED_LOW] & 0xffffffffL) | ((long) ints[SEED_HIGH] << 32);
    }

    /**
     * Until this many tokens were generated, {@link #endTokens()} cannot be drawn.
     *
     * @return 0 or more
     */
    public int minTokens() {
        return ints[MIN_TOKENS];
    }

    /**
     * End-of-sequence and stop ids, for {@link #minTokens()}.
     *
     * @return empty if that is 0
     */
    public TokenList endTokens() {
        return new TokenList(ints, HEAD_INTS, ints[ENDS]);
    }

    /**
     * Tokens with a bias.
     *
     * @return mostly none
     */
    public TokenList biasTokens() {
        return new TokenList(ints, biasesAt(), ints[BIASES]);
    }

    /**
     * The bias of one of {@link #biasTokens()}.
     *
     * @param i its place there
     * @return what is added to its logit
     */
    public float bias(int i) {
        return real(biasesAt() + ints[BIASES] + i);
    }

    /**
     * The only tokens that can be drawn.
     *
     * @return empty for all
     */
    public TokenList allowedTokens() {
        return new TokenList(ints, allowedAt(), ints[ALLOWED]);
    }

    /**
     * Token sequences whose last token cannot be drawn after the others.
     *
     * @return mostly none
     */
    public List<TokenList> badWords() {
        return badWords;
    }

    /**
     * The prompt, for the repetition penalty and bad words.
     *
     * @return empty if neither they nor another penalty is in use
     */
    public TokenList promptTokens() {
        return new TokenList(ints, promptAt(), ints[PROMPT]);
    }

    /**
     * The tokens generated before the slot began, for penalties and bad words.
     *
     * @return empty if none is in use
     */
    public TokenList outputTokens() {
        return new TokenList(ints, promptAt() + ints[PROMPT], ints[OUTPUT]);
    }

    /**
     * Whether the likeliest token is always taken.
     *
     * @return true if the temperature is 0
     */
    public boolean greedy() {
        return temperature() == 0f;
    }

    /**
     * Whether a penalty is in use, so that the executor must count tokens.
     *
     * @return true if one is
     */
    public boolean penalised() {
        return presencePenalty() != 0f || frequencyPenalty() != 0f || repetitionPenalty() != 1f;
    }

    /**
     * Whether logits go to the draw as the model gave them, but for a mask and the temperature.
     *
     * @return true if nothing of this row's own has to be done to them
     */
    public boolean plain() {
        return !penalised() && ints[MIN_TOKENS] == 0 && ints[BIASES] == 0 && ints[ALLOWED] == 0 && ints[BAD_WORDS] == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SamplingState state && Arrays.equals(ints, state.ints);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ints);
    }
}
