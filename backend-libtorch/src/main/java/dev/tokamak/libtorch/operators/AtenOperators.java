package dev.tokamak.libtorch.operators;

import dev.tokamak.libtorch.attention.AtenAttention;
import dev.tokamak.libtorch.sampling.AtenDraw;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The operators in plain ATen: what any device of libtorch computes, and what kernels are compared with. */
public class AtenOperators implements Operators {
    private final ComputeDevice device;
    private final AtenAttention attention;
    private final AtenDraw draw;

    public AtenOperators(ComputeDevice device) {
        this.device = device;
        this.attention = new AtenAttention(device);
        this.draw = new AtenDraw(device);
    }

    protected final ComputeDevice device() {
        return device;
    }

    @Override
    public String describe() {
        return "ATen " + device.type().configName();
    }

    @Override
    public Linear linear(Tensor weight, Tensor bias) {
        return new DenseLinear(new Tensor(weight), bias == null ? null : new Tensor(bias));
    }

    @Override
    public Tensor embed(Tensor table, Tensor ids) {
        Tensor rows = torch.index_select(table, 0, ids);
        return TensorType.of(rows) == device.type()
                ? rows
                : rows.to(device.type().scalarType());
    }

    @Override
    public Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
        return torch.rms_norm(x, new long[] {weight.size(0)}, new TensorOptional(weight), new DoubleOptional(epsilon));
    }

    @Override
    public Tensor addRmsNorm(Tensor residual, Tensor delta, Tensor weight, double epsilon) {
        residual.add_(delta);
        return rmsNorm(residual, weight, epsilon);
    }

    @Override
    public void normHeads(Tensor qkv, Tensor weight, AttentionShape shape, double epsilon) {
        Tensor heads = rotated(qkv, shape);
        Tensor normed =
                torch.rms_norm(heads, new long[] {shape.headDim()}, new TensorOptional(), new DoubleOptional(epsilon));
        heads.copy_(normed.mul_(weight));
    }

    @Override
    public void beginStep(StepInputs step, KvCache cache, List<AttentionShape> shapes) {
        attention.beginStep(step, cache, shapes);
    }

    @Override
    public void rotateAndStore(Tensor qkv, AttentionShape shape, KvCache cache, int layer, StepInputs step) {
        rotate(rotated(qkv, shape), step.rotary());
        Tensor memory = clearStale(cache, layer, shape);
        memory.index_copy_(0, step.cacheRows(), qkv.narrow(1, shape.queryWidth(), 2L * shape.keyWidth()));
    }

    /** Clears what a layer's fresh blocks still hold of their last owner; the layer's memory, row by row. */
    protected final Tensor clearStale(KvCache cache, int layer, AttentionShape shape) {
        Tensor memory = cache.layer(layer).view(-1, 2L * shape.keyWidth());
        attention.clearStale(memory);
        return memory;
    }

    /** Queries and keys, head by head. */
    private static Tensor rotated(Tensor qkv, AttentionShape shape) {
        long width = shape.queryWidth() + shape.keyWidth();
        return qkv.narrow(1, 0, width).view(qkv.size(0), shape.heads() + shape.kvHeads(), shape.headDim());
    }

    /** A pair and its angle are complex numbers, and the rotation is their product. */
    private void rotate(Tensor heads, Tensor rotary) {
        long[] pairs = {heads.size(0), heads.size(1), heads.size(2) / 2, 2};
        Tensor angles = torch.view_as_complex(rotary).unsqueeze(1);
        if (device.type() == TensorType.F32) {
            torch.view_as_complex(heads.view(pairs)).mul_(angles);
        } else {
            Tensor wide = heads.to(ScalarType.Float).contiguous();
            torch.view_as_complex(wide.view(pairs)).mul_(angles);
            heads.copy_(wide);
        }
    }

    @Override
    public Tensor attention(Tensor qkv, AttentionShape shape, KvCache cache, int layer, StepInputs step) {
        return attention.attend(qkv, shape, cache.layer(layer));
    }

    @Override
    public Tensor siluMul(Tensor gateUp) {
        long width = gateUp.size(1) / 2;
        return torch.silu(gateUp.narrow(1, 0, width)).mul_(gateUp.narrow(1, width, width));
    }

    @Override
    public Tensor draw(Tensor logits, DrawInputs inputs) {
        return draw.draw(logits, inputs);
    }

    @Override
    public void close() {
        attention.close();
    }
}
