package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.CompletionOutput;
import dev.tokamak.api.TokenLogprob;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompletionLogprobsTest {
    /** Two tokens that are written alike, two halves of one character, and one that says nothing. */
    private static final Vocabulary VOCABULARY = new Tokens(
            bytes("a"), bytes("a"), new byte[] {(byte) 0xC3}, new byte[] {(byte) 0xA9}, bytes(""), bytes("é"));

    @Test
    void partsOfCharactersAreSpelledByTheirBytes() {
        Completion.Logprobs logprobs = logprobs(2, false, 2, 3, 5);
        assertThat(logprobs.tokens()).containsExactly("bytes:\\xc3");
        assertThat(logprobs.topLogprobs().get(0).keySet()).containsExactly("bytes:\\xc3", "bytes:\\xa9", "é");
    }

    @Test
    void tokensThatAreWrittenAlikeAreAllKept() {
        assertThat(logprobs(0, false, 0, 1, 5).topLogprobs().get(0).keySet()).containsExactly("a", "token_id:1", "é");
        assertThat(logprobs(5, false, 4, 0, 1).topLogprobs().get(0).keySet())
                .containsExactly("", "a", "token_id:1", "é");
    }

    @Test
    void theTokenThatWasDrawnIsFoundByItsTextWhereverItStands() {
        Completion.Logprobs logprobs = logprobs(1, false, 0, 1, 5);
        Map<String, Double> top = logprobs.topLogprobs().get(0);
        assertThat(top.keySet()).containsExactly("token_id:0", "a", "é");
        assertThat(top.get(logprobs.tokens().get(0)))
                .isEqualTo(logprobs.tokenLogprobs().get(0));
    }

    @Test
    void idsAreWrittenWhereTheClientWantsThem() {
        assertThat(logprobs(1, true, 0, 1).topLogprobs().get(0).keySet()).containsExactly("token_id:0", "token_id:1");
    }

    private static Completion.Logprobs logprobs(int drawn, boolean asIds, int... top) {
        List<TokenLogprob> likely = IntStream.range(0, top.length)
                .mapToObj(i -> new TokenLogprob(top[i], logprob(top[i]), i + 1, List.of()))
                .toList();
        CompletionOutput output = CompletionOutput.builder(0)
                .tokenIds(drawn)
                .logprobs(List.of(new TokenLogprob(drawn, logprob(drawn), 1, likely)))
                .textOffsets(0)
                .build();
        CompletionLogprobs logprobs = new CompletionLogprobs(new TokenTexts(VOCABULARY, asIds));
        logprobs.add(output, 0);
        return logprobs.body();
    }

    private static float logprob(int id) {
        return -1 - id;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private record Tokens(byte[]... all) implements Vocabulary {
        @Override
        public int size() {
            return all.length;
        }

        @Override
        public byte[] bytes(int id) {
            return all[id];
        }

        @Override
        public OptionalInt addedToken(String content) {
            return OptionalInt.empty();
        }

        @Override
        public boolean special(int id) {
            return false;
        }

        @Override
        public List<Integer> specialTokens() {
            return List.of();
        }
    }
}
