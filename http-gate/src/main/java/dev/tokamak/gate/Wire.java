package dev.tokamak.gate;

import java.util.concurrent.Future;

/** What a {@link ConnectionGate} does to its connection. No method waits. */
interface Wire {

    /** Hands a whole request on, on the calling thread; {@link ConnectionGate#answered} follows. */
    void forward(byte[] head, byte[] body, int bodyLength);

    /** Runs something on a thread that requests may be handed on by. */
    void execute(Runnable task);

    /** Sends bytes. */
    void send(byte[] bytes);

    /** Sends the last bytes, and after them the end; what the client still sends can be received. */
    void sendLast(byte[] bytes);

    /** How much of what was sent the client has not taken. */
    int unsentBytes();

    /** Says when the client has taken everything that was sent so far, on any thread; never if the connection ends before. */
    void whenSent(Runnable action);

    /**
     * Whether those who answer see when a client takes less than it is sent, as they have to if they send without an end; those
     * who see nothing can give all at once and go.
     */
    void showFull(boolean show);

    void close();

    boolean isOpen();

    Future<?> schedule(Runnable task, long millis);

    /** A thread that brings bytes. */
    interface Reader {

        /** Brings no more until {@link #resume}. Called while it brings some. */
        void pause();

        void resume();
    }
}
