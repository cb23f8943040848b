package dev.tokamak.engine.output;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.TokamakException;
import dev.tokamak.api.TokenLogprob;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Where the output thread puts a request's outputs and its reader takes them.
 *
 * <p><b>Implementation notes.</b> Deltas are kept one by one while at most {@value #UNMERGED} are unread: a reader that keeps up,
 * or is a little late, sees one token each. Behind that they are merged, by completion, into one growing buffer that costs no
 * more than the text itself, until the reader has caught up. Everything is under one lock that is held for a few field
 * writes; the listener is called outside of it. What was unread and what is new can therefore never be torn apart: an
 * output is built either when it comes or when it is read.
 */
public final class RequestCollector implements RequestStream {
    private static final System.Logger LOG = System.getLogger(RequestCollector.class.getName());

    /** How many deltas may be unread before they are merged. */
    static final int UNMERGED = 32;

    private final String requestId;
    private final OutputKind kind;
    private final int promptTokens;
    private final Runnable onAbandoned;

    private final ArrayDeque<RequestOutput> unread = new ArrayDeque<>(4);
    private CompletionBuffer[] buffers;
    private boolean buffered;
    private List<TokenLogprob> promptLogprobs = List.of();
    private int cachedTokens;
    private int generatedTokens;
    private boolean finished;
    private boolean lastTaken;
    private boolean closed;
    private TokamakException failure;
    private Runnable listener;

    /**
     * A collector.
     *
     * @param requestId the request's
     * @param kind what each output carries
     * @param completions how many there are
     * @param promptTokens the prompt's length
     * @param onAbandoned called if the reader closes it before the request has ended
     */
    public RequestCollector(
            String requestId, OutputKind kind, int completions, int promptTokens, Runnable onAbandoned) {
        this.requestId = requestId;
        this.kind = kind;
        this.promptTokens = promptTokens;
        this.onAbandoned = onAbandoned;
        this.buffers = new CompletionBuffer[completions];
    }

    /** Takes what a completion has got. Output thread. */
    void add(
            int index,
            MarkedText.Piece text,
            int token,
            TokenLogprob logprob,
            int textOffset,
            FinishReason reason,
            Object stopReason,
            boolean last,
            int cached,
            int generated) {
        Runnable toTell;
        synchronized (this) {
            if (closed || failure != null) {
                return;
            }
            boolean had = hasSomething();
            cachedTokens = cached;
            generatedTokens = generated;
            finished = last;
            if (kind == OutputKind.DELTA && !buffered && unread.size() < UNMERGED) {
                unread.add(output(List.of(single(index, text, token, logprob, textOffset, reason, stopReason))));
            } else {
                buffer(index).add(text, token, logprob, textOffset, reason, stopReason);
                buffered = kind != OutputKind.FINAL_ONLY || last;
            }
            toTell = had ? null : wake();
        }
        tell(toTell);
    }

    /** Takes the log probabilities of the prompt, which the next output carries. Output thread, before the first {@link #add}. */
    synchronized void promptLogprobs(List<TokenLogprob> logprobs) {
        if (generatedTokens == 0 && promptLogprobs.isEmpty()) {
            promptLogprobs = Collections.unmodifiableList(logprobs);
        }
    }

    /** Takes the vectors that are all that the request has. Output thread. */
    void pooled(float[][] vectors, int cached) {
        Runnable toTell;
        synchronized (this) {
            if (closed || failure != null) {
                return;
            }
            cachedTokens = cached;
            finished = true;
            unread.add(builder().vectors(List.of(vectors)).build());
            toTell = wake();
        }
        tell(toTell);
    }

    /** Ends the request with a failure. Any thread. */
    public void fail(TokamakException cause) {
        Runnable toTell;
        synchronized (this) {
            if (closed || finished || failure != null) {
                return;
            }
            boolean had = hasSomething();
            failure = cause;
            toTell = had ? null : wake();
        }
        tell(toTell);
    }

    /** Whether nobody will read any more. Any thread. */
    public synchronized boolean closed() {
        return closed;
    }

    private static CompletionOutput single(
            int index,
            MarkedText.Piece text,
            int token,
            TokenLogprob logprob,
            int textOffset,
            FinishReason reason,
            Object stopReason) {
        CompletionOutput.Builder builder =
                CompletionOutput.builder(index).text(text.text()).markSpans(text.spans());
        if (token != OutputBatch.NO_TOKEN) {
            builder.tokenIds(token);
        }
        if (logprob != null) {
            builder.logprobs(List.of(logprob)).textOffsets(textOffset);
        }
        return builder.finishReason(reason).stopReason(stopReason).build();
    }

    private RequestOutput output(List<CompletionOutput> outputs) {
        RequestOutput output =
                builder().outputs(outputs).promptLogprobs(promptLogprobs).build();
        if (kind == OutputKind.DELTA) {
            promptLogprobs = List.of();
        }
        return output;
    }

    private RequestOutput.Builder builder() {
        return RequestOutput.builder(requestId)
                .finished(finished)
                .promptTokens(promptTokens)
                .cachedTokens(cachedTokens)
                .generatedTokens(generatedTokens);
    }

    private CompletionBuffer buffer(int index) {
        if (buffers[index] == null) {
            buffers[index] = new CompletionBuffer(index);
        }
        return buffers[index];
    }

    private boolean hasSomething() {
        return !unread.isEmpty() || buffered || failure != null;
    }

    private Runnable wake() {
        if (!hasSomething()) {
            return null;
        }
        notifyAll();
        return listener;
    }

    private static void tell(Runnable toTell) {
        if (toTell != null) {
            try {
                toTell.run();
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.ERROR, "a listener that was told of outputs failed", e);
            }
        }
    }

    @Override
    public String requestId() {
        return requestId;
    }

    @Override
    public synchronized Optional<RequestOutput> poll() {
        if (closed) {
            return Optional.empty();
        }
        RequestOutput next = unread.poll();
        if (next == null && buffered) {
            next = drain();
        }
        if (next != null) {
            lastTaken = next.finished();
            return Optional.of(next);
        }
        if (failure != null) {
            throw new TokamakException(
                    failure.code(), failure.getMessage(), failure.param().orElse(null), failure);
        }
        return Optional.empty();
    }

    private RequestOutput drain() {
        List<CompletionOutput> outputs = new ArrayList<>(1);
        for (CompletionBuffer buffer : buffers) {
            if (buffer != null && buffer.changed()) {
                outputs.add(buffer.output());
                if (kind == OutputKind.DELTA) {
                    buffer.clear();
                }
            }
        }
        buffered = false;
        return output(outputs);
    }

    @Override
    public synchronized Optional<RequestOutput> take() throws InterruptedException {
        while (!hasSomething() && !closed && !lastTaken) {
            wait();
        }
        return poll();
    }

    @Override
    public void onReady(Runnable newListener) {
        boolean ready;
        synchronized (this) {
            listener = newListener;
            ready = hasSomething() && !closed;
        }
        if (ready) {
            newListener.run();
        }
    }

    @Override
    public void close() {
        boolean abandoned;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            abandoned = !finished && failure == null;
            unread.clear();
            buffers = new CompletionBuffer[0];
            buffered = false;
            listener = null;
            notifyAll();
        }
        if (abandoned) {
            onAbandoned.run();
        }
    }
}
