package dev.tokamak.grammars.regex;

import dev.tokamak.grammars.limits.CompileBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A finite automaton over characters without empty moves: what regular expressions, string formats and number ranges
 * are made into before they are spelled in bytes. Immutable once built.
 */
public final class CharAutomaton {
    private final int start;
    private final BitSet accepting;
    private final List<List<Edge>> edges;

    /** A move on any of a set of characters. */
    public record Edge(CodePoints on, int target) {}

    private CharAutomaton(int start, BitSet accepting, List<List<Edge>> edges) {
        this.start = start;
        this.accepting = accepting;
        this.edges = edges;
    }

    /** Collects states and edges. */
    public static final class Builder {
        private final CompileBudget budget;
        private final BitSet accepting = new BitSet();
        private final List<List<Edge>> edges = new ArrayList<>();

        public Builder(CompileBudget budget) {
            this.budget = budget;
        }

        public int state() {
            budget.states(1);
            edges.add(new ArrayList<>(2));
            return edges.size() - 1;
        }

        public void accept(int state) {
            accepting.set(state);
        }

        public void edge(int from, CodePoints on, int to) {
            budget.edge();
            if (!on.isEmpty()) {
                edges.get(from).add(new Edge(on, to));
            }
        }

        public CharAutomaton build(int start) {
            return new CharAutomaton(start, accepting, edges);
        }
    }

    public int start() {
        return start;
    }

    public int states() {
        return edges.size();
    }

    public boolean accepting(int state) {
        return accepting.get(state);
    }

    public List<Edge> edges(int state) {
        return edges.get(state);
    }

    /** One character of a set. */
    public static CharAutomaton one(CodePoints set, CompileBudget budget) {
        Builder builder = new Builder(budget);
        int start = builder.state();
        int end = builder.state();
        builder.edge(start, set, end);
        builder.accept(end);
        return builder.build(start);
    }

    /** All texts of {@code min} to {@code max} characters; a negative {@code max} is no bound. */
    public static CharAutomaton lengths(int min, int max, CompileBudget budget) {
        Builder builder = new Builder(budget);
        int start = builder.state();
        int state = start;
        int last = max < 0 ? min : max;
        for (int length = 0; length < last; length++) {
            if (length >= min) {
                builder.accept(state);
            }
            int next = builder.state();
            builder.edge(state, CodePoints.ALL, next);
            state = next;
        }
        builder.accept(state);
        if (max < 0) {
            builder.edge(state, CodePoints.ALL, state);
        }
        return builder.build(start);
    }

    /** Exactly these texts, as a tree of their common beginnings. */
    public static CharAutomaton literals(Iterable<String> texts, CompileBudget budget) {
        Builder builder = new Builder(budget);
        int start = builder.state();
        Map<Long, Integer> children = new HashMap<>();
        for (String text : texts) {
            int state = start;
            for (int codePoint : text.codePoints().toArray()) {
                long key = (long) state << 32 | codePoint;
                Integer next = children.get(key);
                if (next == null) {
                    next = builder.state();
                    children.put(key, next);
                    builder.edge(state, CodePoints.of(codePoint), next);
                }
                state = next;
            }
            builder.accept(state);
        }
        return builder.build(start);
    }

    /**
     * For each state how long a run of characters of a set is taken there, whichever they are: {@link
     * Integer#MAX_VALUE} where a state leads to itself; otherwise only for a chain of states that take nothing else
     * and so no longer run; 0 where nothing is known.
     *
     * @param chains whether chains count
     */
    public int[] runsOf(CodePoints set, boolean chains) {
        int[] runs = new int[edges.size()];
        BitSet useful = useful();
        for (int state = runs.length - 1; state >= 0; state--) {
            List<Edge> leaving = edges.get(state);
            for (Edge edge : leaving) {
                int target = edge.target();
                if (target < state
                        || !useful.get(target)
                        || edge.on().rangeCount() > 4
                        || !set.minus(edge.on()).isEmpty()) {
                    continue;
                }
                if (target == state) {
                    runs[state] = Integer.MAX_VALUE;
                } else if (chains && leaving.size() == 1) {
                    boolean ends = edges.get(target).isEmpty();
                    boolean goesOn = runs[target] > 0 && runs[target] < Integer.MAX_VALUE;
                    runs[state] = ends ? 1 : goesOn ? runs[target] + 1 : 0;
                }
            }
        }
        return runs;
    }

