package dev.tokamak.grammars.nfa;

import dev.tokamak.grammars.limits.CompileBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A nondeterministic automaton over bytes whose moves may also be calls of rules and special tokens. Each rule has a
 * start and an end; a call moves to its target when the called rule ends. Immutable once {@link #seal sealed}.
 */
public final class Nfa {
    public static final int BYTES = 0;
    public static final int EMPTY = 1;
    public static final int CALL = 2;
    public static final int TOKEN = 3;

    private int[] head = new int[64];
    private int[] next = new int[128];
    private int[] label = new int[128];
    private int[] target = new int[128];
    private int states;
    private int edges;
    private int[] plainRun = new int[64];
    private int[] ruleStart = new int[8];
    private int[] ruleEnd = new int[8];
    private int rules;
    private final List<CountedStates> counted = new ArrayList<>();
    private BitSet alive;
    private BitSet ends;

    int state() {
        if (states == head.length) {
            head = Arrays.copyOf(head, states * 2);
            plainRun = Arrays.copyOf(plainRun, states * 2);
        }
        head[states] = -1;
        return states++;
    }

    /** A new rule with a start and an end state. */
    int rule() {
        if (rules == ruleStart.length) {
            ruleStart = Arrays.copyOf(ruleStart, rules * 2);
            ruleEnd = Arrays.copyOf(ruleEnd, rules * 2);
        }
        ruleStart[rules] = state();
        ruleEnd[rules] = state();
        return rules++;
    }

    public void bytes(int from, int first, int last, int to) {
        edge(from, BYTES, first << 8 | last, to);
    }

    void empty(int from, int to) {
        edge(from, EMPTY, 0, to);
    }

    void call(int from, int rule, int to) {
        edge(from, CALL, rule, to);
    }

    void token(int from, int id, int to) {
        edge(from, TOKEN, id, to);
    }

    /** The id from which further counted states may begin. */
    int nextCountedId() {
        return counted.isEmpty()
                ? CountedStates.FIRST_ID
                : counted.get(counted.size() - 1).behind();
    }

    void counted(CountedStates states) {
        counted.add(states);
    }

    /** Whose state or edge an id is that was not written out. */
    private CountedStates countedOf(int id) {
        for (CountedStates states : counted) {
            if (id < states.behind()) {
                return states;
            }
        }
        throw new IllegalArgumentException("No state or edge " + id);
    }

    private void edge(int from, int kind, int value, int to) {
        if (edges == next.length) {
            next = Arrays.copyOf(next, edges * 2);
            label = Arrays.copyOf(label, edges * 2);
            target = Arrays.copyOf(target, edges * 2);
        }
        next[edges] = head[from];
        label[edges] = value << 2 | kind;
        target[edges] = to;
        head[from] = edges++;
    }

    /**
     * Notes that any run of up to so many characters that JSON strings write as they are is taken here without leaving
     * the rule, and no longer one. It saves looking: without it, the same is found move by move.
     */
    public void plainRun(int state, int characters) {
        plainRun[state] = characters;
    }

    public int plainRun(int state) {
        return written(state) ? plainRun[state] : countedOf(state).plainRun(state);
    }

    /** About how much memory this takes. */
    public long bytes() {
        long bytes = 12L * head.length + 12L * next.length;
        for (CountedStates states : counted) {
            bytes += states.bytes();
        }
        return bytes;
    }

    /** Whether a state or an edge is one of its own rather than of {@link CountedStates}. */
    public static boolean written(int id) {
        return id < CountedStates.FIRST_ID;
    }

    /** Where a state leads without taking anything, or -1: only for states that are not written out. */
    int skipsTo(int state) {
        CountedStates states = countedOf(state);
        return states.ends(state) ? states.end() : -1;
    }

    int edges() {
        return edges;
    }

    /** The kind and the value of an edge. */
    int label(int edge) {
        return written(edge) ? label[edge] : countedOf(edge).label(edge);
    }

    /** How many states were written out. */
    public int states() {
        return states;
    }

    public int rules() {
        return rules;
    }

    public int start(int rule) {
        return ruleStart[rule];
    }

    int end(int rule) {
        return ruleEnd[rule];
    }

    /** The first edge of a state, or -1. */
    public int firstEdge(int state) {
        return written(state) ? head[state] : countedOf(state).firstEdge(state);
    }

    /** The edge after this one, or -1. */
    public int nextEdge(int edge) {
        return written(edge) ? next[edge] : countedOf(edge).nextEdge(edge);
    }

    public int kind(int edge) {
        return label(edge) & 3;
    }

    /** The first byte of a range. */
    public int low(int edge) {
        return label(edge) >>> 10;
    }

    /** The last byte of a range. */
    public int high(int edge) {
        return label(edge) >>> 2 & 0xFF;
    }

    /** The rule of a call or the id of a token. */
    public int value(int edge) {
        return label(edge) >>> 2;
    }

    public int target(int edge) {
        return written(edge) ? target[edge] : countedOf(edge).target(edge);
    }

    /** The state behind an edge; behind an edge into counted states, where they lead to in the end. */
    private int writtenTarget(int edge) {
        int to = target[edge];
        return written(to) ? to : countedOf(to).end();
    }

    /** Whether a rule's end can be reached from here. A state that is not alive is never entered. */
    public boolean alive(int state) {
        if (written(state)) {
            return alive.get(state);
        }
        CountedStates states = countedOf(state);
        return states.alive(state) && alive.get(states.end());
    }

    /** Whether this is the end of a rule. */
    public boolean isEnd(int state) {
        return written(state) && ends.get(state);
    }

    /**
     * Marks the states from which their rule can end, so that no text can be begun that cannot be finished.
     *
     * @return whether the first rule can produce anything
     */
    boolean seal(CompileBudget budget) {
        ends = new BitSet(states);
        for (int rule = 0; rule < rules; rule++) {
            ends.set(ruleEnd[rule]);
        }
        int[] from = new int[edges];
        int[] intoNext = new int[edges];
        int[] intoHead = new int[states];
        int[] callNext = new int[edges];
        int[] callHead = new int[rules];
        Arrays.fill(intoHead, -1);
        Arrays.fill(callHead, -1);
        for (int state = 0; state < states; state++) {
            for (int edge = head[state]; edge >= 0; edge = next[edge]) {
                from[edge] = state;
                int to = writtenTarget(edge);
                intoNext[edge] = intoHead[to];
                intoHead[to] = edge;
                if (kind(edge) == CALL) {
                    callNext[edge] = callHead[value(edge)];
                    callHead[value(edge)] = edge;
                }
            }
        }
        int[] ruleOfStart = new int[states];
        for (int rule = 0; rule < rules; rule++) {
            ruleOfStart[ruleStart[rule]] = rule + 1;
        }
        alive = new BitSet(states);
        int[] pending = new int[states];
        int n = 0;
        for (int rule = 0; rule < rules; rule++) {
            alive.set(ruleEnd[rule]);
            pending[n++] = ruleEnd[rule];
        }
        while (n > 0) {
            budget.work();
            int state = pending[--n];
            for (int edge = intoHead[state]; edge >= 0; edge = intoNext[edge]) {
                boolean passable = kind(edge) != CALL || alive.get(ruleStart[value(edge)]);
                if (passable && !alive.get(from[edge])) {
                    alive.set(from[edge]);
                    pending[n++] = from[edge];
                }
            }
            if (ruleOfStart[state] > 0) {
                for (int edge = callHead[ruleOfStart[state] - 1]; edge >= 0; edge = callNext[edge]) {
                    if (alive.get(writtenTarget(edge)) && !alive.get(from[edge])) {
                        alive.set(from[edge]);
                        pending[n++] = from[edge];
                    }
                }
            }
        }
        return alive.get(ruleStart[0]);
    }

    /** Whether a move can be part of a finished text. */
    public boolean passable(int edge) {
        return alive(target(edge)) && (kind(edge) != CALL || alive.get(ruleStart[value(edge)]));
    }

    /** Marks the bytes at which what moves do may change: the first of each range and the one behind its last. */
    public void cuts(BitSet cuts) {
        for (int state = 0; state < states; state++) {
            for (int edge = head[state]; edge >= 0; edge = next[edge]) {
                if (kind(edge) == BYTES && passable(edge)) {
                    cuts.set(low(edge));
                    cuts.set(high(edge) + 1);
                }
            }
        }
        counted.forEach(states -> states.cuts(cuts));
    }
}
