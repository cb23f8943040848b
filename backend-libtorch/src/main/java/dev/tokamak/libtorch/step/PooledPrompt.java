package dev.tokamak.libtorch.step;

import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.util.Arrays;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a prompt's vectors are made of, gathered from as many rows as the prompt comes in: hidden states, or their sum. */
final class PooledPrompt {
    private float[] kept = {};
    private double[] sum;
    private int summed;

    /** Keeps hidden states, float32 {@code [tokens, hidden]}. */
    void keep(Tensor states, ComputeDevice device) {
        float[] more = host(states, device);
        int before = kept.length;
        kept = Arrays.copyOf(kept, before + more.length);
        System.arraycopy(more, 0, kept, before, more.length);
    }

    /** Adds hidden states to those before. */
    void add(Tensor states, ComputeDevice device) {
        float[] more = host(torch.sum(states, new long[] {0}, false, new ScalarTypeOptional()), device);
        sum = sum == null ? new double[more.length] : sum;
        for (int i = 0; i < sum.length; i++) {
            sum[i] += more[i];
        }
        summed += (int) states.size(0);
    }

    private static float[] host(Tensor states, ComputeDevice device) {
        float[] values = new float[(int) states.numel()];
        device.download(states.contiguous(), values, values.length);
        return values;
    }

    /** What was kept, or the mean of what was added. */
    float[] vectors() {
        if (sum == null) {
            return kept;
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / summed);
        }
        return mean;
    }
}
