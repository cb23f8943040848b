package dev.tokamak.protocol.openai;

import dev.tokamak.protocol.ByteSink;
import dev.tokamak.protocol.EventStream;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.JsonBuffer;
import java.nio.charset.StandardCharsets;

/** The events of a call that the engine answers. */
final class GenerationEvents implements EventStream {
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final RunningRequests requests;
    private final EventWriter writer;
    private final JsonBuffer buffer = new JsonBuffer();
    private volatile boolean finished;

    GenerationEvents(RunningRequests requests, EventWriter writer) {
        this.requests = requests;
        this.writer = writer;
    }

    @Override
    public boolean poll(ByteSink out) {
        if (finished()) {
            return false;
        }
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
        if (buffer.length() == 0) {
            return false;
        }
        buffer.drainTo(out);
        return true;
    }

    /** The status was sent long ago: the error is an event, and the last one but the end. */
    private void fail(ProtocolException e) {
        requests.close();
        buffer.raw("data: ");
        OpenAiProtocol.writeError(buffer, e);
        buffer.raw("\n\n").raw(DONE);
        finished = true;
    }

    @Override
    public void onReady(Runnable listener) {
        requests.onReady(listener);
    }

    @Override
    public boolean finished() {
        return finished || requests.closed();
    }

    @Override
    public void close() {
        requests.close();
    }
}
