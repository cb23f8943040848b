package dev.tokamak.grammars.nfa;

import dev.tokamak.grammars.limits.CompileBudget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/** Which rules a rule of an {@link Nfa} can call before it takes a byte. */
final class EmptyMoves {
    private final Nfa nfa;
    private final CompileBudget budget;
    private final boolean[] nullable;
    private final int[] seen;
    private int round;

    EmptyMoves(Nfa nfa, CompileBudget budget) {
        this.nfa = nfa;
        this.budget = budget;
        this.nullable = new boolean[nfa.rules()];
        this.seen = new int[nfa.states()];
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int rule = nfa.rules() - 1; rule >= 0; rule--) {
                if (!nullable[rule] && reachesEnd(rule, null)) {
                    nullable[rule] = true;
                    changed = true;
                }
            }
        }
    }

    /** For each rule the rules that it can call first. */
    List<BitSet> calls() {
        List<BitSet> calls = new ArrayList<>();
        for (int rule = 0; rule < nfa.rules(); rule++) {
            BitSet called = new BitSet();
            reachesEnd(rule, called);
            calls.add(called);
        }
        return calls;
    }

    private boolean reachesEnd(int rule, BitSet calls) {
        round++;
        Deque<Integer> pending = new ArrayDeque<>(List.of(nfa.start(rule)));
        seen[nfa.start(rule)] = round;
        while (!pending.isEmpty()) {
            int state = pending.pop();
            for (int edge = nfa.firstEdge(state); edge >= 0; edge = nfa.nextEdge(edge)) {
                budget.work();
                int kind = nfa.kind(edge);
                if (kind == Nfa.BYTES || kind == Nfa.TOKEN || !nfa.passable(edge)) {
                    continue;
                }
                if (kind == Nfa.CALL && calls != null) {
                    calls.set(nfa.value(edge));
                }
                boolean through = kind == Nfa.EMPTY || nullable[nfa.value(edge)];
                int to = through ? nfa.target(edge) : -1;
                if (to >= 0 && !Nfa.written(to)) {
                    // Counted states call nothing but characters before they take a byte.
                    to = nfa.skipsTo(to);
                }
                if (to >= 0 && seen[to] != round) {
                    seen[to] = round;
                    pending.push(to);
                }
            }
        }
        return seen[nfa.end(rule)] == round;
    }
}
