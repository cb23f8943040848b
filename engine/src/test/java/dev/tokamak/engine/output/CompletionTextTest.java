package dev.tokamak.engine.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.tck.ByteTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompletionTextTest {
    private static CompletionText text(SamplingParams.Builder params) {
        SamplingParams built = params.build();
        return new CompletionText(
                built,
                new StopStrings(built.stop()),
                new ByteTokenizer().detokenizer(false, new int[0]),
                new ByteTokenizer().vocabulary());
    }

    private static String feed(CompletionText text, String all) {
        StringBuilder out = new StringBuilder();
        for (byte b : all.getBytes(StandardCharsets.UTF_8)) {
            out.append(text.add(b & 0xff, true).text());
            if (text.stoppedBy() != null) {
                return out.toString();
            }
        }
        return out + "|" + text.finish().text();
    }

    @Test
    void neverSplitsACharacter() {
        CompletionText text = text(SamplingParams.builder());
        byte[] euro = "€".getBytes(StandardCharsets.UTF_8);

        assertThat(text.add(euro[0] & 0xff, true).text()).isEmpty();
        assertThat(text.add(euro[1] & 0xff, true).text()).isEmpty();
        assertThat(text.add(euro[2] & 0xff, true).text()).isEqualTo("€");
    }

    @Test
    void cutsAtAStopStringThatSpansTokens() {
        CompletionText text = text(SamplingParams.builder().stop(List.of("STOP")));

        assertThat(feed(text, "go on STOP here")).isEqualTo("go on ");
        assertThat(text.stoppedBy()).isEqualTo("STOP");
    }

    @Test
    void keepsTheStopStringWhenAsked() {
        CompletionText text =
                text(SamplingParams.builder().stop(List.of("STOP")).includeStopInOutput(true));

        assertThat(feed(text, "go on STOP here")).isEqualTo("go on STOP");
    }

    @Test
    void holdsBackWhatCouldBecomeAStopStringAndNothingElse() {
        CompletionText text = text(SamplingParams.builder().stop(List.of("STOP")));

        assertThat(text.add('a', true).text()).isEqualTo("a");
        assertThat(text.add('S', true).text()).isEmpty();
        assertThat(text.add('T', true).text()).isEmpty();
        assertThat(text.add('S', true).text()).isEqualTo("ST");
        assertThat(text.finish().text()).isEqualTo("S");
    }

    @Test
    void takesTheStopStringThatBeginsFirst() {
        CompletionText text = text(SamplingParams.builder().stop(List.of("cde", "bc")));

        assertThat(feed(text, "abcdef")).isEqualTo("a");
        assertThat(text.stoppedBy()).isEqualTo("bc");
    }

    @Test
    void findsTheSameStopStringHoweverTheTextIsCutIntoTokens() {
        Random random = new Random(11);
        for (int trial = 0; trial < 2_000; trial++) {
            List<String> stops = List.of(random(random, 4), random(random, 4), random(random, 6));
            String all = random(random, 30);
            int end = Integer.MAX_VALUE;
            String found = null;
            for (String stop : stops) {
                int at = all.indexOf(stop);
                boolean first = at >= 0 && at + stop.length() < end;
                boolean longer = at >= 0 && at + stop.length() == end && stop.length() > found.length();
                if (first || longer) {
                    end = at + stop.length();
                    found = stop;
                }
            }
            String expected = found == null ? all + "|" : all.substring(0, end - found.length());
            CompletionText text = text(SamplingParams.builder().stop(stops));
            String shown = feed(text, all).replaceFirst("\\|(.*)$", "$1|");
            assertThat(shown).as("trial %d: %s in %s", trial, stops, all).isEqualTo(expected);
            assertThat(text.stoppedBy()).isEqualTo(found);
        }
    }

    private static String random(Random random, int most) {
        return random.ints(1 + random.nextInt(most), 'a', 'c')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void looksForStopStringsBehindTheMinimumOnly() {
        CompletionText text = text(SamplingParams.builder().stop(List.of("x")).minTokens(3));

        assertThat(feed(text, "axbcxd")).isEqualTo("axbc");
    }

    @Test
    void replacesACharacterThatTheEndCutsOff() {
        CompletionText text = text(SamplingParams.builder());
        text.add(0xe2, true);

        assertThat(text.finish().text()).isEqualTo("\ufffd");
    }

    @Test
    void marksThatCameAsOneTokenAreTold() {
        ByteTokenizer tokenizer = new ByteTokenizer();
        int end = tokenizer.vocabulary().specialTokens().get(0);
        String mark = tokenizer.decode(new int[] {end}, false);
        CompletionText text = text(SamplingParams.builder().stop(List.of(mark.charAt(mark.length() - 1) + "!")));
        MarkedText all = new MarkedText();
        for (byte b : ("a" + mark).getBytes(StandardCharsets.UTF_8)) {
            all.append(text.add(b & 0xff, true));
        }
        all.append(text.add(end, true));
        assertThat(all.length()).as("a mark is held back whole").isEqualTo(1 + mark.length());
        all.append(text.add('b', true));
        StringBuilder told = new StringBuilder();
        all.take(all.length())
                .forEach(told::append, token -> told.append("[").append(token).append("]"));

        assertThat(told).hasToString("a" + mark + "[" + mark + "]b");
    }

    @Test
    void leavesOutATokenThatIsNotVisible() {
        assertThat(text(SamplingParams.builder()).add('a', false).text()).isEmpty();
    }

    @Test
    void tokensOfOneCharacterBeginWhereItDoesAndOthersBehindIt() {
        CompletionText text = text(SamplingParams.builder().stop(List.of("b~")));
        StringBuilder offsets = new StringBuilder();
        for (byte b : "a😀b€c".getBytes(StandardCharsets.UTF_8)) {
            text.add(b & 0xff, true);
            offsets.append(text.tokenOffset());
        }
        text.add('!', false);
        offsets.append(text.tokenOffset());

        assertThat(offsets).hasToString("0" + "1111" + "2" + "333" + "4" + "5");
    }
}
