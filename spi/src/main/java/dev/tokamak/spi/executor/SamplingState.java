package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;
import dev.tokamak.api.SamplingParams;
import java.util.List;
import java.util.Map;

/**
 * How a slot samples, as an executor needs it: the numbers of {@link SamplingParams}, with the seed settled and, where penalties
 * need them, the tokens so far. Immutable.
 *
 * <p>Logits pass through: allowed tokens, bad words, {@code minTokens} (end tokens held back), bias, penalties, the mask of a
 * grammar; then greedy choice, or temperature, {@code minP}, {@code topK}, {@code topP} and a draw. The draw takes the
 * uniform number that Philox 4x32-10 gives for key {@code seed} and counter {@code (outputIndex, 0, 0, 0)}.
 *
 * @param temperature 0 for greedy
 * @param topP over 0 up to 1
 * @param topK 0 for all
 * @param minP from 0 to 1
 * @param presencePenalty 0 for none
 * @param frequencyPenalty 0 for none
 * @param repetitionPenalty 1 for none
 * @param seed of this sequence
 * @param minTokens until this many were generated, {@code endTokens} cannot be drawn
 * @param endTokens end-of-sequence and stop ids, for {@code minTokens}
 * @param biasTokens tokens with a bias
 * @param biases one for each of {@code biasTokens}
 * @param allowedTokens the only tokens that can be drawn; none means all
 * @param badWords token sequences whose last token cannot be drawn after the others
 * @param promptTokens the prompt, for the repetition penalty and bad words; empty if neither is in use
 * @param outputTokens tokens generated before the slot began, for penalties and bad words; empty if none is in use
 * @since 0.1
 */
