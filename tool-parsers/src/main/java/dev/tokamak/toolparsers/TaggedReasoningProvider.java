package dev.tokamak.toolparsers;

import dev.tokamak.spi.reasoning.ReasoningParser;
import dev.tokamak.spi.reasoning.ReasoningParserProvider;
import dev.tokamak.toolparsers.TaggedReasoning.Beginning;
import dev.tokamak.toolparsers.TaggedReasoning.Implicit;
import dev.tokamak.toolparsers.TaggedReasoning.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Tags under a name. Where a completion begins is read off the prompt's end if it shows it; else from the request's template
 * variables {@code thinking}, {@code enable_thinking}, {@code reasoning} and {@code reasoning_effort}; else it is the format's habit.
 */
abstract class TaggedReasoningProvider implements ReasoningParserProvider {
    private final String name;
    private final Tags tags;
    private final boolean specialTokens;
    private volatile Tokens lastTokens = Tokens.UNKNOWN;

    TaggedReasoningProvider(String name, Tags tags) {
        this(name, tags, false);
    }

    TaggedReasoningProvider(String name, Tags tags, boolean specialTokens) {
        this.name = name;
        this.tags = tags;
        this.specialTokens = specialTokens;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final ReasoningParser create(String promptTail, Map<String, Object> templateVariables) {
        return create(promptTail, templateVariables, Tokens.UNKNOWN);
    }

    @Override
    public final ReasoningParser create(
            String promptTail, Map<String, Object> templateVariables, Predicate<String> tokens) {
        Tokens known = lastTokens;
        if (!known.are(tokens)) {
            known = new Tokens(tokens);
            lastTokens = known;
        }
        return create(promptTail, templateVariables, known);
    }

    ReasoningParser create(String promptTail, Map<String, Object> templateVariables, Tokens tokens) {
        return new TaggedReasoning(tags, beginning(promptTail.stripTrailing(), templateVariables), tokens);
    }

    final Beginning beginning(String promptTail, Map<String, Object> variables) {
        if (tags.starts().stream().anyMatch(start -> promptTail.endsWith(start.strip()))) {
            return Beginning.REASONING;
        }
        if (tags.ends().stream().anyMatch(end -> promptTail.endsWith(end.strip()))) {
            return Beginning.CONTENT;
        }
        boolean refused = asks(variables, false) || "no_think".equals(variables.get("reasoning_effort"));
        boolean asked = asks(variables, true);
        if (refused || (tags.implicit() == Implicit.IF_ASKED_FOR && !asked)) {
            return Beginning.CONTENT;
        }
        return switch (tags.implicit()) {
            case ALWAYS, IF_ASKED_FOR -> Beginning.OPEN_OR_REASONING;
            case IF_PROMPT_IS_UNKNOWN -> promptTail.isEmpty() ? Beginning.OPEN_OR_REASONING : Beginning.OPEN_OR_CONTENT;
            case NEVER -> Beginning.OPEN_OR_CONTENT;
        };
    }

    private static boolean asks(Map<String, Object> variables, boolean thinking) {
        return Boolean.valueOf(thinking).equals(variables.get("thinking"))
                || Boolean.valueOf(thinking).equals(variables.get("enable_thinking"))
                || Boolean.valueOf(thinking).equals(variables.get("reasoning"));
    }

    @Override
    public final List<String> endMarkers() {
        List<String> markers = new ArrayList<>(tags.ends());
        markers.addAll(tags.callTokens());
        return List.copyOf(markers);
    }

    @Override
    public final boolean needsSpecialTokens() {
        return specialTokens;
    }
}
