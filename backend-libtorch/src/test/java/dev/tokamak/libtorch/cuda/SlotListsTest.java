package dev.tokamak.libtorch.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.SamplingParams;
import dev.tokamak.spi.executor.SamplingState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SlotListsTest {
    private static final int VOCABULARY = 100;

    private static SlotLists lists(SamplingParams.Builder params, int[] tokens, int prompt) {
        SamplingState state =
                SamplingState.of(params.temperature(0).build(), 1, new int[] {2, 7}, tokens, prompt, tokens.length);
        return new SlotLists(state, VOCABULARY);
    }

    private static int[] part(SlotLists lists, int at, int count) {
        return Arrays.copyOfRange(lists.ints(), at, at + count);
    }

    @Test
    void biasesFollowTheirTokensAndThoseOutsideOfTheVocabularyAreLeftOut() {
        SlotLists lists = lists(SamplingParams.builder().logitBias(Map.of(5, 1.5f, VOCABULARY, 3f)), new int[] {1}, 1);
        assertThat(lists.biases).isEqualTo(1);
        assertThat(part(lists, 0, 2)).containsExactly(5, Float.floatToRawIntBits(1.5f));
    }

    @Test
    void endTokensAreListedOnlyWhereTheyAreHeldBack() {
        SlotLists without = lists(SamplingParams.builder(), new int[] {1}, 1);
        assertThat(without.ends).isZero();
        SlotLists lists = lists(SamplingParams.builder().minTokens(3), new int[] {1}, 1);
        assertThat(part(lists, lists.endsAt, lists.ends)).containsExactly(2, 7);
    }

    @Test
    void badWordsAreStartsAndThenTokens() {
        SlotLists lists =
                lists(SamplingParams.builder().badWords(List.of(List.of(4), List.of(5, 6))), new int[] {1}, 1);
        assertThat(lists.badWords).isEqualTo(2);
        assertThat(part(lists, lists.badWordsAt, 6)).containsExactly(0, 1, 3, 4, 5, 6);
        assertThat(lists.remembers()).isTrue();
    }

    @Test
    void theNewestTokensLieWhereTheirNumberInTheSequenceSays() {
        int[] tokens = {10, 11, 12, 13, 14, 15, 16};
        SlotLists lists = lists(SamplingParams.builder().badWords(List.of(List.of(4, 5, 6))), tokens, 4);
        assertThat(lists.historyMask).isEqualTo(3);
        int[] ring = part(lists, lists.historyAt, 4);
        for (int i = 3; i < tokens.length; i++) {
            assertThat(ring[i & lists.historyMask]).isEqualTo(tokens[i]);
        }
    }

    @Test
    void allowedTokensAreOneBitEach() {
        SlotLists lists = lists(SamplingParams.builder().allowedTokenIds(List.of(0, 31, 33, 99)), new int[] {1}, 1);
        assertThat(part(lists, lists.allowedAt, 4)).containsExactly(1 | 1 << 31, 2, 0, 8);
        assertThat(lists(SamplingParams.builder(), new int[] {1}, 1).allowedAt).isEqualTo(SlotLists.NONE);
    }

    @Test
    void tokensAreKeptForCountingOnlyWhereAPenaltyIsInUse() {
        int[] tokens = {10, 11, 12};
        SlotLists lists = lists(SamplingParams.builder().frequencyPenalty(1), tokens, 2);
        assertThat(part(lists, lists.promptAt, lists.prompt)).containsExactly(10, 11);
        assertThat(part(lists, lists.outputAt, lists.output)).containsExactly(12);
        assertThat(lists.size()).isEqualTo(lists.outputAt + 1);
        SlotLists without = lists(SamplingParams.builder().badWords(List.of(List.of(4))), tokens, 2);
        assertThat(without.prompt + without.output).isZero();
    }
}
