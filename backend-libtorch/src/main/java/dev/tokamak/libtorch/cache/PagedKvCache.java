package dev.tokamak.libtorch.cache;

import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.CacheView;
import dev.tokamak.libtorch.operators.KvCache;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.HostMemory;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The KV cache's memory: one tensor a place of its layout, owned here. It begins as zeros, so that nothing in it is not a number. */
public final class PagedKvCache implements KvCache, AutoCloseable {
    private final CacheLayout layout;
    private final CacheView[] views;
    private final List<CacheView> distinct;
    private final Tensor[] places;
    private final boolean hostMemory;
    private final int blockSize;
    private final int blocks;

    public PagedKvCache(ComputeDevice device, CacheLayout layout, int blockSize, int blocks) {
        this.layout = layout;
        this.views = new CacheView[layout.layers()];
        Arrays.setAll(views, layout::view);
        this.distinct = layout.views();
        this.places = new Tensor[layout.places()];
        this.hostMemory = device.cpu();
        this.blockSize = blockSize;
        this.blocks = blocks;
        try {
            for (int i = 0; i < places.length; i++) {
                AttentionShape of = layout.shapeAt(i);
                long rows = (long) blocks * blockSize;
                long[] shape = of.latent() > 0
                        ? new long[] {rows, of.cacheWidth()}
                        : new long[] {rows, 2, of.kvHeads(), of.headDim()};
                places[i] = device.cpu() ? HostMemory.lazyZeros(device.type(), shape) : device.zerosCompute(shape);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public Tensor layer(int layer) {
        return places[layout.place(layer)];
    }

    @Override
    public CacheView view(int layer) {
        return views[layer];
    }

    @Override
    public List<CacheView> views() {
        return distinct;
    }

    @Override
    public int groups() {
        return layout.groups();
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
        for (Tensor place : places) {
            if (place != null && hostMemory) {
                HostMemory.free(place);
            } else if (place != null) {
                place.close();
            }
        }
    }
}
