package dev.tokamak.toolparsers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A wire format of tool calls as a table: its marks, what reads the calls, and how a model is held to it. */
final class Format {
    /** What a mark means. */
    enum Kind {
        /** A call begins, or a list of calls. */
        CALL,
        /** The head of a message begins, wherever it stands. */
        HEADER,
        /** Follows a call; text like any other elsewhere, unless it is a special token. */
        CALL_END,
        /** Wraps calls. Content if no call follows it. */
        SECTION,
        /** Ends what wraps calls, behind a call; text like any other elsewhere, unless it is a special token. */
        SECTION_END,
        /** Never content. */
        SILENT,
        /** Behind a call, what it begins repeats the call if it ends as one does. */
        ECHO,
        /** Stands within a call; text like any other elsewhere, unless it is a special token. */
        SEPARATOR,
        /** Stands around a call's strings; the same. */
        QUOTE
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

    private static final int DISTINCT_LENGTH = 4;

    private final List<Mark> marks;
    private final List<Mark> bareInSections;
    private final Function<Tools, List<String>> resuming;
    private final Readers resumingReader;
    private final List<String> separations;
    private final Readers beginning;
    private final Readers readerOutsideSections;
    private final boolean specialTokens;
    private final CallGrammar grammar;

    private Format(Builder builder) {
        this.marks = List.copyOf(builder.marks);
        this.bareInSections = List.copyOf(builder.bareInSections);
        this.beginning = builder.beginning;
        this.resuming = builder.resuming;
        this.resumingReader = builder.resumingReader;
        this.separations = List.copyOf(builder.separations);
        this.readerOutsideSections = builder.readerOutsideSections;
        this.specialTokens = builder.specialTokens;
        this.grammar = builder.grammar;
    }

    private Format(Format format, Tokens tokens) {
        this.marks = format.marks.stream()
                .map(mark -> new Mark(mark.kind(), tokens.in(mark.text()), mark.reader(), mark.partOfCall()))
                .toList();
        this.bareInSections = format.bareInSections;
        this.beginning = format.beginning;
        this.resuming = format.resuming;
        this.resumingReader = format.resumingReader;
        this.separations = format.separations;
        this.readerOutsideSections = format.readerOutsideSections;
        this.specialTokens = format.specialTokens;
        this.grammar = format.grammar;
    }

