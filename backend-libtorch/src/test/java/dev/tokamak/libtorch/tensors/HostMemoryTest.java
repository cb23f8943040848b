package dev.tokamak.libtorch.tensors;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    @Test
    void whatIsNotThereIsRefusedWithWhatIsNeededAndWhatThereIs() {
        assertThatThrownBy(() -> HostMemory.require((3L << 20) + 1, 3L << 20, "a model"))
                .isInstanceOf(TokamakException.class)
                .hasMessage("a model needs 4 MiB of memory, and 3 MiB are available");
        assertThatCode(() -> HostMemory.require(3L << 20, 3L << 20, "a model")).doesNotThrowAnyException();
    }

    @Test
    void aWeightThatIsLargerThanMemoryIsRefusedBeforeItIsTaken() {
        try (ComputeDevice cpu = new ComputeDevice(new Device(torch.DeviceType.CPU), TensorType.F32)) {
            assertThatThrownBy(() -> cpu.empty(TensorType.F32, 1 << 22, 1 << 22))
                    .isInstanceOf(TokamakException.class)
                    .hasMessageStartingWith("a weight of [4194304, 4194304] needs 67108864 MiB of memory, and ");
        }
    }
}
