package dev.tokamak.protocol.openai;

import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.OutputKind;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.TokamakException;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.EventStream;
import dev.tokamak.protocol.ProtocolException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A call that the engine answers: submits its requests and sees its answer through. */
abstract class GenerationCall implements Call {
    private final Serving serving;
    private final Envelope envelope;
    private RunningRequests running;
    private CompletableFuture<byte[]> response;
    private GenerationEvents events;
    private ProtocolException aborted;

    GenerationCall(Serving serving, Envelope envelope) {
        this.serving = serving;
        this.envelope = envelope;
    }

    /** The field that the prompt comes from. */
    abstract String promptField();

    /** The field that the format of the answer comes from. */
    abstract String formatField();

    /** The field that asks for the log probabilities of the prompt. */
    String promptLogprobsField() {
        return "prompt_logprobs";
    }

    /** How to sample. */
    abstract SamplingParams params();

    /** Renders and tokenises. */
    abstract List<GenerationRequest> requests(OutputKind kind);

    /** Collects whole outputs. Called behind {@link #requests}. */
    abstract Answer answer();

    /** Writes events. Called behind {@link #requests}. */
    abstract EventWriter events();

    /** An answer that is put together from whole outputs. */
    interface Answer extends RunningRequests.Visitor {
        /** The document, when all outputs were taken. */
        byte[] body(Usage usage);
    }

    @Override
    public boolean stream() {
        return envelope.stream();
    }

    @Override
    public String id() {
        return envelope.id();
    }

    @Override
    public CompletableFuture<byte[]> respond(Executor executor) {
        RunningRequests requests = submit(OutputKind.FINAL_ONLY);
        CompletableFuture<byte[]> future = new CompletableFuture<>();
        Collection collection = new Collection(requests, made(requests, this::answer), future);
        ProtocolException reason;
        synchronized (this) {
            response = future;
            reason = aborted;
        }
        if (reason != null) {
            future.completeExceptionally(reason);
        }
        requests.onReady(() -> collection.wake(executor));
        return future;
    }

    @Override
    public EventStream open() {
        RunningRequests requests = submit(OutputKind.DELTA);
        GenerationEvents stream = new GenerationEvents(requests, made(requests, this::events));
        ProtocolException reason;
        synchronized (this) {
            events = stream;
            reason = aborted;
        }
        if (reason != null) {
            throw reason;
        }
        return stream;
    }

    /** Makes what takes the outputs of requests that run already: if a plugin fails at that, nobody would. */
    private static <T> T made(RunningRequests requests, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (Throwable e) {
            requests.close();
            throw ProtocolException.internal(e);
        }
    }

    private RunningRequests submit(OutputKind kind) {
        try {
            RunningRequests submitted = RunningRequests.submit(serving, requests(kind));
            synchronized (this) {
                running = submitted;
                if (aborted != null) {
                    submitted.close();
                    throw aborted;
                }
            }
            return submitted;
        } catch (TokamakException e) {
            throw ProtocolException.of(new TokamakException(e.code(), e.getMessage(), field(e), e));
        } catch (Throwable e) {
            throw ProtocolException.internal(e);
        }
    }

    /** The engine speaks of prompts, formats and adjusters; the client knows them by the fields that they came from. */
    private String field(TokamakException e) {
        String field = e.param().orElse(null);
        if ("prompt".equals(field)) {
            return promptField();
        }
        if ("response_format".equals(field)) {
            return formatField();
        }
        if ("prompt_logprobs".equals(field)) {
            return promptLogprobsField();
        }
        return params().extra().containsKey(field) ? "vllm_xargs." + field : field;
    }

    @Override
    public void close() {
        GenerationEvents unread;
        synchronized (this) {
            unread = events;
        }
        if (unread != null) {
            unread.close();
        }
        abort(new ProtocolException(
                503,
                "the request was aborted before its answer was complete",
                "service_unavailable_error",
                null,
                "aborted"));
    }

    @Override
    public void abort(ProtocolException reason) {
        CompletableFuture<byte[]> waiting;
        GenerationEvents streaming;
        RunningRequests started;
        synchronized (this) {
            if (aborted == null) {
                aborted = reason;
            }
            waiting = response;
            streaming = events;
            started = running;
        }
        if (waiting != null) {
            waiting.completeExceptionally(reason);
        }
        if (streaming != null) {
            streaming.abort(reason);
        }
        if (started != null) {
            started.close();
        }
    }

    /** Takes whole outputs on the executor as the engine announces them, one announcement at a time. */
    private record Collection(
            RunningRequests requests, Answer answer, CompletableFuture<byte[]> future, AtomicInteger announced) {
        Collection(RunningRequests requests, Answer answer, CompletableFuture<byte[]> future) {
            this(requests, answer, future, new AtomicInteger());
        }

        void wake(Executor executor) {
            if (announced.getAndIncrement() == 0) {
                try {
                    executor.execute(this::collect);
                } catch (RejectedExecutionException e) {
                    requests.close();
                    future.completeExceptionally(ProtocolException.internal(e));
                }
            }
        }

        private void collect() {
            int seen;
            do {
                seen = announced.get();
                try {
                    requests.poll(answer);
                    if (requests.finished() && !future.isDone()) {
                        future.complete(answer.body(requests.usage()));
                    }
                } catch (Throwable e) {
                    requests.close();
                    future.completeExceptionally(ProtocolException.internal(e));
                    return;
                }
            } while (announced.addAndGet(-seen) > 0);
        }
    }
}
