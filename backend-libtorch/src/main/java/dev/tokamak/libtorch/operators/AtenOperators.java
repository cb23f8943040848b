package dev.tokamak.libtorch.operators;

import dev.tokamak.libtorch.attention.AtenAttention;
import dev.tokamak.libtorch.attention.RowAttention;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The operators in plain ATen: what any device of libtorch computes, and what kernels are compared with. */
public class AtenOperators implements Operators {
    private final ComputeDevice device;
    private final AtenAttention attention;
    private final GroupedExperts grouped;
    private final RowAttention rowAttention;
    private StepInputs step;
    private KvCache cache;
    private RecurrentStates states;

    public AtenOperators(ComputeDevice device) {
        this.device = device;
        this.attention = new AtenAttention(device);
        this.grouped = device.cpu() ? null : new GroupedExperts();
        this.rowAttention = new RowAttention(device);
    }

    protected final ComputeDevice device() {
        return device;
    }

    @Override
    public String describe() {
        return "ATen " + device.type().configName();
    }

    /**
     * Begins a forward pass. What is asked of the operators until the next one is about this step.
     *
     * @param newStep that begins
     * @param newCache that it uses; null for a model that has none
     * @param newStates of recurrent layers
     */
    public void begin(StepInputs newStep, KvCache newCache, RecurrentStates newStates) {
        step = newStep;
        cache = newCache;
        states = newStates;
        if (cache != null) {
            attention.beginStep(step, cache);
        }
        rowAttention.beginStep(step);
    }

    protected final StepInputs step() {
        return step;
    }

    protected final KvCache cache() {
        return cache;
    }

    @Override
    public Linear linear(Tensor weight, Tensor bias) {
        return new DenseLinear(new Tensor(weight), bias == null ? null : new Tensor(bias));
    }

    @Override
    public LinearStack stack(int count, int out, int in, boolean biased) {
        return grouped != null && GroupedExperts.fit(device.type(), count, out, in)
                ? new StackedWeights(device, count, out, in, biased, this::linear)
                : new LinearArray(count, this::linear);
    }

    @Override
    public Routes route(Tensor logits, Routing routing) {
        return routed(logits, routing);
    }

    /** Routing in ATen. */
    public static Routes routed(Tensor logits, Routing routing) {
        return AtenRouting.route(logits, routing);
    }

    @Override
    public Tensor experts(Tensor x, Routes routes, LinearStack in, Gate gate, LinearStack out) {
        return in instanceof StackedWeights inner && out instanceof StackedWeights outer
                ? grouped.run(x, routes, inner, gate::apply, outer)
                : new SortedExperts(device).run(x, routes, in, gate, out);
    }

    @Override
    public Tensor embed(Tensor table) {
        Tensor rows = torch.index_select(table, 0, step.tokenIds());
        return TensorType.of(rows) == device.type()
                ? rows
                : rows.to(device.type().scalarType());
    }

    @Override
    public Tensor positions() {
        return step.positions();
    }

    @Override
    public Tensor tokenTypes() {
        return step.tokenTypes();
    }

    @Override
    public Tensor norm(Tensor x, NormWeights norm) {
        return normed(x, norm);
    }

    /** The norms in ATen. */
    public static Tensor normed(Tensor x, NormWeights norm) {
        long[] width = {x.size(-1)};
        return switch (norm.kind()) {
            case RMS -> torch.rms_norm(x, width, optional(norm.weight()), new DoubleOptional(norm.epsilon()));
            case RMS_PLUS_ONE ->
                torch.rms_norm(
                                x.to(ScalarType.Float),
                                width,
                                optional(norm.weight()),
                                new DoubleOptional(norm.epsilon()))
                        .to(x.scalar_type());
            case LAYER ->
                torch.layer_norm(x, width, optional(norm.weight()), optional(norm.bias()), norm.epsilon(), false);
        };
    }

    private static TensorOptional optional(Tensor tensor) {
        return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
    }

    @Override
    public Tensor attention(Tensor qkv, AttentionLayer layer) {
        AttentionShape shape = layer.shape();
        if (layer.headNorm() != null) {
            normHeads(qkv, layer);
        }
        Tensor memory = cache.layer(layer.cacheLayer());
        attention.clearStale(memory, layer);
        rotateAndStore(qkv, layer, memory);
        return attention.attend(qkv, layer, memory);
    }

    @Override
    public Tensor attentionWithin(Tensor qkv, AttentionLayer layer, Tensor byDistance) {
        if (layer.headNorm() != null) {
            normHeads(qkv, layer);
        }
        if (layer.rotary() >= 0) {
            rotate(rotated(qkv, layer.shape()), step.rotary(layer.rotary()));
        }
        return rowAttention.attend(qkv, layer, byDistance);
    }

    @Override
    public Tensor pooled(Tensor x, PoolingMode how, int[] rows) {
        TensorVector vectors = new TensorVector();
        for (int row : rows) {
            int start = step.rowStart(row);
            Tensor own = x.narrow(0, start, step.rowStart(row + 1) - start);
            vectors.push_back(how.apply(own.to(ScalarType.Float)));
        }
        return torch.stack(vectors, 0);
    }

    @Override
    public Tensor convolve(Tensor x, CausalConvolution layer) {
        return new SlotConvolution(step, layer, states.state(layer.state())).run(x);
    }

    private static Tensor rows(Tensor memory, AttentionShape shape) {
        return memory.view(-1, shape.cacheWidth());
    }

    /** Normalises each head's query and key, in place. */
    public static void normHeads(Tensor qkv, AttentionLayer layer) {
        Tensor heads = rotated(qkv, layer.shape());
        Tensor normed = torch.rms_norm(
                heads,
                new long[] {layer.shape().headDim()},
                new TensorOptional(),
                new DoubleOptional(layer.headEpsilon()));
        heads.copy_(normed.mul_(layer.headNorm()));
    }

    /**
     * Turns queries and keys by their positions, in place, and writes keys and values into the cache.
     *
     * @param qkv as in {@link #attention}
     * @param layer whose they are
     * @param memory of the layer, as {@link KvCache#layer} has it
     */
    protected void rotateAndStore(Tensor qkv, AttentionLayer layer, Tensor memory) {
        AttentionShape shape = layer.shape();
        rotate(rotated(qkv, shape), step.rotary(layer.rotary()));
        Tensor cacheRows = step.cacheRows(cache.view(layer.cacheLayer()).group());
        rows(memory, shape).index_copy_(0, cacheRows, qkv.narrow(1, shape.queryWidth(), shape.cacheWidth()));
    }

    /** Queries and keys, head by head. */
    private static Tensor rotated(Tensor qkv, AttentionShape shape) {
        long width = shape.queryWidth() + shape.keyWidth();
        return qkv.narrow(1, 0, width).view(qkv.size(0), shape.heads() + shape.kvHeads(), shape.headDim());
    }

    /** A pair and its angle are complex numbers, and the rotation is their product. Elements that there is no angle for stay. */
    private void rotate(Tensor allHeads, Tensor rotary) {
        long turned = 2 * rotary.size(1);
        Tensor heads = turned == allHeads.size(2) ? allHeads : allHeads.narrow(2, 0, turned);
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
    public Tensor sampled(Tensor x) {
        Tensor index = step.sampledTokens();
        return index == null ? x : torch.index_select(x, 0, index);
    }

    @Override
    public void close() {
        attention.close();
        if (grouped != null) {
            grouped.close();
        }
        rowAttention.close();
    }
}
