package dev.tokamak.grammars.nfa;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;

/**
 * A small automaton that counts how often it was moved on, up to a maximum. A string of at most 100,000 characters is
 * one state and its loop here rather than 100,000 states: the pair of a count and a state of the small automaton is a
 * number, and moves between such numbers are worked out when they are asked for.
 *
 * <p>Implementation notes. A pair is alive where the count leaves room for the shortest way to an accepting state, so
 * nothing can be begun that cannot be finished. A minimum above 0 is only right where every state leads to itself,
 * which is for the maker to see to: then every count can be reached from every state.
 */
final class CountedStates {
    /** Ids of states and edges begin here; what is smaller was written out. */
    static final int FIRST_ID = 1 << 28;

    private static final int UNREACHABLE = Integer.MAX_VALUE;

    private final int first;
    private final int firstEdge;
    private final int min;
    private final int max;
    private final int end;
    private final Nfa template;
    private final BitSet advancing;
    private final BitSet accepting;
    private final BitSet loops;
    private final int[] distance;

    /**
     * @param first id of the first state and the first edge that this may use
     * @param template states and edges; its calls name rules of the automaton that this belongs to
     * @param advancing its edges that count
     * @param accepting its states where the text may end
     * @param loops its states whose only way on is to themselves with any character
     * @param end where an end leads to
     */
    CountedStates(
            int first, Nfa template, BitSet advancing, BitSet accepting, BitSet loops, int min, int max, int end) {
        this.first = first;
        this.firstEdge = first;
        this.template = template;
        this.advancing = advancing;
        this.accepting = accepting;
        this.loops = loops;
        this.min = min;
        this.max = max;
        this.end = end;
        this.distance = distances();
    }

    /** How many ids states and edges take, the larger of the two. */
    static long ids(Nfa template, int max) {
        return (max + 2L) * (template.states() + template.edges());
    }

    /** For each state how many counted moves lead to an accepting one at least. */
    private int[] distances() {
        int[] distances = new int[template.states()];
        Arrays.fill(distances, UNREACHABLE);
        int[] from = new int[template.edges()];
        int[] into = new int[template.edges()];
        int[] intoHead = new int[template.states()];
        Arrays.fill(intoHead, -1);
        for (int state = 0; state < template.states(); state++) {
            for (int edge = template.firstEdge(state); edge >= 0; edge = template.nextEdge(edge)) {
                from[edge] = state;
                into[edge] = intoHead[template.target(edge)];
                intoHead[template.target(edge)] = edge;
            }
        }
        Deque<Integer> pending = new ArrayDeque<>();
        for (int state = accepting.nextSetBit(0); state >= 0; state = accepting.nextSetBit(state + 1)) {
            distances[state] = 0;
            pending.add(state);
        }
        while (!pending.isEmpty()) {
            int state = pending.removeFirst();
            for (int edge = intoHead[state]; edge >= 0; edge = into[edge]) {
                int steps = distances[state] + (advancing.get(edge) ? 1 : 0);
                if (steps < distances[from[edge]]) {
                    distances[from[edge]] = steps;
                    if (advancing.get(edge)) {
                        pending.addLast(from[edge]);
                    } else {
                        pending.addFirst(from[edge]);
                    }
                }
            }
        }
        return distances;
    }

    int end() {
        return end;
    }

    /** The first id behind those of this. */
    int behind() {
        return first + (int) ids(template, max);
    }

    /** A state of the template where nothing has been counted. */
    int entry(int state) {
        return first + state;
    }

    private int count(int state) {
        return (state - first) / template.states();
    }

    private int inner(int state) {
        return (state - first) % template.states();
    }

    private int edgesEach() {
        return template.edges() + template.states();
    }

    private int edgeCount(int edge) {
        return (edge - firstEdge) / edgesEach();
    }

    private int innerEdge(int edge) {
        return (edge - firstEdge) % edgesEach();
    }

    /** Whether a text can be finished from here. */
    boolean alive(int state) {
        int left = max - count(state);
        return left >= distance[inner(state)];
    }

    boolean ends(int state) {
        return accepting.get(inner(state)) && count(state) >= min;
    }

    int firstEdge(int state) {
        int base = firstEdge + count(state) * edgesEach();
        int inner = inner(state);
        if (ends(state)) {
            return base + template.edges() + inner;
        }
        int edge = template.firstEdge(inner);
        return edge < 0 ? -1 : base + edge;
    }

    int nextEdge(int edge) {
        int inner = innerEdge(edge);
        int next = inner >= template.edges() ? template.firstEdge(inner - template.edges()) : template.nextEdge(inner);
        return next < 0 ? -1 : edge - inner + next;
    }

    /** The kind and the value of an edge, as {@link Nfa} packs them; leaving is an empty move. */
    int label(int edge) {
        int inner = innerEdge(edge);
        return inner >= template.edges() ? Nfa.EMPTY : template.label(inner);
    }

    int target(int edge) {
        int inner = innerEdge(edge);
        if (inner >= template.edges()) {
            return end;
        }
        int count = edgeCount(edge) + (advancing.get(inner) ? 1 : 0);
        return first + count * template.states() + template.target(inner);
    }

    /** As {@link Nfa#plainRun(int)} means it. */
    int plainRun(int state) {
        return loops.get(inner(state)) ? Math.max(0, max - count(state) - distance[inner(state)]) : 0;
    }

    /** Marks where the bytes' meaning changes. */
    void cuts(BitSet cuts) {
        for (int state = 0; state < template.states(); state++) {
            for (int edge = template.firstEdge(state); edge >= 0; edge = template.nextEdge(edge)) {
                if (template.kind(edge) == Nfa.BYTES) {
                    cuts.set(template.low(edge));
                    cuts.set(template.high(edge) + 1);
                }
            }
        }
    }

    long bytes() {
        return template.bytes() + 4L * distance.length;
    }
}
