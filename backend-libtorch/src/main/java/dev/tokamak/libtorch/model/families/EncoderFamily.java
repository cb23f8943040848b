package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.Ending;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.DistanceScores;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.Pooler;
import dev.tokamak.libtorch.model.parts.Projection;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.Activation;
import dev.tokamak.libtorch.operators.PoolingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Encoders that are laid out as BERT is (Devlin et al. 2019, arXiv:1810.04805): attention in both directions, learned positions, a norm
 * over the sum behind each sublayer, BERT's names of weights. A family overrides what is different in it.
 */
abstract class EncoderFamily implements ModelFamily {
    private final String className;
    private final String modelType;
    private final String stem;
    private final String defaults;

    /**
     * @param className what the names of its classes in {@code transformers} begin with
     * @param modelType the name of its configuration
     * @param stem what the names of weights begin with in files that hold a head, too
     * @param defaults of its configuration's class
     */
    EncoderFamily(String className, String modelType, String stem, String defaults) {
        this.className = className;
        this.modelType = modelType;
        this.stem = stem;
        this.defaults = defaults;
    }

    @Override
    public final String architecture() {
        return className + "Model";
    }

    @Override
    public final String modelType() {
        return modelType;
    }

    @Override
    public final String defaults() {
        return defaults;
    }

    /** What the names of weights begin with in files that hold a head, too. */
    final String stem() {
        return stem;
    }

    /** What was trained to fill gaps is an encoder with a head that nobody needs. */
    @Override
    public final Optional<Ending.Kind> gives(String named) {
        if (!named.startsWith(className)) {
            return Optional.empty();
        }
        return switch (named.substring(className.length())) {
            case "Model", "ForMaskedLM", "ForPreTraining" -> Optional.of(Ending.Kind.VECTORS);
            case "ForSequenceClassification" -> Optional.of(Ending.Kind.LABELS);
            default -> Optional.empty();
        };
    }

    @Override
    public Transformer model(ModelConfig config, Ending ending) {
        DecoderSizes sizes = sizes(config);
        DistanceScores distances = distances(sizes);
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < sizes.layers; i++) {
            blocks.add(block(sizes, i, distances));
        }
        int most = Math.min(sizes.context, ending.modules().mostTokens().orElse(sizes.context));
        // What generates text with them ties the two; vectors do not need it.
        config.ignore("tie_word_embeddings");
        for (String key : new String[] {"is_decoder", "add_cross_attention", "is_causal"}) {
            if (config.says(key, true)) {
                throw config.fault(key, "false");
            }
            config.ignore(key);
        }
        Pooler pooler = ending.kind() == Ending.Kind.LABELS
                ? classifier(sizes, config.labels()).scores()
                : ending.vectors(config, sizes.hidden, PoolingMode.MEAN);
        return new Transformer(embedding(sizes), blocks, lastNorm(sizes), null, rotaries(sizes), most, sizes.context)
                .sharing(distances)
                .pooling(pooler);
    }

    DecoderSizes sizes(ModelConfig config) {
        return sizes(config, 0, config.positive("layer_norm_eps"));
    }

    /**
     * With the names of sizes that most have.
     *
     * @param offset rows of the table of positions before that of the first
     */
    static DecoderSizes sizes(ModelConfig config, int offset, double epsilon) {
        return sizes(
                config,
                "num_hidden_layers",
                "hidden_size",
                "num_attention_heads",
                "intermediate_size",
                offset,
                epsilon);
    }

    static DecoderSizes sizes(
            ModelConfig config,
            String layers,
            String hidden,
            String heads,
            String intermediate,
            int offset,
            double epsilon) {
        if (config.has("position_embedding_type")
                && !config.text("position_embedding_type").equals("absolute")) {
            throw config.fault("position_embedding_type", "\"absolute\"");
        }
        int width = config.size(hidden);
        int count = config.size(heads);
        if (width % count != 0) {
            throw config.unsupported("has " + count + " heads that cannot divide " + width + " elements");
        }
        int positions = config.size("max_position_embeddings");
        if (positions <= offset) {
            throw config.fault(
                    "max_position_embeddings", "more than the " + offset + " rows that come before the first");
        }
        return new DecoderSizes(
                config,
                config.size(layers),
                width,
                count,
                count,
                width / count,
                config.size(intermediate),
                config.size("vocab_size"),
                positions - offset,
                epsilon);
    }

    /** What the names of a layer's weights begin with. */
    String layer(int index) {
        return stem + "encoder.layer." + index + ".";
    }

    Embedding embedding(DecoderSizes sizes) {
        return words(sizes, 0).types(stem + "embeddings.token_type_embeddings", sizes.config.size("type_vocab_size"));
    }

    /** Tokens and positions, normalised. */
    final Embedding words(DecoderSizes sizes, int offset) {
        String name = stem + "embeddings.";
        return new Embedding(name + "word_embeddings", sizes.vocabulary, sizes.hidden)
                .positions(name + "position_embeddings", sizes.context, offset)
                .normed(norm(sizes, name + "LayerNorm"));
    }

    static Norm norm(DecoderSizes sizes, String name) {
        return Norm.layer(name, sizes.hidden, sizes.epsilon, true, true);
    }

    Norm lastNorm(DecoderSizes sizes) {
        return null;
    }

    /** What all layers add to the products of queries and keys; null for nothing. */
    DistanceScores distances(DecoderSizes sizes) {
        return null;
    }

    Block block(DecoderSizes sizes, int index, DistanceScores distances) {
        String name = layer(index);
        return block(
                sizes,
                attention(sizes, name + "attention.self.", "query", "key", "value", name + "attention.output.dense")
                        .build(),
                name + "attention.output.LayerNorm",
                feedForward(sizes, name + "intermediate.dense", name + "output.dense", "hidden_act"),
                name + "output.LayerNorm");
    }

    static Block block(DecoderSizes sizes, Attention attention, String over, Sublayer feedForward, String overAll) {
        return new Block(attention, feedForward).over(norm(sizes, over), norm(sizes, overAll));
    }

    static Attention.Builder attention(
            DecoderSizes sizes, String in, String query, String key, String value, String out) {
        return attention(sizes).weights(in + query, in + key, in + value, out).biased(true, true);
    }

    /** Attention in both directions without rotation. */
    static Attention.Builder attention(DecoderSizes sizes) {
        return Attention.builder(sizes.hidden, sizes.heads, sizes.kvHeads, sizes.headDim)
                .rotary(0, 0, false)
                .bidirectional();
    }

    static FeedForward feedForward(DecoderSizes sizes, String up, String down, String activationKey) {
        Activation activation = DecoderFamily.activation(sizes, activationKey);
        return FeedForward.plain(up, down, activation, sizes.hidden, sizes.intermediate, true);
    }

    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of();
    }

    /** The first token's vector, what the pre-training made of it, and the labels. */
    Pooler classifier(DecoderSizes sizes, int labels) {
        return classifier(sizes, stem + "pooler.dense", Activation.TANH, "classifier", labels);
    }

    static Pooler classifier(DecoderSizes sizes, String dense, Activation activation, String out, int labels) {
        return new Pooler(
                sizes.hidden,
                List.of(PoolingMode.FIRST),
                List.of(
                        new Projection(dense, sizes.hidden, sizes.hidden, true, activation),
                        new Projection(out, sizes.hidden, labels, true, null)));
    }
}
