package dev.tokamak.libtorch.model;

import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import dev.tokamak.libtorch.weights.Weights;
import dev.tokamak.spi.executor.LoadProgress;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Builds a decoder from weights with the names that Hugging Face gives them: copies each to its place on the device, those of
 * projections that are computed together under each other, and puts the elements that rotary embedding pairs side by side.
 */
public final class DecoderLoader {
    private static final String EMBEDDING = "model.embed_tokens.weight";

    private final DecoderSpec spec;
    private final Weights weights;
    private final ComputeDevice device;
    private final Operators operators;
    private final LoadProgress progress;
    private final long elements;
    private long loaded;

    public DecoderLoader(
            DecoderSpec spec, Weights weights, ComputeDevice device, Operators operators, LoadProgress progress) {
        this.spec = spec;
        this.weights = weights;
        this.device = device;
        this.operators = operators;
        this.progress = progress;
        this.elements = spec.parameters() + (spec.tied && !headShared() ? (long) spec.vocabulary * spec.hidden : 0);
    }

    private boolean headShared() {
        return spec.tied && !device.cpu();
    }

    public Decoder load() {
        // What was made is closed if a later weight is missing or wrong.
        List<AutoCloseable> made = new ArrayList<>();
        try {
            Tensor embedding = keep(made, embedding());
            DecoderLayer[] layers = new DecoderLayer[spec.layers];
            for (int i = 0; i < layers.length; i++) {
                layers[i] = keep(made, layer(i));
            }
            Tensor finalNorm = keep(made, weight("model.norm.weight", spec.hidden, 0));
            Linear head = keep(made, head(embedding));
            progress.update("weights", 1);
            return new Decoder(operators, layers, embedding, finalNorm, head, headShared(), spec.epsilon);
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
        TensorType type = device.cpu() ? weights.type(EMBEDDING) : device.type();
        return new Rows(type, spec.vocabulary, spec.hidden)
                .put(EMBEDDING, spec.vocabulary)
                .whole();
    }

    /** If it is tied, the embedding's memory, unless the CPU keeps that for itself in another type or order. */
    private Linear head(Tensor embedding) {
        if (headShared()) {
            return operators.linear(embedding, null);
        }
        try (Tensor weight = weight(spec.tied ? EMBEDDING : "lm_head.weight", spec.vocabulary, spec.hidden)) {
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
                weight(layer + "input_layernorm.weight", spec.hidden, 0),
                qkv(attention),
                spec.headNorms ? headNorm(attention) : null,
                linear(attention + "o_proj", spec.hidden, query, spec.outputBias),
                weight(layer + "post_attention_layernorm.weight", spec.hidden, 0),
                gateUp(layer + "mlp."),
                linear(layer + "mlp.down_proj", spec.hidden, spec.intermediate, spec.mlpBias));
    }

    /** One weight as it is; a vector if it has 0 columns. */
    private Tensor weight(String name, int rows, int columns) {
        return new Rows(device.type(), rows, columns).put(name, rows).whole();
    }

    private Linear linear(String name, int out, int in, boolean biased) {
        try (Tensor weight = weight(name + ".weight", out, in);
                Tensor bias = biased ? weight(name + ".bias", out, 0) : null) {
            return operators.linear(weight, bias);
        }
    }

    private Linear qkv(String attention) {
        try (Tensor weight = qkv(attention, ".weight", spec.hidden);
                Tensor bias = spec.qkvBias ? qkv(attention, ".bias", 0) : null) {
            return operators.linear(weight, bias);
        }
    }

    private Tensor qkv(String attention, String kind, int columns) {
        return new Rows(device.type(), spec.queryWidth() + 2L * spec.keyWidth(), columns)
                .putPaired(attention + "q_proj" + kind, spec.heads)
                .putPaired(attention + "k_proj" + kind, spec.kvHeads)
                .put(attention + "v_proj" + kind, spec.keyWidth())
                .whole();
    }

    private Linear gateUp(String mlp) {
        try (Tensor weight = gateUp(mlp, ".weight", spec.hidden);
                Tensor bias = spec.mlpBias ? gateUp(mlp, ".bias", 0) : null) {
            return operators.linear(weight, bias);
        }
    }

    private Tensor gateUp(String mlp, String kind, int columns) {
        return new Rows(device.type(), 2L * spec.intermediate, columns)
                .put(mlp + "gate_proj" + kind, spec.intermediate)
                .put(mlp + "up_proj" + kind, spec.intermediate)
                .whole();
    }

    /** The queries' weight for each head, then the keys'. */
    private Tensor headNorm(String attention) {
        try (Tensor query = headNormOf(attention + "q_norm.weight");
                Tensor key = headNormOf(attention + "k_norm.weight");
                Tensor queries = query.view(1, -1).expand(spec.heads, spec.headDim);
                Tensor keys = key.view(1, -1).expand(spec.kvHeads, spec.headDim);
                TensorVector both = new TensorVector(queries, keys)) {
            return torch.cat(both, 0);
        }
    }

    private Tensor headNormOf(String name) {
        return new Rows(device.type(), spec.headDim, 0).putPaired(name, 1).whole();
    }

    /** A tensor on the device that is filled with weights from the top; closed if one of them fails. */
    private final class Rows {
        private final Tensor whole;
        private final int columns;
        private long filled;

        /** With 0 columns it is a vector. */
        Rows(TensorType type, long rows, int columns) {
            this.whole = columns == 0 ? device.empty(type, rows) : device.empty(type, rows, columns);
            this.columns = columns;
        }

        Rows put(String name, int rows) {
            try (Tensor place = whole.narrow(0, filled, rows)) {
                return copy(name, rows, place);
            }
        }

        /** Rows of heads, with the elements that are rotated together side by side rather than half a head apart. */
        Rows putPaired(String name, int heads) {
            int rows = heads * spec.headDim;
            try (Tensor place = whole.narrow(0, filled, rows);
                    Tensor pairs = place.view(heads, spec.headDim / 2, 2, Math.max(1, columns));
                    Tensor halves = pairs.transpose(1, 2)) {
                return copy(name, rows, halves);
            }
        }

        private Rows copy(String name, int rows, Tensor place) {
            try {
                weights.copy(name, columns == 0 ? new long[] {rows} : new long[] {rows, columns}, place);
            } catch (RuntimeException e) {
                whole.close();
                throw e;
            }
            filled += rows;
            loaded += place.numel();
            progress.update("weights", Math.min(1, loaded / (double) elements));
            return this;
        }

        Tensor whole() {
            return whole;
        }
    }
}
