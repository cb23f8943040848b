package dev.tokamak.libtorch.sampling;

import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.spi.executor.SamplingState;
import dev.tokamak.spi.executor.TokenList;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How a slot samples, with what that needs on the device: token lists, and counts of the tokens so far where a penalty asks for
 * them. Counts grow on the device, so that no step waits for the host. Used on the tensor thread only.
 */
public final class SlotSampling implements AutoCloseable {
    /** Beyond this no penalty takes a logit, so that it stays a number over the smallest temperature, too. */
    private static final float LARGEST = 1e30f;

    private final SamplingState state;
    private final Tensor allowed;
    private final Tensor biased;
    private final Tensor biases;
    private final Tensor ends;
    private final Tensor counts;
    private final Tensor prompt;
    private int[] history = {};
    private int historyLength;

    public SlotSampling(SamplingState state, ComputeDevice device, int vocabulary) {
        this.state = state;
        this.allowed = ids(state.allowedTokens(), device, vocabulary);
        this.biased = ids(state.biasTokens(), device, vocabulary);
        this.biases = biased == null ? null : kept(device.upload(inRange(state, vocabulary), (int) biased.numel()));
        this.ends = ids(state.endTokens(), device, vocabulary);
        this.counts = state.penalised() ? kept(device.zerosFloat(vocabulary)) : null;
        this.prompt = state.penalised() ? kept(device.zerosFloat(vocabulary)) : null;
        if (state.penalised()) {
            count(state.outputTokens(), device, vocabulary);
            see(state.promptTokens(), device, vocabulary);
        }
        if (!state.badWords().isEmpty()) {
            int prompt = state.promptTokens().length();
            historyLength = prompt + state.outputTokens().length();
            history = new int[historyLength + 64];
            state.promptTokens().copyTo(history, 0);
            state.outputTokens().copyTo(history, prompt);
        }
    }

    /** Takes a tensor out of the scope around the step. */
    private static Tensor kept(Tensor tensor) {
        tensor.retainReference();
        return tensor;
    }

    private static Tensor ids(TokenList tokens, ComputeDevice device, int vocabulary) {
        long[] ids = new long[tokens.length()];
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            if (inVocabulary(tokens.get(i), vocabulary)) {
                ids[count++] = tokens.get(i);
            }
        }
        return count == 0 ? null : kept(device.upload(ids, count));
    }

    private static boolean inVocabulary(int token, int vocabulary) {
        return token >= 0 && token < vocabulary;
    }

    private static float[] inRange(SamplingState state, int vocabulary) {
        float[] values = new float[state.biasTokens().length()];
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            if (inVocabulary(state.biasTokens().get(i), vocabulary)) {
                values[count++] = state.bias(i);
            }
        }
        return values;
    }

    private void count(TokenList tokens, ComputeDevice device, int vocabulary) {
        Tensor ids = ids(tokens, device, vocabulary);
        if (ids != null) {
            record(ids);
            ids.close();
        }
    }

    private void see(TokenList tokens, ComputeDevice device, int vocabulary) {
        Tensor ids = ids(tokens, device, vocabulary);
        if (ids != null) {
            try (Scalar one = new Scalar(1.0)) {
                prompt.index_fill_(0, ids, one);
            }
            ids.close();
        }
    }

    public SamplingState state() {
        return state;
    }

    /**
     * Changes a row of logits as the state asks: allowed tokens, bad words, end tokens held back, bias, penalties.
     *
     * @param logits float32 {@code [vocabulary]}, changed in place
     * @param outputIndex how many tokens the sequence has generated
     */
    void adjust(Tensor logits, int outputIndex) {
        try (Scalar minusInfinity = new Scalar(Double.NEGATIVE_INFINITY)) {
            if (allowed != null) {
                Tensor kept = torch.index_select(logits, 0, allowed);
                logits.fill_(minusInfinity).index_copy_(0, allowed, kept);
            } else if (!state.allowedTokens().isEmpty()) {
                logits.fill_(minusInfinity);
            }
            for (TokenList word : state.badWords()) {
                if (word.isNext(history, historyLength) && word.last() < logits.size(0)) {
                    logits.select(0, word.last()).fill_(minusInfinity);
                }
            }
            if (ends != null && outputIndex < state.minTokens()) {
                logits.index_fill_(0, ends, minusInfinity);
            }
        }
        if (biased != null) {
            logits.index_add_(0, biased, biases);
        }
        if (state.penalised()) {
            penalise(logits);
        }
    }

    private void penalise(Tensor logits) {
        if (state.repetitionPenalty() != 1f) {
            float within = Math.max(1 / LARGEST, Math.min(LARGEST, state.repetitionPenalty()));
            try (Scalar zero = new Scalar(0.0);
                    Scalar penalty = new Scalar((double) within);
                    Scalar smallest = new Scalar(-(double) LARGEST);
                    Scalar largest = new Scalar((double) LARGEST)) {
                Tensor lowered = torch.where(logits.gt(zero), logits.div(penalty), logits.mul(penalty))
                        .clamp_(new ScalarOptional(smallest), new ScalarOptional(largest));
                // A token that was refused before stays so.
                Tensor changed = prompt.add(counts).gt(zero).logical_and_(logits.isfinite());
                logits.copy_(torch.where(changed, lowered, logits));
            }
        }
        if (state.frequencyPenalty() != 0f) {
            try (Scalar penalty = new Scalar((double) state.frequencyPenalty())) {
                logits.sub_(counts.mul(penalty));
            }
        }
        if (state.presencePenalty() != 0f) {
            try (Scalar zero = new Scalar(0.0);
                    Scalar penalty = new Scalar((double) state.presencePenalty())) {
                logits.sub_(counts.gt(zero).to(ScalarType.Float).mul_(penalty));
            }
        }
    }

    /**
     * Counts tokens on the device.
     *
     * @param ids int64, in range
     */
    void record(Tensor ids) {
        if (state.penalised()) {
            counts.index_add_(0, ids, torch.ones_like(ids).to(ScalarType.Float));
        }
    }

    /** Counts one token. */
    void record(int token) {
        if (state.penalised()) {
            add(token, 1);
        }
    }

    /** Takes a draft for drawn, until it turns out not to be. */
    void assume(int token) {
        record(token);
        append(token);
    }

    private void add(int token, double times) {
        try (Scalar by = new Scalar(times)) {
            counts.select(0, token).add_(by);
        }
    }

    /** A draft was not drawn, nor any behind it. */
    void takeBack(int token) {
        if (state.penalised()) {
            add(token, -1);
        }
        if (!state.badWords().isEmpty()) {
            historyLength--;
        }
    }

    /**
     * Appends a token that the host has come to know, for bad words.
     *
     * @param token its id
     */
    void append(int token) {
        if (!state.badWords().isEmpty()) {
            if (historyLength == history.length) {
                history = Arrays.copyOf(history, historyLength * 2 + 64);
            }
            history[historyLength++] = token;
        }
    }

    @Override
    public void close() {
        for (Tensor tensor : new Tensor[] {allowed, biased, biases, ends, counts, prompt}) {
            if (tensor != null) {
                tensor.close();
            }
        }
    }
}
