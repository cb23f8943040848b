package dev.tokamak.libtorch.operators;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The product of all experts at once, which a CUDA device computes, against expert after expert; both on the CPU. */
final class GroupedExpertsTest {
    private static final int HIDDEN = 32;
    private static final int INTERMEDIATE = 24;
    private static final int EXPERTS = 7;
    private static final int TOP = 3;

    private PointerScope scope;

    @BeforeEach
    void open() {
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 40})
    void allExpertsAtOnceGiveWhatTheyGiveOneAfterAnother(int tokens) {
        for (boolean biased : List.of(false, true)) {
            Gate gate = biased ? Gate.clamped(1.702, 1.5) : Gate.of(Activation.SILU);
            try (ComputeDevice device = new ComputeDevice(new Device(torch.DeviceType.CPU), TensorType.F32);
                    GroupedExperts grouped = new GroupedExperts()) {
                torch.manual_seed(tokens);
                StackedWeights in = new StackedWeights(
                        device, EXPERTS, 2 * INTERMEDIATE, HIDDEN, biased, GroupedExpertsTest::dense);
                StackedWeights out =
                        new StackedWeights(device, EXPERTS, HIDDEN, INTERMEDIATE, biased, GroupedExpertsTest::dense);
                fill(in, 2 * INTERMEDIATE, HIDDEN, biased);
                fill(out, HIDDEN, INTERMEDIATE, biased);
                Tensor x = random(1, tokens, HIDDEN);
                Routes routes = routes(tokens);
                Tensor together = grouped.run(x, routes, in, gate::apply, out);
                Tensor apart = new SortedExperts(device).run(x, routes, in, gate, out);
                double far = together.sub(apart).abs().max().item_double();
                assertThat(far / apart.abs().max().item_double()).isLessThan(1e-5);
                assertThat(apart.abs().max().item_double()).isGreaterThan(0.1);
                in.close();
                out.close();
            }
        }
    }

    private static Linear dense(Tensor weight, Tensor bias) {
        return new DenseLinear(new Tensor(weight), bias == null ? null : new Tensor(bias));
    }

    private static void fill(StackedWeights stack, int rows, int columns, boolean biased) {
        for (int i = 0; i < stack.count(); i++) {
            stack.put(i, random(0.3, rows, columns), biased ? random(0.3, rows) : null);
        }
    }

    private static Tensor random(double deviation, long... shape) {
        return torch.randn(shape).mul_(new Scalar(deviation));
    }

    /** Expert 0 is chosen by nobody. */
    private static Routes routes(int tokens) {
        Tensor logits = torch.randn(tokens, EXPERTS);
        logits.select(1, 0).fill_(new Scalar(-100.0));
        return AtenRouting.route(logits, new Routing(Routing.Kind.SOFTMAX, TOP, true, 1, null, 1, 1));
    }
}
