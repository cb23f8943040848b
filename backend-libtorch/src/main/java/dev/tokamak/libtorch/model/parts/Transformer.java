package dev.tokamak.libtorch.model.parts;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.operators.AttentionShape;
import dev.tokamak.libtorch.operators.Operators;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A whole model: an embedding, blocks around a residual stream, a last norm, and a head. It is written once for all devices: the
 * same calls compute on the CPU, one by one on a CUDA device, or into a graph.
 */
public final class Transformer extends Part {
    private final Embedding embedding;
    private final List<Block> blocks;
    private final Norm norm;
    private final Head head;
    private final List<RotaryTable> rotaries;
    private final int context;
    private final int longest;
    private Pooler pooler;
    private final List<Attention> attentions = new ArrayList<>();
    private final List<AttentionShape> cacheLayers = new ArrayList<>();
    private final List<long[]> stateShapes = new ArrayList<>();

    /**
     * @param embedding of tokens
     * @param blocks in order
     * @param norm before the head; null for none
     * @param head to logits; null for a model that gives vectors
     * @param rotaries the tables that layers name by their place here
     * @param context tokens of a sequence unless more are asked for
     * @param longest tokens of a sequence at most
     */
    public Transformer(
            Embedding embedding,
            List<Block> blocks,
            Norm norm,
            Head head,
            List<RotaryTable> rotaries,
            int context,
            int longest) {
        this.embedding = with(embedding);
        this.blocks = List.copyOf(blocks);
        blocks.forEach(this::with);
        this.norm = with(norm);
        this.head = with(head);
        this.rotaries = List.copyOf(rotaries);
        this.context = context;
        this.longest = longest;
        for (Block block : blocks) {
            if (block.attention() instanceof Attention attention) {
                attentions.add(attention);
                if (attention.bidirectional()) {
                    continue;
                }
            }
            if (block.attention() instanceof CachingSublayer caching) {
                caching.cacheLayer(cacheLayers.size());
                cacheLayers.add(caching.shape());
            } else if (block.attention() instanceof Recurrent recurrent) {
                recurrent.state(stateShapes.size());
                stateShapes.add(recurrent.stateShape());
            }
        }
    }

    /** Gives vectors of sequences, by this. */
    public Transformer pooling(Pooler by) {
        pooler = with(by);
        return this;
    }

    /** Takes in what layers share. */
    public Transformer sharing(Part part) {
        with(part);
        return this;
    }

    /** Whether it gives logits. */
    public boolean generates() {
        return head != null;
    }

    /** What makes vectors of sequences; null if the model gives none. */
    public Pooler pooler() {
        return pooler;
    }

    /** Whether a token sees those behind it, so that sequences are computed whole. */
    public boolean bidirectional() {
        return attentions.stream().anyMatch(Attention::bidirectional);
    }

    /**
     * Runs all tokens of a step through the blocks and fills the cache with their keys and values, and what is behind the last attention
     * only of those that are sampled from: nobody reads the others. For a prompt that is most of a layer.
     *
     * @param operators that have begun the step
     * @param sampled whether rows are sampled from
     * @return their logits, {@code [sampled, vocabulary]}; null if there are none. Lives in the caller's scope
     */
    public Tensor forward(Operators operators, boolean sampled) {
        int last = blocks.size() - 1;
        Residual stream = through(last, operators);
        blocks.get(last).runSampled(stream, sampled, operators);
        return sampled ? logitsOf(stream.value(), operators) : null;
    }

    /**
     * Runs all tokens of a step through the blocks and fills the cache, if there is one, with their keys and values.
     *
     * @param operators that have begun the step
     * @return the residual stream behind the last block, {@code [tokens, hidden]}; lives in the caller's scope
     */
    public Tensor stream(Operators operators) {
        return through(blocks.size(), operators).value();
    }

    private Residual through(int count, Operators operators) {
        Residual stream = new Residual(embedding.run(operators), operators);
        for (Block block : blocks.subList(0, count)) {
            PointerScope scope = new PointerScope();
            try {
                block.run(stream, operators);
                stream.keep();
            } finally {
                scope.close();
            }
        }
        return stream;
    }

    /** The logits of the rows that are sampled from, {@code [sampled, vocabulary]}, out of what {@link #stream} gives. */
    public Tensor logits(Tensor stream, Operators operators) {
        return logitsOf(operators.sampled(stream), operators);
    }

    /** The logits of some rows of what {@link #stream} gives. */
    public Tensor logitsOf(Tensor rows, Operators operators) {
        return head.run(normed(rows, operators), operators);
    }

    /** The stream behind the last norm. */
    public Tensor normed(Tensor stream, Operators operators) {
        return norm == null ? stream : norm.run(stream, operators);
    }

    @Override
    protected void loadWeights(PartLoader from) {}

    @Override
    protected long ownParameters() {
        return 0;
    }

    /** The name of a tensor that every file of the model has. */
    public String sureWeight() {
        return embedding.name() + ".weight";
    }

    public int vocabulary() {
        return embedding.vocabulary();
    }

    public int hidden() {
        return embedding.hidden();
    }

    /** The attention of all blocks that keep keys and values. */
    public List<Attention> attentions() {
        return attentions;
    }

    /** The mixtures of experts of all blocks that have one. */
    public List<MixtureOfExperts> mixtures() {
        return blocks.stream()
                .map(Block::feedForward)
                .filter(MixtureOfExperts.class::isInstance)
                .map(MixtureOfExperts.class::cast)
                .toList();
    }

    /** The epsilon of the last norm, which is that of the others in nearly every model. */
    public double epsilon() {
        return norm == null ? 0 : norm.epsilon();
    }

    /** What each layer of the KV cache holds. */
    public List<AttentionShape> cacheLayers() {
        return cacheLayers;
    }

    /** The sizes of one sequence's state in each recurrent layer. */
    public List<long[]> stateShapes() {
        return stateShapes;
    }

    /** The tables by which layers turn queries and keys. */
    public List<RotaryTable> rotaries() {
        return rotaries;
    }

    /**
     * The most tokens of a sequence.
     *
     * @param asked {@code --max-model-len}
     * @return that, or else the model's context
     * @throws TokamakException if the model does not take so many
     */
    public int maxModelLen(OptionalInt asked) {
        if (asked.orElse(0) > longest) {
            throw TokamakException.configuration("--max-model-len " + asked.getAsInt() + " is more than the " + longest
                    + " tokens that the model takes (max_position_embeddings in its config.json)");
        }
        return asked.orElse(context);
    }

    /**
     * Refuses a context that memory cannot hold the angles of.
     *
     * @param maxModelLen the most tokens of a sequence
     * @param available bytes where the model computes
     */
    public void requireMemoryFor(int maxModelLen, long available) {
        long bytes =
                rotaries.stream().mapToLong(table -> table.bytes(maxModelLen)).sum();
        if (bytes > available / 2) {
            throw TokamakException.configuration("a context of " + maxModelLen + " tokens needs " + (bytes >> 20)
                    + " MiB for rotary embedding alone, available are " + (available >> 20)
                    + " MiB; name a smaller one with --max-model-len");
        }
    }
}
