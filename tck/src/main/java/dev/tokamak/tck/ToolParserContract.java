package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tokamak.spi.toolparser.ToolChoice;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * The law of tool parsers, as tests. A parser's test extends this class, says which provider it is about and writes calls in
 * the format; the tests generate calls with values that parsers stumble over and check, for every way of cutting the text
 * into deltas, that
 *
 * <ul>
 *   <li>the parser tells the same as if it gets the whole at once;
 *   <li>it finds the calls that were rendered, with their arguments, and the content around them;
 *   <li>a call that is ended has a JSON object as arguments, whether or not the text was damaged or cut off;
 *   <li>one mistake (a bracket that is missing, a mark that is missing or repeated) costs one call at most: the call behind it
 *       is found, and no mark is told as content or arguments;
 *   <li>text without calls comes out as it went in.
 * </ul>
 *
 * <p>The samples are random but the same each time; a failure names its seed. The system property {@code tokamak.tck.seed}
 * sets another one.
 *
 * <p>One file, so that who writes a parser reads its law in one place.
 *
 * @since 0.1
 */
public abstract class ToolParserContract {
    private static final long SEED = Long.getLong("tokamak.tck.seed", 20260501L);
    private static final int SAMPLES = 12;

    /**
     * A call to be rendered.
     *
     * @param name of the function
     * @param arguments maps, lists, strings, longs, doubles, booleans and null
     */
    public record Call(String name, Map<String, Object> arguments) {}

    /**
     * The provider under test.
     *
     * @return never null
     */
    protected abstract ToolParserProvider provider();

    /**
     * Writes a completion in the format.
     *
     * @param calls at least one
     * @param contentBefore what stands before the calls, to be written as it is; possibly empty
     * @return the text that a model would write
     */
    protected abstract String render(List<Call> calls, String contentBefore);

    /**
     * Whether the format has several calls in one turn.
     *
     * @return true unless overridden
     */
    protected boolean severalCalls() {
        return true;
    }

    /**
     * Whether the format has content before calls.
     *
     * @return true unless overridden
     */
    protected boolean contentBeforeCalls() {
        return true;
    }

    /**
     * Whether the format can write a string, which it cannot if the string holds the format's own end mark and there is no
     * escaping.
     *
     * @param text part of an argument's value
     * @return true unless overridden
     */
    protected boolean carries(String text) {
        return true;
    }

    /**
     * The format's marks, in the spelling of {@link #render}: the texts that begin, separate or end calls and their parts.
     *
     * @return none unless overridden, for a format without marks
     */
    protected List<String> marks() {
        return List.of();
    }

    /**
     * Those of the {@link #marks} that end something, and which a model may therefore forget.
     *
     * @return none unless overridden
     */
    protected List<String> closingMarks() {
        return List.of();
    }

    /**
     * Whether each call begins with one of the {@link #marks} that can be a token, and the parser believes such a mark only where
     * it is one: see {@link ToolParserProvider#create(List, java.util.function.Predicate)}.
     *
     * @return false unless overridden
     */
    protected boolean believesTokensOnly() {
        return false;
    }

    /**
     * What stands between two renderings, so that together they are one completion.
     *
     * @return empty unless overridden
     */
    protected String between() {
        return "";
    }

    /**
     * Whether the format has a grammar for {@link ToolChoice.Mode#REQUIRED}.
     *
     * @return false unless overridden
     */
    protected boolean hasGrammar() {
        return false;
    }

    /**
     * A value as JSON, for renderers.
     *
     * @param value maps, lists, strings, numbers, booleans and null
     * @return JSON text
     */
    protected static String json(Object value) {
        return JsonTexts.write(value);
    }

    /**
     * The tools that the calls are of.
     *
     * @return with a schema for each parameter
     */
    protected static List<ToolDefinition> tools() {
        return ToolCallSamples.TOOLS;
    }

    private ToolCallSamples samples(Random random) {
        return new ToolCallSamples(random, this::carries);
    }

    private List<ToolCallTranscript.Event> parse(List<String> deltas) {
        return ToolCallTranscript.of(provider().create(tools()), deltas);
    }

