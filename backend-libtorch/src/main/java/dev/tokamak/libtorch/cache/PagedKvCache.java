package dev.tokamak.libtorch.cache;

import dev.tokamak.libtorch.cpu.HostMemory;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.KvCache;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The KV cache's memory: one tensor a layer, owned here. It begins as zeros, so that nothing in it is not a number. */
public final class PagedKvCache implements KvCache, AutoCloseable {
    private final Tensor[] layers;
    private final boolean hostMemory;
    private final int blockSize;
    private final int blocks;

    public PagedKvCache(ComputeDevice device, List<AttentionShape> shapes, int blockSize, int blocks) {
        this.layers = new Tensor[shapes.size()];
        this.hostMemory = device.cpu();
        this.blockSize = blockSize;
        this.blocks = blocks;
        try {
            for (int i = 0; i < layers.length; i++) {
                long[] shape = {
                    (long) blocks * blockSize,
                    2,
                    shapes.get(i).kvHeads(),
                    shapes.get(i).headDim()
                };
                layers[i] = device.cpu() ? HostMemory.lazyZeros(device.type(), shape) : device.zerosCompute(shape);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public Tensor layer(int layer) {
        return layers[layer];
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public int blocks() {
        return blocks;
    }

    @Override
    public void close() {
        for (Tensor layer : layers) {
            if (layer != null && hostMemory) {
                HostMemory.free(layer);
            } else if (layer != null) {
                layer.close();
            }
        }
    }
}
