package dev.tokamak.engine.output;

import dev.tokamak.api.FinishReason;
import dev.tokamak.api.TokamakException;
import dev.tokamak.api.TokenLogprob;
import java.util.Arrays;

/**
 * What one step did, for the output thread: an entry for each completion that has a token, has ended, or both. Written by the
 * engine thread, read and emptied by the output thread, reused.
 */
public final class OutputBatch {
    /** The token of an entry that has none. */
    static final int NO_TOKEN = -1;

    private int size;
    private Completion[] completions = new Completion[64];
    private int[] tokens = new int[64];
    private int[] cachedTokens = new int[64];
    private int[] stopTokens = new int[64];
    private TokenLogprob[] logprobs = new TokenLogprob[64];
    private FinishReason[] reasons = new FinishReason[64];
    private TokamakException[] failures = new TokamakException[64];
    private float[][][] vectors = new float[64][][];

    /** An empty batch. */
    OutputBatch() {}

    /** Adds a completion's token. */
    public void token(Completion completion, int token, TokenLogprob logprob) {
        int at = add(completion);
        tokens[at] = token;
        logprobs[at] = logprob;
    }

    /** Adds the vectors that a completion ends with. */
    public void pooled(Completion completion, float[][] itsVectors) {
        vectors[add(completion)] = itsVectors;
    }

    /**
     * Ends a completion.
     *
     * @param stopToken the token that stopped it, or -1
     */
    public void finished(Completion completion, FinishReason reason, int stopToken) {
        int at = size > 0 && completions[size - 1] == completion ? size - 1 : add(completion);
        reasons[at] = reason;
        stopTokens[at] = stopToken;
    }

    /** Fails a completion, and with it its request. */
    public void failed(Completion completion, TokamakException failure) {
        int at = add(completion);
        reasons[at] = FinishReason.ERROR;
        failures[at] = failure;
    }

    private int add(Completion completion) {
        if (size == tokens.length) {
            grow(size * 2);
        }
        completions[size] = completion;
        tokens[size] = NO_TOKEN;
        cachedTokens[size] = Math.max(0, completion.sequence().cachedTokens());
        stopTokens[size] = NO_TOKEN;
        return size++;
    }

    private void grow(int length) {
        completions = Arrays.copyOf(completions, length);
        tokens = Arrays.copyOf(tokens, length);
        cachedTokens = Arrays.copyOf(cachedTokens, length);
        stopTokens = Arrays.copyOf(stopTokens, length);
        logprobs = Arrays.copyOf(logprobs, length);
        reasons = Arrays.copyOf(reasons, length);
        failures = Arrays.copyOf(failures, length);
        vectors = Arrays.copyOf(vectors, length);
    }

    /** Whether there is nothing to hand over. */
    public boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    Completion completion(int i) {
        return completions[i];
    }

    int token(int i) {
        return tokens[i];
    }

    int cachedTokens(int i) {
        return cachedTokens[i];
    }

    int stopToken(int i) {
        return stopTokens[i];
    }

    TokenLogprob logprob(int i) {
        return logprobs[i];
    }

    FinishReason reason(int i) {
        return reasons[i];
    }

    TokamakException failure(int i) {
        return failures[i];
    }

    /** Null but for a completion that ends with vectors. */
    float[][] vectors(int i) {
        return vectors[i];
    }

    void clear() {
        Arrays.fill(completions, 0, size, null);
        Arrays.fill(logprobs, 0, size, null);
        Arrays.fill(reasons, 0, size, null);
        Arrays.fill(failures, 0, size, null);
        Arrays.fill(vectors, 0, size, null);
        size = 0;
    }
}
