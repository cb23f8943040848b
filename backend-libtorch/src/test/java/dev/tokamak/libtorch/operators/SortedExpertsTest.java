package dev.tokamak.libtorch.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Experts one after another, on the CPU. */
final class SortedExpertsTest {
    private final List<Integer> read = new ArrayList<>();
    private PointerScope scope;
    private ComputeDevice device;

    @BeforeEach
    void open() {
        scope = new PointerScope();
        device = new ComputeDevice(new Device(torch.DeviceType.CPU), TensorType.F32);
    }

    @AfterEach
    void close() {
        device.close();
        scope.close();
    }

    @Test
    void onlyExpertsThatWereChosenAreReadAndEachOnce() {
        run(new long[] {4, 1, 1, 2, 4, 2}, 3);
        assertThat(read).containsExactly(1, 1, 2, 2, 4, 4);
    }

    @Test
    void eachTokenGetsItsOwnExpertsByTheirShares() {
        Tensor out = run(new long[] {4, 1, 1, 2, 4, 2}, 3);
        // An expert e makes silu(x) * x * e of x in each element. The shares are 1 and 10.
        float[] expected = {14, 21, 24};
        float[] found = new float[3];
        out.select(1, 0).contiguous().data_ptr_float().get(found);
        for (int token = 0; token < 3; token++) {
            float x = token + 1;
            double gated = x / (1 + Math.exp(-x)) * x;
            assertThat((double) found[token]).isCloseTo(gated * expected[token], offset(1e-3));
        }
    }

    private Tensor run(long[] chosen, int tokens) {
        int top = chosen.length / tokens;
        float[] shares = new float[chosen.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = i % top == 0 ? 1 : 10;
        }
        Tensor x = torch.arange(scalar(1), scalar(tokens + 1))
                .to(TensorType.F32.scalarType())
                .view(-1, 1)
                .expand(tokens, 2)
                .contiguous();
        Routes routes = new Routes(
                torch.tensor(chosen).view(tokens, top), torch.tensor(shares).view(tokens, top));
        return new SortedExperts(device).run(x, routes, stack(4, 1), Gate.of(Activation.SILU), stack(2, 0));
    }

    private static Scalar scalar(int value) {
        return new Scalar(value);
    }

    /** Identities, above each other; of expert e times e if that is how they are scaled. */
    private LinearStack stack(int out, int plain) {
        LinearArray weights = new LinearArray(5, (weight, bias) -> new DenseLinear(new Tensor(weight), null));
        for (int expert = 0; expert < 5; expert++) {
            Tensor weight = torch.eye(2).repeat(out / 2, 1);
            weights.put(expert, plain == 1 ? weight : weight.mul(scalar(expert)), null);
        }
        return new LinearStack() {
            @Override
            public int count() {
                return weights.count();
            }

            @Override
            public void put(int index, Tensor weight, Tensor bias) {
                weights.put(index, weight, bias);
            }

            @Override
            public Linear get(int index) {
                read.add(index);
                return weights.get(index);
            }

            @Override
            public long bytes() {
                return weights.bytes();
            }

            @Override
            public void close() {
                weights.close();
            }
        };
    }
}
