package dev.tokamak.grammars;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.grammars.automaton.Automaton;
import dev.tokamak.grammars.automaton.AutomatonGrammar;
import dev.tokamak.grammars.expression.Expression;
import dev.tokamak.grammars.expression.JsonExpressions;
import dev.tokamak.grammars.expression.Spelling;
import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.limits.GrammarLimits;
import dev.tokamak.grammars.nfa.Nfa;
import dev.tokamak.grammars.nfa.NfaBuilder;
import dev.tokamak.grammars.notations.GbnfParser;
import dev.tokamak.grammars.regex.RegexParser;
import dev.tokamak.grammars.schema.JsonSchemaCompiler;
import dev.tokamak.grammars.tokens.TokenIndex;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarCompiler;
import dev.tokamak.spi.grammar.GrammarState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles on the calling thread, within limits, and keeps what was compiled last. */
final class AutomatonCompiler implements GrammarCompiler {
    private final TokenIndex tokens;
    private final GrammarLimits limits;
    private final boolean strict;
    private final Map<StructuredOutput, AutomatonGrammar> cache;

    /**
     * @param strict whether words of a schema that are not enforced are refused
     */
    AutomatonCompiler(TokenIndex tokens, GrammarLimits limits, boolean strict) {
        this.tokens = tokens;
        this.limits = limits;
        this.strict = strict;
        this.cache = new LinkedHashMap<>(16, 0.75f, true);
    }

    /** Loads the classes that a schema needs, so that the first request does not pay for them. */
    void warmUp() {
        String schema = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":0},"
                + "\"b\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"format\":\"date\"}}}}";
        GrammarState state = compile(StructuredOutput.of(StructuredOutput.Kind.JSON_SCHEMA, schema))
                .newState();
        state.fillMask(new int[tokens.maskWords()], 0);
    }

    @Override
    public CompiledGrammar compile(StructuredOutput source) {
        synchronized (cache) {
            AutomatonGrammar known = cache.get(source);
            if (known != null) {
                return known;
            }
        }
        int length = source.source().length();
        for (String choice : source.choices()) {
            length += choice.length();
        }
        if (length > limits.sourceChars()) {
            throw CompileBudget.refuse(
                    "The grammar's source has " + length + " characters; the limit is " + limits.sourceChars());
        }
        CompileBudget budget = new CompileBudget(limits, strict);
        Expression root = expression(source, budget);
        Nfa nfa = new NfaBuilder(budget, tokens.specialTokens()).build(root);
        AutomatonGrammar grammar = new AutomatonGrammar(tokens, new Automaton(nfa, limits.cacheBytes()));
        synchronized (cache) {
            cache.put(source, grammar);
            dropEldest();
        }
        return grammar;
    }

    private void dropEldest() {
        long bytes = 0;
        for (AutomatonGrammar grammar : cache.values()) {
            bytes += grammar.bytes();
        }
        Iterator<AutomatonGrammar> eldest = cache.values().iterator();
        while (cache.size() > limits.cachedGrammars() || bytes > limits.cachedBytes() && cache.size() > 1) {
            bytes -= eldest.next().bytes();
            eldest.remove();
        }
    }

    private static Expression expression(StructuredOutput source, CompileBudget budget) {
        return switch (source.kind()) {
            case JSON_SCHEMA -> JsonSchemaCompiler.compile(source.source(), budget);
            case JSON_OBJECT -> new JsonExpressions(budget).anyObject();
            case REGEX ->
                new Expression.Characters(
                        RegexParser.parse(source.source(), budget).automaton(budget), Spelling.RAW);
            case CHOICE -> choice(source.choices());
            case GRAMMAR -> GbnfParser.parse(source.source(), budget);
            case STRUCTURAL_TAG -> StructuralTags.compile(source.source(), budget);
        };
    }

    private static Expression choice(List<String> choices) {
        if (choices.isEmpty()) {
            throw CompileBudget.refuse("A choice needs at least one string to choose from");
        }
        List<Expression> options = new ArrayList<>();
        for (String choice : choices) {
            options.add(Expression.text(choice));
        }
        return new Expression.Choice(options);
    }
}
