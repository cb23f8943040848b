package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.Sequence;

/** What the scheduler keeps with a sequence. */
final class SequenceState {
    /** The place of a sequence that does not wait. */
    static final int NOT_WAITING = -1;

    /** Its place in the heap of {@link #queue}. */
    int place = NOT_WAITING;

    /** The heap that it waits in, or null. */
    WaitingQueue queue;

    /** What it came with. */
    Submission submission;

    /** How many rows of plans in flight are its own. */
    int rowsInFlight;

    /** How many of those rows draw a token without a mask. */
    int freeDrawsInFlight;

    /** Whether one of those rows carries drafts, so that nobody knows yet where the sequence goes on. */
    boolean draftsInFlight;

    /** Grows whenever the sequence loses its blocks: rows planned before that say nothing about its new ones. */
    int incarnation;

    static SequenceState of(Sequence sequence) {
        return (SequenceState) sequence.schedulerState();
    }
}
