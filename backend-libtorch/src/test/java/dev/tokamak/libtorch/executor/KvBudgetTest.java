package dev.tokamak.libtorch.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import org.junit.jupiter.api.Test;

final class KvBudgetTest {
    private static final long MIB = 1 << 20;

    @Test
    void theCacheGetsWhatTheShareLeaves() {
        KvBudget budget = new KvBudget(0, 1000 * MIB, 300 * MIB, 100 * MIB, 50 * MIB, 0.75);
        assertThat(budget.bytes()).isEqualTo(300 * MIB);
        assertThat(budget.blocks(7 * MIB)).isEqualTo(42);
    }

    @Test
    void aDeviceThatIsTooSmallIsRefusedWithWhereItsMemoryGoes() {
        KvBudget budget = new KvBudget(1, 1000 * MIB, 700 * MIB, 100 * MIB, 50 * MIB, 0.86);
        assertThatThrownBy(() -> budget.blocks(16 * MIB))
                .isInstanceOf(TokamakException.class)
                .hasMessage(
                        "no memory is left for the KV cache, of which a block needs 16 MiB: --gpu-memory-utilization 0.86"
                                + " allows 860 MiB of the 1000 MiB of CUDA device 1; 700 MiB are taken with the weights, 100 MiB"
                                + " by the widest step, and 50 MiB are kept for graphs. Allow more, or lower"
                                + " --max-num-batched-tokens or --max-num-seqs")
                .satisfies(e -> assertThat(((TokamakException) e).code()).isEqualTo(ErrorCode.CONFIGURATION));
    }
}
