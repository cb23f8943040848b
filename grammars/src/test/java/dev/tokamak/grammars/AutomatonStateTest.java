package dev.tokamak.grammars;

import static dev.tokamak.api.StructuredOutput.Kind.JSON_OBJECT;
import static dev.tokamak.api.StructuredOutput.Kind.JSON_SCHEMA;
import static dev.tokamak.api.StructuredOutput.Kind.REGEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.grammars.limits.GrammarLimits;
import dev.tokamak.grammars.tokens.TokenIndex;
import dev.tokamak.spi.grammar.CompiledGrammar;
import dev.tokamak.spi.grammar.GrammarProvider;
import dev.tokamak.spi.grammar.GrammarState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class AutomatonStateTest {
    private static final Grammars GRAMMARS = new Grammars();

    private static int[] mask(GrammarState state) {
        int[] words = new int[(GRAMMARS.vocabulary.size() + 31) / 32];
        java.util.Arrays.fill(words, -1);
        state.fillMask(words, 0);
        return words;
    }

    @Test
    void theProviderIsFoundByItsName() {
        assertThat(ServiceLoader.load(GrammarProvider.class))
                .anyMatch(provider -> provider.name().equals("automaton"));
    }

    @Test
    void equalSourcesGiveTheSameGrammar() {
        CompiledGrammar first = GRAMMARS.compile(REGEX, "abc+");
        assertThat(GRAMMARS.compile(REGEX, "abc+")).isSameAs(first);
    }

    @Test
    void rollbackTakesBackTokensIncludingTheEnd() {
        GrammarState state = GRAMMARS.compile(REGEX, "a{1,3}").newState();
        int[] atStart = mask(state);
        assertThat(state.accept('a')).isTrue();
        int[] afterOne = mask(state);
        assertThat(state.accept('a')).isTrue();
        assertThat(state.accept(GRAMMARS.vocabulary.endToken())).isTrue();
        assertThat(state.terminated()).isTrue();
        assertThat(state.accept('a')).isFalse();
        state.rollback(2);
        assertThat(state.terminated()).isFalse();
        assertThat(mask(state)).isEqualTo(afterOne);
        state.rollback(1);
        assertThat(mask(state)).isEqualTo(atStart);
        assertThatThrownBy(() -> state.rollback(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRefusedTokenLeavesTheStateUnchanged() {
        GrammarState state = GRAMMARS.compile(REGEX, "ab").newState();
        state.accept('a');
        int[] before = mask(state);
        assertThat(state.accept('x')).isFalse();
        assertThat(state.accept(-1)).isFalse();
        assertThat(state.accept(Integer.MAX_VALUE)).isFalse();
        assertThat(state.accept(GRAMMARS.vocabulary.endToken())).isFalse();
        assertThat(mask(state)).isEqualTo(before);
    }

    @Test
    void aLongRollbackWalksAgain() {
        GrammarState state = GRAMMARS.compile(REGEX, "a{100}b{100}").newState();
        for (int i = 0; i < 100; i++) {
            assertThat(state.accept('a')).isTrue();
        }
        int[] half = mask(state);
        for (int i = 0; i < 100; i++) {
            assertThat(state.accept('b')).isTrue();
        }
        state.rollback(100);
        assertThat(mask(state)).isEqualTo(half);
        state.rollback(1);
        assertThat(state.accept('b')).isFalse();
        assertThat(state.accept('a')).isTrue();
        assertThat(mask(state)).isEqualTo(half);
    }

    @Test
    void aForkGoesItsOwnWay() {
        GrammarState state = GRAMMARS.compile(REGEX, "ab|ac").newState();
        state.accept('a');
        GrammarState fork = state.fork();
        assertThat(state.accept('b')).isTrue();
        assertThat(fork.accept('c')).isTrue();
        fork.rollback(2);
        assertThat(fork.accept('a')).isTrue();
        assertThat(state.terminated()).isTrue();
    }

    @Test
    void onlyEndTokensAreAllowedAfterTheEnd() {
        GrammarState state = GRAMMARS.compile(REGEX, "a").newState();
        state.accept('a');
        int end = GRAMMARS.vocabulary.endToken();
        int[] words = mask(state);
        int allowed = 0;
        for (int word : words) {
            allowed += Integer.bitCount(word);
        }
        assertThat(allowed).isOne();
        assertThat(words[end >>> 5] >>> end & 1).isOne();
    }

    @Test
    void forcedBytesAreThoseWithoutAlternative() {
        GrammarState state = GRAMMARS.compile(REGEX, "[xy]é=[0-9](ab)?").newState();
        assertThat(state.forcedBytes()).isEmpty();
        state.accept('x');
        assertThat(state.forcedBytes()).isEqualTo("é=".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        for (byte b : "é=7".getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            assertThat(state.accept(b & 0xFF)).isTrue();
        }
        assertThat(state.forcedBytes()).as("the text may end here").isEmpty();
        state.accept('a');
        assertThat(state.forcedBytes()).containsExactly('b');
    }

    @Test
    void masksOfAHundredThousandTokensAgreeWithWhatIsAccepted() {
        SyntheticVocabulary vocabulary = new SyntheticVocabulary(32_000);
        CompiledGrammar grammar = new AutomatonGrammarProvider()
                .create(vocabulary, 32_064, new int[] {vocabulary.endToken()})
                .compile(StructuredOutput.of(
                        JSON_SCHEMA,
                        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"maxLength\":5},\"b\":{\"type\":\"array\"}},"
                                + "\"required\":[\"a\"]}"));
        GrammarState state = grammar.newState();
        Random random = new Random(5);
        int[] words = new int[1002];
        for (int token : vocabulary.tokenise(
                "{\"a\": \"x漢\\n\", \"b\": [1, \"é\"]}".getBytes(java.nio.charset.StandardCharsets.UTF_8), random)) {
            state.fillMask(words, 0);
            for (int id = 0; id < 32_064; id++) {
                boolean accepted = state.accept(id);
                assertThat((words[id >>> 5] >>> id & 1) != 0).as("token " + id).isEqualTo(accepted);
                state.rollback(accepted ? 1 : 0);
            }
            assertThat(state.accept(token)).isTrue();
        }
    }

    @Test
    void manyThreadsMayUseOneGrammar() throws Exception {
        CompiledGrammar grammar = GRAMMARS.compile(JSON_OBJECT, "");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                Random random = new Random(i % 4);
                Callable<Integer> writer = () -> new RandomModel(GRAMMARS.vocabulary, random)
                        .write(grammar.newState(), 5000)
                        .hashCode();
                results.add(threads.submit(writer));
            }
            for (int i = 4; i < 16; i++) {
                assertThat(results.get(i).get()).isEqualTo(results.get(i % 4).get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aGrammarThatOutgrowsItsCacheKeepsWorking() {
        TokenIndex index = new TokenIndex(
                GRAMMARS.vocabulary, GRAMMARS.vocabulary.size(), new int[] {GRAMMARS.vocabulary.endToken()});
        CompiledGrammar small = new AutomatonCompiler(
                        index, new GrammarLimits(2000, 300_000, 1000, 4, 1 << 20, 20_000), false)
                .compile(StructuredOutput.of(JSON_OBJECT, ""));
        CompiledGrammar large = GRAMMARS.compile(JSON_OBJECT, "");
        for (int seed = 0; seed < 8; seed++) {
            String expected = new RandomModel(GRAMMARS.vocabulary, new Random(seed)).write(large.newState(), 5000);
            assertThat(new RandomModel(GRAMMARS.vocabulary, new Random(seed)).write(small.newState(), 5000))
                    .isEqualTo(expected);
        }
    }
}
