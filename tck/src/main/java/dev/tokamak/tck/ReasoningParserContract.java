package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.reasoning.ReasoningParser;
import dev.tokamak.spi.reasoning.ReasoningParserProvider;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * The law of reasoning parsers, as tests. A parser's test extends this class, says which provider it is about and writes a
 * completion in the format; the tests check that reasoning and content come apart as they were put together, and that
 * however the text is cut into deltas the parser tells the same.
 *
 * <p>The samples are random but the same each time; a failure names its seed. The system property {@code tokamak.tck.seed}
 * sets another one.
 *
 * @since 0.1
 */
public abstract class ReasoningParserContract {
    private static final long SEED = Long.getLong("tokamak.tck.seed", 20260501L);
    private static final int SAMPLES = 12;

    /**
     * The provider under test.
     *
     * @return never null
     */
    protected abstract ReasoningParserProvider provider();

    /**
     * Writes a completion in the format.
     *
     * @param reasoning never empty
     * @param content never empty
     * @return the text that a model would write behind {@link #promptTail}
     */
    protected abstract String render(String reasoning, String content);

    /**
     * The end of the prompt.
     *
     * @return empty unless overridden
     */
    protected String promptTail() {
        return "";
    }

    /**
     * The request's template variables.
     *
     * @return none unless overridden
     */
    protected Map<String, Object> templateVariables() {
        return Map.of();
    }

    /**
     * Whether the format can write a text, which it cannot if the text holds the format's own marks.
     *
     * @param text part of the reasoning or the content
     * @return true unless overridden
     */
    protected boolean carries(String text) {
        return true;
    }

    /**
     * What of a rendered completion the parser tells as reasoning.
     *
     * @param reasoning as rendered
     * @return the same unless overridden
     */
    protected String expectedReasoning(String reasoning) {
        return reasoning;
    }

    /**
     * What of a rendered completion the parser tells as content.
     *
     * @param reasoning as rendered
     * @param content as rendered
     * @return the content unless overridden
     */
    protected String expectedContent(String reasoning, String content) {
        return content;
    }

    /**
     * The format's marks, those that begin and end reasoning at least, if the parser believes them only where they are tokens of
     * the vocabulary that has them: see {@link ReasoningParserProvider#create(String, Map, java.util.function.Predicate)}.
     *
     * @return none unless overridden, for a parser that decides by text
     */
    protected List<String> tokens() {
        return List.of();
    }

    /** What was told. */
    private static final class Transcript implements ReasoningParser.Sink {
        private final StringBuilder reasoning = new StringBuilder();
        private final StringBuilder content = new StringBuilder();
        private final StringBuilder order = new StringBuilder();

        @Override
        public void reasoning(String text) {
            requireText(text);
            reasoning.append(text);
            note('r');
        }

        @Override
        public void content(String text) {
            requireText(text);
            content.append(text);
            note('c');
        }

        private static void requireText(String text) {
            if (text.isEmpty()) {
                throw new AssertionError("The parser told an empty piece");
            }
        }

        private void note(char kind) {
            if (order.isEmpty() || order.charAt(order.length() - 1) != kind) {
                order.append(kind);
            }
        }

        List<String> told() {
            return List.of(order.toString(), reasoning.toString(), content.toString());
        }
    }

    private List<String> parse(List<String> deltas) {
        ReasoningParser parser = provider().create(promptTail(), templateVariables());
        Transcript transcript = new Transcript();
        for (String delta : deltas) {
            boolean ended = parser.ended();
            int before = transcript.reasoning.length();
            parser.accept(delta, transcript);
            if (ended) {
                assertThat(parser.ended()).as("still ended").isTrue();
                assertThat(transcript.reasoning.length())
                        .as("reasoning behind its end")
                        .isEqualTo(before);
            }
        }
        parser.finish(transcript);
        return transcript.told();
    }

    private ToolCallSamples samples(Random random) {
        return new ToolCallSamples(random, this::carries);
    }

    private static String sentence(ToolCallSamples samples) {
        return "So " + samples.text() + ", then.";
    }

    @Test
    void providerIsFoundByItsName() {
        assertThat(StreamSupport.stream(
                                ServiceLoader.load(ReasoningParserProvider.class)
                                        .spliterator(),
                                false)
                        .map(ReasoningParserProvider::name))
                .as("names of the providers that META-INF/services lists")
                .contains(provider().name());
    }

