package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The law of tokenizers, as tests. A tokenizer's test extends this class and says how to open the tokenizer; the tests check that
 *
 * <ul>
 *   <li>the pieces of a stream add up to decoding the whole, for texts and for random tokens;
 *   <li>no piece ends within a character;
 *   <li>nothing is truncated, nothing is padded, and threads do not disturb each other;
 *   <li>the vocabulary agrees with itself.
 * </ul>
 *
 * <p>Random streams are the same each time; a failure names its seed. The system property {@code tokamak.tck.seed} sets another
 * one.
 *
 * @since 0.1
 */
public abstract class TokenizerContract {
    private static final long SEED = Long.getLong("tokamak.tck.seed", 20260502L);
    private static final int STREAMS = 300;
    private static final int[] NO_PROMPT = {};

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "Hello, world!",
            "  two  spaces ",
            "line\nbreak\ttab\r\n",
            "😀👍🏽 👨‍👩‍👧‍👦 🇩🇪",
            "e\u0301a\u0308\u0323 Łódź Привет 你好，世界 こんにちは مرحبا",
            "𝕳𝖊𝖑𝖑𝖔 𠜎",
            "{\"a\": [1, 2.5, null], \"b\": \"\\\"\"}",
            "\u0000\u0007\u2028\uFEFF\uFFFD");

    private Tokenizer tokenizer;

    /**
     * Opens the tokenizer under test.
     *
     * @return a new tokenizer; the tests close it
     */
    protected abstract Tokenizer open();

    /**
     * Whether decoding gives back every text that was encoded. False for tokenizers that normalise, or that have tokens for
     * words they do not know.
     *
     * @return true unless overridden
     */
    protected boolean lossless() {
        return true;
    }

    @BeforeEach
    void openTokenizer() {
        tokenizer = open();
    }

    @AfterEach
    void closeTokenizer() {
        tokenizer.close();
    }

    @Test
    void decodingGivesBackWhatWasEncoded() {
        if (lossless()) {
            for (String text : TEXTS) {
                assertThat(tokenizer.decode(tokenizer.encode(text, false), false))
                        .isEqualTo(text);
            }
        }
    }

    @Test
    void longTextsAreNotTruncatedAndShortOnesNotPadded() {
        int once = tokenizer.encode("dog ", false).length;
        assertThat(tokenizer.encode("dog ".repeat(5_000), false).length).isGreaterThanOrEqualTo(5_000);
        assertThat(once).isLessThan(16);
        assertThat(tokenizer.encode("", false)).isEmpty();
    }

    @Test
    void piecesOfATextAddUpAndNeverEndWithinACharacter() {
        for (String text : TEXTS) {
            int[] ids = tokenizer.encode(text, false);
            assertThat(streamed(ids, false)).isEqualTo(tokenizer.decode(ids, false));
        }
    }

    @Test
    void piecesOfRandomTokensAddUpAndNeverEndWithinACharacter() {
        Random random = new Random(SEED);
        for (int stream = 0; stream < STREAMS; stream++) {
            int[] ids = random.ints(
                            random.nextInt(50), 0, tokenizer.vocabulary().size())
                    .toArray();
            boolean skip = random.nextBoolean();
            assertThat(streamed(ids, skip))
                    .as("seed %d, stream %d", SEED, stream)
                    .isEqualTo(tokenizer.decode(ids, skip));
        }
    }

    @Test
    void finishingTwiceTellsNothingTwice() {
        for (String text : TEXTS) {
            int[] ids = tokenizer.encode(text, false);
            Detokenizer detokenizer = tokenizer.detokenizer(true, NO_PROMPT);
            StringBuilder shown = new StringBuilder();
            for (int id : ids) {
                detokenizer.append(id, shown);
            }
            detokenizer.finish(shown);
            int length = shown.length();
            detokenizer.finish(shown);
            assertThat(shown).hasSize(length);
        }
    }

    @Test
    void specialTokensAreMarkedListedAndLeftOutWhereThatIsAsked() {
        Vocabulary vocabulary = tokenizer.vocabulary();
        assertThat(vocabulary.specialTokens()).isSorted().doesNotHaveDuplicates();
        for (int id : vocabulary.specialTokens()) {
            assertThat(vocabulary.special(id)).isTrue();
            assertThat(vocabulary.bytes(id)).isNotEmpty();
            assertThat(tokenizer.decode(new int[] {id}, true)).isEmpty();
            assertThat(tokenizer.decode(new int[] {id}, false)).isNotEmpty();
        }
    }

    @Test
    void everyIdHasBytesThoughPossiblyNone() {
        Vocabulary vocabulary = tokenizer.vocabulary();
        assertThat(vocabulary.size()).isPositive();
        for (int id = 0; id < vocabulary.size(); id++) {
            assertThat(vocabulary.bytes(id)).isNotNull();
        }
        assertThat(vocabulary.addedToken("no such token \u0001")).isEmpty();
    }

    @Test
    void threadsDoNotDisturbEachOther() throws Exception {
        List<int[]> expected =
                TEXTS.stream().map(text -> tokenizer.encode(text, true)).toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                runs.add(threads.submit(() -> {
                    for (int round = 0; round < 20; round++) {
                        for (int i = 0; i < TEXTS.size(); i++) {
                            assertThat(tokenizer.encode(TEXTS.get(i), true)).containsExactly(expected.get(i));
                        }
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void closingTwiceDoesNoHarm() {
        Tokenizer another = open();
        another.close();
        another.close();
        assertThat(tokenizer.encode("dog", false)).isNotEmpty();
    }

    private String streamed(int[] ids, boolean skipSpecialTokens) {
        Detokenizer detokenizer = tokenizer.detokenizer(skipSpecialTokens, NO_PROMPT);
        StringBuilder shown = new StringBuilder();
        for (int id : ids) {
            detokenizer.append(id, shown);
            assertThat(shown.length() > 0 && Character.isHighSurrogate(shown.charAt(shown.length() - 1)))
                    .isFalse();
        }
        detokenizer.finish(shown);
        return shown.toString();
    }
}
