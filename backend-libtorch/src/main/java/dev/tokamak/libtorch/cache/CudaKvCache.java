package dev.tokamak.libtorch.cache;

import dev.tokamak.libtorch.cuda.CudaContext;
import dev.tokamak.libtorch.cuda.CudaStepBuffers;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The paged cache of keys and values on a CUDA device, with the block tables of all slots. It begins with one block, enough to find
 * out what a step takes besides, and gets its memory by {@link #resize}.
 */
public final class CudaKvCache implements AutoCloseable {
    private final Tensor[] keys;
    private final Tensor[] values;
    private final Tensor tables;
    private final int blockSize;
    private final int maxBlocks;
    private final List<AttentionShape> shapes;
    private final CudaContext context;
    private final ComputeDevice device;
    private final boolean fp8;
    private int blocks;

    public CudaKvCache(
            List<AttentionShape> shapes,
            CudaContext context,
            ComputeDevice device,
            boolean fp8,
            int blockSize,
            int slots,
            int maxBlocks) {
        this.shapes = shapes;
        this.context = context;
        this.device = device;
        this.blockSize = blockSize;
        this.maxBlocks = maxBlocks;
        this.keys = new Tensor[shapes.size()];
        this.values = new Tensor[shapes.size()];
        this.fp8 = fp8;
        resize(1);
        tables = CudaStepBuffers.ints(context, (long) slots * maxBlocks);
    }

    /**
     * Frees the memory and takes another. The tables stay; no graph may have been captured before.
     *
     * @param blocks how many
     */
    public void resize(int blocks) {
        free();
        try (Device place = new Device(torch.DeviceType.CUDA, (byte) context.index());
                DeviceOptional there = new DeviceOptional(place);
                TensorOptions type =
                        new TensorOptions(fp8 ? ScalarType.Byte : device.type().scalarType());
                TensorOptions options = type.device(there)) {
            for (int i = 0; i < keys.length; i++) {
                long[] shape = {
                    (long) blocks * blockSize,
                    shapes.get(i).kvHeads(),
                    shapes.get(i).headDim()
                };
                // Zeros, since a masked position is multiplied by zero and memory may hold NaN.
                keys[i] = torch.zeros(shape, options);
                values[i] = torch.zeros(shape, options);
            }
        }
        this.blocks = blocks;
    }

    private void free() {
        for (Tensor[] all : new Tensor[][] {keys, values}) {
            for (int i = 0; i < all.length; i++) {
                if (all[i] != null) {
                    all[i].close();
                    all[i] = null;
                }
            }
        }
    }

    public int blocks() {
        return blocks;
    }

    public Tensor keys(int layer) {
        return keys[layer];
    }

    public Tensor values(int layer) {
        return values[layer];
    }

    /** [slots, maxBlocks] int32. */
    public Tensor tables() {
        return tables;
    }

    public int blockSize() {
        return blockSize;
    }

    public int maxBlocks() {
        return maxBlocks;
    }

    @Override
    public void close() {
        free();
        tables.close();
    }
}
