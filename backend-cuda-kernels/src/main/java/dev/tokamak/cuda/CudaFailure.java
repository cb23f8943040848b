package dev.tokamak.cuda;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/** Turns result codes of the CUDA driver and runtime into exceptions. */
final class CudaFailure {
    private CudaFailure() {}

    /**
     * Checks a result of the driver API.
     *
     * @param result a {@code CUresult}
     * @param what what was tried, for the message
     * @throws TokamakException {@link ErrorCode#STEP_FAILED} unless the result is success
     */
    static void checkDriver(int result, String what) {
        if (result != cudart.CUDA_SUCCESS) {
            try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
                cudart.cuGetErrorString(result, text);
                BytePointer message = text.get(BytePointer.class);
                throw new TokamakException(
                        ErrorCode.STEP_FAILED,
                        "CUDA: " + what + ": " + (message == null ? "error " + result : message.getString()));
            }
        }
    }

    /**
     * Checks a result of the runtime API.
     *
     * @param result a {@code cudaError_t}
     * @param what what was tried, for the message
     * @throws TokamakException {@link ErrorCode#STEP_FAILED} unless the result is success
     */
    static void checkRuntime(int result, String what) {
        if (result != cudart.cudaSuccess) {
            throw new TokamakException(
                    ErrorCode.STEP_FAILED,
                    "CUDA: " + what + ": " + cudart.cudaGetErrorString(result).getString());
        }
    }
}
