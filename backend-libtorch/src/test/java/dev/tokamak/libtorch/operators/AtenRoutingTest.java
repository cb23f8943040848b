package dev.tokamak.libtorch.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.tokamak.libtorch.operators.Routing.Kind;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each way of choosing experts, with numbers that were worked out by hand. */
final class AtenRoutingTest {
    /** Their softmax is 1/10, 2/10, 3/10, 4/10. */
    private static final float[] LOGITS = {0, (float) Math.log(2), (float) Math.log(3), (float) Math.log(4)};

    private PointerScope scope;

    @BeforeEach
    void open() {
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void aSoftmaxOverAllExpertsLeavesThePartsOfTheBest() {
        assertRoutes(routing(Kind.SOFTMAX, false, 1), new long[] {3, 2}, 0.4, 0.3);
    }

    @Test
    void normalisedPartsAddUpToTheScale() {
        assertRoutes(routing(Kind.SOFTMAX, true, 1), new long[] {3, 2}, 4 / 7.0, 3 / 7.0);
        assertRoutes(routing(Kind.SOFTMAX, true, 2.5), new long[] {3, 2}, 10 / 7.0, 7.5 / 7.0);
    }

    @Test
    void aSoftmaxOfTheChosenKnowsNoOther() {
        assertRoutes(routing(Kind.SOFTMAX_OF_CHOSEN, false, 1), new long[] {3, 2}, 4 / 7.0, 3 / 7.0);
    }

    @Test
    void aCorrectionChangesTheChoiceAndNotTheShares() {
        Routing routing = new Routing(Kind.SIGMOID, 2, false, 1, torch.tensor(new float[] {1, 0, 0, 0}), 1, 1);
        // Sigmoids are 1/2, 2/3, 3/4 and 4/5.
        assertRoutes(routing, new long[] {0, 3}, 0.5, 0.8);
    }

    @Test
    void expertsComeFromTheGroupWhoseTwoBestSigmoidsAddUpToMost() {
        Routing both = new Routing(Kind.SIGMOID, 2, false, 1, torch.tensor(new float[] {1, 0, 0, 0}), 2, 1);
        assertRoutes(both, new long[] {0, 1}, 0.5, 2 / 3.0);
    }

    @Test
    void expertsComeFromTheGroupWithTheBestSoftmax() {
        Routing routing = new Routing(Kind.SOFTMAX, 2, false, 16, null, 2, 1);
        assertRoutes(routing, new long[] {3, 2}, 6.4, 4.8);
    }

    @Test
    void equalScoresChooseWhatTopkChooses() {
        Tensor logits = torch.zeros(3, 40);
        Tensor expected = torch.topk(torch.softmax(logits, -1), 5).get1();
        Routes routes = AtenRouting.route(logits, new Routing(Kind.SOFTMAX, 5, true, 1, null, 1, 1));
        assertThat(routes.experts().equal(expected)).isTrue();
    }

    private static Routing routing(Kind kind, boolean normalised, double scale) {
        return new Routing(kind, 2, normalised, scale, null, 1, 1);
    }

    private static void assertRoutes(Routing routing, long[] experts, double... shares) {
        Routes routes = AtenRouting.route(torch.tensor(LOGITS).view(1, -1), routing);
        long[] found = new long[experts.length];
        float[] foundShares = new float[shares.length];
        routes.experts().data_ptr_long().get(found);
        routes.shares().contiguous().data_ptr_float().get(foundShares);
        assertThat(found).containsExactly(experts);
        for (int i = 0; i < shares.length; i++) {
            assertThat((double) foundShares[i]).isCloseTo(shares[i], offset(1e-6));
        }
    }
}
