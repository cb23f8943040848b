package dev.tokamak.gate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** A connection without a network: keeps what is done to it, and runs what is due when a test says so. */
final class RecordedWire implements Wire {
    final List<String> forwarded = new ArrayList<>();
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    final List<Runnable> tasks = new ArrayList<>();
    private Runnable due;
    private CompletableFuture<Void> timer;
    long dueMillis;
    boolean ended;
    int unsentBytes;
    Runnable whenSent;
    boolean full;
    boolean closed;

    /** Brings no bytes on its own. */
    static final class Source implements Reader {
        int pauses;
        int resumes;

        @Override
        public void pause() {
            pauses++;
        }

        @Override
        public void resume() {
            resumes++;
        }
    }

    String sent() {
        return sent.toString(StandardCharsets.US_ASCII);
    }

    /** Lets the time pass that the gate waits for. */
    void expire() {
        if (!timer.isCancelled()) {
            due.run();
        }
    }

    @Override
    public void forward(byte[] head, byte[] body, int bodyLength) {
        forwarded.add(new String(head, StandardCharsets.ISO_8859_1)
                + new String(body, 0, bodyLength, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void send(byte[] bytes) {
        sent.writeBytes(bytes);
    }

    @Override
    public void sendLast(byte[] bytes) {
        sent.writeBytes(bytes);
        ended = true;
    }

    @Override
    public int unsentBytes() {
        return unsentBytes;
    }

    @Override
    public void whenSent(Runnable action) {
        whenSent = action;
    }

    @Override
    public void showFull(boolean show) {
        full = show;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public Future<?> schedule(Runnable task, long millis) {
        due = task;
        dueMillis = millis;
        timer = new CompletableFuture<>();
        return timer;
    }
}
