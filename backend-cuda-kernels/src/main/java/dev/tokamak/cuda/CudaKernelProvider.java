package dev.tokamak.cuda;

import dev.tokamak.libtorch.kernels.KernelProvider;
import dev.tokamak.libtorch.kernels.KernelShape;
import dev.tokamak.libtorch.kernels.Kernels;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;

/** Makes this module's kernels. */
public final class CudaKernelProvider implements KernelProvider {
    private static final int AMPERE = 80;
    private static final int FP8_CONVERSION = 89;

    /** For {@link java.util.ServiceLoader}. */
    public CudaKernelProvider() {}

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public boolean supports(KernelShape shape) {
        int group = shape.queryHeads() / shape.kvHeads();
        return shape.computeCapability() >= (shape.fp8Cache() ? FP8_CONVERSION : AMPERE)
                && (shape.headSize() == 64 || shape.headSize() == 128 || shape.headSize() == 256)
                && shape.queryHeads() % shape.kvHeads() == 0
                && group <= 8
                && shape.hidden() % 32 == 0
                && shape.hidden() * 4 <= 200 * 1024;
    }

    @Override
    public Kernels create(KernelShape shape, long stream) {
        CUstream_st handle = new CUstream_st(new Address(stream));
        return new CudaKernels(
                shape, handle, new KernelCompiler(shape.computeCapability(), KernelCompiler.defaultCache()));
    }

    /** A pointer to an address that came as a number. */
    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }
}
