package dev.tokamak.toolparsers;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.toolparsers.Format.Kind;
import dev.tokamak.toolparsers.Format.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a model that may write what it likes is held to a format once it calls: free text, and a mark that begins calls is
 * followed by one. Other marks of calls, which the grammar does not lead on from, cannot be written. Formats whose calls begin
 * without a mark, or with one that begins other things as well, have no such grammar.
 */
final class FreeTextGrammar {
    private FreeTextGrammar() {}

    static Optional<StructuredOutput> of(
            Format format, CallGrammar grammar, List<ToolDefinition> tools, boolean parallel) {
        List<Mark> calls = format.marks(Kind.CALL);
        boolean unmarked = calls.stream().anyMatch(Mark::partOfCall);
        if (unmarked || !format.marks(Kind.HEADER).isEmpty()) {
            return Optional.empty();
        }
        String opening = grammar.opening();
        List<Mark> beginnings = new ArrayList<>(format.marks(Kind.SECTION));
        beginnings.addAll(calls);
        Optional<String> trigger =
                beginnings.stream().map(Mark::text).filter(opening::startsWith).findFirst();
        if (trigger.isEmpty()) {
            return Optional.empty();
        }
        List<String> excluded = calls.stream()
                .map(Mark::text)
                .filter(text -> !text.startsWith(trigger.get()))
                .toList();
        List<Object> tags = grammar.triggered(trigger.get(), tools, parallel);
        List<String> silent = shortest(
                format.marks(Kind.SILENT).stream().map(Mark::text).distinct().toList());
        return Optional.of(CallGrammar.structuralTag(
                parallel
                        ? manyCalls(trigger.get(), tags, silent, excluded)
                        : oneCall(trigger.get(), tags, silent, excluded)));
    }

    /** Without those that another one begins: what is left of them is free text. */
    private static List<String> shortest(List<String> marks) {
        return marks.stream()
                .filter(mark -> marks.stream().noneMatch(other -> !other.equals(mark) && mark.startsWith(other)))
                .toList();
    }

    private static Object manyCalls(String trigger, List<Object> tags, List<String> silent, List<String> excluded) {
        List<Object> all = new ArrayList<>(tags);
        silent.forEach(mark -> all.add(alone(mark)));
        List<String> triggers = new ArrayList<>(silent);
        triggers.add(trigger);
        return text(triggers, all, excluded, false);
    }

    /** Texts that silent marks end come before the one that a call ends. */
    private static Object oneCall(String trigger, List<Object> tags, List<String> silent, List<String> excluded) {
        List<String> excludedFromFreeText = new ArrayList<>(excluded);
        excludedFromFreeText.addAll(silent);
        Object last = text(List.of(trigger), tags, excludedFromFreeText, true);
        if (silent.isEmpty()) {
            return last;
        }
        excludedFromFreeText.add(trigger);
        Object mark =
                CallGrammar.oneOf(silent.stream().map(CallGrammar::constant).toList());
        Object ended = CallGrammar.sequence(List.of(CallGrammar.anyText(excludedFromFreeText), mark));
        return CallGrammar.sequence(List.of(Ordered.map("type", "star", "content", ended), last));
    }

    private static Object alone(String mark) {
        return CallGrammar.tag(mark, CallGrammar.constant(""), "");
    }

    private static Object text(List<String> triggers, List<Object> tags, List<String> excluded, boolean single) {
        return Ordered.map(
                "type",
                "triggered_tags",
                "triggers",
                triggers,
                "tags",
                tags,
                "at_least_one",
                false,
                "stop_after_first",
                single,
                "excludes",
                excluded);
    }
}