    /** The same for text in which tokens are set apart. */
    Format in(Tokens tokens) {
        return tokens == Tokens.UNKNOWN ? this : new Format(this, tokens);
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

    /** The marks that end a call wherever they stand, unless they are data. */
    List<String> breaks() {
        return marks.stream()
                .filter(mark -> !mark.partOfCall()
                        && mark.kind() != Kind.SEPARATOR
                        && mark.kind() != Kind.QUOTE
                        && !CallReader.isSpace(mark.text().charAt(0)))
                .map(Mark::text)
                .distinct()
                .toList();
    }

    /** What ends a call and begins the next one of its list, within a string only if the string does not end as one does. */
    Map<String, Mark> boundaries(Tools tools) {
        Map<String, Mark> all = new HashMap<>();
        for (String begin : resuming.apply(tools)) {
            separations.forEach(separation -> all.put(separation + begin, resumed(begin)));
        }
        return all;
    }

    /** What malformed text ends at or does not tell. */
    List<String> spillMarks(Tools tools) {
        List<String> all = new ArrayList<>(breaks());
        marks.stream().filter(mark -> isNoise(mark.text())).map(Mark::text).forEach(all::add);
        all.addAll(resuming.apply(tools));
        return all.stream().distinct().toList();
    }

    /** Whether a mark is a special token, which nobody means to see. */
    boolean isToken(String text) {
        return specialTokens && !text.isEmpty() && !CallReader.isSpace(text.charAt(0));
    }

    /** The marks that are special tokens. */
    List<String> tokens() {
        return marks.stream()
                .filter(mark -> !mark.partOfCall() && isToken(mark.text()) && isDistinct(mark.text()))
                .map(Mark::text)
                .distinct()
                .toList();
    }

    /** Whether calls stand in lists, in which another may follow a malformed one. */
    boolean resumes() {
        return resumingReader != null;
    }

    /** Where a text has the beginning of a list's item; -1 if nowhere. */
    int firstItem(String text, Tools tools) {
        return resuming.apply(tools).stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }

    /** Whether a mark within a string is more than punctuation. */
    boolean isDistinct(String text) {
        return text.length() >= DISTINCT_LENGTH;
    }

    /** Whether a text separates or quotes. */
    boolean isNoise(String text) {
        return marks.stream()
                .anyMatch(mark -> (mark.kind() == Kind.SEPARATOR || mark.kind() == Kind.QUOTE)
                        && mark.text().equals(text));
    }

    /** The call that a text begins behind malformed ones of its list; null if it is a mark. */
    Mark resumed(String text) {
        return marks.stream().anyMatch(mark -> mark.text().equals(text))
                ? null
                : new Mark(Kind.CALL, text, resumingReader, true);
    }

    /** What begins a call without a mark, but only behind that of a section; null if this character does not. */
    Mark bareInSection(char c) {
        return bareInSections.stream()
                .filter(mark -> mark.text().charAt(0) == c)
                .findFirst()
                .orElse(null);
    }

    private boolean applies(Mark mark, boolean afterCall) {
        boolean end = mark.kind() == Kind.CALL_END || mark.kind() == Kind.SECTION_END;
        boolean part = mark.kind() == Kind.SEPARATOR || mark.kind() == Kind.QUOTE;
        boolean behindCalls = mark.kind() == Kind.ECHO || end;
        return isToken(mark.text()) && isDistinct(mark.text()) || !part && (afterCall || !behindCalls);
    }

    /** The marks of a kind, in the table's order. */
    List<Mark> marks(Kind kind) {
        return marks.stream().filter(mark -> mark.kind() == kind).toList();
    }

    /** What may stand at the very beginning without a mark; null if nothing does. */
    Mark beginning() {
        return beginning == null ? null : new Mark(Kind.HEADER, "", beginning, true);
    }

    /** What a mark of a call begins where no section is open. */
    Mark outsideSections(Mark mark) {
        return readerOutsideSections == null
                ? mark
                : new Mark(mark.kind(), mark.text(), readerOutsideSections, mark.partOfCall());
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
        private final List<Mark> bareInSections = new ArrayList<>();
        private Function<Tools, List<String>> resuming = tools -> List.of();
        private Readers resumingReader;
        private List<String> separations = List.of();
        private Readers beginning;
        private Readers readerOutsideSections;
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

        /** Characters that are the beginning of a call if they come first in a section. */
        Builder bareCallsInSections(Readers reader, String... texts) {
            for (String text : texts) {
                bareInSections.add(new Mark(Kind.CALL, text, reader, true));
            }
            return this;
        }

        /**
         * Texts that begin a further call of a list, where the one before is malformed.
         *
         * @param reader of that call
         * @param texts by the request's tools
         * @param separations what stands between two calls, from the end of the one before on
         */
        Builder resuming(Readers reader, Function<Tools, List<String>> texts, String... separations) {
            resumingReader = reader;
            resuming = texts;
            this.separations = List.of(separations);
            return this;
        }

        /** Texts that a message's head begins with. */
        Builder headers(Readers reader, String... texts) {
            return add(Kind.HEADER, reader, false, texts);
        }

        /** What a completion begins with, if it begins with a head that the prompt has begun. */
        Builder beginning(Readers reader) {
            beginning = reader;
            return this;
        }

        Builder callEnds(String... texts) {
            return add(Kind.CALL_END, null, false, texts);
        }

        Builder section(String begin, String end) {
            return add(Kind.SECTION, null, false, begin).add(Kind.SECTION_END, null, false, end);
        }

        /** What begins a call may be just mentioned outside of sections, and has a reader of its own there. */
        Builder outsideSections(Readers reader) {
            readerOutsideSections = reader;
            return this;
        }

        Builder silent(String... texts) {
            return add(Kind.SILENT, null, false, texts);
        }

        /** Behind a call, some models write it once more without the mark before it. */
        Builder echoes(String begin, String end) {
            return add(Kind.ECHO, (feed, out, tools) -> new EchoReader(end, feed, out), true, begin);
        }

        /** Texts within calls, which malformed arguments do not hold. */
        Builder separators(String... texts) {
            return add(Kind.SEPARATOR, null, false, texts);
        }

        /** Texts around strings, which malformed arguments do not hold. */
        Builder quotes(String... texts) {
            return add(Kind.QUOTE, null, false, texts);
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