    private List<ToolCallTranscript.Event> parseWhole(String text) {
        return parse(List.of(text));
    }

    /** A sample: its calls and their text. */
    private record Sample(long seed, List<Call> calls, String contentBefore, String text) {}

    private Sample sample(int number) {
        long seed = SEED + number;
        Random random = new Random(seed);
        List<Call> calls = samples(random).calls(severalCalls() ? 3 : 1);
        String content = contentBeforeCalls() && random.nextBoolean() ? "I will look that up." : "";
        return new Sample(seed, calls, content, render(calls, content));
    }

    @Test
    void providerIsFoundByItsName() {
        assertThat(StreamSupport.stream(
                                ServiceLoader.load(ToolParserProvider.class).spliterator(), false)
                        .map(ToolParserProvider::name))
                .as("names of the providers that META-INF/services lists")
                .contains(provider().name());
    }

    @Test
    void parsedCallsAreTheRenderedCalls() {
        for (int i = 0; i < 8 * SAMPLES; i++) {
            Sample sample = sample(i);
            List<ToolCallTranscript.Event> events = parseWhole(sample.text());
            String context = "seed " + sample.seed() + ", text:\n" + sample.text() + "\n, told: " + events;
            assertThat(contentOf(events).strip()).as(context).isEqualTo(sample.contentBefore());
            List<ToolCallTranscript.Call> calls = callsOf(events);
            assertThat(calls).as(context).hasSameSizeAs(sample.calls());
            for (int k = 0; k < calls.size(); k++) {
                ToolCallTranscript.Call call = calls.get(k);
                assertThat(call.ended())
                        .as("call " + k + " is ended, " + context)
                        .isTrue();
                assertThat(call.name())
                        .as(context)
                        .isEqualTo(sample.calls().get(k).name());
                assertThat(parsed(call.arguments(), () -> context))
                        .as("arguments of call " + k + ", " + context)
                        .isEqualTo(comparable(sample.calls().get(k).arguments()));
            }
        }
    }

    @Test
    void anyCutOfTheTextTellsTheSame() {
        for (int i = 0; i < SAMPLES; i++) {
            Sample sample = sample(i);
            checkCuts(sample.text(), new Random(sample.seed()), "seed " + sample.seed());
        }
    }

    @Test
    void textThatIsCutOffTellsTheSameHoweverItCame() {
        for (int i = 0; i < SAMPLES; i++) {
            Sample sample = sample(i);
            for (int end = 1; end < sample.text().length(); end++) {
                String text = sample.text().substring(0, end);
                Supplier<String> context = () -> "seed " + sample.seed() + ", cut off behind:\n" + text;
                List<ToolCallTranscript.Event> events = parseWhole(text);
                checkSame(parse(TextCuts.characters(text)), events, context);
                List<String> names = callsOf(events).stream()
                        .map(ToolCallTranscript.Call::name)
                        .toList();
                List<String> rendered = sample.calls().stream().map(Call::name).toList();
                if (names.size() > rendered.size()
                        || !rendered.subList(0, names.size()).equals(names)) {
                    assertThat(names).as(context).isEqualTo(rendered);
                }
                checkEndedCalls(events, context);
            }
        }
    }

    @Test
    void damagedTextTellsTheSameHoweverItCame() {
        for (int i = 0; i < 8 * SAMPLES; i++) {
            Sample sample = sample(i);
            Random random = new Random(~sample.seed());
            String text = damaged(sample.text(), random);
            Supplier<String> context = () -> "seed " + sample.seed() + ", damaged to:\n" + text;
            List<ToolCallTranscript.Event> events = parseWhole(text);
            checkEndedCalls(events, context);
            checkSame(parse(TextCuts.characters(text)), events, context);
            for (int k = 0; k < 4; k++) {
                List<String> deltas = TextCuts.random(text, random);
                checkSame(parse(deltas), events, () -> context.get() + "\nin deltas " + deltas);
            }
        }
    }

