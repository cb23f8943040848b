package dev.tokamak.cuda;

import dev.tokamak.libtorch.kernels.Kernels.CountKind;
import java.util.function.BiFunction;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Launches the kernels that take logits to tokens; {@link dev.tokamak.libtorch.kernels.Kernels} tells what each does. */
final class SamplingKernels {
    /** What one block of {@code sample} and {@code logprobs} has. */
    private static final int ROW_THREADS = 1024;

    private static final int ADJUST_THREADS = 256;

    /** Tokens that a block adjusts; a multiple of 32. */
    private static final int ADJUST_STRETCH = 8192;

    private final int vocabulary;
    private final CUstream_st stream;
    private final Kernel countTokens;
    private final Kernel adjust;
    private final Kernel sample;
    private final Kernel logprobs;

    /**
     * @param vocabulary width of the logits
     * @param stream to launch on
     * @param load gives the kernel of a file and a name; who loads it unloads it
     */
    SamplingKernels(int vocabulary, CUstream_st stream, BiFunction<String, String, Kernel> load) {
        this.vocabulary = vocabulary;
        this.stream = stream;
        countTokens = load.apply("adjust.cu", "count_tokens");
        adjust = load.apply("adjust.cu", "adjust");
        sample = load.apply("sampler.cu", "sample");
        logprobs = load.apply("logprobs.cu", "logprobs");
    }

    void countTokens(Tensor counts, int slot, Tensor tokens, long first, int count, CountKind kind) {
        if (count == 0) {
            return;
        }
        countTokens
                .with()
                .arg(CudaKernels.address(counts) + (long) slot * vocabulary * Short.BYTES)
                .arg(CudaKernels.address(tokens) + first * Integer.BYTES)
                .arg(count)
                .arg(kind.ordinal())
                .arg(vocabulary)
                .launch(stream, (count + 255) / 256, 1, 1, 256, 0);
    }

    void adjust(Tensor logits, Tensor adjustments, Tensor adjusted, int rows) {
        boolean floats = floats(logits);
        adjust.with()
                .arg(floats ? 0L : CudaKernels.address(logits))
                .arg(floats ? CudaKernels.address(logits) : 0L)
                .arg(CudaKernels.address(adjustments))
                .arg(CudaKernels.address(adjusted))
                .arg(vocabulary)
                .arg(ADJUST_STRETCH)
                .launch(stream, (vocabulary + ADJUST_STRETCH - 1) / ADJUST_STRETCH, rows, 1, ADJUST_THREADS, 0);
    }

    void sample(
            Tensor logits,
            Tensor adjusted,
            Tensor states,
            Tensor masks,
            Tensor maskRows,
            Tensor tokens,
            Tensor lastSampled,
            int rows) {
        boolean floats = floats(logits);
        sample.with()
                .arg(floats ? 0L : CudaKernels.address(logits))
                .arg(floats ? CudaKernels.address(logits) : 0L)
                .arg(CudaKernels.address(adjusted))
                .arg(CudaKernels.address(states))
                .arg(CudaKernels.address(masks))
                .arg(CudaKernels.address(maskRows))
                .arg(CudaKernels.address(tokens))
                .arg(CudaKernels.address(lastSampled))
                .arg(vocabulary)
                .arg((vocabulary + 31) >>> 5)
                .launch(stream, rows, 1, 1, ROW_THREADS, 0);
    }

    void logprobs(Tensor logits, Tensor wanted, Tensor tokens, Tensor out, int most, int rows) {
        boolean floats = floats(logits);
        logprobs.with()
                .arg(floats ? 0L : CudaKernels.address(logits))
                .arg(floats ? CudaKernels.address(logits) : 0L)
                .arg(CudaKernels.address(wanted))
                .arg(CudaKernels.address(tokens))
                .arg(CudaKernels.address(out))
                .arg(most)
                .arg(vocabulary)
                .launch(stream, rows, 1, 1, ROW_THREADS, 0);
    }

    private static boolean floats(Tensor logits) {
        return logits.scalar_type().value == torch.ScalarType.Float.value;
    }
}
