package dev.tokamak.grammars.expression;

import dev.tokamak.grammars.regex.CharAutomaton;
import java.util.List;

/** What every source language is translated to: a context-free expression over texts, characters and rules. */
public sealed interface Expression {
    Expression EMPTY = new Sequence(List.of());
    Expression NOTHING = new Choice(List.of());

    /**
     * Exactly this text.
     *
     * @param specialTokens whether a special token may spell its own content within the text
     */
    record Text(String text, boolean specialTokens) implements Expression {}

    /**
     * A text of a character automaton, spelled in bytes, of {@code min} to {@code max} characters; a negative {@code
     * max} is no bound. A minimum is only for automata of which every state leads to itself.
     */
    record Characters(CharAutomaton automaton, Spelling spelling, int min, int max) implements Expression {
        public Characters(CharAutomaton automaton, Spelling spelling) {
            this(automaton, spelling, 0, -1);
        }
    }

    /** One after another. */
    record Sequence(List<Expression> parts) implements Expression {}

    /** One of several; none of no choices can be taken. */
    record Choice(List<Expression> options) implements Expression {}

    /** {@code min} to {@code max} times; a negative {@code max} is no bound. */
    record Repeat(Expression body, int min, int max) implements Expression {}

    /** {@code min} to {@code max} times, counted rather than written out; the body begins with a byte of its own. */
    record Counted(Expression body, int min, int max) implements Expression {}

    /** A rule's body. */
    record Call(Rule rule) implements Expression {}

    /** Any bytes in which none of the texts occurs. */
    record FreeText(List<String> excludes) implements Expression {}

    /** A small automaton whose moves are expressions, from state 0 to state 1. */
    record Machine(int states, List<Arc> arcs) implements Expression {}

    /** A move of a {@link Machine}. */
    record Arc(int from, Expression on, int to) {}

    /** A named expression, which may be recursive: its body is set once, after it was referred to. */
    final class Rule {
        private final String name;
        private Expression body;

        public Rule(String name) {
            this.name = name;
        }

        public Rule(String name, Expression body) {
            this.name = name;
            this.body = body;
        }

        public String name() {
            return name;
        }

        public Expression body() {
            return body;
        }

        public void define(Expression expression) {
            body = expression;
        }
    }

    static Expression text(String text) {
        return new Text(text, false);
    }

    static Expression sequence(Expression... parts) {
        return new Sequence(List.of(parts));
    }

    static Expression optional(Expression body) {
        return new Repeat(body, 0, 1);
    }
}
