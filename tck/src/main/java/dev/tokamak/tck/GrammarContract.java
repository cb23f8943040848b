package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.grammar.GrammarCompiler;
import dev.tokamak.spi.grammar.GrammarProvider;
import dev.tokamak.spi.grammar.GrammarState;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The law of structured-output plugins, as tests, over the bytes of {@link ByteTokenizer}. A plugin's test extends this class and makes
 * its provider; the tests check that masks and acceptance agree, that a refused token changes nothing, that rollback and
 * fork are exact, and that what is drawn under the masks is what the grammar says.
 *
 * <p>Random walks are the same each time; the system property {@code tokamak.tck.seed} sets others.
 *
 * @since 0.1
 */
public abstract class GrammarContract {
    private static final long SEED = Long.getLong("tokamak.tck.seed", 20261122L);
    private static final int MASK_SIZE = 300;
    private static final int WORDS = (MASK_SIZE + 31) / 32;
    private static final List<String> CHOICES = List.of("yes", "no", "yesterday", "ja, natürlich");

    /** For subclasses. */
    protected GrammarContract() {}

    /**
     * Makes the provider under test.
     *
     * @return by its public constructor, as a service loader would
     */
    protected abstract GrammarProvider provider();

    private GrammarCompiler compiler() {
        return provider().create(new ByteTokenizer().vocabulary(), MASK_SIZE, new int[] {ByteTokenizer.EOS_ID});
    }

    private GrammarState choices() {
        return compiler()
                .compile(new StructuredOutput(StructuredOutput.Kind.CHOICE, "", CHOICES))
                .newState();
    }

    private static BitSet mask(GrammarState state) {
        int[] words = new int[WORDS + 2];
        boolean effective = state.fillMask(words, 1);
        BitSet allowed = new BitSet(MASK_SIZE);
        for (int id = 0; id < MASK_SIZE; id++) {
            allowed.set(id, !effective || (words[1 + (id >>> 5)] & (1 << id)) != 0);
        }
        assertThat(words[0]).as("the word before the mask").isZero();
        assertThat(words[WORDS + 1]).as("the word behind the mask").isZero();
        return allowed;
    }

    private static void acceptAll(GrammarState state, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            assertThat(state.accept(b & 0xff)).as("'%s' in %s", (char) b, text).isTrue();
        }
    }

    @Test
    void providerHasAValidName() {
        ProviderNames.assertValid(provider().name());
    }

    @Test
    void providerIsDeclaredAsAService() {
        ProviderNames.assertDeclared(GrammarProvider.class, provider());
    }

    @Test
    void allowsExactlyWhatBeginsAChoice() {
        BitSet expected = new BitSet();
        expected.set('y');
        expected.set('n');
        expected.set('j');

        assertThat(mask(choices())).isEqualTo(expected);
    }

    @Test
    void allowsTheEndWhereAChoiceEnds() {
        GrammarState state = choices();
        acceptAll(state, "yes");

        assertThat(mask(state).get(ByteTokenizer.EOS_ID)).isTrue();
        assertThat(mask(state).get('t')).isTrue();
        assertThat(state.accept(ByteTokenizer.EOS_ID)).isTrue();
        assertThat(state.terminated()).isTrue();
    }

    @Test
    void tellsItsEndWhereTheModelHasNoEndToken() {
        GrammarState state = provider()
                .create(new ByteTokenizer().vocabulary(), MASK_SIZE, new int[0])
                .compile(new StructuredOutput(StructuredOutput.Kind.CHOICE, "", CHOICES))
                .newState();
        acceptAll(state, "yes");
        assertThat(state.terminated()).isFalse();
        acceptAll(state, "terday");

        assertThat(state.terminated()).isTrue();
        assertThat(mask(state).isEmpty()).isTrue();
    }

    @Test
    void changesNothingWhenItRefusesAToken() {
        GrammarState state = choices();
        acceptAll(state, "ye");
        BitSet before = mask(state);

        assertThat(state.accept('x')).isFalse();
        assertThat(mask(state)).isEqualTo(before);
        acceptAll(state, "s");
    }

    @Test
    void acceptsExactlyWhatItsMaskAllows() {
        for (int run = 0; run < 20; run++) {
            Random random = new Random(SEED + run);
            GrammarState state = choices();
            while (!state.terminated()) {
                BitSet allowed = mask(state);
                for (int id = 0; id < 258; id++) {
                    assertThat(state.fork().accept(id))
                            .as("token %d, seed %d", id, SEED + run)
                            .isEqualTo(allowed.get(id));
                }
                int[] ids = allowed.stream().toArray();
                assertThat(state.accept(ids[random.nextInt(ids.length)])).isTrue();
            }
        }
    }

    @Test
    void takesBackTokens() {
        GrammarState state = choices();
        acceptAll(state, "ye");
        BitSet before = mask(state);
        acceptAll(state, "ste");
        state.rollback(3);

        assertThat(mask(state)).isEqualTo(before);
    }

    @Test
    void letsAForkGoItsOwnWay() {
        GrammarState state = choices();
        acceptAll(state, "yes");
        GrammarState fork = state.fork();
        acceptAll(fork, "terday");

        assertThat(mask(state).get('t')).isTrue();
        assertThat(mask(fork).get('t')).isFalse();
    }

    @Test
    void forcesNoByteThatHasAnAlternative() {
        GrammarState state = choices();
        for (byte b : "yesterday".getBytes(StandardCharsets.UTF_8)) {
            byte[] forced = state.forcedBytes();
            BitSet allowed = mask(state);
            if (forced.length > 0) {
                assertThat(allowed.stream().toArray()).containsExactly(forced[0] & 0xFF);
            }
            assertThat(state.accept(b & 0xFF)).isTrue();
        }
    }

    @Test
    void keepsStatesOfOneGrammarApart() {
        var grammar = compiler().compile(new StructuredOutput(StructuredOutput.Kind.CHOICE, "", CHOICES));
        GrammarState one = grammar.newState();
        GrammarState other = grammar.newState();
        acceptAll(one, "no");

        assertThat(mask(other).get('y')).isTrue();
    }

    @Test
    void refusesASchemaThatIsNoJson() {
        assertThatThrownBy(
                        () -> compiler().compile(StructuredOutput.of(StructuredOutput.Kind.JSON_SCHEMA, "{\"type\":")))
                .isInstanceOfSatisfying(
                        TokamakException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }
}