    @Test
    void oneMistakeCostsOneCallAtMost() {
        Call following = new Call("get_weather", Map.of("city", "Rome"));
        List<String> marks = marks();
        for (int i = 0; i < 16 * SAMPLES; i++) {
            long seed = SEED + i;
            Random random = new Random(seed);
            List<Call> calls = ToolCallSamples.plain(random).calls(severalCalls() ? 3 : 1);
            String text = withMistake(render(calls, ""), random) + between() + render(List.of(following), "");
            Supplier<String> context = () -> "seed " + seed + ", text:\n" + text;
            List<ToolCallTranscript.Event> events = parseWhole(text);
            checkEndedCalls(events, context);
            checkSame(parse(TextCuts.random(text, random)), events, context);
            List<ToolCallTranscript.Call> told = callsOf(events);
            ToolCallTranscript.Call last = told.isEmpty() ? null : told.get(told.size() - 1);
            if (last == null || !last.ended() || !last.name().equals(following.name())) {
                fail("The call behind a mistake is lost: %s, told: %s", context.get(), events);
            }
            assertThat(parsed(last.arguments(), context)).as(context).isEqualTo(comparable(following.arguments()));
            for (String mark : marks) {
                if (contentOf(events).contains(mark)
                        || told.stream().anyMatch(call -> call.arguments().contains(mark))) {
                    fail("The mark %s is told: %s, told: %s", mark, context.get(), events);
                }
            }
        }
    }

    /** A bracket or a closing mark less, or a mark twice. */
    private String withMistake(String text, Random random) {
        List<int[]> missing = new ArrayList<>();
        List<int[]> repeated = new ArrayList<>();
        for (int at = 0; at < text.length(); at++) {
            if ("{}[]()".indexOf(text.charAt(at)) >= 0) {
                missing.add(new int[] {at, at + 1});
            }
        }
        List<int[]> brackets = List.copyOf(missing);
        List<String> closing = closingMarks();
        for (String mark : marks()) {
            for (int at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
                int[] place = {at, at + mark.length()};
                repeated.add(place);
                if (closing.contains(mark)) {
                    missing.add(place);
                }
            }
        }
        List<int[]> withinMarks = brackets.stream()
                .filter(place -> repeated.stream().anyMatch(mark -> mark[0] <= place[0] && place[1] <= mark[1]))
                .toList();
        missing.removeAll(withinMarks);
        boolean repeats = !repeated.isEmpty() && (missing.isEmpty() || random.nextBoolean());
        if (!repeats && missing.isEmpty()) {
            return text;
        }
        List<int[]> places = repeats ? repeated : missing;
        int[] place = places.get(random.nextInt(places.size()));
        StringBuilder mistaken = new StringBuilder(text);
        if (repeats) {
            mistaken.insert(place[0], text, place[0], place[1]);
        } else {
            mistaken.delete(place[0], place[1]);
        }
        return mistaken.toString();
    }

    @Test
    void marksThatCameAsTokensTellTheSame() {
        MarkTokens tokens = new MarkTokens(marks());
        for (int i = 0; i < SAMPLES; i++) {
            Sample sample = sample(i);
            ToolCallTranscript told = new ToolCallTranscript();
            ToolParser parser = provider().create(tools(), tokens::contains);
            tokens.feed(
                    sample.text(),
                    new Random(sample.seed()),
                    text -> parser.accept(text, told),
                    token -> parser.acceptToken(token, told));
            parser.finish(told);
            checkSame(told.events(), parseWhole(sample.text()), () -> "seed " + sample.seed() + ":\n" + sample.text());
        }
    }

    @Test
    void marksThatAreOnlySpelledAreContent() {
        if (!believesTokensOnly()) {
            return;
        }
        MarkTokens tokens = new MarkTokens(marks());
        for (int i = 0; i < SAMPLES; i++) {
            String text = sample(i).text();
            ToolParser parser = provider().create(tools(), tokens::contains);
            assertThat(ToolCallTranscript.of(parser, TextCuts.random(text, new Random(SEED + i))))
                    .as(text)
                    .isEqualTo(List.of(new ToolCallTranscript.Content(text)));
        }
    }

