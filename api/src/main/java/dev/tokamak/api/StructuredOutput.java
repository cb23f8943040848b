package dev.tokamak.api;

import java.util.List;
import java.util.Objects;

/**
 * A constraint on what a completion may be.
 *
 * @param kind what {@code source} is written in
 * @param source the schema's JSON text, the expression or the grammar; empty for {@link Kind#JSON_OBJECT} and
 *     {@link Kind#CHOICE}
 * @param choices the allowed completions for {@link Kind#CHOICE}, else none
 * @since 0.1
 */
@Incubating
public record StructuredOutput(Kind kind, String source, List<String> choices) {
    /** Refuses null. */
    public StructuredOutput {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(source, "source");
        choices = List.copyOf(choices);
    }

    /**
     * A constraint that is written as text.
     *
     * @param kind the language
     * @param source the text
     * @return a constraint
     */
    public static StructuredOutput of(Kind kind, String source) {
        return new StructuredOutput(kind, source, List.of());
    }

    /** What a constraint is written in. */
    @Incubating
    public enum Kind {
        /** A JSON schema, 2020-12. */
        JSON_SCHEMA,
        /** Any JSON object. */
        JSON_OBJECT,
        /** A regular expression that the whole completion matches. */
        REGEX,
        /** One of some strings. */
        CHOICE,
        /** A grammar in GBNF or EBNF. */
        GRAMMAR,
        /** Free text in which trigger strings begin constrained spans. */
        STRUCTURAL_TAG
    }
}
