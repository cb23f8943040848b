package dev.tokamak.grammars.nfa;

import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.Spelling;
import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import dev.tokamak.grammars.regex.CodePoints;
import dev.tokamak.grammars.tokens.SpecialTokens;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Spells expressions in bytes: each rule becomes a rule of an {@link Nfa}. */
public final class NfaBuilder {
    /** A character class with more inner states than this is a rule of its own rather than spelled out at each use. */
    private static final int MAX_INLINE_NODES = 40;

    private final CompileBudget budget;
    private final SpecialTokens specialTokens;
    private final Nfa nfa = new Nfa();
    private final Map<Expression.Rule, Integer> rules = new IdentityHashMap<>();
    private final Deque<Expression.Rule> pending = new ArrayDeque<>();
    private final List<String> ruleNames = new ArrayList<>();
    private final Map<SpelledClass, Spelling.Graph> graphs = new HashMap<>();
    private final Map<SpelledClass, Integer> classRules = new HashMap<>();
    private int depth;

    private record SpelledClass(CodePoints set, Spelling spelling) {}

    public NfaBuilder(CompileBudget budget, SpecialTokens specialTokens) {
        this.budget = budget;
        this.specialTokens = specialTokens;
    }

    public Nfa build(Expression root) {
        rule(new Expression.Rule("root", root));
        while (!pending.isEmpty()) {
            Expression.Rule rule = pending.remove();
            int index = rules.get(rule);
            lower(rule.body(), nfa.start(index), nfa.end(index));
        }
        if (!nfa.seal(budget)) {
            throw CompileBudget.refuse(
                    "No finite text satisfies the grammar: it contradicts itself or recurses for ever");
        }
        refuseLeftRecursion();
        return nfa;
    }

    private int rule(Expression.Rule rule) {
        Integer index = rules.get(rule);
        if (index == null) {
            budget.states(2);
            index = nfa.rule();
            ruleNames.add(rule.name());
            rules.put(rule, index);
            pending.add(rule);
        }
        return index;
    }

    private int state() {
        budget.states(1);
        return nfa.state();
    }

    private void lower(Expression expression, int from, int to) {
        budget.depth(++depth);
        if (expression instanceof Expression.Text text) {
            text(text, from, to);
        } else if (expression instanceof Expression.Characters characters) {
            characters(characters, from, to);
        } else if (expression instanceof Expression.Sequence sequence) {
            int at = from;
            for (int i = 0; i < sequence.parts().size(); i++) {
                int next = i + 1 == sequence.parts().size() ? to : state();
                lower(sequence.parts().get(i), at, next);
                at = next;
            }
            if (sequence.parts().isEmpty()) {
                nfa.empty(from, to);
            }
        } else if (expression instanceof Expression.Choice choice) {
            for (Expression option : choice.options()) {
                lower(option, from, to);
            }
        } else if (expression instanceof Expression.Repeat repeat) {
            repeat(repeat, from, to);
        } else if (expression instanceof Expression.Call call) {
            budget.edge();
            nfa.call(from, rule(call.rule()), to);
        } else if (expression instanceof Expression.FreeText free) {
            freeText(free, from, to);
        } else if (expression instanceof Expression.Counted counted) {
            counted(counted, from, to);
        } else if (expression instanceof Expression.Machine machine) {
            int[] states = new int[machine.states()];
            Arrays.setAll(states, i -> i == 0 ? state() : i == 1 ? to : state());
            nfa.empty(from, states[0]);
            for (Expression.Arc arc : machine.arcs()) {
                lower(arc.on(), states[arc.from()], states[arc.to()]);
            }
        }
        depth--;
    }

