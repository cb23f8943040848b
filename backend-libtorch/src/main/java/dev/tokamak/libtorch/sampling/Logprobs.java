package dev.tokamak.libtorch.sampling;

import dev.tokamak.libtorch.step.LogprobTable;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import java.util.function.IntUnaryOperator;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Takes log probabilities of tokens to the host. */
public final class Logprobs {
    private final ComputeDevice device;

    public Logprobs(ComputeDevice device) {
        this.device = device;
    }

    /**
     * Reads rows.
     *
     * @param raw float32 {@code [rows, vocabulary]}, log probabilities
     * @param tokens int64 {@code [rows]}, of which they are wanted
     * @param top how many likeliest tokens a row wants
     * @param place where a row goes
     * @param into filled
     */
    public void read(Tensor raw, Tensor tokens, IntUnaryOperator top, IntUnaryOperator place, LogprobTable into) {
        int rows = (int) raw.size(0);
        int most = 0;
        for (int row = 0; row < rows; row++) {
            most = Math.max(most, top.applyAsInt(row));
        }
        most = (int) Math.min(most, raw.size(1));
        Tensor own = raw.gather(1, tokens.view(-1, 1));
        float[] ownValues = new float[rows];
        long[] ranks = new long[rows];
        device.download(own, ownValues, rows);
        device.download(raw.gt(own).sum(1), ranks, rows);
        float[] topValues = new float[rows * most];
        long[] topIds = new long[rows * most];
        if (most > 0) {
            T_TensorTensor_T likeliest = torch.topk(raw, most, 1, true, true);
            device.download(likeliest.get0(), topValues, topValues.length);
            device.download(likeliest.get1(), topIds, topIds.length);
        }
        for (int row = 0; row < rows; row++) {
            int count = Math.min(most, top.applyAsInt(row));
            int[] ids = new int[count];
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                ids[i] = (int) topIds[row * most + i];
                values[i] = topValues[row * most + i];
            }
            into.set(place.applyAsInt(row), ownValues[row], (int) ranks[row] + 1, ids, values);
        }
    }
}
