package dev.tokamak.cuda;

import java.util.Map;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUlaunchAttribute;
import org.bytedeco.cuda.cudart.CUlaunchConfig;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * One compiled kernel, with room for its arguments. Used by the executor thread only. Launches ask for programmatic dependent launch,
 * so that a kernel's beginning overlaps its predecessor's end; every kernel of this module waits for its predecessor before it
 * reads anything that a kernel may have written.
 */
final class Kernel implements AutoCloseable {
    /** Earlier cards know no programmatic dependent launch. */
    private static final int HOPPER = 90;

    private static final int MAX_ARGUMENTS = 24;

    private final String name;
    private final CUmod_st module = new CUmod_st();
    private final CUfunc_st function = new CUfunc_st();
    private final BytePointer image;
    private final LongPointer values = new LongPointer(MAX_ARGUMENTS);
    private final PointerPointer<Pointer> pointers = new PointerPointer<>(MAX_ARGUMENTS);
    private final CUlaunchConfig config = new CUlaunchConfig();
    private final CUlaunchAttribute attribute = new CUlaunchAttribute();
    private int arguments;

    /**
     * Compiles and loads a kernel into the current context.
     *
     * @param compiler for the card
     * @param file its source
     * @param name its entry point
     * @param defines macros
     */
    Kernel(KernelCompiler compiler, String file, String name, Map<String, String> defines) {
        this.name = name;
        this.image = new BytePointer(compiler.compile(file, defines));
        CudaFailure.checkDriver(cudart.cuModuleLoadData(module, image), "load " + file);
        CudaFailure.checkDriver(cudart.cuModuleGetFunction(function, module, name), "find " + name);
        for (int i = 0; i < MAX_ARGUMENTS; i++) {
            pointers.put(
                    i,
                    new Pointer(values) {
                        Pointer at(int index) {
                            address = values.address() + 8L * index;
                            return this;
                        }
                    }.at(i));
        }
        attribute.id(cudart.CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION);
        attribute.value().programmaticStreamSerializationAllowed(1);
        config.attrs(attribute);
        boolean dependentLaunch = compiler.computeCapability() >= HOPPER
                && Boolean.parseBoolean(System.getProperty("tokamak.cuda.dependentLaunch", "true"));
        config.numAttrs(dependentLaunch ? 1 : 0);
    }

    /**
     * Lets the kernel use more dynamic shared memory than 48 KB.
     *
     * @param bytes at most what the card has
     * @return this
     */
    Kernel allowSharedMemory(int bytes) {
        CudaFailure.checkDriver(
                cudart.cuFuncSetAttribute(function, cudart.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                "shared memory of " + name);
        return this;
    }

    /**
     * Begins a list of arguments.
     *
     * @return this
     */
    Kernel with() {
        arguments = 0;
        return this;
    }

    /**
     * Adds a device address or a 64-bit integer.
     *
     * @param value the argument
     * @return this
     */
    Kernel arg(long value) {
        values.put(arguments++, value);
        return this;
    }

    /**
     * Adds a 32-bit integer.
     *
     * @param value the argument
     * @return this
     */
    Kernel arg(int value) {
        // Little-endian: the first four bytes of the slot.
        values.put(arguments++, value & 0xffffffffL);
        return this;
    }

    /**
     * Adds a 32-bit floating-point number.
     *
     * @param value the argument
     * @return this
     */
    Kernel arg(float value) {
        return arg(Float.floatToRawIntBits(value));
    }

    /**
     * Launches the kernel with the arguments added since {@link #with}.
     *
     * @param stream to launch on
     * @param gridX blocks
     * @param gridY blocks
     * @param gridZ blocks
     * @param threads in a block
     * @param sharedBytes dynamic shared memory
     */
    void launch(CUstream_st stream, int gridX, int gridY, int gridZ, int threads, int sharedBytes) {
        config.gridDimX(gridX).gridDimY(gridY).gridDimZ(gridZ);
        config.blockDimX(threads).blockDimY(1).blockDimZ(1);
        config.sharedMemBytes(sharedBytes).hStream(stream);
        CudaFailure.checkDriver(
                cudart.cuLaunchKernelEx(config, function, pointers, (PointerPointer<?>) null), "launch " + name);
    }

    @Override
    public void close() {
        cudart.cuModuleUnload(module);
        image.close();
        values.close();
        pointers.close();
        config.close();
        attribute.close();
    }
}
