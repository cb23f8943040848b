package dev.tokamak.spi.executor;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.TokamakException;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ModelInfoTest {
    private final StepPlan plan = new StepPlan();

    ModelInfoTest() {
        plan.begin(1);
        plan.addRow(1, 0, StepPlan.FLAG_SAMPLE | StepPlan.FLAG_POOL, 0, 0);
        plan.addToken(1);
    }

    private static ModelInfo plain() {
        return ModelInfo.builder("Test").build();
    }

    private void refused(String what) {
        assertThatThrownBy(() -> plain().requireSupport(plan))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(what);
        ModelInfo able = ModelInfo.builder("Test")
                .sideSections(Set.of(ModelInfo.SideSection.EMBEDDING_SPANS))
                .scoresPrompts(true)
                .poolings(Set.of(PoolingKind.LAST))
                .maxDrafts(1)
                .build();
        assertThatCode(() -> able.requireSupport(plan)).doesNotThrowAnyException();
    }

    @Test
    void refusesEmbeddingSpansThatAreNotOffered() {
        plan.begin(1);
        plan.addRow(1, 0, 0, 0, 0);
        plan.addSpan(0, 1, 5);
        refused("embedding spans");
    }

    @Test
    void refusesPoolingThatIsNotOffered() {
        refused("pooling");
    }

    @Test
    void refusesScoresThatAreNotOffered() {
        plan.addScores(0, 0, new int[] {1}, 0, 1);
        refused("log probabilities of prompts");
    }

    @Test
    void refusesDraftsThatAreNotOffered() {
        plan.begin(1);
        plan.addRow(1, 0, StepPlan.FLAG_SAMPLE, 0, 0);
        plan.addDrafts(new int[] {1}, 0, 1);
        refused("drafts");
    }
}
