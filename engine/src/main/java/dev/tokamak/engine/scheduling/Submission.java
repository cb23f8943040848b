package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.Sequence;

/** The sequences of one submission, as far as they have to do with its turns. */
final class Submission {
    /** The one that stands in line for all that wait behind it, or null. */
    Sequence standing;

    /** How many of its sequences run. */
    int running;

    private final SchedulingPolicy policy;
    private WaitingQueue behind;

    Submission(SchedulingPolicy policy) {
        this.policy = policy;
    }

    void addBehind(Sequence sequence) {
        if (behind == null) {
            behind = new WaitingQueue(policy);
        }
        behind.add(sequence);
    }

    /** Takes the first of those behind, in the policy's order, or null. */
    Sequence takeNext() {
        Sequence next = behind == null ? null : behind.first();
        if (next != null) {
            behind.remove(next);
        }
        return next;
    }

    boolean isOver() {
        return running == 0 && standing == null;
    }
}
