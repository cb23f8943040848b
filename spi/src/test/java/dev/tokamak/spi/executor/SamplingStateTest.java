package dev.tokamak.spi.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.SamplingParams;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SamplingStateTest {
    private static final int[] TOKENS = {5, 6, 7, 8, 0, 0};

    private static SamplingState state(SamplingParams params) {
        return SamplingState.of(params, -3L << 33, new int[] {1, 2}, TOKENS, 3, 4);
    }

    @Test
    void saysWhatTheParametersSay() {
        SamplingState state = state(SamplingParams.builder()
                .temperature(0.75)
                .topP(0.5)
                .topK(40)
                .minP(0.25)
                .presencePenalty(0.5)
                .frequencyPenalty(-0.5)
                .repetitionPenalty(1.25)
                .minTokens(3)
                .logitBias(Map.of(4, -2.5f))
                .allowedTokenIds(List.of(9, 10, 11))
                .badWords(List.of(List.of(3, 4), List.of(5)))
                .build());

        assertThat(state.temperature()).isEqualTo(0.75f);
        assertThat(state.topP()).isEqualTo(0.5f);
        assertThat(state.topK()).isEqualTo(40);
        assertThat(state.minP()).isEqualTo(0.25f);
        assertThat(state.presencePenalty()).isEqualTo(0.5f);
        assertThat(state.frequencyPenalty()).isEqualTo(-0.5f);
        assertThat(state.repetitionPenalty()).isEqualTo(1.25f);
        assertThat(state.seed()).isEqualTo(-3L << 33);
        assertThat(state.minTokens()).isEqualTo(3);
        assertThat(state.endTokens().toArray()).containsExactly(1, 2);
        assertThat(state.biasTokens().toArray()).containsExactly(4);
        assertThat(state.bias(0)).isEqualTo(-2.5f);
        assertThat(state.allowedTokens().toArray()).containsExactly(9, 10, 11);
        assertThat(state.badWords()).hasSize(2);
        assertThat(state.badWords().get(0).toArray()).containsExactly(3, 4);
        assertThat(state.badWords().get(1).toArray()).containsExactly(5);
        assertThat(state.promptTokens().toArray()).containsExactly(5, 6, 7);
        assertThat(state.outputTokens().toArray()).containsExactly(8);
        assertThat(state.plain()).isFalse();
        assertThat(state.greedy()).isFalse();
    }

    @Test
    void keepsTokensOnlyWhereSomethingReadsThem() {
        SamplingState state =
                state(SamplingParams.builder().temperature(0).topP(0.5).build());

        assertThat(state.greedy()).isTrue();
        assertThat(state.plain()).isTrue();
        assertThat(state.topP()).isEqualTo(1f);
        assertThat(state.promptTokens().isEmpty()).isTrue();
        assertThat(state.outputTokens().isEmpty()).isTrue();
        assertThat(state.endTokens().isEmpty()).isTrue();
        assertThat(state(SamplingParams.builder().presencePenalty(1).build())
                        .promptTokens()
                        .length())
                .isEqualTo(3);
    }

    @Test
    void eachParameterThatTouchesLogitsEndsThePlainPath() {
        assertThat(List.of(
                        SamplingParams.builder().presencePenalty(1),
                        SamplingParams.builder().frequencyPenalty(1),
                        SamplingParams.builder().repetitionPenalty(2),
                        SamplingParams.builder().minTokens(1),
                        SamplingParams.builder().logitBias(Map.of(1, 1f)),
                        SamplingParams.builder().allowedTokenIds(List.of(1)),
                        SamplingParams.builder().badWords(List.of(List.of(1)))))
                .allSatisfy(
                        builder -> assertThat(state(builder.build()).plain()).isFalse());
    }

    @Test
    void aWordIsNextWhereAllButItsLastTokenStandsAtTheEnd() {
        TokenList word = new TokenList(new int[] {0, 6, 7, 9}, 1, 3);

        assertThat(word.isNext(TOKENS, 3)).isTrue();
        assertThat(word.isNext(TOKENS, 4)).isFalse();
        assertThat(word.isNext(TOKENS, 1)).isFalse();
        assertThat(word.last()).isEqualTo(9);
        assertThat(word.contains(7)).isTrue();
        assertThat(word.contains(0)).isFalse();
        assertThat(new TokenList(new int[0], 0, 0).isNext(TOKENS, 4)).isFalse();
    }
}
