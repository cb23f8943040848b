package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolParserProvider;
import dev.tokamak.tck.ToolParserContract;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The contract for a format whose text is a prefix, calls with something between them, and a suffix. */
abstract class FormatLaw extends ToolParserContract {
    private final ToolParserProvider provider;
    private final String prefix;
    private final Function<Call, String> call;
    private final String separator;
    private final String suffix;

    FormatLaw(
            ToolParserProvider provider, String prefix, Function<Call, String> call, String separator, String suffix) {
        this.provider = provider;
        this.prefix = prefix;
        this.call = call;
        this.separator = separator;
        this.suffix = suffix;
    }

    @Override
    protected ToolParserProvider provider() {
        return provider;
    }

    @Override
    protected String render(List<Call> calls, String contentBefore) {
        return contentBefore + calls.stream().map(call).collect(Collectors.joining(separator, prefix, suffix));
    }

    private Format format() {
        return ((FormatProvider) provider).format();
    }

    @Override
    protected List<String> marks() {
        Format format = format();
        return format.spillMarks(new Tools(List.of())).stream()
                .filter(mark -> format.isDistinct(mark) && format.resumed(mark) == null)
                .toList();
    }

    @Override
    protected List<String> closingMarks() {
        return marks().stream()
                .filter(mark -> Stream.of(Format.Kind.CALL_END, Format.Kind.SECTION_END, Format.Kind.QUOTE)
                        .flatMap(kind -> format().marks(kind).stream())
                        .anyMatch(end -> end.text().equals(mark)))
                .toList();
    }

    @Override
    protected boolean believesTokensOnly() {
        Format format = format();
        List<String> tokens = marks();
        return format.beginning() == null
                && format.marks(Format.Kind.HEADER).isEmpty()
                && format.marks(Format.Kind.CALL).stream()
                        .map(Format.Mark::text)
                        .allMatch(mark -> tokens.contains(mark) && mark.indexOf(' ') < 0 && mark.indexOf('\n') < 0);
    }

    @Override
    protected boolean hasGrammar() {
        return true;
    }

    static String asJson(Object value) {
        return json(value);
    }

    /** A call as an object with these keys. */
    static Function<Call, String> object(String before, String nameKey, String argumentsKey, String after) {
        return call -> before + "{\"" + nameKey + "\": " + json(call.name()) + ", \"" + argumentsKey + "\": "
                + json(call.arguments()) + "}" + after;
    }
}
