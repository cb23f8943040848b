package dev.tokamak.libtorch.model.parts;

import dev.tokamak.libtorch.operators.Gate;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.LinearStack;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.operators.Routes;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Gated feed-forward networks of which each token has a few, chosen by a router, and one that all tokens share, if there is one. Ranks
 * divide the experts: each computes what its own give to the tokens that chose them, and the sums are added up.
 */
public final class MixtureOfExperts extends Sublayer {
    private final Router router;
    private final int hidden;
    private final int intermediate;
    private final int experts;
    private final Gate gate;
    private IntFunction<List<Piece>> inputs;
    private IntFunction<Piece> output;
    private String alternative;
    private boolean biased;
    private FeedForward shared;
    private String sharedGateName;
    private LinearStack in;
    private LinearStack out;
    private Linear sharedGate;

    /**
     * @param router of the tokens
     * @param gate between an expert's projections
     * @param hidden width of the residual stream
     * @param intermediate width between an expert's projections
     * @param experts how many there are
     */
    public MixtureOfExperts(Router router, Gate gate, int hidden, int intermediate, int experts) {
        this.router = with(router);
        this.gate = gate;
        this.hidden = hidden;
        this.intermediate = intermediate;
        this.experts = experts;
    }

    /**
     * Experts as rows of stored weights.
     *
     * @param gateAndUp of each expert, the gate's first
     * @param down of each expert
     */
    public MixtureOfExperts weights(IntFunction<List<Piece>> gateAndUp, IntFunction<Piece> down) {
        inputs = gateAndUp;
        output = down;
        return this;
    }

    /** Gives the experts' projections biases. */
    public MixtureOfExperts biased() {
        biased = true;
        return this;
    }

    /**
     * Takes all experts out of two tensors where a checkpoint has them, {@code NAME.gate_up_proj} and {@code NAME.down_proj}: what
     * {@code transformers} has in memory, and saves if it is told so.
     */
    public MixtureOfExperts orStacked(String name) {
        alternative = name;
        return this;
    }

    /**
     * Adds what a network makes of all tokens.
     *
     * @param network that they share
     * @param gateName of a projection to one number, by whose sigmoid its result is multiplied; null for none
     */
    public MixtureOfExperts shared(FeedForward network, String gateName) {
        shared = with(network);
        sharedGateName = gateName;
        return this;
    }

    /** How many experts there are. */
    public int experts() {
        return experts;
    }

    /** Width between an expert's projections. */
    public int intermediate() {
        return intermediate;
    }

    @Override
    protected void loadWeights(PartLoader from) {
        if (alternative != null && from.weights().has(alternative + ".gate_up_proj")) {
            weights(expert -> stackedInputs(alternative, expert), expert -> stackedOutput(alternative, expert));
        }
        in = own(from.stack(hidden, biased, all(inputs)));
        out = own(from.stack(intermediate, biased, all(expert -> List.of(output.apply(expert)))));
        if (sharedGateName != null) {
            sharedGate = own(from.linear(hidden, false, LinearFormat.Cut.NONE, Piece.of(sharedGateName, 1)));
        }
    }

    private List<Piece> stackedInputs(String name, int expert) {
        Piece.Slab slab = new Piece.Slab(expert, experts, false, true);
        return List.of(Piece.of(name + ".gate_up_proj", 2 * intermediate).in(slab));
    }

    private Piece stackedOutput(String name, int expert) {
        return Piece.of(name + ".down_proj", hidden).in(new Piece.Slab(expert, experts, false, true));
    }

    private List<List<Piece>> all(IntFunction<List<Piece>> pieces) {
        return IntStream.range(0, experts).mapToObj(pieces).toList();
    }

    @Override
    Tensor run(Tensor x, Operators operators) {
        Routes routes = router.run(x, operators);
        Tensor sum = operators.experts(x, routes, in, gate, out);
        if (shared == null) {
            return sum;
        }
        Tensor inner = shared.run(x, operators);
        if (sharedGate == null && shared.output().addTo(inner, sum)) {
            return sum;
        }
        Tensor beside = shared.output().apply(inner);
        return sum.add_(sharedGate == null ? beside : beside.mul_(torch.sigmoid(sharedGate.apply(x))));
    }

    @Override
    Linear output() {
        return null;
    }

    @Override
    protected long ownParameters() {
        long each = 3L * intermediate * hidden + (biased ? 2L * intermediate + hidden : 0);
        return experts * each + (sharedGateName == null ? 0 : hidden);
    }
}
