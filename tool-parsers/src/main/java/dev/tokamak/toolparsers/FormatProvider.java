package dev.tokamak.toolparsers;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.spi.toolparser.ToolChoice;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A {@link Format} under a name. */
abstract class FormatProvider implements ToolParserProvider {
    private final String name;
    private final Format format;
    private volatile Tokens lastTokens = Tokens.UNKNOWN;

    FormatProvider(String name, Format format) {
        this.name = name;
        this.format = format;
    }

    final Format format() {
        return format;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final ToolParser create(List<ToolDefinition> tools) {
        return new CallStream(format, tools, Tokens.UNKNOWN);
    }

    @Override
    public final ToolParser create(List<ToolDefinition> tools, Predicate<String> tokens) {
        Tokens known = lastTokens;
        if (!known.are(tokens)) {
            known = new Tokens(tokens);
            lastTokens = known;
        }
        return new CallStream(format, tools, known);
    }

    @Override
    public final Optional<StructuredOutput> grammar(List<ToolDefinition> tools, ToolChoice choice) {
        return format.grammar().flatMap(grammar -> grammar.of(tools, choice));
    }

    @Override
    public final Optional<StructuredOutput> autoGrammar(List<ToolDefinition> tools, boolean parallel) {
        return format.grammar().flatMap(grammar -> FreeTextGrammar.of(format, grammar, tools, parallel));
    }

    @Override
    public final boolean needsSpecialTokens() {
        return format.specialTokens();
    }
}
