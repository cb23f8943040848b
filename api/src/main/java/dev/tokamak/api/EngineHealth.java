package dev.tokamak.api;

/**
 * How an engine is.
 *
 * @param state whether it can serve
 * @param detail one line for an operator; empty when all is well
 * @since 0.1
 */
@Stable
public record EngineHealth(State state, String detail) {
    /** Whether an engine can serve. */
    @Stable
    public enum State {
        /** It takes requests and steps complete. */
        READY,
        /** Requests wait and no step has completed for longer than the watchdog allows. */
        STALLED,
        /** It failed for good or was closed. */
        DEAD
    }

    /**
     * Whether a load balancer should send requests here.
     *
     * @return true if {@link State#READY}
     */
    public boolean ready() {
        return state == State.READY;
    }
}
