package dev.tokamak.toolparsers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text that wants to make a parser slow, deep or forgetful. Work is counted in looked-at characters, not in time. */
class HostileTextTest {
    private static final int DEPTH = 10_000;
    private static final int MEGABYTE = 1 << 20;
    /** Each mark's beginning may be looked at again once. */
    private static final int LOOKS_A_CHARACTER = 4;

    private static final class Collected implements ToolCallSink {
        final StringBuilder content = new StringBuilder();
        final StringBuilder arguments = new StringBuilder();
        int begun;
        int ended;
        int events;

        @Override
        public void content(String text) {
            content.append(text);
            events++;
        }

        @Override
        public void beginCall(String name, String id) {
            begun++;
        }

        @Override
        public void arguments(String json) {
            arguments.append(json);
            events++;
        }

        @Override
        public void endCall() {
            ended++;
        }
    }

    private static Collected parse(ToolParserProvider provider, String text, int delta) {
        CallStream parser = (CallStream) provider.create(List.of());
        Collected collected = new Collected();
        for (int from = 0; from < text.length(); from += delta) {
            parser.accept(text.substring(from, Math.min(text.length(), from + delta)), collected);
        }
        parser.finish(collected);
        assertThat(parser.steps()).isLessThanOrEqualTo((long) LOOKS_A_CHARACTER * text.length());
        return collected;
    }

    /** Some marks are told where no call follows, others are not. */
    private static String without(Format format, String text) {
        String rest = text;
        for (String mark : format.marks(true)) {
            rest = format.isDistinct(mark) ? rest.replace(mark, "") : rest;
        }
        return rest;
    }

    private static Stream<ToolParserProvider> providers() {
        return ServiceLoader.load(ToolParserProvider.class).stream().map(ServiceLoader.Provider::get);
    }

    @Test
    void tenThousandLevelsOfJsonAreArguments() {
        String nested = "{\"a\": " + "[".repeat(DEPTH) + "]".repeat(DEPTH) + "}";
        Collected hermes = parse(
                new JsonToolParsers.Hermes(),
                "<tool_call>{\"name\": \"f\", \"arguments\": " + nested + "}</tool_call>",
                7);
        assertThat(hermes.ended).isOne();
        assertThat(hermes.arguments).hasToString(nested);
    }

    @Test
    void tenThousandLevelsOfPythonAreArguments() {
        String nested = "[".repeat(DEPTH) + "]".repeat(DEPTH);
        Collected pythonic = parse(new LiteralToolParsers.Pythonic(), "[f(a=" + nested + ")]", 7);
        assertThat(pythonic.ended).isOne();
        assertThat(pythonic.arguments).hasToString("{\"a\": " + nested + "}");
    }

    @Test
    void tenThousandElementsWithinEachOtherAreToldAsTheyStand() {
        String nested = "]<]minimax[>[<a>".repeat(DEPTH);
        Collected minimax = parse(
                new ParameterToolParsers.MinimaxM3(),
                "]<]minimax[>[<tool_call>]<]minimax[>[<invoke name=\"f\">" + nested,
                64);
        assertThat(minimax.ended).isZero();
        assertThat(minimax.arguments.toString()).contains(nested.substring(0, 1000));
    }

    @Test
    void aMegabyteOfArgumentsComesOutAsItComesIn() {
        String value = "x".repeat(MEGABYTE);
        Collected hermes = parse(
                new JsonToolParsers.Hermes(),
                "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": \"" + value + "\"}}</tool_call>",
                4);
        assertThat(hermes.ended).isOne();
        assertThat(hermes.arguments).hasToString("{\"a\": \"" + value + "\"}");
        assertThat(hermes.events).isGreaterThan(MEGABYTE / 5);
    }

    @Test
    void aMegabyteOfArgumentsBeforeTheNameWaitsForIt() {
        String value = "x".repeat(MEGABYTE);
        Collected hermes = parse(
                new JsonToolParsers.Hermes(),
                "<tool_call>{\"arguments\": {\"a\": \"" + value + "\"}, \"name\": \"f\"}</tool_call>",
                4);
        assertThat(hermes.ended).isOne();
        assertThat(hermes.arguments).hasToString("{\"a\": \"" + value + "\"}");
    }

