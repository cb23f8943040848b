package dev.tokamak.spi.executor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StepResultTest {
    @Test
    void keepsWhatEachRowYielded() {
        StepResult result = new StepResult();
        for (int round = 0; round < 2; round++) {
            result.begin();
            for (int i = 0; i < 100; i++) {
                result.endRow();
                result.addToken(3);
                result.addToken(4, -1f, 2, new int[] {5}, new float[] {-0.5f});
                result.addScore(6, -2f, 7, new int[] {8, 9}, new float[] {-0.25f, -1f});
                result.endRow();
                result.addVector(new float[] {1, 2, 3, 4}, 1, 2);
                result.addVector(new float[] {5, 6}, 0, 2);
                result.endRow();
            }
        }

        assertThat(result.rows()).isEqualTo(300);
        assertThat(result.tokenCount(297)).isZero();
        assertThat(result.scoreCount(297)).isZero();
        assertThat(result.vectorCount(297)).isZero();
        assertThat(result.tokenCount(298)).isEqualTo(2);
        assertThat(result.token(298, 1)).isEqualTo(4);
        assertThat(result.logprob(298, 0)).isNaN();
        assertThat(result.topTokens(298, 1)).containsExactly(5);
        assertThat(result.scoreCount(298)).isEqualTo(1);
        assertThat(result.scoredToken(298, 0)).isEqualTo(6);
        assertThat(result.score(298, 0)).isEqualTo(-2f);
        assertThat(result.scoreRank(298, 0)).isEqualTo(7);
        assertThat(result.scoreTopTokens(298, 0)).containsExactly(8, 9);
        assertThat(result.scoreTopLogprobs(298, 0)).containsExactly(-0.25f, -1f);
        assertThat(result.vectorCount(299)).isEqualTo(2);
        assertThat(result.vector(299, 0)).containsExactly(2, 3);
        assertThat(result.vector(299, 1)).containsExactly(5, 6);
    }

    @Test
    void aFailedRowYieldsNothingWhateverWasAddedToIt() {
        StepResult result = new StepResult();
        result.begin();
        result.addToken(1);
        result.endRow();
        result.addToken(2);
        result.addScore(2, -1f, 1, null, null);
        result.addVector(new float[] {1}, 0, 1);
        result.endFailedRow();
        result.addToken(3);
        result.endRow();

        assertThat(result.failed(1)).isTrue();
        assertThat(result.tokenCount(1) + result.scoreCount(1) + result.vectorCount(1))
                .isZero();
        assertThat(result.token(2, 0)).isEqualTo(3);
    }
}
