package dev.tokamak.engine.scheduling;

import dev.tokamak.spi.scheduler.SchedulingPolicy;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.HashMap;
import java.util.Map;

/**
 * Sequences that wait. Of each submission only one stands in line. When it has got a slot, the next one of its submission joins at
 * the end of the line: submissions take turns, however many sequences they have, and those of a single sequence are served in
 * the order in which they came.
 *
 * <p><b>Implementation notes.</b> This is round robin over flows (Nagle, "On Packet Switches with Infinite Storage", 1987) as a
 * number: whoever joins the line draws a {@linkplain Sequence#turn() turn}, by which {@code fcfs} and {@code priority} compare.
 * A policy that does not look at turns keeps its order wholly, since it also decides which of a submission stands: the first of
 * all that wait always does. A sequence that lost its blocks comes back with the turn that it had.
 */
final class WaitingLine {
    private final SchedulingPolicy policy;
    private final WaitingQueue line;
    private final Map<Long, Submission> submissions = new HashMap<>();
    private long turns;
    private int behind;

    WaitingLine(SchedulingPolicy policy) {
        this.policy = policy;
        this.line = new WaitingQueue(policy);
    }

    int size() {
        return line.size() + behind;
    }

    /** The one to be admitted first, or null. */
    Sequence first() {
        return line.first();
    }

    /** A new sequence joins, or waits behind the one that stands for its submission. */
    void join(Sequence sequence) {
        Submission submission = submissions.computeIfAbsent(sequence.submission(), id -> new Submission(policy));
        SequenceState.of(sequence).submission = submission;
        Sequence standing = submission.standing;
        if (standing == null) {
            stand(submission, sequence, turns++);
            return;
        }
        sequence.setTurn(standing.turn());
        if (policy.compare(sequence, standing) < 0) {
            line.remove(standing);
            stand(submission, sequence, standing.turn());
            waitBehind(submission, standing);
        } else {
            waitBehind(submission, sequence);
        }
    }

    private void waitBehind(Submission submission, Sequence sequence) {
        sequence.setTurn(sequence.arrival());
        submission.addBehind(sequence);
        behind++;
    }

    private void stand(Submission submission, Sequence sequence, long turn) {
        submission.standing = sequence;
        sequence.setTurn(turn);
        line.add(sequence);
    }

    /** A sequence that stood in line before stands there again, where it was. */
    void comeBack(Sequence sequence) {
        line.add(sequence);
    }

    /** Takes a sequence out for a moment; it {@linkplain #comeBack comes back} before anything else happens. */
    void setAside(Sequence sequence) {
        line.remove(sequence);
    }

    /** The sequence has got a slot. */
    void admitted(Sequence sequence) {
        line.remove(sequence);
        SequenceState.of(sequence).submission.running++;
        letNextStand(sequence);
    }

    /** The sequence runs no more. */
    void stopped(Sequence sequence) {
        Submission submission = SequenceState.of(sequence).submission;
        submission.running--;
        forgetIfOver(sequence, submission);
    }

    /** The sequence has ended, wherever it is. */
    void leave(Sequence sequence) {
        WaitingQueue queue = SequenceState.of(sequence).queue;
        if (queue == null) {
            return;
        }
        queue.remove(sequence);
        if (queue == line) {
            letNextStand(sequence);
        } else {
            behind--;
        }
    }

    private void letNextStand(Sequence sequence) {
        Submission submission = SequenceState.of(sequence).submission;
        if (submission.standing != sequence) {
            return;
        }
        submission.standing = null;
        Sequence next = submission.takeNext();
        if (next != null) {
            behind--;
            stand(submission, next, turns++);
        }
        forgetIfOver(sequence, submission);
    }

    private void forgetIfOver(Sequence sequence, Submission submission) {
        if (submission.isOver()) {
            submissions.remove(sequence.submission(), submission);
        }
    }

    /**
     * The sequence that has to give up its slot to the first in line: the one that would be kept least of the submission that has
     * the most, if that is more than an equal share and two more than the other's. It gets a turn at the end of the line.
     *
     * @return null if slots are shared fairly, or if the policy would let the same sequence in again first
     */
    Sequence takeFromTheLargest(RunningList running) {
        letOthersPass(running.size());
        Sequence first = line.first();
        Sequence victim = null;
        int most = SequenceState.of(first).submission.running + 1;
        for (int i = running.size() - 1; i >= 0; i--) {
            int has = SequenceState.of(running.get(i)).submission.running;
            if (has > most && isMoreThanItsShare(has, running.size())) {
                most = has;
                victim = running.get(i);
            }
        }
        if (victim == null) {
            return null;
        }
        long turn = victim.turn();
        victim.setTurn(turns);
        if (policy.compare(first, victim) >= 0) {
            victim.setTurn(turn);
            return null;
        }
        turns++;
        return victim;
    }

    /** Where nothing is free, those in front whose submissions have more than their share go to the end of the line. */
    private void letOthersPass(int running) {
        for (int left = line.size(); left > 1; left--) {
            Sequence first = line.first();
            int has = SequenceState.of(first).submission.running;
            if (has < 2 || !isMoreThanItsShare(has, running)) {
                return;
            }
            line.remove(first);
            first.setTurn(turns++);
            line.add(first);
        }
    }

    private boolean isMoreThanItsShare(int has, int running) {
        return (long) has * submissions.size() > running;
    }
}
