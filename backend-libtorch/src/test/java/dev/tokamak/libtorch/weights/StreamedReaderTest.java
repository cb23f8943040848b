package dev.tokamak.libtorch.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.Reference;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams through buffers of a few bytes into tensors of the host, and compares with what the mapped files hold. */
final class StreamedReaderTest {
    private static final Path FILE = Reference.folder("qwen2").resolve("model.safetensors");

    @TempDir
    Path folder;

    @Test
    void everyTensorOfACheckpointIsAsTheMappingHasIt() {
        try (SafetensorsFile file = SafetensorsFile.open(FILE);
                TensorReader mapped = new MappedReader();
                TensorReader streamed = streamed();
                ComputeDevice device = host()) {
            for (SafetensorsFile.Entry entry : file.entries().values()) {
                for (TensorType type : TensorType.values()) {
                    Tensor expected = device.empty(type, entry.shape());
                    Tensor found = device.empty(type, entry.shape());
                    mapped.read(file, entry, expected);
                    streamed.read(file, entry, found);
                    assertThat(torch.equal(found, expected)).isTrue();
                }
            }
        }
    }

    @Test
    void aTargetWithGapsIsFilledInOrder() {
        try (SafetensorsFile file = SafetensorsFile.open(FILE);
                TensorReader streamed = streamed();
                ComputeDevice device = host()) {
            SafetensorsFile.Entry entry = file.entries().get("model.layers.0.self_attn.q_proj.weight");
            long rows = entry.shape()[0];
            long columns = entry.shape()[1];
            Tensor straight = device.empty(entry.type(), rows, columns);
            Tensor turned = device.empty(entry.type(), columns, rows);
            streamed.read(file, entry, straight);
            streamed.read(file, entry, turned.t());
            assertThat(torch.equal(turned.t(), straight)).isTrue();
        }
    }

    @Test
    void aFileThatBecomesShorterIsNamed() throws IOException {
        Path path = folder.resolve("model.safetensors");
        Files.copy(FILE, path);
        try (SafetensorsFile file = SafetensorsFile.open(path);
                TensorReader streamed = streamed();
                ComputeDevice device = host();
                FileChannel scissors = FileChannel.open(path, StandardOpenOption.WRITE)) {
            scissors.truncate(scissors.size() / 2);
            assertThatThrownBy(() -> {
                        for (SafetensorsFile.Entry entry : file.entries().values()) {
                            streamed.read(file, entry, device.empty(entry.type(), entry.shape()));
                        }
                    })
                    .isInstanceOf(TokamakException.class)
                    .hasMessage(path + " became shorter while it was read")
                    .satisfies(e -> assertThat(((TokamakException) e).code()).isEqualTo(ErrorCode.CONFIGURATION));
        }
    }

    /** A stream whose copies end at once, as what is enqueued behind them on a device would see them. */
    private static TensorReader streamed() {
        return new StreamedReader(new WeightStream(new HostBuffers(3, 1021, true)));
    }

    private static ComputeDevice host() {
        return new ComputeDevice(new Device(torch.DeviceType.CPU), TensorType.F32);
    }
}
