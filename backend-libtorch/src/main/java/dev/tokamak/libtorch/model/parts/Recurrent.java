package dev.tokamak.libtorch.model.parts;

/** A sublayer that folds a sequence's tokens into a state of one size, which lies in the sequence's slot. */
public abstract class Recurrent extends Sublayer {
    private int index;

    /** Says which of the model's states is this one's. */
    final void state(int newIndex) {
        index = newIndex;
    }

    final int state() {
        return index;
    }

    /** The sizes of one sequence's state. */
    public abstract long[] stateShape();
}