    @Test
    void textWithoutCallsIsContent() {
        for (String text : List.of(
                "Hello.",
                "  indented\n\n",
                "{\"answer\": 42}",
                "{\"name\": 1}",
                "A list [1, 2, 3] and {braces}; x < y > z.",
                "[link](https://example.org) and f(x)",
                "😀 <b>bold</b> `code` </x>",
                "\n")) {
            assertThat(parseWhole(text)).as(text).isEqualTo(List.of(new ToolCallTranscript.Content(text)));
            checkCuts(text, new Random(SEED), "text without calls");
        }
    }

    @Test
    void noTextTellsNothing() {
        assertThat(parse(List.of())).isEmpty();
    }

    @Test
    void requiredChoiceHasTheDeclaredGrammar() {
        for (ToolChoice choice : List.of(
                new ToolChoice(ToolChoice.Mode.REQUIRED, "", true),
                new ToolChoice(ToolChoice.Mode.REQUIRED, "", false),
                new ToolChoice(ToolChoice.Mode.NAMED, "search", false))) {
            assertThat(provider().grammar(tools(), choice).isPresent())
                    .as("a grammar for %s", choice)
                    .isEqualTo(hasGrammar());
        }
    }

    private void checkCuts(String text, Random random, String context) {
        List<ToolCallTranscript.Event> whole = parseWhole(text);
        TextCuts.each(text, random, deltas -> checkSame(parse(deltas), whole, () -> context + ", deltas " + deltas));
    }

    /** Compares before it describes: there are many comparisons. */
    private static void checkSame(
            List<ToolCallTranscript.Event> told, List<ToolCallTranscript.Event> expected, Supplier<String> context) {
        if (!told.equals(expected)) {
            assertThat(told).as(context).isEqualTo(expected);
        }
    }

    private static String damaged(String text, Random random) {
        StringBuilder damaged = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0 && !damaged.isEmpty(); i--) {
            int at = random.nextInt(damaged.length());
            switch (random.nextInt(3)) {
                case 0 -> damaged.deleteCharAt(at);
                case 1 -> damaged.insert(at, "{}[]\"',:<>|\\ \nx".charAt(random.nextInt(15)));
                default -> damaged.delete(at, Math.min(damaged.length(), at + 1 + random.nextInt(20)));
            }
        }
        return damaged.isEmpty() ? "x" : damaged.toString();
    }

    private static void checkEndedCalls(List<ToolCallTranscript.Event> events, Supplier<String> context) {
        for (ToolCallTranscript.Call call : callsOf(events)) {
            if (call.ended() && !(parsed(call.arguments(), context) instanceof Map)) {
                fail("An ended call has arguments that are no object: " + call.arguments() + "\n" + context.get());
            }
        }
    }

    private static List<ToolCallTranscript.Call> callsOf(List<ToolCallTranscript.Event> events) {
        List<ToolCallTranscript.Call> calls = new ArrayList<>();
        for (ToolCallTranscript.Event event : events) {
            if (event instanceof ToolCallTranscript.Call call) {
                calls.add(call);
            }
        }
        return calls;
    }

    private static String contentOf(List<ToolCallTranscript.Event> events) {
        StringBuilder content = new StringBuilder();
        for (ToolCallTranscript.Event event : events) {
            if (event instanceof ToolCallTranscript.Content text) {
                content.append(text.text());
            }
        }
        return content.toString();
    }

    private static Object parsed(String json, Supplier<String> context) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return comparable(reader.readValue());
        } catch (JsonException e) {
            return fail("An ended call has arguments that are no JSON: " + json + "\n" + context.get(), e);
        }
    }

    /** Numbers by value, maps and lists as such, whichever library they come from. */
    private static Object comparable(Object value) {
        if (value instanceof JsonString string) {
            return string.getString();
        }
        if (value instanceof JsonNumber number) {
            return number.bigDecimalValue().stripTrailingZeros();
        }
        if (value instanceof Number number) {
            return new BigDecimal(number.toString()).stripTrailingZeros();
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, item) -> copy.put(key, comparable(item)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(item -> copy.add(comparable(item)));
            return copy;
        }
        return value == JsonValue.NULL
                ? null
                : value == JsonValue.TRUE ? Boolean.TRUE : value == JsonValue.FALSE ? Boolean.FALSE : value;
    }
}
