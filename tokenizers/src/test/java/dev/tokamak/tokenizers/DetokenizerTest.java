package dev.tokamak.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.tokenizer.Detokenizer;
import dev.tokamak.spi.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetokenizerTest {
    private static final int[] NO_PROMPT = {};

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "sentencepiece-bpe", "unigram", "wordpiece"})
    void piecesOfRandomStreamsAddUpToDecodingAll(String name) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Tokenizer tokenizer = Fixture.named(name).open()) {
            for (int round = 0; round < 300; round++) {
                int[] ids = random.ints(
                                random.nextInt(60), 0, tokenizer.vocabulary().size())
                        .toArray();
                boolean skip = random.nextBoolean();
                assertThat(stream(tokenizer, ids, skip, NO_PROMPT))
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(tokenizer.decode(ids, skip));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "sentencepiece-bpe", "unigram"})
    void everyCutOfATextShowsOnlyWholeCharacters(String name) {
        try (Tokenizer tokenizer = Fixture.named(name).open()) {
            String text = "a😀b👨‍👩‍👧é世界";
            int[] ids = tokenizer.encode(text, false);
            String whole = tokenizer.decode(ids, true);
            Detokenizer detokenizer = tokenizer.detokenizer(true, NO_PROMPT);
            StringBuilder shown = new StringBuilder();
            for (int id : ids) {
                detokenizer.append(id, shown);
                assertThat(whole).startsWith(shown);
                assertThat(shown.isEmpty() || !Character.isHighSurrogate(shown.charAt(shown.length() - 1)))
                        .isTrue();
            }
            detokenizer.finish(shown);
            assertThat(shown).hasToString(whole);
        }
    }

    @Test
    void aCharacterThatNeverCompletesIsReplacedAtTheEnd() {
        try (Tokenizer tokenizer = Fixture.named("byte-level").open()) {
            int[] ids = tokenizer.encode("😀", false);
            assertThat(ids.length).isGreaterThan(1);
            Detokenizer detokenizer = tokenizer.detokenizer(true, NO_PROMPT);
            StringBuilder shown = new StringBuilder();
            detokenizer.append(ids[0], shown);
            assertThat(shown).isEmpty();
            detokenizer.finish(shown);
            assertThat(shown).hasToString("\uFFFD");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ED B9 41, ��A",
        "ED A0 80, ���",
        "F0 80 80, ���",
        "F4 90 41, ��A",
        "C0 80, ��",
        "E1 80 41, �A",
        "F0 9F 98 41, �A",
        "F0 9F E4 BD A0, �你",
        "E4 BD, �",
        "80 C3 A9, �é",
        "FF FE, ��",
        "F0 9F 98 80, 😀",
        "EF BF BF, \uFFFF"
    })
    void bytesOfNoCharacterAreReplacedAsPythonCountsThem(String bytes, String expected) {
        try (Tokenizer tokenizer = Fixture.named("byte-level").open()) {
            int[] ids = Stream.of(bytes.split(" "))
                    .mapToInt(hex -> single(tokenizer, (byte) Integer.parseInt(hex, 16)))
                    .toArray();
            assertThat(tokenizer.decode(ids, true)).isEqualTo(expected);
        }
    }

    private static int single(Tokenizer tokenizer, byte value) {
        return IntStream.range(0, tokenizer.vocabulary().size())
                .filter(id -> Arrays.equals(tokenizer.vocabulary().bytes(id), new byte[] {value}))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theFirstSpaceIsKeptBehindAPromptAndStrippedWithoutOne() {
        try (Tokenizer tokenizer = Fixture.named("sentencepiece-bpe").open()) {
            int[] ids = tokenizer.encode("dog", false);
            int[] prompt = tokenizer.encode("the lazy", false);
            int[] onlySpecial = {tokenizer.vocabulary().addedToken("<s>").orElseThrow()};
            assertThat(stream(tokenizer, ids, true, NO_PROMPT)).isEqualTo("dog");
            assertThat(stream(tokenizer, ids, true, prompt)).isEqualTo(" dog");
            assertThat(stream(tokenizer, ids, true, onlySpecial)).isEqualTo("dog");
            assertThat(stream(tokenizer, ids, false, onlySpecial)).isEqualTo(" dog");
        }
    }

    @Test
    void specialTokensAreShownOnlyWhereAskedFor() {
        try (Tokenizer tokenizer = Fixture.named("byte-level").open()) {
            int[] ids = tokenizer.encode("hi<|im_end|>", false);
            assertThat(stream(tokenizer, ids, true, NO_PROMPT)).isEqualTo("hi");
            assertThat(stream(tokenizer, ids, false, NO_PROMPT)).isEqualTo("hi<|im_end|>");
        }
    }

    @Test
    void idsPastTheVocabularyShowNothing() {
        try (Tokenizer tokenizer = Fixture.named("byte-level").open()) {
            int[] ids = {tokenizer.vocabulary().size() + 5};
            assertThat(stream(tokenizer, ids, true, NO_PROMPT)).isEmpty();
        }
    }

    private static String stream(Tokenizer tokenizer, int[] ids, boolean skip, int[] promptTail) {
        Detokenizer detokenizer = tokenizer.detokenizer(skip, promptTail);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            detokenizer.append(id, text);
        }
        detokenizer.finish(text);
        return text.toString();
    }
}
