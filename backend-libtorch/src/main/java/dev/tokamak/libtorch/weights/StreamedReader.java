package dev.tokamak.libtorch.weights;

import dev.tokamak.libtorch.tensors.TensorType;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Streams tensors to a device. Where the target has the file's type and no gaps, the bytes land in it; otherwise they land beside
 * it on the device, which converts and places them.
 */
public final class StreamedReader implements TensorReader {
    private final WeightStream stream;

    /** Takes over a stream. */
    StreamedReader(WeightStream stream) {
        this.stream = stream;
    }

    @Override
    public void read(SafetensorsFile file, SafetensorsFile.Entry entry, Tensor target) {
        if (TensorType.of(target) == entry.type() && target.is_contiguous()) {
            stream(file, entry, target);
            return;
        }
        try (TensorOptions like = target.options();
                ScalarTypeOptional type = new ScalarTypeOptional(entry.type().scalarType());
                TensorOptions options = like.dtype(type);
                Tensor beside = torch.empty(entry.shape(), options, null);
                Tensor shaped = beside.view(target.sizes())) {
            stream(file, entry, beside);
            target.copy_(shaped);
        }
    }

    private void stream(SafetensorsFile file, SafetensorsFile.Entry entry, Tensor target) {
        stream.copy((offset, into) -> file.read(entry, offset, into), entry.bytes(), target.data_ptr());
    }

    @Override
    public void close() {
        stream.close();
    }
}
