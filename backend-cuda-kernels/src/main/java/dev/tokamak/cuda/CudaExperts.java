package dev.tokamak.cuda;

import dev.tokamak.libtorch.kernels.ExpertKernels;
import dev.tokamak.libtorch.operators.Routes;
import dev.tokamak.libtorch.operators.Routing;
import dev.tokamak.libtorch.tensors.TensorType;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.pytorch.Tensor;

/** Launches the kernels of {@code experts.cu}. */
final class CudaExperts implements ExpertKernels {
    /** What {@code experts.cu} is made for. */
    private static final int MAX_PAIRS = 1024;

    private static final int MAX_EXPERTS = 256;
    private static final int MAX_TOP = 32;
    private static final int ROUTE_THREADS = 1024;
    private static final int TILE = 16;
    private static final int THREADS = 288;
    private static final int COMBINE_THREADS = 256;

    /** Tokens of an expert on average: with more of them, many experts' weights would be read once more for every eight. */
    private static final int MOST_TOKENS_OF_EXPERT = 4;

    private final Kernel route;
    private final Kernel linear;
    private final Kernel combine;
    private final int blocks;
    private final int sharedBytes;
    private final CUstream_st stream;

    /**
     * Kernels that their owner has loaded and unloads.
     *
     * @param route chooses
     * @param linear multiplies
     * @param combine adds up
     * @param blocks as many as run at once
     * @param sharedBytes of a block of {@code linear}
     * @param stream to launch on
     */
    CudaExperts(Kernel route, Kernel linear, Kernel combine, int blocks, int sharedBytes, CUstream_st stream) {
        this.route = route;
        this.linear = linear;
        this.combine = combine;
        this.blocks = blocks;
        this.sharedBytes = sharedBytes;
        this.stream = stream;
    }

    @Override
    public int planLength(int tokens, int experts, int top) {
        int pairs = tokens * top;
        boolean few = tokens <= MAX_PAIRS && pairs <= Math.min(MAX_PAIRS, MOST_TOKENS_OF_EXPERT * experts);
        return few && experts <= MAX_EXPERTS && top <= MAX_TOP ? 4 + 5 * pairs : 0;
    }

    @Override
    public boolean fit(int hidden, int intermediate) {
        return hidden % 32 == 0 && intermediate % 32 == 0;
    }

    @Override
    public void route(Tensor logits, Routing routing, Routes into) {
        route.with()
                .arg(CudaKernels.address(logits))
                .arg(CudaKernels.address(routing.correction()))
                .arg(CudaKernels.address(into.experts()))
                .arg(CudaKernels.address(into.shares()))
                .arg(CudaKernels.address(into.plan()))
                .arg((int) logits.size(0))
                .arg((int) logits.size(1))
                .arg(routing.top())
                .arg(TensorType.of(logits) == TensorType.F32 ? 1 : 0)
                .arg(routing.kind().ordinal())
                .arg(routing.normalised() ? 1 : 0)
                .arg((float) routing.scale())
                .launch(stream, 1, 1, 1, ROUTE_THREADS, 0);
    }

    @Override
    public void multiply(Tensor x, Routes routes, Tensor in, Tensor out, Tensor inner, Tensor parts, Tensor sum) {
        int tokens = (int) x.size(0);
        int top = (int) routes.experts().size(1);
        int hidden = (int) x.size(1);
        product(in, x, routes.plan(), inner, tokens * top, top, true);
        // Right behind: the second product relies on the first's having seen the plan.
        product(out, inner, routes.plan(), parts, tokens * top, 1, false);
        combine.with()
                .arg(CudaKernels.address(parts))
                .arg(CudaKernels.address(routes.shares()))
                .arg(CudaKernels.address(sum))
                .arg(hidden)
                .arg(top)
                .launch(stream, tokens, (hidden / 8 + COMBINE_THREADS - 1) / COMBINE_THREADS, 1, COMBINE_THREADS, 0);
    }

    private void product(Tensor weights, Tensor x, Tensor plan, Tensor y, int pairs, int sharing, boolean first) {
        int rows = (int) y.size(1);
        int tiles = rows / (first ? TILE / 2 : TILE);
        linear.with()
                .arg(CudaKernels.address(weights))
                .arg(CudaKernels.address(x))
                .arg(CudaKernels.address(plan))
                .arg(CudaKernels.address(y))
                .arg(rows)
                .arg((int) x.size(1))
                .arg(pairs)
                .arg(sharing)
                .arg(first ? 1 : 0)
                .arg(first ? 0 : 1)
                .launch(stream, Math.min(blocks, pairs * tiles), 1, 1, THREADS, sharedBytes);
    }
}