    /** The states from which a text can be finished. */
    private BitSet useful() {
        List<List<Integer>> sources = new ArrayList<>();
        for (int state = 0; state < edges.size(); state++) {
            sources.add(new ArrayList<>(2));
        }
        for (int state = 0; state < edges.size(); state++) {
            for (Edge edge : edges.get(state)) {
                sources.get(edge.target()).add(state);
            }
        }
        BitSet useful = (BitSet) accepting.clone();
        List<Integer> pending = new ArrayList<>(accepting.stream().boxed().toList());
        while (!pending.isEmpty()) {
            for (int source : sources.get(pending.remove(pending.size() - 1))) {
                if (!useful.get(source)) {
                    useful.set(source);
                    pending.add(source);
                }
            }
        }
        return useful;
    }

    public boolean matches(String text) {
        BitSet states = new BitSet();
        states.set(start);
        for (int codePoint : text.codePoints().toArray()) {
            BitSet next = new BitSet();
            for (int s = states.nextSetBit(0); s >= 0; s = states.nextSetBit(s + 1)) {
                for (Edge edge : edges.get(s)) {
                    if (edge.on().contains(codePoint)) {
                        next.set(edge.target());
                    }
                }
            }
            states = next;
        }
        return states.intersects(accepting);
    }

    /** The texts that any of several accepts. */
    public static CharAutomaton union(List<CharAutomaton> automata, CompileBudget budget) {
        Builder builder = new Builder(budget);
        int start = builder.state();
        for (CharAutomaton automaton : automata) {
            int offset = builder.edges.size();
            for (int state = 0; state < automaton.states(); state++) {
                builder.state();
            }
            for (int state = 0; state < automaton.states(); state++) {
                for (Edge edge : automaton.edges(state)) {
                    builder.edge(offset + state, edge.on(), offset + edge.target());
                    if (state == automaton.start) {
                        builder.edge(start, edge.on(), offset + edge.target());
                    }
                }
                if (automaton.accepting(state)) {
                    builder.accept(offset + state);
                }
            }
            if (automaton.accepting(automaton.start)) {
                builder.accept(start);
            }
        }
        return builder.build(start);
    }

    /** The texts that both accept: the product of the two, only as far as it is reachable. */
    public CharAutomaton intersect(CharAutomaton other, CompileBudget budget) {
        Builder builder = new Builder(budget);
        Map<Long, Integer> known = new HashMap<>();
        List<long[]> pending = new ArrayList<>();
        int first = pair(start, other.start, other, builder, known, pending);
        while (!pending.isEmpty()) {
            long[] pair = pending.remove(pending.size() - 1);
            int from = known.get(pair[0] << 32 | pair[1]);
            for (Edge mine : edges.get((int) pair[0])) {
                for (Edge theirs : other.edges.get((int) pair[1])) {
                    CodePoints common = mine.on().intersect(theirs.on());
                    if (!common.isEmpty()) {
                        int to = pair(mine.target(), theirs.target(), other, builder, known, pending);
                        builder.edge(from, common, to);
                    }
                }
            }
        }
        return builder.build(first);
    }

    private int pair(
            int mine,
            int theirs,
            CharAutomaton other,
            Builder builder,
            Map<Long, Integer> known,
            List<long[]> pending) {
        long key = (long) mine << 32 | theirs;
        Integer state = known.get(key);
        if (state == null) {
            state = builder.state();
            known.put(key, state);
            pending.add(new long[] {mine, theirs});
            if (accepting.get(mine) && other.accepting.get(theirs)) {
                builder.accept(state);
            }
        }
        return state;
    }

    /** The fewest characters of an accepted text; a very large number if there is none. */
    public int shortest() {
        int[] distance = new int[edges.size()];
        Arrays.fill(distance, -1);
        List<Integer> pending = new ArrayList<>(List.of(start));
        distance[start] = 0;
        for (int i = 0; i < pending.size(); i++) {
            int state = pending.get(i);
            if (accepting.get(state)) {
                return distance[state];
            }
            for (Edge edge : edges.get(state)) {
                if (distance[edge.target()] < 0) {
                    distance[edge.target()] = distance[state] + 1;
                    pending.add(edge.target());
                }
            }
        }
        return Integer.MAX_VALUE;
    }

