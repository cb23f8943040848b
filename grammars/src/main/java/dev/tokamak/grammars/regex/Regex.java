package dev.tokamak.grammars.regex;

import dev.tokamak.grammars.limits.CompileBudget;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A regular expression as a tree, and its automaton.
 *
 * <p>Implementation notes. The tree becomes an automaton with empty moves in the manner of Thompson (1968), and the
 * empty moves are then removed. {@code ^} and {@code $} are empty moves with a condition: {@code ^} passes only while
 * no character was taken, and after {@code $} none may be. A state of the result is therefore "just after this
 * character's move", or the start, where alone {@code ^} passes.
 */
public sealed interface Regex {
    Regex EMPTY = new Sequence(List.of());

    /** One character of a set. */
    record Chars(CodePoints set) implements Regex {}

    /** One after another. */
    record Sequence(List<Regex> parts) implements Regex {}

    /** One of several. */
    record Alternatives(List<Regex> options) implements Regex {}

    /** {@code min} to {@code max} times; a negative {@code max} is no bound. */
    record Repeat(Regex body, int min, int max) implements Regex {}

    /** The text's beginning. */
    record Begin() implements Regex {}

    /** The text's end. */
    record End() implements Regex {}

    /** This expression anywhere within a text, as JSON Schema's {@code pattern} means it. */
    default Regex anywhere() {
        Regex any = new Repeat(new Chars(CodePoints.ALL), 0, -1);
        return new Sequence(List.of(any, this, any));
    }

    /** Whether the empty text matches, where anchors hold or where they do not. */
    default boolean canBeEmpty(boolean atAnchors) {
        if (this instanceof Sequence sequence) {
            return sequence.parts().stream().allMatch(part -> part.canBeEmpty(atAnchors));
        }
        if (this instanceof Alternatives alternatives) {
            return alternatives.options().stream().anyMatch(option -> option.canBeEmpty(atAnchors));
        }
        if (this instanceof Repeat repeat) {
            return repeat.min() == 0 || repeat.body().canBeEmpty(atAnchors);
        }
        return atAnchors && !(this instanceof Chars);
    }

    default CharAutomaton automaton(CompileBudget budget) {
        return new Thompson(budget).automaton(this);
    }

    /** Builds with empty moves, then removes them. */
    final class Thompson {
        private static final CodePoints FREE = null;

        private final CompileBudget budget;
        private final List<List<Move>> moves = new ArrayList<>();

        private enum Kind {
            FREE,
            BEGIN,
            END,
            CHARS
        }

        private record Move(Kind kind, CodePoints on, int target) {}

        Thompson(CompileBudget budget) {
            this.budget = budget;
        }

        CharAutomaton automaton(Regex regex) {
            int start = state();
            int end = state();
            build(regex, start, end);
            CharAutomaton.Builder builder = new CharAutomaton.Builder(budget);
            Map<Integer, Integer> known = new HashMap<>();
            List<Integer> pending = new ArrayList<>();
            int first = builder.state();
            eliminate(start, true, end, first, builder, known, pending);
            while (!pending.isEmpty()) {
                int state = pending.remove(pending.size() - 1);
                eliminate(state, false, end, known.get(state), builder, known, pending);
            }
            return builder.build(first);
        }

        private int state() {
            budget.states(1);
            moves.add(new ArrayList<>(2));
            return moves.size() - 1;
        }

        private void move(int from, Kind kind, CodePoints on, int to) {
            budget.edge();
            moves.get(from).add(new Move(kind, on, to));
        }

        private void build(Regex regex, int from, int to) {
            if (regex instanceof Chars chars) {
                if (!chars.set().isEmpty()) {
                    move(from, Kind.CHARS, chars.set(), to);
                }
            } else if (regex instanceof Sequence sequence) {
                int at = from;
                for (Regex part : sequence.parts()) {
                    int next = state();
                    build(part, at, next);
                    at = next;
                }
                move(at, Kind.FREE, FREE, to);
            } else if (regex instanceof Alternatives alternatives) {
                for (Regex option : alternatives.options()) {
                    build(option, from, to);
                }
            } else if (regex instanceof Repeat repeat) {
                repeat(repeat, from, to);
            } else {
                move(from, regex instanceof Begin ? Kind.BEGIN : Kind.END, FREE, to);
            }
        }

        private void repeat(Repeat repeat, int from, int to) {
            int at = from;
            for (int i = 0; i < repeat.min(); i++) {
                int next = state();
                build(repeat.body(), at, next);
                at = next;
            }
            if (repeat.max() < 0) {
                int loop = state();
                move(at, Kind.FREE, FREE, loop);
                int back = state();
                build(repeat.body(), loop, back);
                move(back, Kind.FREE, FREE, loop);
                move(loop, Kind.FREE, FREE, to);
                return;
            }
            for (int i = repeat.min(); i < repeat.max(); i++) {
                move(at, Kind.FREE, FREE, to);
                int next = state();
                build(repeat.body(), at, next);
                at = next;
            }
            move(at, Kind.FREE, FREE, to);
        }

        private void eliminate(
                int state,
                boolean atBegin,
                int end,
                int from,
                CharAutomaton.Builder builder,
                Map<Integer, Integer> known,
                List<Integer> pending) {
            BitSet open = new BitSet();
            BitSet closed = new BitSet();
            List<int[]> stack = new ArrayList<>();
            reach(state, false, open, closed, stack);
            Map<Integer, CodePoints> leaving = new HashMap<>();
            while (!stack.isEmpty()) {
                int[] at = stack.remove(stack.size() - 1);
                boolean ended = at[1] != 0;
                if (at[0] == end) {
                    builder.accept(from);
                }
                for (Move move : moves.get(at[0])) {
                    budget.work();
                    switch (move.kind()) {
                        case FREE -> reach(move.target(), ended, open, closed, stack);
                        case END -> reach(move.target(), true, open, closed, stack);
                        case BEGIN -> {
                            if (atBegin) {
                                reach(move.target(), ended, open, closed, stack);
                            }
                        }
                        case CHARS -> {
                            if (!ended) {
                                leaving.merge(move.target(), move.on(), CodePoints::union);
                            }
                        }
                    }
                }
            }
            leaving.forEach((target, on) -> {
                Integer to = known.get(target);
                if (to == null) {
                    to = builder.state();
                    known.put(target, to);
                    pending.add(target);
                }
                builder.edge(from, on, to);
            });
        }

        private static void reach(int state, boolean ended, BitSet open, BitSet closed, List<int[]> stack) {
            BitSet seen = ended ? closed : open;
            if (!seen.get(state)) {
                seen.set(state);
                stack.add(new int[] {state, ended ? 1 : 0});
            }
        }
    }
}
