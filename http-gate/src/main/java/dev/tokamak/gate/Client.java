package dev.tokamak.gate;

import java.util.ArrayList;
import java.util.List;

/**
 * Who asked a request, for the application that answers it: the request's attribute {@value #ATTRIBUTE}. Any thread may use it.
 */
public final class Client {
    /** The name of the request's attribute. */
    public static final String ATTRIBUTE = "dev.tokamak.gate.Client";

    private final ConnectionGate gate;
    private final List<Runnable> actions = new ArrayList<>(1);
    private boolean gone;

    Client(ConnectionGate gate) {
        this.gate = gate;
    }

    /**
     * Reads the connection from here on, so that its end is noticed when it comes. Otherwise nothing is read before the answer is
     * complete, which lets a client end its side after a short question and get its answer still.
     */
    public void watch() {
        gate.watch(this);
    }

    /**
     * Says what to do when the client closes its connection, or its sending half, before the answer is complete, and
     * {@linkplain #watch watches} it.
     *
     * @param action called once, perhaps before this returns, by any thread; does not wait for anything
     */
    public void onGone(Runnable action) {
        synchronized (actions) {
            if (!gone) {
                actions.add(action);
                action = null;
            }
        }
        if (action == null) {
            watch();
        } else {
            action.run();
        }
    }

    /**
     * Whether the client is known to be gone: nothing need be written for it any more.
     *
     * @return whether the connection ended before the answer was complete
     */
    public boolean isGone() {
        synchronized (actions) {
            return gone;
        }
    }

    /**
     * Says that the answer is written in pieces, and only when the client takes them. Any other answer is taken from its writer
     * at once and whole, so that no thread waits for a slow client.
     */
    public void writtenWhenTaken() {
        gate.showFull(this);
    }

    /** Says that the request's body has been dealt with, so that its memory can go to another's. */
    public void bodyDone() {
        gate.freeBody(this);
    }

    /** The connection ended. */
    void leave() {
        List<Runnable> due;
        synchronized (actions) {
            gone = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }
}
