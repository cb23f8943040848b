package dev.tokamak.libtorch.model;

import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.Linear;
import org.bytedeco.pytorch.Tensor;

/**
 * One layer's weights, which it owns.
 *
 * @param shape of its attention
 * @param inputNorm before attention
 * @param qkv projects to queries, keys and values
 * @param headNorm {@code [heads + kvHeads, headDim]}, or null
 * @param output projects what attention gives
 * @param middleNorm before the MLP
 * @param gateUp projects to gate and up
 * @param down projects back
 */
public record DecoderLayer(
        AttentionShape shape,
        Tensor inputNorm,
        Linear qkv,
        Tensor headNorm,
        Linear output,
        Tensor middleNorm,
        Linear gateUp,
        Linear down)
        implements AutoCloseable {
    long bytes() {
        return inputNorm.nbytes()
                + qkv.bytes()
                + (headNorm == null ? 0 : headNorm.nbytes())
                + output.bytes()
                + middleNorm.nbytes()
                + gateUp.bytes()
                + down.bytes();
    }

    @Override
    public void close() {
        inputNorm.close();
        qkv.close();
        if (headNorm != null) {
            headNorm.close();
        }
        output.close();
        middleNorm.close();
        gateUp.close();
        down.close();
    }
}