    @Test
    void reasoningAndContentComeApart() {
        for (int i = 0; i < 8 * SAMPLES; i++) {
            ToolCallSamples samples = samples(new Random(SEED + i));
            String reasoning = sentence(samples);
            String content = sentence(samples);
            List<String> told = parse(List.of(render(reasoning, content)));
            assertThat(told.get(1)).as("reasoning, seed %d", SEED + i).isEqualTo(expectedReasoning(reasoning));
            assertThat(told.get(2)).as("content, seed %d", SEED + i).isEqualTo(expectedContent(reasoning, content));
        }
    }

    @Test
    void anyCutOfTheTextTellsTheSame() {
        for (int i = 0; i < SAMPLES; i++) {
            long seed = SEED + i;
            ToolCallSamples samples = samples(new Random(seed));
            String text = render(sentence(samples), sentence(samples));
            List<String> whole = parse(List.of(text));
            TextCuts.each(
                    text,
                    new Random(seed),
                    deltas -> checkSame(parse(deltas), whole, () -> "seed " + seed + ", deltas " + deltas));
        }
    }

    @Test
    void textThatIsCutOffTellsTheSameHoweverItCame() {
        for (int i = 0; i < SAMPLES; i++) {
            ToolCallSamples samples = samples(new Random(SEED + i));
            String text = render(sentence(samples), sentence(samples));
            for (int end = 1; end < text.length(); end++) {
                String part = text.substring(0, end);
                checkSame(parse(TextCuts.characters(part)), parse(List.of(part)), () -> "cut off behind: " + part);
            }
        }
    }

    /** Compares before it describes: there are many comparisons. */
    private static void checkSame(List<String> told, List<String> expected, Supplier<String> context) {
        if (!told.equals(expected)) {
            assertThat(told).as(context).isEqualTo(expected);
        }
    }

    @Test
    void reasoningHasEndedOnceContentCame() {
        ReasoningParser parser = provider().create(promptTail(), templateVariables());
        parser.accept(render("thinking", "the answer"), new Transcript());
        assertThat(parser.ended()).isTrue();
    }

    @Test
    void marksThatCameAsTokensTellTheSame() {
        MarkTokens tokens = new MarkTokens(tokens());
        for (int i = 0; i < SAMPLES; i++) {
            ToolCallSamples samples = samples(new Random(SEED + i));
            String text = render(sentence(samples), sentence(samples));
            ReasoningParser parser = provider().create(promptTail(), templateVariables(), tokens::contains);
            Transcript told = new Transcript();
            tokens.feed(
                    text,
                    new Random(SEED + i),
                    more -> parser.accept(more, told),
                    token -> parser.acceptToken(token, told));
            parser.finish(told);
            checkSame(told.told(), parse(List.of(text)), () -> text);
        }
    }

    @Test
    void marksThatAreOnlySpelledEndNothing() {
        MarkTokens tokens = new MarkTokens(tokens());
        for (String spelled : tokens()) {
            if (!tokens.contains(spelled)) {
                continue;
            }
            String placeholder = "so be it";
            String reasoning = "I write " + spelled + " here";
            String text = render(placeholder, "the answer");
            int middle = text.indexOf(placeholder);
            ReasoningParser parser = provider().create(promptTail(), templateVariables(), tokens::contains);
            Transcript told = new Transcript();
            Random random = new Random(SEED);
            Consumer<String> onText = more -> parser.accept(more, told);
            Consumer<String> onToken = token -> parser.acceptToken(token, told);
            tokens.feed(text.substring(0, middle), random, onText, onToken);
            parser.accept(reasoning, told);
            tokens.feed(text.substring(middle + placeholder.length()), random, onText, onToken);
            parser.finish(told);
            assertThat(told.told().get(1)).as("reasoning").isEqualTo(expectedReasoning(reasoning));
            assertThat(told.told().get(2)).as("content").isEqualTo(expectedContent(reasoning, "the answer"));
        }
    }

    @Test
    void noTextTellsNothing() {
        assertThat(parse(List.of())).containsExactly("", "", "");
    }

    @Test
    void endMarkersAreNamed() {
        assertThat(provider().endMarkers()).isNotEmpty().doesNotContain("");
    }
}
