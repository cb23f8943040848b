package dev.tokamak.libtorch.cuda;

import dev.tokamak.libtorch.kernels.ExpertKernels;
import dev.tokamak.libtorch.kernels.KernelShape;
import dev.tokamak.libtorch.kernels.Kernels;
import dev.tokamak.libtorch.kernels.Kernels.LinearMode;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.Activation;
import dev.tokamak.libtorch.operators.AtenOperators;
import dev.tokamak.libtorch.operators.AttentionLayer;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.Gate;
import dev.tokamak.libtorch.operators.GroupedExperts;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.LinearStack;
import dev.tokamak.libtorch.operators.NormWeights;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.operators.Routes;
import dev.tokamak.libtorch.operators.Routing;
import dev.tokamak.libtorch.operators.StackedWeights;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The operators on a CUDA device: small kernels of a {@link Kernels}, cuBLAS for the products that it leaves, libtorch's operators for
 * what neither knows. Only enqueues, so that a pass can be captured; what an operator returns comes from libtorch's allocator, which
 * gives a captured pass memory of its own.
 *
 * <p>Implementation notes. The residual is added by the product before it ({@code beta = 1}), so that no kernel is spent on it, and
 * the norm reads the sum. A few rows' gate is computed by the product itself.
 */
public final class CudaOperators implements Operators {
    private final ComputeDevice device;
    private Kernels kernels;
    private KernelShape shape;
    private CudaForward pass;
    private GroupedExperts grouped;
    private ExpertKernels experts;

    /** Operators that pack weights; they compute once {@link #use} has given them kernels. */
    public CudaOperators(ComputeDevice device) {
        this.device = device;
    }

    /**
     * Whether these operators compute a model: it gives logits, all its layers have attention, which looks back, with heads alike and
     * without caps and sinks, and libtorch multiplies by its experts without asking the host. Latent attention is left to libtorch's
     * operators.
     *
     * @param model with or without weights
     * @param type to compute in
     * @param computeCapability ten times major plus minor
     */
    public static boolean support(Transformer model, TensorType type, int computeCapability) {
        List<Attention> layers = model.attentions();
        boolean groups = model.mixtures().stream()
                .allMatch(mixture -> GroupedExperts.enqueue(computeCapability)
                        && GroupedExperts.fit(type, mixture.experts(), model.hidden(), mixture.intermediate()));
        return model.pooler() == null
                && model.stateShapes().isEmpty()
                && groups
                && !layers.isEmpty()
                && layers.stream()
                        .allMatch(layer -> !layer.hasSinks()
                                && layer.shape().softCap() == 0
                                && layer.shape().scale()
                                        == 1 / Math.sqrt(layer.shape().headDim())
                                && alike(layer.shape(), layers.get(0).shape()))
                && model.cacheLayers().stream().allMatch(shape -> shape.latent() == 0);
    }

    private static boolean alike(AttentionShape one, AttentionShape other) {
        return one.heads() == other.heads() && one.kvHeads() == other.kvHeads() && one.headDim() == other.headDim();
    }

    /** Computes with these kernels, for the steps of a pass, from now on. */
    void use(Kernels newKernels, KernelShape newShape, CudaForward newPass) {
        kernels = newKernels;
        experts = grouped == null ? null : kernels.experts();
        shape = newShape;
        pass = newPass;
    }

    @Override
    public String describe() {
        return "CUDA " + device.type().configName();
    }

    @Override
    public Linear linear(Tensor weight, Tensor bias) {
        return new CudaLinear(new Tensor(weight), bias == null ? null : new Tensor(bias));
    }

    @Override
    public LinearStack stack(int count, int out, int in, boolean biased) {
        if (grouped == null) {
            grouped = new GroupedExperts();
        }
        return new StackedWeights(device, count, out, in, biased, this::linear);
    }

    @Override
    public Routes route(Tensor logits, Routing routing) {
        int tokens = (int) logits.size(0);
        boolean plans = experts != null && routing.groups() == 1;
        int length = plans ? experts.planLength(tokens, (int) logits.size(1), routing.top()) : 0;
        if (length == 0) {
            return AtenOperators.routed(logits, routing);
        }
        Routes routes = new Routes(
                device.emptyLong(tokens, routing.top()),
                device.empty(TensorType.F32, tokens, routing.top()),
                device.emptyInt(length));
        experts.route(logits, routing, routes);
        return routes;
    }

    @Override
    public Tensor experts(Tensor x, Routes routes, LinearStack in, Gate gate, LinearStack out) {
        boolean known = !gate.isClamped() && gate.activation() == Activation.SILU;
        StackedWeights first = (StackedWeights) in;
        StackedWeights second = (StackedWeights) out;
        return known && planned(x, routes, first, second)
                ? multiplied(x, routes, first.weights(), second.weights())
                : grouped.run(x, routes, first, known ? this::siluGated : gate::apply, second);
    }

