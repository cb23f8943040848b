package dev.tokamak.libtorch.cpu;

import dev.tokamak.libtorch.operators.AtenOperators;
import dev.tokamak.libtorch.operators.AttentionLayer;
import dev.tokamak.libtorch.operators.KvCache;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.NormWeights;
import dev.tokamak.libtorch.operators.RecurrentStates;
import dev.tokamak.libtorch.operators.StepInputs;
import dev.tokamak.libtorch.tensors.BoxedOperator;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operators on a CPU: ATen's, with weights packed for the processor.
 *
 * <p>Implementation notes. libtorch multiplies float32 through OpenBLAS, which reads a weight at a fifth of memory speed when the
 * other matrix has 1 to 16 rows. Two libraries inside libtorch do better, and both keep float32 arithmetic:
 *
 * <ul>
 *   <li>FBGEMM multiplies float32 by a weight in float16 and adds up in float32. It reads half the bytes. It is taken where
 *       the weight loses nothing that float32 would keep: a float16 checkpoint exactly; a bfloat16 one except for numbers under
 *       2<sup>-17</sup>, which is why the test is of the whole matrix (see {@link #fitsHalf}).
 *   <li>oneDNN multiplies by a weight in the blocked layout of its choice. It is taken for every other weight.
 * </ul>
 *
 * Each weight is held in one form only. Where a library is missing (another build of libtorch, an old processor), the next one is
 * taken, ATen's own at last.
 *
 * <p>Products and attention split even the smallest work among all threads, so each of them is given the threads that are worth
 * waking for it (see {@link ComputeThreads}).
 */
public final class CpuOperators extends AtenOperators {
    private static final Logger log = LoggerFactory.getLogger(CpuOperators.class);

    /** Relative to the weight's norm: what float32 itself would round off. */
    private static final double HALF_TOLERANCE = 0x1p-24;

    /** The number of rows that oneDNN chooses the blocked layout for. */
    private static final long PACKING_ROWS = 16;

    /** oneDNN adds up a single row in too few registers: {@value} rows take it less time than one, two or three. */
    private static final long FEWEST_ROWS = 5;

    /** What one thread reads of a weight in a nanosecond. For choosing the number of threads, as the two below. */
    private static final double BYTES_PER_NANO = 20;

    /** What one thread multiplies and adds in a nanosecond if the weight is at hand. */
    private static final double PRODUCTS_PER_NANO = 40;

    /** The same in attention. */
    private static final double ATTENTION_PRODUCTS_PER_NANO = 25;

    private final ComputeThreads threads = new ComputeThreads();
    private final SmallRows small = new SmallRows();
    private double contextRead;
    private BoxedOperator halfPack;
    private BoxedOperator halfRun;
    private BoxedOperator blockedPack;
    private BoxedOperator blockedRun;
    private int halves;
    private int blocked;
    private int plain;

    public CpuOperators(ComputeDevice device) {
        super(device);
        try {
            halfPack = new BoxedOperator("quantized::linear_prepack_fp16", "(Tensor W, Tensor? B=None) ->");
            halfRun = new BoxedOperator("quantized::linear_dynamic_fp16", "(Tensor X, __torch__");
        } catch (UnsupportedOperationException e) {
            log.info("float16 weights are not used: {}", e.getMessage());
        }
        try {
            blockedPack = new BoxedOperator(
                    "mkldnn::_reorder_linear_weight", "(Tensor self, int? batch_size=None) -> Tensor");
            blockedRun = new BoxedOperator(
                    "mkldnn::_linear_pointwise",
                    "(Tensor X, Tensor W, Tensor? B, str attr, Scalar?[] scalars, str? algorithm) -> Tensor");
        } catch (UnsupportedOperationException e) {
            log.info("oneDNN's weights are not used: {}", e.getMessage());
        }
    }

    @Override
    public String describe() {
        return "CPU " + device().type().configName() + ", weights: " + halves + " in float16 (FBGEMM), " + blocked
                + " blocked (oneDNN), " + plain + " plain (ATen)";
    }

    @Override
    public Linear linear(Tensor weight, Tensor bias) {
        if (halfRun != null && TensorType.of(weight) == TensorType.F32 && fitsHalf(weight)) {
            try {
                Linear linear = new HalfLinear(weight, bias);
                halves++;
                return linear;
            } catch (RuntimeException e) {
                log.info("float16 weights are not used: {}", firstLine(e));
                halfRun.close();
                halfRun = null;
            }
        }
        if (blockedRun != null) {
            try {
                Linear linear = new BlockedLinear(weight, bias);
                blocked++;
                return linear;
            } catch (RuntimeException e) {
                log.info("oneDNN's weights are not used: {}", firstLine(e));
                blockedRun.close();
                blockedRun = null;
            }
        }
        plain++;
        return super.linear(weight, bias);
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * Whether float16 holds a weight as well as float32 computes with it: the difference, as a share of the whole (both by
     * their root mean square), is below the rounding of float32.
     */
    static boolean fitsHalf(Tensor weight) {
        try (Tensor half = weight.to(ScalarType.Half);
                Tensor back = half.to(ScalarType.Float);
                Tensor difference = back.sub_(weight);
                Scalar two = new Scalar(2.0);
                Tensor lost = torch.norm(difference, two);
                Tensor norm = torch.norm(weight, two)) {
            return lost.item_double() <= HALF_TOLERANCE * norm.item_double();
        }
    }

    @Override
    public void begin(StepInputs step, KvCache cache, RecurrentStates states) {
        contextRead = 0;
        for (int row = 0; row < step.rows(); row++) {
            contextRead += (double) (step.rowStart(row + 1) - step.rowStart(row)) * step.contextLength(row);
        }
        small.beginStep();
        super.begin(step, cache, states);
    }

    private boolean small(Tensor x) {
        return device().type() == TensorType.F32 && SmallRows.fits(x);
    }

    @Override
    public Tensor norm(Tensor x, NormWeights norm) {
        return small(x) && norm.kind() != NormWeights.Kind.LAYER ? small.rmsNorm(x, null, norm) : super.norm(x, norm);
    }

    @Override
    public Tensor addNorm(Tensor residual, Tensor delta, NormWeights norm) {
        return small(residual) && norm.kind() != NormWeights.Kind.LAYER
                ? small.rmsNorm(residual, delta, norm)
                : super.addNorm(residual, delta, norm);
    }

    @Override
    protected void rotateAndStore(Tensor qkv, AttentionLayer layer, Tensor memory) {
        if (small(qkv) && layer.shape().latent() == 0) {
            small.rotateAndStore(qkv, layer, memory, cache(), step());
        } else {
            super.rotateAndStore(qkv, layer, memory);
        }
    }

    @Override
    public Tensor attention(Tensor qkv, AttentionLayer layer) {
        threads.choose(2 * contextRead * layer.shape().queryWidth() / ATTENTION_PRODUCTS_PER_NANO);
        return super.attention(qkv, layer);
    }

    @Override
    public Tensor attentionWithin(Tensor qkv, AttentionLayer layer, Tensor byDistance) {
        threads.choose(2 * contextRead * layer.shape().queryWidth() / ATTENTION_PRODUCTS_PER_NANO);
        return super.attentionWithin(qkv, layer, byDistance);
    }

    /** Chooses the threads for a product of {@code rows} rows with a weight. */
    private void chooseThreads(long rows, long elements, long bytes) {
        threads.choose(rows * elements / PRODUCTS_PER_NANO + bytes / BYTES_PER_NANO);
    }

    @Override
    public void close() {
        threads.restore();
        for (BoxedOperator operator : new BoxedOperator[] {halfPack, halfRun, blockedPack, blockedRun}) {
            if (operator != null) {
                operator.close();
            }
        }
        super.close();
    }

    /** A weight packed for FBGEMM in float16. */
    private final class HalfLinear implements Linear {
        private final IValue packed;
        private final long elements;
        private final long bytes;

        HalfLinear(Tensor weight, Tensor bias) {
            try (IValue weightValue = new IValue(weight);
                    IValue biasValue = bias == null ? new IValue() : new IValue(bias)) {
                packed = halfPack.call(weightValue, biasValue);
            }
            elements = weight.numel();
            bytes = elements * 2 + (bias == null ? 0 : bias.nbytes());
        }

        @Override
        public Tensor apply(Tensor x) {
            chooseThreads(x.size(0), elements, bytes);
            try (IValue value = new IValue(x)) {
                return halfRun.callTensor(value, packed);
            }
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            packed.close();
        }
    }

    /** A weight in oneDNN's blocked layout. */
    private final class BlockedLinear implements Linear {
        private final IValue packed;
        private final IValue bias;
        private final IValue attribute = new IValue("none");
        private final IValue scalars = blockedRun.emptyList(4);
        private final IValue algorithm = new IValue("");
        private final long elements;
        private final long bytes;

        BlockedLinear(Tensor weight, Tensor bias) {
            try (IValue weightValue = new IValue(weight);
                    IValue rows = new IValue(PACKING_ROWS)) {
                packed = blockedPack.call(weightValue, rows);
            }
            this.bias = bias == null ? new IValue() : new IValue(bias);
            elements = weight.numel();
            bytes = weight.nbytes() + (bias == null ? 0 : bias.nbytes());
        }

        @Override
        public Tensor apply(Tensor x) {
            long rows = x.size(0);
            chooseThreads(rows, elements, bytes);
            if (rows >= FEWEST_ROWS) {
                return product(x);
            }
            try (Tensor padded = torch.constant_pad_nd(x, 0, 0, 0, FEWEST_ROWS - rows);
                    Tensor all = product(padded)) {
                return all.narrow(0, 0, rows);
            }
        }

        private Tensor product(Tensor x) {
            try (IValue value = new IValue(x)) {
                return blockedRun.callTensor(value, packed, bias, attribute, scalars, algorithm);
            }
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            packed.close();
            bias.close();
            attribute.close();
            scalars.close();
            algorithm.close();
        }
    }
}
