package dev.tokamak.libtorch.executor;

import dev.tokamak.api.TokamakException;

/**
 * What is left of a device's memory for the KV cache, in bytes.
 *
 * @param device its index
 * @param total its memory
 * @param loaded taken when the weights were loaded, by us and by others
 * @param step taken by the widest step besides
 * @param reserve kept for what is made later
 * @param share of the total that may be taken, {@code --gpu-memory-utilization}
 */
public record KvBudget(int device, long total, long loaded, long step, long reserve, double share) {
    long bytes() {
        return (long) (total * share) - loaded - step - reserve;
    }

    /**
     * How many blocks fit.
     *
     * @param blockBytes the size of one
     * @return 1 or more
     * @throws TokamakException if none does; it says where the memory goes
     */
    int blocks(long blockBytes) {
        if (bytes() < blockBytes) {
            throw TokamakException.configuration("no memory is left for the KV cache, of which a block needs "
                    + mebibytes(blockBytes) + ": --gpu-memory-utilization " + share + " allows "
                    + mebibytes((long) (total * share)) + " of the " + mebibytes(total) + " of CUDA device " + device
                    + "; " + mebibytes(loaded) + " are taken with the weights, " + mebibytes(step)
                    + " by the widest step, and " + mebibytes(reserve)
                    + " are kept for graphs. Allow more, or lower --max-num-batched-tokens or --max-num-seqs");
        }
        return (int) Math.min(bytes() / blockBytes, Integer.MAX_VALUE);
    }

    private static String mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }
}
