package dev.tokamak.protocol.pooling;

import dev.tokamak.api.Engine;
import dev.tokamak.api.PoolingRequest;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.TokamakException;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.EventStream;
import dev.tokamak.protocol.ProtocolException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** A call that is answered with what the engine pools of texts: one document when the last of them is done. */
final class PoolingCall implements Call {
    /** What the engine calls fields, and what clients know them by. */
    private static final Map<String, String> FIELDS = Map.of("pooling", "task");

    private final Engine engine;
    private final String id;
    private final String textField;
    private final Supplier<List<PoolingRequest>> requests;
    private final Answer answer;
    private final CompletableFuture<byte[]> response = new CompletableFuture<>();
    private List<RequestStream> streams = List.of();
    private ProtocolException aborted;

    /** Puts an answer together. */
    @FunctionalInterface
    interface Answer {
        /**
         * Writes the document.
         *
         * @param outputs one for each request, in order
         * @return JSON
         */
        byte[] of(List<RequestOutput> outputs);
    }

    /**
     * A call.
     *
     * @param engine what computes
     * @param id of the answer
     * @param textField the field that the texts come from
     * @param requests tokenises
     * @param answer puts the answer together
     */
    PoolingCall(Engine engine, String id, String textField, Supplier<List<PoolingRequest>> requests, Answer answer) {
        this.engine = engine;
        this.id = id;
        this.textField = textField;
        this.requests = requests;
        this.answer = answer;
    }

    @Override
    public boolean stream() {
        return false;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public EventStream open() {
        throw new IllegalStateException("vectors are answered with one document");
    }

    @Override
    public CompletableFuture<byte[]> respond(Executor executor) {
        List<RequestStream> started = start();
        synchronized (this) {
            streams = started;
            if (aborted != null) {
                streams.forEach(RequestStream::close);
                throw aborted;
            }
        }
        Outputs outputs = new Outputs(started);
        for (int i = 0; i < started.size(); i++) {
            int index = i;
            started.get(i).onReady(() -> later(executor, () -> outputs.take(index)));
        }
        return response;
    }

    private List<RequestStream> start() {
        try {
            return engine.pool(requests.get());
        } catch (TokamakException e) {
            String field = e.param().orElse(null);
            String known =
                    "prompt".equals(field) ? textField : field == null ? null : FIELDS.getOrDefault(field, field);
            throw ProtocolException.of(new TokamakException(e.code(), e.getMessage(), known, e));
        } catch (Throwable e) {
            throw ProtocolException.internal(e);
        }
    }

    private void later(Executor executor, Runnable task) {
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    abort(ProtocolException.internal(e));
                }
            });
        } catch (RejectedExecutionException e) {
            abort(ProtocolException.internal(e));
        }
    }

    @Override
    public void abort(ProtocolException reason) {
        List<RequestStream> running;
        synchronized (this) {
            if (aborted == null) {
                aborted = reason;
            }
            running = streams;
        }
        response.completeExceptionally(reason);
        running.forEach(RequestStream::close);
    }

    @Override
    public void close() {
        abort(new ProtocolException(
                503,
                "the request was aborted before its answer was complete",
                "service_unavailable_error",
                null,
                "aborted"));
    }

    /** The outputs that are there; whichever thread takes the last one writes the answer. */
    private final class Outputs {
        private final List<RequestStream> from;
        private final RequestOutput[] taken;
        private int missing;

        Outputs(List<RequestStream> from) {
            this.from = from;
            this.taken = new RequestOutput[from.size()];
            this.missing = taken.length;
        }

        void take(int index) {
            synchronized (this) {
                if (taken[index] != null) {
                    return;
                }
                from.get(index).poll().filter(RequestOutput::finished).ifPresent(output -> {
                    taken[index] = output;
                    missing--;
                });
                if (taken[index] == null || missing > 0) {
                    return;
                }
            }
            if (!response.isDone()) {
                response.complete(answer.of(Arrays.asList(taken)));
            }
        }
    }
}