    private boolean planned(Tensor x, Routes routes, StackedWeights in, StackedWeights out) {
        return routes.plan() != null
                && in.biases() == null
                && out.biases() == null
                && experts.fit((int) x.size(1), (int) out.weights().size(2));
    }

    private Tensor multiplied(Tensor x, Routes routes, Tensor in, Tensor out) {
        long pairs = routes.experts().numel();
        Tensor inner = device.emptyCompute(pairs, out.size(2));
        Tensor parts = device.emptyCompute(pairs, x.size(1));
        Tensor sum = device.emptyCompute(x.size(0), x.size(1));
        experts.multiply(x, routes, in, out, inner, parts, sum);
        return sum;
    }

    private Tensor siluGated(Tensor both) {
        int rows = (int) both.size(0);
        int width = (int) both.size(1) / 2;
        Tensor out = device.emptyCompute(rows, width);
        kernels.siluMul(both, out, rows, width);
        return out;
    }

    @Override
    public Tensor embed(Tensor table) {
        Tensor out = device.emptyCompute(pass.tokens(), table.size(1));
        CudaStepBuffers step = pass.step();
        kernels.embed(table, step.tokenIds, step.tokenSlots, pass.lastSampled(), out, pass.tokens());
        return out;
    }

    @Override
    public Tensor positions() {
        return pass.step().positions.narrow(0, 0, pass.tokens());
    }

    @Override
    public Tensor norm(Tensor x, NormWeights norm) {
        boolean known = norm.kind() == NormWeights.Kind.RMS
                && x.size(1) == shape.hidden()
                && (float) norm.epsilon() == shape.epsilon();
        if (!known) {
            return AtenOperators.normed(x, norm);
        }
        int rows = (int) x.size(0);
        Tensor out = device.emptyCompute(rows, x.size(1));
        kernels.rmsNorm(x, norm.weight(), out, null, rows);
        return out;
    }

    /** Whether the kernel that rotates normalises a layer's heads, too. */
    boolean normsHeads(AttentionLayer layer) {
        return layer.headNorm() != null
                && TensorType.of(layer.headNorm()) == device.type()
                && (float) layer.headEpsilon() == shape.epsilon();
    }

    @Override
    public Tensor attention(Tensor qkv, AttentionLayer layer) {
        return pass.attention(qkv, layer);
    }

    @Override
    public Tensor sampled(Tensor x) {
        Tensor tokens = pass.sampledTokens();
        return tokens == null ? x : torch.index_select(x, 0, tokens);
    }

    @Override
    public Tensor project(Tensor x, Linear head) {
        Tensor logits = pass.logitsBuffer().narrow(0, 0, x.size(0));
        ((CudaLinear) head).applyInto(x, logits);
        return logits;
    }

    /** A weight as it is, for kernels or cuBLAS. */
    private final class CudaLinear implements Linear {
        private final Tensor weight;
        private final Tensor bias;

        CudaLinear(Tensor weight, Tensor bias) {
            this.weight = weight;
            this.bias = bias;
        }

        @Override
        public Tensor apply(Tensor x) {
            Tensor out = device.emptyCompute(x.size(0), weight.size(0));
            applyInto(x, out);
            return out;
        }

        void applyInto(Tensor x, Tensor out) {
            if (kernels.linear(x, weight, bias, out, (int) x.size(0), LinearMode.STORE)) {
                return;
            }
            if (bias == null) {
                torch.mm_out(out, x, weight.t());
            } else {
                torch.addmm_out(out, bias, x, weight.t());
            }
        }

        @Override
        public boolean addTo(Tensor x, Tensor sum) {
            if (bias != null || !kernels.linear(x, weight, null, sum, (int) x.size(0), LinearMode.ADD)) {
                try (Scalar one = new Scalar(1.0)) {
                    torch.addmm_out(sum, sum, x, weight.t(), one, one);
                }
                if (bias != null) {
                    sum.add_(bias);
                }
            }
            return true;
        }

        @Override
        public Tensor gated(Tensor x, Activation activation) {
            if (activation != Activation.SILU) {
                return Linear.super.gated(x, activation);
            }
            if (bias == null) {
                int rows = (int) x.size(0);
                Tensor out = device.emptyCompute(rows, weight.size(0) / 2);
                if (kernels.linear(x, weight, null, out, rows, LinearMode.SILU_MUL)) {
                    return out;
                }
            }
            return siluGated(apply(x));
        }

        @Override
        public long bytes() {
            return weight.nbytes() + (bias == null ? 0 : bias.nbytes());
        }

        @Override
        public void close() {
            weight.close();
            if (bias != null) {
                bias.close();
            }
        }
    }
}
