package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.TokamakException;
import dev.tokamak.spi.executor.ModelInfo.Task;
import dev.tokamak.spi.executor.Pooling;
import dev.tokamak.spi.executor.StepPlan;
import dev.tokamak.spi.executor.StepResult;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same vectors as {@code transformers} and {@code sentence-transformers}, whatever texts share a step. */
final class VectorsTest {
    private static final Pooling MEAN = new Pooling(PoolingKind.MEAN, false, 0);

    static List<String> models() {
        return EncoderReference.names();
    }

    @ParameterizedTest
    @MethodSource("models")
    void vectorsAreThoseOfTheReferenceAlone(String name) {
        EncoderReference reference = EncoderReference.of(name);
        try (Texts texts = new Texts(reference)) {
            for (int i : reference.all()) {
                texts.assertOwn(texts.run(texts.own(), i), i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void vectorsAreTheSameOfTextsInOneStep(String name) {
        EncoderReference reference = EncoderReference.of(name);
        try (Texts texts = new Texts(reference)) {
            Pooling own = texts.own();
            texts.assertOwn(texts.run(own, 0, 1, 2, 3), 0, 1, 2, 3);
            texts.assertOwn(texts.run(own, 3, 2, 0, 2, 1, 1), 3, 2, 0, 2, 1, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "modernbert", "embeddinggemma"})
    void encodersHaveNoCacheAndTakeTextsWhole(String name) {
        try (Texts texts = new Texts(EncoderReference.of(name))) {
            assertThat(texts.info.kvGroups()).isEmpty();
            assertThat(texts.info.takesBlocks()).isFalse();
            assertThat(texts.info.promptMayBeCut()).isFalse();
            assertThat(texts.info.tasks()).containsExactly(Task.EMBED);
            assertThat(texts.executor.kvCapacity(16)).isZero();
        }
    }

    @Test
    void whatOnlyTheLastTokenCountsForMayBeCutIntoSeveralSteps() {
        EncoderReference reference = EncoderReference.of("qwen3_embedding");
        try (Texts texts = new Texts(reference)) {
            assertThat(texts.info.promptMayBeCut()).isTrue();
            assertThat(texts.info.poolings()).containsExactlyInAnyOrder(PoolingKind.LAST, PoolingKind.HEAD);
            Pooling own = texts.own();
            StepPlan first = texts.begin();
            texts.row(first, 2, 0, 20, 0, own);
            assertThat(texts.result(first).vectorCount(0)).isZero();
            StepPlan rest = texts.begin();
            texts.row(rest, 2, 20, 33, 0, own);
            texts.assertOwn(texts.result(rest), 2);
        }
    }

    @Test
    void headsTellLabelsApartAndOneLabelIsAScore() {
        try (Texts texts = new Texts(EncoderReference.of("bert_classes"))) {
            assertThat(texts.info.tasks()).containsExactly(Task.CLASSIFY);
        }
        for (String name : new String[] {"mpnet_classes", "qwen3_classes", "qwen3_reranker"}) {
            try (Texts texts = new Texts(EncoderReference.of(name))) {
                assertThat(texts.info.tasks()).containsExactlyInAnyOrder(Task.CLASSIFY, Task.SCORE);
            }
        }
    }

    @Test
    void rowsOfOneStepArePooledAsEachAsks() {
        EncoderReference reference = EncoderReference.of("bert");
        float[] all = reference.vectors()[2];
        try (Texts texts = new Texts(reference)) {
            StepPlan plan = texts.begin();
            texts.whole(plan, 2, new Pooling(PoolingKind.CLS, false, 0));
            texts.whole(plan, 2, MEAN);
            texts.whole(plan, 2, new Pooling(PoolingKind.LAST, false, 0));
            texts.whole(plan, 2, new Pooling(PoolingKind.ALL, false, 0));
            StepResult result = texts.result(plan);
            // In the order of the reference's modes: the first token's, the largest, the mean, two other means, the
            // last token's.
            assertThat(result.vector(0, 0)).containsExactly(Arrays.copyOfRange(all, 0, 64), offset(1e-4f));
            assertThat(result.vector(1, 0)).containsExactly(Arrays.copyOfRange(all, 128, 192), offset(1e-4f));
            assertThat(result.vector(2, 0)).containsExactly(Arrays.copyOfRange(all, 320, 384), offset(1e-4f));
            assertThat(result.vectorCount(3)).isEqualTo(33);
            assertThat(result.vector(3, 0)).containsExactly(result.vector(0, 0), offset(1e-5f));
            assertThat(result.vector(3, 32)).containsExactly(result.vector(2, 0), offset(1e-5f));
        }
    }

    @Test
    void aVectorIsCutBeforeItIsNormalised() {
        EncoderReference reference = EncoderReference.of("bert");
        try (Texts texts = new Texts(reference)) {
            float[] mean = texts.run(MEAN, 0).vector(0, 0).clone();
            float[] cut = texts.run(new Pooling(PoolingKind.MEAN, true, 16), 0).vector(0, 0);
            double length = Math.sqrt(0);
            for (int i = 0; i < 16; i++) {
                length = Math.hypot(length, mean[i]);
            }
            assertThat(cut).hasSize(16);
            for (int i = 0; i < 16; i++) {
                assertThat(cut[i]).isCloseTo((float) (mean[i] / length), offset(1e-6f));
            }
        }
    }

    @Test
    void aPoolingThatAModelDoesNotOfferIsRefused() {
        try (Texts texts = new Texts(EncoderReference.of("qwen3_embedding"))) {
            assertThatThrownBy(() -> texts.run(MEAN, 0))
                    .isInstanceOf(TokamakException.class)
                    .hasMessageContaining("pooling of kind MEAN");
        }
    }
}