    /** The most characters of an accepted text; a very large number if there is no bound. */
    public int longest() {
        BitSet useful = useful();
        int[] into = new int[edges.size()];
        for (int state = useful.nextSetBit(0); state >= 0; state = useful.nextSetBit(state + 1)) {
            edges.get(state).forEach(edge -> into[edge.target()]++);
        }
        int[] length = new int[edges.size()];
        List<Integer> ready = new ArrayList<>();
        useful.stream().filter(state -> into[state] == 0).forEach(ready::add);
        int longest = 0;
        for (int i = 0; i < ready.size(); i++) {
            int state = ready.get(i);
            longest = Math.max(longest, accepting.get(state) ? length[state] : 0);
            for (Edge edge : edges.get(state)) {
                int target = edge.target();
                length[target] = Math.max(length[target], length[state] + 1);
                if (--into[target] == 0 && useful.get(target)) {
                    ready.add(target);
                }
            }
        }
        return ready.size() == useful.cardinality() ? longest : Integer.MAX_VALUE;
    }

    /** Whether no text is accepted. */
    public boolean isEmpty() {
        BitSet seen = new BitSet();
        List<Integer> pending = new ArrayList<>(List.of(start));
        seen.set(start);
        while (!pending.isEmpty()) {
            int state = pending.remove(pending.size() - 1);
            if (accepting.get(state)) {
                return false;
            }
            for (Edge edge : edges.get(state)) {
                if (!seen.get(edge.target())) {
                    seen.set(edge.target());
                    pending.add(edge.target());
                }
            }
        }
        return true;
    }

    /** All texts that this one does not accept: made deterministic and complete by subsets, then turned round. */
    public CharAutomaton complement(CompileBudget budget) {
        Builder builder = new Builder(budget);
        Map<BitSet, Integer> known = new HashMap<>();
        List<BitSet> pending = new ArrayList<>();
        BitSet first = new BitSet();
        first.set(start);
        int begin = subset(first, builder, known, pending);
        while (!pending.isEmpty()) {
            BitSet subset = pending.remove(pending.size() - 1);
            int from = known.get(subset);
            List<Edge> leaving = new ArrayList<>();
            for (int s = subset.nextSetBit(0); s >= 0; s = subset.nextSetBit(s + 1)) {
                leaving.addAll(edges.get(s));
            }
            Map<BitSet, CodePoints> byTarget = new HashMap<>();
            int[] cuts = cuts(leaving);
            for (int i = 0; i + 1 < cuts.length; i++) {
                BitSet target = new BitSet();
                for (Edge edge : leaving) {
                    budget.work();
                    if (edge.on().contains(cuts[i])) {
                        target.set(edge.target());
                    }
                }
                byTarget.merge(target, CodePoints.range(cuts[i], cuts[i + 1] - 1), CodePoints::union);
            }
            byTarget.forEach((target, on) -> builder.edge(from, on, subset(target, builder, known, pending)));
        }
        return builder.build(begin);
    }

    /** Where the set of matching edges may change: ascending, from 0 to one past the last character. */
    private static int[] cuts(List<Edge> leaving) {
        TreeSet<Integer> cuts = new TreeSet<>(Arrays.asList(0, 0xD800, 0xE000, 0x110000));
        for (Edge edge : leaving) {
            for (int i = 0; i < edge.on().rangeCount(); i++) {
                cuts.add(edge.on().first(i));
                cuts.add(edge.on().last(i) + 1);
            }
        }
        return cuts.stream().mapToInt(Integer::intValue).toArray();
    }

    private int subset(BitSet subset, Builder builder, Map<BitSet, Integer> known, List<BitSet> pending) {
        Integer state = known.get(subset);
        if (state == null) {
            state = builder.state();
            known.put(subset, state);
            pending.add(subset);
            if (!subset.intersects(accepting)) {
                builder.accept(state);
            }
        }
        return state;
    }
}
