package dev.tokamak.libtorch.weights;

import java.lang.ref.Reference;
import java.nio.MappedByteBuffer;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Copies tensors from the files' mapped memory to tensors of the host, with libtorch's threads. */
public final class MappedReader implements TensorReader {
    @Override
    public void read(SafetensorsFile file, SafetensorsFile.Entry entry, Tensor target) {
        // The pieces stay reachable until they have been copied.
        List<MappedByteBuffer> pieces = file.map(entry);
        try (TensorOptions options = new TensorOptions(entry.type().scalarType());
                Tensor stored = pieces.size() == 1
                        ? torch.from_blob(new BytePointer(pieces.get(0)), entry.shape(), options)
                        : join(pieces, entry, options);
                Tensor shaped = stored.view(target.sizes())) {
            target.copy_(shaped);
        } finally {
            Reference.reachabilityFence(pieces);
        }
    }

    private static Tensor join(List<MappedByteBuffer> pieces, SafetensorsFile.Entry entry, TensorOptions options) {
        Tensor whole = torch.empty(entry.shape(), options, null);
        long done = 0;
        for (MappedByteBuffer piece : pieces) {
            Pointer target = new BytePointer(whole.data_ptr()).position(done);
            Pointer.memcpy(target, new BytePointer(piece), piece.remaining());
            done += piece.remaining();
        }
        return whole;
    }

    @Override
    public void close() {}
}
