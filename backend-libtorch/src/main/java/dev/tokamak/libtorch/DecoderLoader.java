package dev.tokamak.libtorch;

import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.spi.executor.LoadProgress;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Builds a decoder from weights with the names that Hugging Face gives them: copies each to the device, joins the projections
 * that are computed together, and puts the elements that rotary embedding pairs side by side.
 */
final class DecoderLoader {
    private final DecoderSpec spec;
    private final Weights weights;
    private final ComputeDevice device;
    private final Operators operators;

    DecoderLoader(DecoderSpec spec, Weights weights, ComputeDevice device, Operators operators) {
        this.spec = spec;
        this.weights = weights;
        this.device = device;
        this.operators = operators;
    }

    Decoder load(LoadProgress progress) {
        // What was made is closed if a later weight is missing or wrong.
        List<AutoCloseable> made = new ArrayList<>();
        try {
            Tensor embedding = keep(made, embedding());
            DecoderLayer[] layers = new DecoderLayer[spec.layers];
            for (int i = 0; i < layers.length; i++) {
                progress.update("weights", (double) i / (layers.length + 1));
                layers[i] = keep(made, layer(i));
            }
            progress.update("weights", (double) layers.length / (layers.length + 1));
            Tensor finalNorm = keep(made, adopted("model.norm.weight", spec.hidden));
            Linear head = keep(made, head());
            progress.update("weights", 1);
            return new Decoder(operators, layers, embedding, finalNorm, head, spec.epsilon);
        } catch (RuntimeException e) {
            made.forEach(DecoderLoader::discard);
            throw e;
        }
    }

    private static <T extends AutoCloseable> T keep(List<AutoCloseable> made, T part) {
        made.add(part);
        return part;
    }

    private static void discard(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot free a weight", e);
        }
    }

    /** On the CPU in the stored type, since rows are converted as they are looked up. */
    private Tensor embedding() {
        try (Tensor stored = weights.tensor("model.embed_tokens.weight", spec.vocabulary, spec.hidden)) {
            return device.cpu()
                    ? stored.to(device.device(), stored.scalar_type(), false, true, null)
                    : device.adopt(stored);
        }
    }

    private Linear head() {
        String name = spec.tied ? "model.embed_tokens.weight" : "lm_head.weight";
        try (Tensor weight = adopted(name, spec.vocabulary, spec.hidden)) {
            return operators.linear(weight, null);
        }
    }

    private DecoderLayer layer(int index) {
        String layer = "model.layers." + index + ".";
        String attention = layer + "self_attn.";
        int query = spec.queryWidth();
        AttentionShape shape = new AttentionShape(
                spec.heads, spec.kvHeads, spec.headDim, 1 / Math.sqrt(spec.headDim), spec.windows[index]);
        return new DecoderLayer(
                shape,
                adopted(layer + "input_layernorm.weight", spec.hidden),
                qkv(attention),
                spec.headNorms ? headNorm(attention) : null,
                linear(attention + "o_proj", spec.hidden, query, spec.outputBias),
                adopted(layer + "post_attention_layernorm.weight", spec.hidden),
                gateUp(layer + "mlp."),
                linear(layer + "mlp.down_proj", spec.hidden, spec.intermediate, spec.mlpBias));
    }

    private Tensor adopted(String name, long... shape) {
        try (Tensor stored = weights.tensor(name, shape)) {
            return device.adopt(stored);
        }
    }

    private Linear linear(String name, int out, int in, boolean biased) {
        try (Tensor weight = adopted(name + ".weight", out, in);
                Tensor bias = biased ? adopted(name + ".bias", out) : null) {
            return operators.linear(weight, bias);
        }
    }

    private Linear qkv(String attention) {
        int query = spec.queryWidth();
        int key = spec.keyWidth();
        try (Tensor weight = joined(
                        paired(attention + "q_proj.weight", spec.heads, spec.hidden),
                        paired(attention + "k_proj.weight", spec.kvHeads, spec.hidden),
                        adopted(attention + "v_proj.weight", key, spec.hidden));
                Tensor bias = spec.qkvBias
                        ? joined(
                                paired(attention + "q_proj.bias", spec.heads, 0),
                                paired(attention + "k_proj.bias", spec.kvHeads, 0),
                                adopted(attention + "v_proj.bias", key))
                        : null) {
            assert weight.size(0) == query + 2L * key;
            return operators.linear(weight, bias);
        }
    }

    private Linear gateUp(String mlp) {
        try (Tensor weight = joined(
                        adopted(mlp + "gate_proj.weight", spec.intermediate, spec.hidden),
                        adopted(mlp + "up_proj.weight", spec.intermediate, spec.hidden));
                Tensor bias = spec.mlpBias
                        ? joined(
                                adopted(mlp + "gate_proj.bias", spec.intermediate),
                                adopted(mlp + "up_proj.bias", spec.intermediate))
                        : null) {
            return operators.linear(weight, bias);
        }
    }

    /** The queries' weight for each head, then the keys'. */
    private Tensor headNorm(String attention) {
        try (Tensor query = paired(attention + "q_norm.weight", 1, 0);
                Tensor key = paired(attention + "k_norm.weight", 1, 0);
                Tensor queries = query.view(1, -1).expand(spec.heads, spec.headDim);
                Tensor keys = key.view(1, -1).expand(spec.kvHeads, spec.headDim);
                TensorVector both = new TensorVector(queries, keys)) {
            return torch.cat(both, 0);
        }
    }

    /** A weight whose rows are those of heads, with the elements that are rotated together side by side. */
    private Tensor paired(String name, int heads, int columns) {
        long rows = (long) heads * spec.headDim;
        long[] shape = columns == 0 ? new long[] {rows} : new long[] {rows, columns};
        long width = Math.max(1, columns);
        try (Tensor halves = adopted(name, shape);
                Tensor split = halves.view(heads, 2, spec.headDim / 2, width);
                Tensor pairs = split.transpose(1, 2)) {
            return pairs.reshape(shape);
        }
    }

    /** Joins tensors by rows and closes them. */
    private static Tensor joined(Tensor... parts) {
        try (TensorVector all = new TensorVector(parts)) {
            return torch.cat(all, 0);
        } finally {
            for (Tensor part : parts) {
                part.close();
            }
        }
    }
}
