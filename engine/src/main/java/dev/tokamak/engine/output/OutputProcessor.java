package dev.tokamak.engine.output;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.TokamakException;
import java.util.function.Consumer;

/**
 * The output thread's work: turns batches into outputs. What goes wrong with one completion's text fails that request and
 * nothing else.
 */
public final class OutputProcessor implements Runnable {
    private static final System.Logger LOG = System.getLogger(OutputProcessor.class.getName());

    private final OutputRing ring;
    private final Consumer<Completion> abortCompletion;
    private final Consumer<Request> abortRequest;
    private final Consumer<Request> requestEnded;

    /**
     * A processor.
     *
     * @param ring where batches come from
     * @param abortCompletion called when a stop string or the caller's own condition has ended it
     * @param abortRequest called when a request's text cannot be made
     * @param requestEnded called when a request's last output was handed out, or it failed
     */
    public OutputProcessor(
            OutputRing ring,
            Consumer<Completion> abortCompletion,
            Consumer<Request> abortRequest,
            Consumer<Request> requestEnded) {
        this.ring = ring;
        this.abortCompletion = abortCompletion;
        this.abortRequest = abortRequest;
        this.requestEnded = requestEnded;
    }

    @Override
    public void run() {
        boolean more = true;
        while (more) {
            more = processNext();
        }
    }

    /**
     * Waits for a batch and processes it.
     *
     * @return false if there will be none any more
     */
    public boolean processNext() {
        OutputBatch batch = ring.take();
        if (batch == null) {
            return false;
        }
        for (int i = 0; i < batch.size(); i++) {
            processSafely(batch, i);
        }
        ring.release();
        return true;
    }

    private void processSafely(OutputBatch batch, int i) {
        Completion completion = batch.completion(i);
        if (completion.finished()) {
            return;
        }
        try {
            process(batch, i, completion);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "request " + completion.request().id() + " failed in its output", e);
            completion.finish();
            fail(
                    completion.request(),
                    new TokamakException(
                            ErrorCode.STEP_FAILED,
                            "the text of the output could not be made; see the server's log",
                            e));
            abortRequest.accept(completion.request());
        }
    }

    private void process(OutputBatch batch, int i, Completion completion) {
        Request request = completion.request();
        if (batch.failure(i) != null) {
            completion.finish();
            fail(request, batch.failure(i));
            return;
        }
        if (batch.vectors(i) != null) {
            completion.finish();
            request.collector().pooled(batch.vectors(i), batch.cachedTokens(i));
            requestEnded.accept(request);
            return;
        }
        FinishReason reason = batch.reason(i);
        int stopToken = batch.stopToken(i);
        MarkedText.Piece text = text(batch, i, completion.text());
        int textOffset = completion.text().tokenOffset();
        Object stopReason = null;
        String stopString = completion.text().stoppedBy();
        if (stopString == null && batch.token(i) != OutputBatch.NO_TOKEN) {
            stopString = completion.endedBy(batch.token(i), text.text()).orElse(null);
        }
        if (stopString != null) {
            if (reason == null) {
                abortCompletion.accept(completion);
            }
            reason = FinishReason.STOP;
            stopReason = stopString;
        } else if (stopToken != OutputBatch.NO_TOKEN
                && request.params().stopTokenIds().contains(stopToken)) {
            stopReason = stopToken;
        }
        if (batch.token(i) != OutputBatch.NO_TOKEN) {
            request.countToken();
        }
        if (completion.index() == 0 && !request.promptLogprobs().isEmpty()) {
            request.collector().promptLogprobs(request.promptLogprobs());
        }
        boolean last = false;
        if (reason != null) {
            completion.finish();
            last = request.finishOne();
        }
        request.collector()
                .add(
                        completion.index(),
                        text,
                        batch.token(i),
                        batch.logprob(i),
                        textOffset,
                        reason,
                        stopReason,
                        last,
                        batch.cachedTokens(i),
                        request.generatedTokens());
        if (last) {
            requestEnded.accept(request);
        }
    }

    private static MarkedText.Piece text(OutputBatch batch, int i, CompletionText text) {
        MarkedText.Piece more = MarkedText.Piece.EMPTY;
        if (batch.token(i) != OutputBatch.NO_TOKEN) {
            more = text.add(batch.token(i), batch.stopToken(i) == OutputBatch.NO_TOKEN || text.includesStop());
        }
        if (batch.reason(i) == null || text.stoppedBy() != null) {
            return more;
        }
        MarkedText whole = new MarkedText();
        whole.append(more);
        whole.append(text.finish());
        return whole.take(whole.length());
    }

    private void fail(Request request, TokamakException failure) {
        request.collector().fail(failure);
        requestEnded.accept(request);
    }
}
