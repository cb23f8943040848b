package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.sampling.LogitsAdjuster;
import dev.tokamak.spi.sampling.LogitsAdjusterProvider;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The law of logits adjusters, as tests. An adjuster's test extends this class and names arguments that requests may and may not give
 * it; the tests check that it only ever takes tokens away, in its own mask alone, that asking again changes nothing, and that
 * what is malformed is the client's fault.
 *
 * <p>The vocabulary is that of {@link ByteTokenizer}: 256 bytes and a few special tokens. Random masks and texts are the same each
 * time; the system property {@code tokamak.tck.seed} sets others.
 *
 * @since 0.2
 */
public abstract class LogitsAdjusterContract {
    private static final long SEED = Long.getLong("tokamak.tck.seed", 20261122L);
    private static final int ROUNDS = 50;
    private static final int GUARD = 3;

    private final Random random = new Random(SEED);
    private final Vocabulary vocabulary = new ByteTokenizer().vocabulary();
    private final int words = (vocabulary.size() + 31) >>> 5;

    /** For subclasses. */
    protected LogitsAdjusterContract() {}

    /**
     * Makes the provider under test.
     *
     * @return by its public constructor, as a service loader would
     */
    protected abstract LogitsAdjusterProvider provider();

    /**
     * Arguments that ask for something.
     *
     * @return at least one, plain JSON values
     */
    protected abstract List<Object> arguments();

    /**
     * Arguments that no request may give.
     *
     * @return plain JSON values, possibly none
     */
    protected abstract List<Object> malformedArguments();

    private LogitsAdjuster adjuster(Object argument) {
        return provider().create(argument, vocabulary).orElseThrow();
    }

    private int[] text() {
        int[] tokens = new int[1 + random.nextInt(40)];
        Arrays.setAll(tokens, i -> random.nextInt(vocabulary.size()));
        return tokens;
    }

    /** Random bits, or all of them. */
    private int[] mask(int length) {
        int[] mask = new int[length];
        boolean all = random.nextBoolean();
        Arrays.setAll(mask, i -> all ? -1 : random.nextInt());
        return mask;
    }

    private static int[] adjusted(LogitsAdjuster adjuster, int[] tokens, int length, int[] mask, int offset) {
        int[] words = mask.clone();
        adjuster.adjust(tokens, length, Math.min(length, 1 + length / 2), words, offset);
        return words;
    }

    @Test
    void providerHasAValidName() {
        ProviderNames.assertValid(provider().name());
    }

    @Test
    void providerIsDeclaredAsAService() {
        ProviderNames.assertDeclared(LogitsAdjusterProvider.class, provider());
    }

    @Test
    void argumentsThatAskForSomethingMakeAnAdjuster() {
        assertThat(arguments()).isNotEmpty().allSatisfy(argument -> assertThat(
                        provider().create(argument, vocabulary))
                .isPresent());
    }

    @Test
    void takesTokensAwayAndGivesNoneBack() {
        for (Object argument : arguments()) {
            LogitsAdjuster adjuster = adjuster(argument);
            for (int round = 0; round < ROUNDS; round++) {
                int[] tokens = text();
                int[] before = mask(words);
                int[] after = adjusted(adjuster, tokens, tokens.length, before, 0);
                for (int i = 0; i < words; i++) {
                    assertThat(after[i] & ~before[i])
                            .as("bits that %s has set in word %d, seed %d", argument, i, SEED)
                            .isZero();
                }
            }
        }
    }

    @Test
    void writesIntoItsOwnMaskAlone() {
        for (Object argument : arguments()) {
            LogitsAdjuster adjuster = adjuster(argument);
            for (int round = 0; round < ROUNDS; round++) {
                int[] tokens = text();
                int[] before = mask(GUARD + words + GUARD);
                int[] after = adjusted(adjuster, tokens, tokens.length, before, GUARD);
                int[] alone =
                        adjusted(adjuster, tokens, tokens.length, Arrays.copyOfRange(before, GUARD, GUARD + words), 0);

                assertThat(Arrays.copyOf(after, GUARD)).isEqualTo(Arrays.copyOf(before, GUARD));
                assertThat(Arrays.copyOfRange(after, GUARD + words, after.length))
                        .isEqualTo(Arrays.copyOfRange(before, GUARD + words, after.length));
                assertThat(Arrays.copyOfRange(after, GUARD, GUARD + words)).isEqualTo(alone);
            }
        }
    }

    @Test
    void leavesTheTokensAsTheyAreAndReadsNoneBehindTheirEnd() {
        for (Object argument : arguments()) {
            LogitsAdjuster adjuster = adjuster(argument);
            for (int round = 0; round < ROUNDS; round++) {
                int[] tokens = text();
                int[] before = mask(words);
                int[] expected = adjusted(adjuster, tokens, tokens.length, before, 0);
                int[] longer = Arrays.copyOf(tokens, tokens.length + 5);
                Arrays.fill(longer, tokens.length, longer.length, Integer.MIN_VALUE);
                int[] same = longer.clone();

                assertThat(adjusted(adjuster, longer, tokens.length, before, 0)).isEqualTo(expected);
                assertThat(longer).isEqualTo(same);
            }
        }
    }

    /** Masks are made again where a request is checked first, and where a draw is void. */
    @Test
    void saysTheSameOfTheSameTokensHoweverOftenItIsAsked() {
        for (Object argument : arguments()) {
            LogitsAdjuster adjuster = adjuster(argument);
            int[] tokens = text();
            int[] before = mask(words);
            int[] first = adjusted(adjuster, tokens, tokens.length, before, 0);
            for (int length = 1; length <= tokens.length; length++) {
                adjusted(adjuster, tokens, length, mask(words), 0);
            }

            assertThat(adjusted(adjuster, tokens, tokens.length, before, 0)).isEqualTo(first);
            assertThat(adjusted(adjuster(argument), tokens, tokens.length, before, 0))
                    .as("what a new adjuster says")
                    .isEqualTo(first);
        }
    }

    @Test
    void adjustersOfTwoSequencesKnowNothingOfEachOther() {
        for (Object argument : arguments()) {
            LogitsAdjuster alone = adjuster(argument);
            LogitsAdjuster one = adjuster(argument);
            LogitsAdjuster other = adjuster(argument);
            for (int round = 0; round < ROUNDS; round++) {
                int[] tokens = text();
                int[] before = mask(words);
                int[] elsewhere = text();
                adjusted(other, elsewhere, elsewhere.length, mask(words), 0);

                assertThat(adjusted(one, tokens, tokens.length, before, 0))
                        .isEqualTo(adjusted(alone, tokens, tokens.length, before, 0));
            }
        }
    }

    @Test
    void whatIsMalformedIsTheClientsFault() {
        for (Object argument : malformedArguments()) {
            assertThatThrownBy(() -> provider().create(argument, vocabulary))
                    .as("%s", argument)
                    .isInstanceOfSatisfying(
                            TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        }
    }
}
