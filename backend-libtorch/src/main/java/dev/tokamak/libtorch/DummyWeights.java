package dev.tokamak.libtorch;

import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Random weights of a configuration, made on the device, for benchmarks. Norms are 1, all else is normal with 0.02. */
final class DummyWeights implements Weights {
    private final ComputeDevice device;

    DummyWeights(ComputeDevice device) {
        this.device = device;
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        try (TensorOptions type = new TensorOptions(device.type().scalarType());
                DeviceOptional place = new DeviceOptional(device.device());
                TensorOptions options = type.device(place);
                Scalar scale = new Scalar(0.02)) {
            return name.endsWith("norm.weight")
                    ? torch.ones(shape, options)
                    : torch.randn(shape, options).mul_(scale);
        }
    }

    @Override
    public void close() {}
}
