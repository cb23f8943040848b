package dev.tokamak.libtorch.operators;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Routing in ATen, in the order of {@code transformers}, so that equal scores choose as they do there. */
final class AtenRouting {
    /** Keeps a sum of sigmoids from 0. */
    private static final double LEAST_SUM = 1e-20;

    private AtenRouting() {}

    /** {@link Operators#route}. */
    static Routes route(Tensor logits, Routing routing) {
        if (routing.kind() == Routing.Kind.SOFTMAX_OF_CHOSEN) {
            T_TensorTensor_T best = torch.topk(logits, routing.top());
            return shares(best.get1(), torch.softmax(best.get0().to(ScalarType.Float), -1), routing);
        }
        Tensor wide = logits.to(ScalarType.Float);
        boolean sigmoid = routing.kind() == Routing.Kind.SIGMOID;
        Tensor scores = sigmoid ? torch.sigmoid(wide) : torch.softmax(wide, -1);
        if (routing.correction() == null && routing.groups() == 1) {
            T_TensorTensor_T best = torch.topk(scores, routing.top());
            return shares(best.get1(), best.get0(), routing);
        }
        Tensor choice = routing.correction() == null ? scores.clone() : torch.add(scores, routing.correction());
        if (routing.groups() > 1) {
            keepBestGroups(choice, routing);
        }
        Tensor experts = torch.topk(choice, routing.top()).get1();
        return shares(experts, scores.gather(1, experts), routing);
    }

    private static void keepBestGroups(Tensor choice, Routing routing) {
        Tensor groups = choice.view(choice.size(0), routing.groups(), -1);
        int counted = routing.kind() == Routing.Kind.SIGMOID ? 2 : 1;
        Tensor worth = torch.topk(groups, counted).get0().sum(-1);
        Tensor kept = torch.topk(worth, routing.keptGroups()).get1();
        try (Scalar zero = new Scalar(0.0);
                Scalar one = new Scalar(1.0);
                Scalar never = new Scalar(Double.NEGATIVE_INFINITY)) {
            Tensor left = torch.ones_like(worth).scatter_(1, kept, zero);
            groups.masked_fill_(left.eq(one).unsqueeze(-1), never);
        }
    }

    private static Routes shares(Tensor experts, Tensor chosen, Routing routing) {
        Tensor shares = chosen;
        if (routing.normalised()) {
            Tensor sum = torch.sum(shares, new long[] {-1}, true, new ScalarTypeOptional());
            if (routing.kind() == Routing.Kind.SIGMOID) {
                try (Scalar least = new Scalar(LEAST_SUM)) {
                    sum.add_(least);
                }
            }
            shares = torch.div(shares, sum);
        }
        if (routing.scale() != 1) {
            try (Scalar scale = new Scalar(routing.scale())) {
                shares = torch.mul(shares, scale);
            }
        }
        return new Routes(experts, shares);
    }
}
