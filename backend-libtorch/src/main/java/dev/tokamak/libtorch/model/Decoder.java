package dev.tokamak.libtorch.model;

import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.KvCache;
import dev.tokamak.libtorch.operators.Linear;
import dev.tokamak.libtorch.operators.Operators;
import dev.tokamak.libtorch.operators.StepInputs;
import dev.tokamak.libtorch.tensors.TensorType;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A decoder of the Llama kind: embedding, layers of attention and gated MLP around a residual stream, and a projection to the
 * vocabulary. Owns its weights. Used on the tensor thread only.
 */
public final class Decoder implements AutoCloseable {
    private final Operators operators;
    private final DecoderLayer[] layers;
    private final Tensor embedding;
    private final Tensor finalNorm;
    private final Linear head;
    private final boolean headShared;
    private final double epsilon;
    private final List<AttentionShape> shapes;

    Decoder(
            Operators operators,
            DecoderLayer[] layers,
            Tensor embedding,
            Tensor finalNorm,
            Linear head,
            boolean headShared,
            double epsilon) {
        this.operators = operators;
        this.layers = layers;
        this.embedding = embedding;
        this.finalNorm = finalNorm;
        this.head = head;
        this.headShared = headShared;
        this.epsilon = epsilon;
        this.shapes = Arrays.stream(layers).map(DecoderLayer::shape).distinct().toList();
    }

    /**
     * Runs all tokens of a step through the layers and fills the cache with their keys and values.
     *
     * @param step what to compute
     * @param cache that the step's rows point into
     * @return {@code [tokens, hidden]}, normalised, ready for {@link #logits}; owned by the caller, whatever scope is open
     */
    public Tensor forward(StepInputs step, KvCache cache) {
        operators.beginStep(step, cache, shapes);
        Tensor residual = operators.embed(embedding, step.tokenIds());
        Tensor normed = operators.rmsNorm(residual, layers[0].inputNorm(), epsilon);
        for (int i = 0; i < layers.length; i++) {
            Tensor nextNorm = i + 1 < layers.length ? layers[i + 1].inputNorm() : finalNorm;
            Tensor next;
            PointerScope scope = new PointerScope();
            try {
                next = layer(i, residual, normed, nextNorm, cache, step);
                next.retainReference();
            } finally {
                scope.close();
            }
            normed.close();
            normed = next;
        }
        return normed;
    }

    private Tensor layer(int index, Tensor residual, Tensor normed, Tensor nextNorm, KvCache cache, StepInputs step) {
        DecoderLayer layer = layers[index];
        Tensor qkv = layer.qkv().apply(normed);
        if (layer.headNorm() != null) {
            operators.normHeads(qkv, layer.headNorm(), layer.shape(), epsilon);
        }
        operators.rotateAndStore(qkv, layer.shape(), cache, index, step);
        Tensor attended = layer.output().apply(operators.attention(qkv, layer.shape(), cache, index, step));
        Tensor middle = operators.addRmsNorm(residual, attended, layer.middleNorm(), epsilon);
        Tensor mlp = layer.down().apply(operators.siluMul(layer.gateUp().apply(middle)));
        return operators.addRmsNorm(residual, mlp, nextNorm, epsilon);
    }

    /**
     * Projects chosen tokens to the vocabulary.
     *
     * @param hidden what {@link #forward} returned
     * @param index int64 {@code [rows]}, the tokens that are sampled from
     * @return float32 {@code [rows, vocabulary]}
     */
    public Tensor logits(Tensor hidden, Tensor index) {
        Tensor rows = index.size(0) == hidden.size(0) ? hidden : torch.index_select(hidden, 0, index);
        Tensor logits = head.apply(rows);
        return TensorType.of(logits) == TensorType.F32 ? logits : logits.to(ScalarType.Float);
    }

    public DecoderLayer[] layers() {
        return layers;
    }

    public Tensor embedding() {
        return embedding;
    }

    public Tensor finalNorm() {
        return finalNorm;
    }

    public Linear head() {
        return head;
    }

    public long weightBytes() {
        long bytes = embedding.nbytes() + finalNorm.nbytes() + (headShared ? 0 : head.bytes());
        for (DecoderLayer layer : layers) {
            bytes += layer.bytes();
        }
        return bytes;
    }

    @Override
    public void close() {
        for (DecoderLayer layer : layers) {
            layer.close();
        }
        embedding.close();
        finalNorm.close();
        head.close();
    }
}