@Incubating
public record SamplingState(
        float temperature,
        float topP,
        int topK,
        float minP,
        float presencePenalty,
        float frequencyPenalty,
        float repetitionPenalty,
        long seed,
        int minTokens,
        int[] endTokens,
        int[] biasTokens,
        float[] biases,
        int[] allowedTokens,
        int[][] badWords,
        int[] promptTokens,
        int[] outputTokens) {
    private static final int[] NONE = {};

    /**
     * The state of a sequence that begins, or begins again after a preemption.
     *
     * @param params the request's
     * @param seed of this sequence
     * @param endTokens end-of-sequence and stop ids
     * @param promptTokens the prompt
     * @param outputTokens what was generated so far
     * @return a state that keeps the tokens only where the parameters need them
     */
    public static SamplingState of(
            SamplingParams params, long seed, int[] endTokens, int[] promptTokens, int[] outputTokens) {
        boolean history = params.presencePenalty() != 0
                || params.frequencyPenalty() != 0
                || params.repetitionPenalty() != 1
                || !params.badWords().isEmpty();
        Map<Integer, Float> bias = params.logitBias();
        int[] biasTokens = bias.keySet().stream().mapToInt(Integer::intValue).toArray();
        float[] biases = new float[biasTokens.length];
        for (int i = 0; i < biases.length; i++) {
            biases[i] = bias.get(biasTokens[i]);
        }
        boolean greedy = params.greedy();
        return new SamplingState(
                greedy ? 0f : (float) params.temperature(),
                greedy ? 1f : (float) params.topP(),
                greedy ? 0 : Math.max(0, params.topK()),
                greedy ? 0f : (float) params.minP(),
                (float) params.presencePenalty(),
                (float) params.frequencyPenalty(),
                (float) params.repetitionPenalty(),
                seed,
                params.minTokens(),
                params.minTokens() > 0 ? endTokens : NONE,
                biasTokens,
                biases,
                params.allowedTokenIds().stream().mapToInt(Integer::intValue).toArray(),
                params.badWords().stream()
                        .map((List<Integer> word) ->
                                word.stream().mapToInt(Integer::intValue).toArray())
                        .toArray(int[][]::new),
                history ? promptTokens : NONE,
                history ? outputTokens : NONE);
    }

    /**
     * Whether the likeliest token is always taken.
     *
     * @return true if the temperature is 0
     */
    public boolean greedy() {
        return temperature == 0f;
    }

    /**
     * Whether a penalty is in use, so that the executor must count tokens.
     *
     * @return true if one is
     */
    public boolean penalised() {
        return presencePenalty != 0f || frequencyPenalty != 0f || repetitionPenalty != 1f;
    }

    /**
     * Whether logits go to the draw as the model gave them, but for a mask and the temperature.
     *
     * @return true if nothing of this row's own has to be done to them
     */
    public boolean plain() {
        return !penalised()
                && minTokens == 0
                && biasTokens.length == 0
                && allowedTokens.length == 0
                && badWords.length == 0;
    }

    /**
     * Encodes the state for a {@link StepPlan}.
     *
     * @return ints; floats by their bits
     */
    public int[] encode() {
        int length = 16
                + endTokens.length
                + 2 * biasTokens.length
                + allowedTokens.length
                + promptTokens.length
                + outputTokens.length;
        for (int[] word : badWords) {
            length += 1 + word.length;
        }
        Cursor out = new Cursor(new int[length]);
        out.put(Float.floatToRawIntBits(temperature));
        out.put(Float.floatToRawIntBits(topP));
        out.put(topK);
        out.put(Float.floatToRawIntBits(minP));
        out.put(Float.floatToRawIntBits(presencePenalty));
        out.put(Float.floatToRawIntBits(frequencyPenalty));
        out.put(Float.floatToRawIntBits(repetitionPenalty));
        out.put((int) seed);
        out.put((int) (seed >>> 32));
        out.put(minTokens);
        out.putAll(endTokens);
        out.putAll(biasTokens);
        for (float bias : biases) {
            out.put(Float.floatToRawIntBits(bias));
        }
        out.putAll(allowedTokens);
        out.put(badWords.length);
        for (int[] word : badWords) {
            out.putAll(word);
        }
        out.putAll(promptTokens);
        out.putAll(outputTokens);
        return out.ints;
    }

    /**
     * Decodes what {@link #encode} made.
     *
     * @param ints the whole encoding
     * @return the state
     */
    public static SamplingState decode(int[] ints) {
        Cursor in = new Cursor(ints);
        float temperature = Float.intBitsToFloat(in.get());
        float topP = Float.intBitsToFloat(in.get());
        int topK = in.get();
        float minP = Float.intBitsToFloat(in.get());
        float presence = Float.intBitsToFloat(in.get());
        float frequency = Float.intBitsToFloat(in.get());
        float repetition = Float.intBitsToFloat(in.get());
        long seed = (in.get() & 0xffffffffL) | ((long) in.get() << 32);
        int minTokens = in.get();
        int[] endTokens = in.getAll();
        int[] biasTokens = in.getAll();
        float[] biases = new float[biasTokens.length];
        for (int i = 0; i < biases.length; i++) {
            biases[i] = Float.intBitsToFloat(in.get());
        }
        int[] allowed = in.getAll();
        int[][] badWords = new int[in.get()][];
        for (int i = 0; i < badWords.length; i++) {
            badWords[i] = in.getAll();
        }
        int[] prompt = in.getAll();
        int[] output = in.getAll();
        return new SamplingState(
                temperature,
                topP,
                topK,
                minP,
                presence,
                frequency,
                repetition,
                seed,
                minTokens,
                endTokens,
                biasTokens,
                biases,
                allowed,
                badWords,
                prompt,
                output);
    }

    /** Walks an array of ints. */
    private static final class Cursor {
        private final int[] ints;
        private int at;

        Cursor(int[] ints) {
            this.ints = ints;
        }

        void put(int value) {
            ints[at++] = value;
        }

        void putAll(int[] values) {
            put(values.length);
            System.arraycopy(values, 0, ints, at, values.length);
            at += values.length;
        }

        int get() {
            return ints[at++];
        }

        int[] getAll() {
            int[] values = new int[get()];
            System.arraycopy(ints, at, values, 0, values.length);
            at += values.length;
            return values;
        }
    }
}
