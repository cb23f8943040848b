package dev.tokamak.toolparsers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A wire format of tool calls as a table: its marks, what reads the calls, and how a model is held to it. */
final class Format {
    /** What a mark means. */
    enum Kind {
        /** A call begins, or a list of calls. */
        CALL,
        /** The head of a message begins, wherever it stands. */
        HEADER,
        /** Follows a call; text like any other elsewhere. */
        CALL_END,
        /** Wraps calls. Content if no call follows it. */
        SECTION,
        /** Ends what wraps calls, behind a call; text like any other elsewhere. */
        SECTION_END,
        /** Never content. */
        SILENT
    }

    /** Makes a reader of calls. */
    @FunctionalInterface
    interface Readers {
        CallReader create(Feed feed, CallWriter out, Tools tools);
    }

    /**
     * A text that means something.
     *
     * @param kind what
     * @param text the mark
     * @param reader of the call that it begins, else null
     * @param partOfCall whether the reader wants to see the mark itself
     */
    record Mark(Kind kind, String text, Readers reader, boolean partOfCall) {}

    private final List<Mark> marks;
    private final boolean callsOnlyInSections;
    private final boolean specialTokens;
    private final CallGrammar grammar;

    private Format(Builder builder) {
        this.marks = List.copyOf(builder.marks);
        this.callsOnlyInSections = builder.callsOnlyInSections;
        this.specialTokens = builder.specialTokens;
        this.grammar = builder.grammar;
    }

    static Builder builder() {
        return new Builder();
    }

    /** The texts to look for, behind a call or elsewhere. */
    List<String> marks(boolean afterCall) {
        return marks.stream()
                .filter(mark -> applies(mark, afterCall))
                .map(Mark::text)
                .distinct()
                .toList();
    }

    Mark find(String text, boolean afterCall) {
        return marks.stream()
                .filter(mark -> mark.text().equals(text) && applies(mark, afterCall))
                .findFirst()
                .orElseThrow();
    }

    /** Whether a text is the beginning of what follows a call. */
    boolean beginsEnd(String text) {
        return marks.stream()
                .anyMatch(mark -> (mark.kind() == Kind.CALL_END || mark.kind() == Kind.SECTION_END)
                        && mark.text().startsWith(text));
    }

    private static boolean applies(Mark mark, boolean afterCall) {
        return afterCall || (mark.kind() != Kind.CALL_END && mark.kind() != Kind.SECTION_END);
    }

    /** The marks of a kind, in the table's order. */
    List<Mark> marks(Kind kind) {
        return marks.stream().filter(mark -> mark.kind() == kind).toList();
    }

    boolean callsOnlyInSections() {
        return callsOnlyInSections;
    }

    boolean specialTokens() {
        return specialTokens;
    }

    Optional<CallGrammar> grammar() {
        return Optional.ofNullable(grammar);
    }

    /** Builds a format. */
    static final class Builder {
        private final List<Mark> marks = new ArrayList<>();
        private boolean callsOnlyInSections;
        private boolean specialTokens;
        private CallGrammar grammar;

        /** Texts that announce a call. */
        Builder calls(Readers reader, String... texts) {
            return add(Kind.CALL, reader, false, texts);
        }

        /** Texts that are the beginning of a call themselves. */
        Builder bareCalls(Readers reader, String... texts) {
            return add(Kind.CALL, reader, true, texts);
        }

        /** Texts that a message's head begins with. */
        Builder headers(Readers reader, String... texts) {
            return add(Kind.HEADER, reader, false, texts);
        }

        Builder callEnds(String... texts) {
            return add(Kind.CALL_END, null, false, texts);
        }

        Builder section(String begin, String end) {
            return add(Kind.SECTION, null, false, begin).add(Kind.SECTION_END, null, false, end);
        }

        /** What begins a call is one only within a section. */
        Builder onlyInSections() {
            callsOnlyInSections = true;
            return this;
        }

        Builder silent(String... texts) {
            return add(Kind.SILENT, null, false, texts);
        }

        /** The marks are special tokens of the tokenizer. */
        Builder specialTokens() {
            specialTokens = true;
            return this;
        }

        Builder grammar(CallGrammar grammar) {
            this.grammar = grammar;
            return this;
        }

        private Builder add(Kind kind, Readers reader, boolean partOfCall, String... texts) {
            for (String text : texts) {
                marks.add(new Mark(kind, text, reader, partOfCall));
            }
            return this;
        }

        Format build() {
            return new Format(this);
        }
    }
}