    private void text(Expression.Text text, int from, int to) {
        byte[] bytes = text.text().getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) {
            nfa.empty(from, to);
            return;
        }
        int[] states = new int[bytes.length + 1];
        Arrays.setAll(states, i -> i == 0 ? from : i == bytes.length ? to : state());
        for (int i = 0; i < bytes.length; i++) {
            nfa.bytes(states[i], bytes[i] & 0xFF, bytes[i] & 0xFF, states[i + 1]);
        }
        if (text.specialTokens()) {
            specialTokens(text.text(), states);
        }
    }

    /** Moves by special tokens beside the bytes that they stand for. */
    private void specialTokens(String text, int[] states) {
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            for (SpecialTokens.Token token : specialTokens.startingLike(text, i)) {
                budget.work();
                if (text.startsWith(token.content(), i)) {
                    nfa.token(states[at], token.id(), states[at + token.bytes()]);
                }
            }
            char c = text.charAt(i);
            // A surrogate is half of four bytes.
            at += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
    }

    private void characters(Expression.Characters characters, int from, int to) {
        if (characters.max() >= 0) {
            counted(characters, from, to);
            return;
        }
        CharAutomaton automaton = characters.automaton();
        int[] states = new int[automaton.states()];
        Arrays.setAll(states, i -> state());
        nfa.empty(from, states[automaton.start()]);
        int[] runs = automaton.runsOf(Spelling.PLAIN, characters.spelling() != Spelling.RAW);
        for (int state = 0; state < states.length; state++) {
            nfa.plainRun(states[state], runs[state]);
            if (automaton.accepting(state)) {
                nfa.empty(states[state], to);
            }
            for (CharAutomaton.Edge edge : automaton.edges(state)) {
                character(nfa, edge.on(), characters.spelling(), states[state], states[edge.target()], null);
            }
        }
    }

    /** Characters of a bounded number, the bound being counted rather than written out. */
    private void counted(Expression.Characters characters, int from, int to) {
        CharAutomaton automaton = characters.automaton();
        Nfa template = new Nfa();
        BitSet advancing = new BitSet();
        BitSet accepting = new BitSet();
        BitSet loops = new BitSet();
        for (int state = 0; state < automaton.states(); state++) {
            budget.states(1);
            template.state();
        }
        for (int state = 0; state < automaton.states(); state++) {
            List<CharAutomaton.Edge> edges = automaton.edges(state);
            accepting.set(state, automaton.accepting(state));
            boolean free = edges.size() == 1 && edges.get(0).on().equals(CodePoints.ALL);
            loops.set(state, free && edges.get(0).target() == state && automaton.accepting(state));
            for (CharAutomaton.Edge edge : edges) {
                character(template, edge.on(), characters.spelling(), state, edge.target(), advancing);
            }
        }
        counted(template, advancing, accepting, loops, automaton.start(), characters.min(), characters.max(), from, to);
    }

    private void counted(Expression.Counted counted, int from, int to) {
        Nfa template = new Nfa();
        int loop = template.state();
        template.call(loop, rule(new Expression.Rule("repetition", counted.body())), loop);
        BitSet only = new BitSet();
        only.set(0);
        counted(template, only, only, new BitSet(), loop, counted.min(), counted.max(), from, to);
    }

    private void counted(
            Nfa template,
            BitSet advancing,
            BitSet accepting,
            BitSet loops,
            int start,
            int min,
            int max,
            int from,
            int to) {
        int first = nfa.nextCountedId();
        if (first + CountedStates.ids(template, max) > Integer.MAX_VALUE - 1) {
            throw CompileBudget.refuse("A length of " + max + " is over the limit for an expression of this size");
        }
        // A state of its own, since what comes behind may be entered otherwise.
        int end = state();
        CountedStates states = new CountedStates(first, template, advancing, accepting, loops, min, max, end);
        nfa.counted(states);
        int entry = states.entry(start);
        if (states.alive(entry) && min <= max) {
            nfa.empty(from, entry);
            nfa.empty(end, to);
        }
    }

    /**
     * @param advancing collects the edges that end a character, or null
     */
    private void character(Nfa into, CodePoints set, Spelling spelling, int from, int to, BitSet advancing) {
        Spelling how = spelling == Spelling.JSON_ANY && !set.equals(CodePoints.ALL) ? Spelling.JSON_SHORT : spelling;
        SpelledClass key = new SpelledClass(set, how);
        Spelling.Graph graph = graphs.computeIfAbsent(key, k -> how.graph(set));
        if (graph.nodes() <= MAX_INLINE_NODES) {
            spell(into, graph, from, to, advancing);
            return;
        }
        Integer rule = classRules.get(key);
        if (rule == null) {
            budget.states(2);
            rule = nfa.rule();
            ruleNames.add("character class");
            classRules.put(key, rule);
            spell(nfa, graph, nfa.start(rule), nfa.end(rule), null);
        }
        if (advancing != null) {
            advancing.set(into.edges());
        }
        into.call(from, rule, to);
    }

    private void spell(Nfa into, Spelling.Graph graph, int from, int to, BitSet advancing) {
        int[] states = new int[graph.nodes()];
        Arrays.setAll(states, i -> {
            if (i < 2) {
                return i == 0 ? from : to;
            }
            budget.states(1);
            return into.state();
        });
        for (int[] move : graph.moves()) {
            budget.edge();
            if (advancing != null && move[3] == 1) {
                advancing.set(into.edges());
            }
            into.bytes(states[move[0]], move[1], move[2], states[move[3]]);
        }
    }

    private void repeat(Expression.Repeat repeat, int from, int to) {
        Expression body = shared(repeat);
        int at = from;
        for (int i = 0; i < repeat.min(); i++) {
            int next = state();
            lower(body, at, next);
            at = next;
        }
        if (repeat.max() < 0) {
            int loop = state();
            nfa.empty(at, loop);
            lower(body, loop, loop);
            nfa.empty(loop, to);
            return;
        }
        for (int i = repeat.min(); i < repeat.max(); i++) {
            nfa.empty(at, to);
            int next = state();
            lower(body, at, next);
            at = next;
        }
        nfa.empty(at, to);
    }

    /** A body that is repeated often is spelled once and called. */
    private static Expression shared(Expression.Repeat repeat) {
        boolean often = Math.max(repeat.min(), repeat.max()) > 4;
        boolean small = repeat.body() instanceof Expression.Characters || repeat.body() instanceof Expression.Text;
        return often && !small ? new Expression.Call(new Expression.Rule("repetition", repeat.body())) : repeat.body();
    }

    /** The automaton of Aho and Corasick (1975) over the excluded texts, without the states in which one was found. */
    private void freeText(Expression.FreeText free, int from, int to) {
        TextFinder finder = new TextFinder(free.excludes());
        int[] states = new int[finder.states()];
        Arrays.setAll(states, i -> finder.found(i) ? -1 : state());
        nfa.empty(from, states[0]);
        for (int state = 0; state < states.length; state++) {
            if (states[state] < 0) {
                continue;
            }
            nfa.empty(states[state], to);
            int first = 0;
            for (int b = 1; b <= 256; b++) {
                budget.work();
                int target = finder.next(state, first);
                if (b == 256 || finder.next(state, b) != target) {
                    if (states[target] >= 0) {
                        budget.edge();
                        nfa.bytes(states[state], first, b - 1, states[target]);
                    }
                    first = b;
                }
            }
        }
    }

    /** A rule that can call itself before it takes a byte would be called for ever. */
    private void refuseLeftRecursion() {
        int count = nfa.rules();
        EmptyMoves moves = new EmptyMoves(nfa, budget);
        List<BitSet> calls = moves.calls();
        byte[] colour = new byte[count];
        for (int root = 0; root < count; root++) {
            Deque<Integer> path = new ArrayDeque<>();
            path.push(root);
            while (!path.isEmpty() && colour[root] != 2) {
                int rule = path.peek();
                colour[rule] = 1;
                int callee = calls.get(rule).nextSetBit(0);
                if (callee < 0) {
                    colour[rule] = 2;
                    path.pop();
                    continue;
                }
                calls.get(rule).clear(callee);
                if (colour[callee] == 1) {
                    throw CompileBudget.refuse("Rule '" + ruleNames.get(callee)
                            + "' calls itself before it takes any text (left recursion); write it with a repetition");
                }
                if (colour[callee] == 0) {
                    path.push(callee);
                }
            }
        }
    }
}
