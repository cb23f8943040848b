package dev.tokamak.libtorch.cuda;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Takes arrays to the device while the device works: over pinned memory, from whose end it goes back to its beginning when what was copied from
 * there has arrived. It waits only for that, and hardly ever: an upload is made once for a request.
 */
final class CudaUploads implements AutoCloseable {
    private static final int INTS = 1 << 18;

    private final CudaContext context;
    private PinnedInts pinned;
    private int used;

    CudaUploads(CudaContext context) {
        this.context = context;
    }

    /**
     * Copies ints.
     *
     * @param ints where they are
     * @param count how many of them, 1 or more
     * @return [count] int32, owned by the caller
     */
    Tensor upload(int[] ints, int count) {
        if (pinned == null || used + count > pinned.capacity()) {
            context.synchronize();
            used = 0;
            if (pinned == null || count > pinned.capacity()) {
                close();
                pinned = new PinnedInts(Math.max(INTS, count));
            }
        }
        pinned.ints.position(used).put(ints, 0, count);
        Tensor device = CudaStepBuffers.zeros(context, ScalarType.Int, count);
        device.retainReference();
        context.copyAsync(device.data_ptr(), pinned.at(used), (long) count * Integer.BYTES);
        used += count;
        return device;
    }

    @Override
    public void close() {
        if (pinned != null) {
            pinned.close();
            pinned = null;
        }
    }
}
