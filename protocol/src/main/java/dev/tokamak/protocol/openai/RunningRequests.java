package dev.tokamak.protocol.openai;

import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import java.util.List;
import java.util.Optional;

/** The engine's requests behind one call, one for each prompt. Polled by one thread at a time; any thread may close. */
final class RunningRequests implements AutoCloseable {
    private final List<RequestStream> streams;
    private final boolean[] ended;
    private final Usage usage;
    private int running;
    private volatile boolean closed;

    /** Takes outputs. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes one output.
         *
         * @param prompt index of its prompt
         * @param output what the engine handed out
         */
        void accept(int prompt, RequestOutput output);
    }

    private RunningRequests(List<RequestStream> streams, boolean usageDetails) {
        this.streams = streams;
        this.ended = new boolean[streams.size()];
        this.usage = new Usage(streams.size(), usageDetails);
        this.running = streams.size();
    }

    /** Submits all requests, or none. */
    static RunningRequests submit(Serving serving, List<GenerationRequest> requests) {
        List<RequestStream> streams = serving.engine().submitAll(requests);
        return new RunningRequests(streams, serving.options().promptTokensDetails());
    }

    void onReady(Runnable listener) {
        streams.forEach(stream -> stream.onReady(listener));
    }

    /** Hands over all outputs there are. */
    void poll(Visitor visitor) {
        for (int i = 0; i < ended.length; i++) {
            while (!ended[i]) {
                Optional<RequestOutput> output = streams.get(i).poll();
                if (output.isEmpty()) {
                    break;
                }
                usage.update(i, output.get());
                if (output.get().finished()) {
                    ended[i] = true;
                    running--;
                }
                visitor.accept(i, output.get());
            }
        }
    }

    boolean finished() {
        return running == 0;
    }

    Usage usage() {
        return usage;
    }

    boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        streams.forEach(RequestStream::close);
    }
}
