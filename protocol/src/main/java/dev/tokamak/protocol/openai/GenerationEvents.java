package dev.tokamak.protocol.openai;

import dev.tokamak.protocol.ByteSink;
import dev.tokamak.protocol.EventStream;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.JsonBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The events of a call that the engine answers. */
final class GenerationEvents implements EventStream {
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final RunningRequests requests;
    private final EventWriter writer;
    private final JsonBuffer buffer = new JsonBuffer();
    private volatile boolean finished;
    private volatile ProtocolException failure;
    private volatile Runnable listener = () -> {};

    GenerationEvents(RunningRequests requests, EventWriter writer) {
        this.requests = requests;
        this.writer = writer;
    }

    @Override
    public boolean poll(ByteSink out) {
        ProtocolException aborted = failure;
        if (finished()) {
            return false;
        }
        if (aborted != null) {
            fail(aborted);
        } else {
            write();
        }
        if (buffer.length() == 0) {
            return false;
        }
        buffer.drainTo(out);
        return true;
    }

    private void write() {
        try {
            requests.poll((prompt, output) -> writer.write(prompt, output, requests.usage(), buffer));
            if (requests.finished()) {
                writer.end(requests.usage(), buffer);
                buffer.raw(DONE);
                finished = true;
            }
        } catch (Throwable e) {
            fail(ProtocolException.internal(e));
        }
    }

    /** The status was sent long ago: the error is an event, and the last one but the end. */
    private void fail(ProtocolException e) {
        failure = e;
        requests.close();
        buffer.raw("data: ");
        OpenAiProtocol.writeError(buffer, e);
        buffer.raw("\n\n").raw(DONE);
        finished = true;
    }

    /** Lets the next poll end the stream with an error. Any thread. */
    void abort(ProtocolException reason) {
        if (!finished()) {
            failure = reason;
            requests.close();
            listener.run();
        }
    }

    @Override
    public void onReady(Runnable newListener) {
        listener = newListener;
        requests.onReady(newListener);
        if (failure != null) {
            newListener.run();
        }
    }

    @Override
    public boolean finished() {
        return finished || requests.closed() && failure == null;
    }

    @Override
    public Optional<ProtocolException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() {
        finished = true;
        requests.close();
    }
}
