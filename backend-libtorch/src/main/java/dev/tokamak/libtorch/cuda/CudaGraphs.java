package dev.tokamak.libtorch.cuda;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.cuda.MemPool;
import org.bytedeco.pytorch.cuda.StreamFilter;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Captured decoding steps, one for each of a row of batch sizes, made when a size is first needed. What libtorch allocates during a
 * capture comes from a pool that the graphs keep.
 */
public final class CudaGraphs implements AutoCloseable {
    private final CudaContext context;
    private final MemPool pool = new MemPool();
    private final StreamFilter everything = new StreamFilter() {
        @Override
        public boolean call(Pointer stream) {
            return true;
        }
    };
    private final Map<Integer, CUgraphExec_st> graphs = new HashMap<>();

    CudaGraphs(CudaContext context) {
        this.context = context;
    }

    /**
     * The size of the graph that takes a number of rows.
     *
     * @param rows 1 or more
     * @return 1, 2, 4, then multiples of 8 up to 64, of 16 up to 256, of 32 beyond
     */
    public static int bucket(int rows) {
        if (rows <= 2) {
            return rows;
        }
        if (rows <= 4) {
            return 4;
        }
        int step = rows <= 64 ? 8 : rows <= 256 ? 16 : 32;
        return (rows + step - 1) / step * step;
    }

    /**
     * Runs a captured piece of work; captures it first if this is the first time.
     *
     * @param size which one
     * @param work enqueues kernels and nothing that waits
     */
    void run(int size, Runnable work) {
        CUgraphExec_st graph = graphs.get(size);
        if (graph == null) {
            // Once for real, so that libraries have set themselves up; it leaves what the replay leaves.
            work.run();
            graphs.put(size, capture(work));
            return;
        }
        CudaContext.check(cudart.cudaGraphLaunch(graph, context.stream()), "launch a graph");
    }

    private CUgraphExec_st capture(Runnable work) {
        CUgraph_st graph = new CUgraph_st();
        byte device = (byte) context.index();
        torch_cuda.beginAllocateToPool(device, pool.id(), everything);
        try {
            CudaContext.check(
                    cudart.cudaStreamBeginCapture(context.stream(), cudart.cudaStreamCaptureModeRelaxed),
                    "begin a capture");
            try {
                work.run();
            } finally {
                CudaContext.check(cudart.cudaStreamEndCapture(context.stream(), graph), "end a capture");
            }
        } finally {
            torch_cuda.endAllocateToPool(device, pool.id());
        }
        CUgraphExec_st executable = new CUgraphExec_st();
        try {
            CudaContext.check(cudart.cudaGraphInstantiate(executable, graph, 0), "make a graph");
        } finally {
            cudart.cudaGraphDestroy(graph);
        }
        return executable;
    }

    @Override
    public void close() {
        graphs.values().forEach(cudart::cudaGraphExecDestroy);
        graphs.clear();
        pool.close();
        everything.close();
    }
}
