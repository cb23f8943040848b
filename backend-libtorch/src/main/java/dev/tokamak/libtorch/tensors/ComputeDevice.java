package dev.tokamak.libtorch.tensors;

import java.util.Arrays;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where a model runs and in which type it computes. Every copy between host and device goes through here. Used on the tensor
 * thread only.
 */
public final class ComputeDevice implements AutoCloseable {
    private final Device device;
    private final boolean cpu;
    private final TensorType type;
    private final TensorOptions longs;
    private final TensorOptions ints;
    private final TensorOptions floats;
    private final TensorOptions compute;
    private final TensorOptions hostLongs = new TensorOptions(ScalarType.Long);
    private final TensorOptions hostInts = new TensorOptions(ScalarType.Int);
    private final TensorOptions hostFloats = new TensorOptions(ScalarType.Float);

    public ComputeDevice(Device device, TensorType type) {
        this.device = device;
        this.cpu = device.is_cpu();
        this.type = type;
        this.longs = options(ScalarType.Long);
        this.ints = options(ScalarType.Int);
        this.floats = options(ScalarType.Float);
        this.compute = options(type.scalarType());
    }

    private TensorOptions options(ScalarType scalarType) {
        try (TensorOptions plain = new TensorOptions(scalarType);
                DeviceOptional place = new DeviceOptional(device)) {
            return plain.device(place);
        }
    }

    public Device device() {
        return device;
    }

    public boolean cpu() {
        return cpu;
    }

    /** The type of activations. */
    public TensorType type() {
        return type;
    }

    /** A copy on the device of the first {@code count} values. */
    public Tensor upload(long[] values, int count) {
        Tensor host = torch.empty(new long[] {count}, hostLongs, null);
        host.data_ptr_long().put(values, 0, count);
        return toDevice(host);
    }

    /** A copy on the device of the first {@code count} values. */
    public Tensor upload(int[] values, int count) {
        Tensor host = torch.empty(new long[] {count}, hostInts, null);
        host.data_ptr_int().put(values, 0, count);
        return toDevice(host);
    }

    /** A copy on the device of the first {@code count} values. */
    public Tensor upload(float[] values, int count) {
        Tensor host = torch.empty(new long[] {count}, hostFloats, null);
        host.data_ptr_float().put(values, 0, count);
        return toDevice(host);
    }

    private Tensor toDevice(Tensor host) {
        return cpu ? host : host.to(device, host.scalar_type());
    }

    /**
     * Memory of any type, not set to anything.
     *
     * @throws dev.tokamak.api.TokamakException if the host has less
     */
    public Tensor empty(TensorType elements, long... shape) {
        if (cpu) {
            long bytes = elements.bytes();
            for (long size : shape) {
                bytes = Math.multiplyExact(bytes, size);
            }
            HostMemory.require(bytes, "a weight of " + Arrays.toString(shape));
        }
        try (TensorOptions any = options(elements.scalarType())) {
            return torch.empty(shape, any, null);
        }
    }

    public Tensor emptyCompute(long... shape) {
        return torch.empty(shape, compute, null);
    }

    /** Memory of int64, not set to anything. */
    public Tensor emptyLong(long... shape) {
        return torch.empty(shape, longs, null);
    }

    /** Memory of int32, not set to anything. */
    public Tensor emptyInt(long... shape) {
        return torch.empty(shape, ints, null);
    }

    public Tensor zerosCompute(long... shape) {
        return torch.zeros(shape, compute);
    }

    public Tensor zerosFloat(long... shape) {
        return torch.zeros(shape, floats);
    }

    public Tensor zerosLong(long... shape) {
        return torch.zeros(shape, longs);
    }

    /** Copies int64 values from the device, waiting for them. */
    public void download(Tensor tensor, long[] into, int count) {
        if (cpu) {
            tensor.data_ptr_long().get(into, 0, count);
        } else {
            try (Device host = new Device(torch.DeviceType.CPU)) {
                tensor.to(host, ScalarType.Long).data_ptr_long().get(into, 0, count);
            }
        }
    }

    /** Copies float32 values from the device, waiting for them. */
    public void download(Tensor tensor, float[] into, int count) {
        if (cpu) {
            tensor.data_ptr_float().get(into, 0, count);
        } else {
            try (Device host = new Device(torch.DeviceType.CPU)) {
                tensor.to(host, ScalarType.Float).data_ptr_float().get(into, 0, count);
            }
        }
    }

    @Override
    public void close() {
        longs.close();
        ints.close();
        floats.close();
        compute.close();
        hostLongs.close();
        hostInts.close();
        hostFloats.close();
        device.close();
    }
}
