package dev.tokamak.engine.output;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokenLogprob;
import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * A request that was taken: one or more completions of the same prompt. Made by the submitting thread; each field says which
 * thread it belongs to afterwards.
 */
public final class Request {
    private final long number;
    private final String id;
    private final SamplingParams params;
    private final Tokenizer tokenizer;
    private final int[] promptTail;
    private final RequestCollector collector;
    private final Completion[] completions;
    private final StopStrings stopStrings;

    /** Written by the engine thread until the first token is handed over, read by the output thread from then on. */
    private final List<TokenLogprob> promptLogprobs = new ArrayList<>(0);

    /** Engine thread: whether completions behind the first have been handed to the scheduler. */
    private boolean fannedOut;

    /** Output thread: completions whose last output was handed out. */
    private int finished;

    /** Output thread: tokens handed out, over all completions. */
    private int generatedTokens;

    /**
     * A request.
     *
     * @param number unique in the engine
     * @param id the caller's own or made up
     * @param params how to sample
     * @param tokenizer for its text
     * @param promptTail the prompt's last tokens
     * @param collector where outputs go
     */
    public Request(
            long number,
            String id,
            SamplingParams params,
            Tokenizer tokenizer,
            int[] promptTail,
            RequestCollector collector) {
        this.number = number;
        this.id = id;
        this.params = params;
        this.tokenizer = tokenizer;
        this.promptTail = promptTail;
        this.collector = collector;
        this.completions = new Completion[params.n()];
        this.stopStrings = new StopStrings(params.stop());
    }

    /** Unique in the engine. */
    public long number() {
        return number;
    }

    /** The caller's own id, or one made up. */
    public String id() {
        return id;
    }

    /** How to sample. */
    public SamplingParams params() {
        return params;
    }

    /** The log probabilities of the prompt's tokens: added to by the engine thread until it hands over the first entry behind them. */
    public List<TokenLogprob> promptLogprobs() {
        return promptLogprobs;
    }

    /** Where outputs go. */
    public RequestCollector collector() {
        return collector;
    }

    /** By index. */
    public Completion[] completions() {
        return completions;
    }

    /** Engine thread: whether this is the first call, so that completions behind the first are to be scheduled now. */
    public boolean fanOut() {
        boolean first = !fannedOut;
        fannedOut = true;
        return first && completions.length > 1;
    }

    /** Engine thread: whether completions behind the first have been handed to the scheduler. */
    public boolean isFannedOut() {
        return fannedOut;
    }

    /** Output thread: a completion's last output is handed out. Returns whether it was the last one. */
    boolean finishOne() {
        return ++finished == completions.length;
    }

    /** Output thread: counts a token. Returns how many there are now. */
    int countToken() {
        return ++generatedTokens;
    }

    int generatedTokens() {
        return generatedTokens;
    }

    CompletionText newText() {
        return new CompletionText(
                params, stopStrings, params.detokenize() ? newDetokenizer() : null, tokenizer.vocabulary());
    }

    private Detokenizer newDetokenizer() {
        Detokenizer detokenizer = tokenizer.detokenizer(params.skipSpecialTokens(), promptTail);
        boolean asDecoded = params.skipSpecialTokens() || params.spacesBetweenSpecialTokens();
        return asDecoded ? detokenizer : new JoinedSpecialTokens(detokenizer, tokenizer.vocabulary());
    }
}