    @ParameterizedTest
    @MethodSource("providers")
    void beginningsOfMarksAreNotLookedAtOverAndOver(ToolParserProvider provider) {
        for (String piece : List.of(
                "<tool_cal",
                "<",
                "[",
                "{",
                "<|tool_call",
                "<｜tool▁call▁begin｜>",
                "]<]minimax[>[<",
                "<tool_call>",
                "<tool_calls>[",
                "functools",
                "[TOOL_CALLS]",
                "<function=",
                "<invoke ",
                "[f(",
                "{\"name\": \"",
                "<|channel|>",
                "```",
                " to=",
                "<start_function_call>call:",
                "{\"arguments\": ")) {
            String text = piece.repeat(5_000 / piece.length());
            Collected collected = parse(provider, text, 5);
            assertThat(collected.ended).as("calls in %s…", piece).isZero();
            Format format = ((FormatProvider) provider).format();
            if (collected.begun == 0) {
                assertThat(without(format, collected.content.toString()))
                        .as("content of %s… for %s", piece, provider.name())
                        .isEqualTo(without(format, text));
            }
        }
    }

    @Test
    void aMarkThatIsJustMentionedIsContent() {
        for (String text : List.of(
                "<tool_call>oops</tool_call>",
                "Write <tool_call> and </tool_call> around it.",
                "Write `<tool_call>` first",
                "</tool_call>")) {
            Collected collected = parse(new JsonToolParsers.Hermes(), text, 3);
            assertThat(collected.begun).as(text).isZero();
            assertThat(collected.content).hasToString(text);
        }
    }

    @Test
    void malformedTextBeforeTheNameIsContentWithoutItsMarks() {
        for (String text : List.of(
                "{\"name\": 5}",
                "{\"arguments\": {\"a\": 1}}",
                "{\"name\": \"f",
                "{\"arguments\": {\"a\": nope}, \"name\": \"f\"}")) {
            for (String end : List.of("", "</tool_call>", "</tool_call></tool_call>")) {
                Collected collected = parse(new JsonToolParsers.Hermes(), "<tool_call>" + text + end, 3);
                assertThat(collected.begun).as(text + end).isZero();
                assertThat(collected.content).hasToString(text);
            }
        }
    }

    @Test
    void malformedTextBehindTheNameGoesIntoTheArgumentsAsItIsUpToTheNextMark() {
        Collected collected = parse(
                new JsonToolParsers.Hermes(),
                "<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": nope}}</tool_call> and more",
                3);
        assertThat(collected.begun).isOne();
        assertThat(collected.ended).isZero();
        assertThat(collected.arguments).hasToString("{\"a\": nope}}");
        assertThat(collected.content).hasToString(" and more");
    }

    @Test
    void aCallBehindMalformedTextIsFound() {
        Collected collected = parse(
                new JsonToolParsers.Hermes(),
                "<tool_call>{\"name\": <tool_call>{\"name\": \"f\"}</tool_call>\n bye",
                3);
        assertThat(collected.content).hasToString("{\"name\": \n bye");
        assertThat(collected.ended).isOne();
        assertThat(collected.arguments).hasToString("{}");
    }

    @Test
    void emptyNullAndMissingArgumentsAreAnEmptyObject() {
        for (String rest : List.of("", ", \"arguments\": \"\"", ", \"arguments\": null", ", \"arguments\": {}")) {
            Collected collected =
                    parse(new JsonToolParsers.Hermes(), "<tool_call>{\"name\": \"f\"" + rest + "}</tool_call>", 2);
            assertThat(collected.arguments).as(rest).hasToString("{}");
            assertThat(collected.ended).isOne();
        }
    }

    @Test
    void lineBreaksWithinStringsAreEscaped() {
        Collected collected = parse(
                new JsonToolParsers.Hermes(),
                "<tool_call>{\"name\": \"f\", \"arguments\": {\"code\": \"a\n\tb\"}}</tool_call>",
                2);
        assertThat(collected.arguments).hasToString("{\"code\": \"a\\n\\tb\"}");
        assertThat(collected.ended).isOne();
    }

    @Test
    void textBetweenAndBehindCallsIsContent() {
        String call = "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>";
        Collected collected = parse(
                new JsonToolParsers.Hermes(), "before " + call + "\nbetween\n" + call + "\n" + call + " behind", 3);
        assertThat(collected.ended).isEqualTo(3);
        assertThat(collected.content).hasToString("before \nbetween\n behind");
    }
}
