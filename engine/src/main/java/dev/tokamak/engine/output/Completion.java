package dev.tokamak.engine.output;

import dev.tokamak.api.StopCondition;
import dev.tokamak.engine.cache.PrefixKeys;
import dev.tokamak.engine.step.DrawConstraint;
import dev.tokamak.spi.scheduler.Sequence;
import java.util.Optional;

/** One completion of a request: its sequence, and what the engine and the output thread keep beside it. */
public final class Completion {
    private final Request request;
    private final int index;
    private final PrefixKeys.Chain keys;
    private final DrawConstraint constraint;
    private final StopCondition stopCondition;
    private Sequence sequence;

    /** Output thread: made with the first token. */
    private CompletionText text;

    /** Output thread: whether its last output was handed out; whatever comes later is dropped. */
    private boolean finished;

    /**
     * A completion that only its parameters and its grammar end.
     *
     * @param request whose it is
     * @param index from 0
     * @param keys of its prefix, or null if it shares no blocks
     * @param constraint on what it may draw, or null
     */
    public Completion(Request request, int index, PrefixKeys.Chain keys, DrawConstraint constraint) {
        this(request, index, keys, constraint, null);
    }

    /**
     * A completion.
     *
     * @param request whose it is
     * @param index from 0
     * @param keys of its prefix, or null if it shares no blocks
     * @param constraint on what it may draw, or null
     * @param stopCondition the caller's own, or null
     */
    public Completion(
            Request request, int index, PrefixKeys.Chain keys, DrawConstraint constraint, StopCondition stopCondition) {
        this.request = request;
        this.index = index;
        this.keys = keys;
        this.constraint = constraint;
        this.stopCondition = stopCondition;
    }

    /** Ties it to its sequence, once, on the submitting thread. */
    public void bind(Sequence itsSequence) {
        sequence = itsSequence;
    }

    /** Whose it is. */
    public Request request() {
        return request;
    }

    /** Which of the request's completions it is, from 0. */
    public int index() {
        return index;
    }

    /** Its tokens. Engine thread. */
    public Sequence sequence() {
        return sequence;
    }

    /** The keys of its prefix, or null if it shares no blocks. Engine thread. */
    public PrefixKeys.Chain keys() {
        return keys;
    }

    /** What restricts its draws, or null. Engine thread and mask workers. */
    public DrawConstraint constraint() {
        return constraint;
    }

    /** Whether the caller's own condition ends it with this token, and by what. Output thread. */
    Optional<String> endedBy(int token, String newText) {
        return stopCondition == null ? Optional.empty() : stopCondition.accept(token, newText);
    }

    CompletionText text() {
        if (text == null) {
            text = request.newText();
        }
        return text;
    }

    boolean finished() {
        return finished;
    }

    void finish() {
        finished = true;
        text = null;
    }
}
