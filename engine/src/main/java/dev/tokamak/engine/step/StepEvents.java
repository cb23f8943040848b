package dev.tokamak.engine.step;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.TokamakException;
import dev.tokamak.api.TokenLogprob;
import dev.tokamak.engine.output.Completion;
import dev.tokamak.engine.output.OutputBatch;
import dev.tokamak.engine.output.OutputRing;
import dev.tokamak.engine.output.Request;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.spi.scheduler.Scheduler;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.Arrays;
import java.util.List;

/** What a step did to each sequence, written into the batch for the output thread. Engine thread. */
final class StepEvents implements Scheduler.Events {
    private final StepLoop loop;
    private final OutputRing ring;
    private final Counters counters;
    private final int vocabularySize;
    private Throwable stepFailure;

    /** The batch of the step that is being taken; nothing is published meanwhile. */
    private OutputBatch batch;

    StepEvents(StepLoop loop, OutputRing ring, Counters counters, int vocabularySize) {
        this.loop = loop;
        this.ring = ring;
        this.counters = counters;
        this.vocabularySize = vocabularySize;
    }

    /**
     * Begins a step's events.
     *
     * @param failure of the step as a whole, or null
     */
    void begin(Throwable failure) {
        stepFailure = failure;
        batch = ring.current();
    }

    @Override
    public void token(Sequence sequence, int token, StepResult result, int row, int index) {
        Completion completion = (Completion) sequence.owner();
        counters.generationTokens++;
        if (completion.keys() != null) {
            completion.keys().extend(sequence);
        }
        if (completion.constraint() != null) {
            completion.constraint().told(sequence, token);
            sequence.setMasked(completion.constraint().holds());
        }
        batch.token(completion, token, logprob(token, result, row, index));
        if (completion.index() == 0 && sequence.generatedTokens() == 1) {
            promptIsComputed(completion.request(), sequence);
        }
    }

    /** The prompt's blocks can be shared now, so the request's other completions need not compute them again. */
    private void promptIsComputed(Request request, Sequence sequence) {
        counters.promptTokens += sequence.promptTokens();
        if (request.fanOut()) {
            Completion[] completions = request.completions();
            for (int i = 1; i < completions.length; i++) {
                loop.add(completions[i]);
            }
        }
    }

    @Override
    public void scored(Sequence sequence, int first, StepResult result, int row) {
        List<TokenLogprob> logprobs = ((Completion) sequence.owner()).request().promptLogprobs();
        for (int i = 0; i < result.scoreCount(row); i++) {
            logprobs.add(logprob(
                    result.scoredToken(row, i),
                    result.score(row, i),
                    result.scoreRank(row, i),
                    result.scoreTopTokens(row, i),
                    result.scoreTopLogprobs(row, i)));
        }
    }

    @Override
    public void pooled(Sequence sequence, StepResult result, int row) {
        float[][] vectors = new float[result.vectorCount(row)][];
        Arrays.setAll(vectors, i -> result.vector(row, i));
        counters.promptTokens += sequence.promptTokens();
        batch.pooled((Completion) sequence.owner(), vectors);
    }

    private static TokenLogprob logprob(int token, StepResult result, int row, int index) {
        float logprob = result.logprob(row, index);
        if (Float.isNaN(logprob)) {
            return null;
        }
        return logprob(
                token, logprob, result.rank(row, index), result.topTokens(row, index), result.topLogprobs(row, index));
    }

    private static TokenLogprob logprob(int token, float logprob, int rank, int[] ids, float[] logprobs) {
        if (ids == null || ids.length == 0) {
            return new TokenLogprob(token, logprob, rank, List.of());
        }
        TokenLogprob[] top = new TokenLogprob[ids.length];
        for (int i = 0; i < ids.length; i++) {
            top[i] = new TokenLogprob(ids[i], logprobs[i], i + 1, List.of());
        }
        return new TokenLogprob(token, logprob, rank, List.of(top));
    }

    @Override
    public void finished(Sequence sequence, FinishReason reason, int stopToken) {
        Completion completion = (Completion) sequence.owner();
        if (reason == FinishReason.ERROR) {
            failed(completion, failure(sequence));
            return;
        }
        if (completion.index() == 0 && sequence.maxTokens() == 0 && sequence.pooling() == null) {
            promptIsComputed(completion.request(), sequence);
        }
        end(completion, reason, stopToken);
    }

    /** A completion whose grammar is at its end, where no token can be drawn that says so. The scheduler has let go of it. */
    void complete(Completion completion) {
        end(completion, FinishReason.STOP, -1);
        if (completion.index() == 0 && completion.sequence().generatedTokens() == 0) {
            promptIsComputed(completion.request(), completion.sequence());
        }
    }

    private void end(Completion completion, FinishReason reason, int stopToken) {
        counters.requestsFinished++;
        loop.ended(completion);
        ring.current().finished(completion, reason, stopToken);
    }

    private TokamakException failure(Sequence sequence) {
        if (stepFailure != null) {
            return new TokamakException(
                    ErrorCode.STEP_FAILED,
                    "the step that carried this request failed: " + told(stepFailure),
                    stepFailure);
        }
        TokamakException nothingLeft =
                new TokenLimits(sequence.params(), sequence.endTokens(), vocabularySize).nothingLeft(sequence);
        return nothingLeft != null
                ? nothingLeft
                : new TokamakException(
                        ErrorCode.STEP_FAILED, "the model gave logits that are not numbers for this request");
    }

    /** What people outside may read of a failure: what was thrown on purpose, and nothing of what was not foreseen. */
    static String told(Throwable failure) {
        boolean onPurpose = failure instanceof TokamakException || failure instanceof IllegalStateException;
        return onPurpose && failure.getMessage() != null ? failure.getMessage() : "see the server's log";
    }

    /** A failed completion takes its request with it. */
    void failed(Completion completion, TokamakException failure) {
        loop.ended(completion);
        ring.current().failed(completion, failure);
        loop.drop(completion.request());
    }
}
