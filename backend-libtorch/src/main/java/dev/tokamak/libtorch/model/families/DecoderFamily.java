package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.config.Rotary;
import dev.tokamak.libtorch.model.DecoderSizes;
import dev.tokamak.libtorch.model.Ending;
import dev.tokamak.libtorch.model.ExpertSizes;
import dev.tokamak.libtorch.model.parts.Attention;
import dev.tokamak.libtorch.model.parts.Block;
import dev.tokamak.libtorch.model.parts.Embedding;
import dev.tokamak.libtorch.model.parts.FeedForward;
import dev.tokamak.libtorch.model.parts.Head;
import dev.tokamak.libtorch.model.parts.MixtureOfExperts;
import dev.tokamak.libtorch.model.parts.Norm;
import dev.tokamak.libtorch.model.parts.Piece;
import dev.tokamak.libtorch.model.parts.Pooler;
import dev.tokamak.libtorch.model.parts.Projection;
import dev.tokamak.libtorch.model.parts.RotaryTable;
import dev.tokamak.libtorch.model.parts.Router;
import dev.tokamak.libtorch.model.parts.Sublayer;
import dev.tokamak.libtorch.model.parts.Transformer;
import dev.tokamak.libtorch.operators.Activation;
import dev.tokamak.libtorch.operators.Gate;
import dev.tokamak.libtorch.operators.PoolingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Decoders that are laid out as Llama is: a norm before attention, a norm before a gated feed-forward network, rotation of whole
 * heads, Llama's names of weights. A family overrides what is different in it.
 */
abstract class DecoderFamily implements ModelFamily {
    private final String architecture;
    private final String modelType;
    private final String defaults;

    /**
     * @param architecture its name in {@code config.json}
     * @param modelType the name of its configuration
     * @param defaults of its configuration's class
     */
    DecoderFamily(String architecture, String modelType, String defaults) {
        this.architecture = architecture;
        this.modelType = modelType;
        this.defaults = defaults;
    }

    @Override
    public final String architecture() {
        return architecture;
    }

    @Override
    public final String modelType() {
        return modelType;
    }

    @Override
    public final String defaults() {
        return defaults;
    }

    /** Beside what generates text: what is left without a head, and what classifies by the last token. */
    @Override
    public final Optional<Ending.Kind> gives(String named) {
        String name = name();
        return Optional.ofNullable(
                named.equals(architecture)
                        ? Ending.Kind.LOGITS
                        : named.equals(name + "Model")
                                ? Ending.Kind.VECTORS
                                : named.equals(name + "ForSequenceClassification") ? Ending.Kind.LABELS : null);
    }

    @Override
    public final Transformer model(ModelConfig config, Ending ending) {
        DecoderSizes sizes = sizes(config);
        Embedding embedding = embedding(sizes);
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < sizes.layers; i++) {
            blocks.add(block(sizes, i));
        }
        List<RotaryTable> rotaries = rotaries(sizes);
        double stretch = rotaries.stream()
                .map(RotaryTable::rotary)
                .filter(Objects::nonNull)
                .mapToDouble(Rotary::stretch)
                .min()
                .orElse(1);
        // Made in any case, for it reads what the configuration says of it.
        Head head = head(sizes, embedding);
        boolean generates = ending.kind() == Ending.Kind.LOGITS;
        Transformer model = new Transformer(
                embedding,
                blocks,
                lastNorm(sizes),
                generates ? head : null,
                rotaries,
                Math.min(sizes.context, ending.modules().mostTokens().orElse(sizes.context)),
                (int) Math.min(Integer.MAX_VALUE, sizes.context * stretch));
        if (generates && model.bidirectional()) {
            throw config.unsupported("describes attention in both directions, from which no text can be generated");
        }
        return generates ? model : model.pooling(pooler(sizes, ending, head));
    }

    private static Pooler pooler(DecoderSizes sizes, Ending ending, Head head) {
        if (ending.kind() == Ending.Kind.VECTORS) {
            return ending.vectors(sizes.config, sizes.hidden, PoolingMode.MEAN);
        }
        Projection scores = ending.modules()
                .score()
                .map(tokens -> head.score(sizes.config, tokens.yes(), tokens.no()))
                .orElseGet(() -> new Projection("score", sizes.hidden, sizes.config.labels(), false, null));
        return new Pooler(sizes.hidden, List.of(PoolingMode.LAST), List.of(scores)).scores();
    }

    /** Biases that the file holds though the configuration says, in so many words, that there are none. */
    @Override
    public boolean denies(ModelConfig config, String tensor) {
        return tensor.endsWith("_proj.bias")
                && config.says(tensor.contains(".mlp.") ? "mlp_bias" : "attention_bias", false);
    }

    DecoderSizes sizes(ModelConfig config) {
        return DecoderSizes.of(config, "rms_norm_eps");
    }

    /** What the names of all weights but the head's begin with. */
    String prefix() {
        return "model.";
    }

    /** What the names of a layer's weights begin with. */
    String layer(int index) {
        return prefix() + "layers." + index + ".";
    }

    Embedding embedding(DecoderSizes sizes) {
        return new Embedding(prefix() + "embed_tokens", sizes.vocabulary, sizes.hidden);
    }

    Norm norm(DecoderSizes sizes, String name) {
        return Norm.rms(name, sizes.hidden, sizes.epsilon);
    }

    Norm lastNorm(DecoderSizes sizes) {
        return norm(sizes, prefix() + "norm");
    }

    Block block(DecoderSizes sizes, int index) {
        return new Block(attention(sizes, index).build(), feedForward(sizes, index))
                .before(
                        norm(sizes, layer(index) + "input_layernorm"),
                        norm(sizes, layer(index) + "post_attention_layernorm"));
    }

    /** A layer whose attention and feed-forward network stand side by side behind one norm. */
    final Block parallelBlock(DecoderSizes sizes, int index) {
        return new Block(attention(sizes, index).build(), feedForward(sizes, index))
                .before(norm(sizes, layer(index) + "input_layernorm"), null)
                .parallel();
    }

    Attention.Builder attention(DecoderSizes sizes, int index) {
        String name = layer(index) + "self_attn.";
        return Attention.builder(sizes.hidden, sizes.heads, sizes.kvHeads, sizes.headDim)
                .rotary(0, rotaryDim(sizes), false)
                .weights(name + "q_proj", name + "k_proj", name + "v_proj", name + "o_proj");
    }

    Sublayer feedForward(DecoderSizes sizes, int index) {
        return gated(sizes, layer(index) + "mlp.", activation(sizes), sizes.intermediate, false);
    }

    static FeedForward gated(DecoderSizes sizes, String name, Activation activation, int intermediate, boolean biased) {
        return FeedForward.gated(
                Piece.of(name + "gate_proj", intermediate),
                Piece.of(name + "up_proj", intermediate),
                name + "down_proj",
                activation,
                sizes.hidden,
                intermediate,
                biased);
    }

    /** A gated network whose gate and rows to be gated lie above each other in one weight. */
    static FeedForward gatedFused(DecoderSizes sizes, String name, Activation activation) {
        return FeedForward.gated(
                Piece.slice(name + "gate_up_proj", 2 * sizes.intermediate, 0, sizes.intermediate),
                Piece.slice(name + "gate_up_proj", 2 * sizes.intermediate, sizes.intermediate, sizes.intermediate),
                name + "down_proj",
                activation,
                sizes.hidden,
                sizes.intermediate,
                false);
    }

    /** Experts, each with the names of weights that most have, or all in the two tensors that {@code transformers} 5 makes of them. */
    final MixtureOfExperts mixture(DecoderSizes sizes, ExpertSizes experts, Router router, String name) {
        return new MixtureOfExperts(
                        router, Gate.of(activation(sizes)), sizes.hidden, experts.intermediate(), experts.count())
                .weights(
                        expert -> List.of(
                                Piece.of(name + "experts." + expert + ".gate_proj", experts.intermediate()),
                                Piece.of(name + "experts." + expert + ".up_proj", experts.intermediate())),
                        expert -> Piece.of(name + "experts." + expert + ".down_proj", sizes.hidden))
                .orStacked(name + "experts");
    }

    Activation activation(DecoderSizes sizes) {
        return activation(sizes, "hidden_act");
    }

    static Activation activation(DecoderSizes sizes, String key) {
        return switch (sizes.config.text(key)) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu" -> Activation.GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            case "relu2" -> Activation.RELU_SQUARED;
            default -> throw sizes.config.fault(key, "silu, gelu, gelu_new, gelu_pytorch_tanh, relu or relu2");
        };
    }

    Head head(DecoderSizes sizes, Embedding embedding) {
        return sizes.config.flag("tie_word_embeddings")
                ? Head.tied("lm_head", embedding)
                : Head.of("lm_head", embedding);
    }

    List<RotaryTable> rotaries(DecoderSizes sizes) {
        return List.of(new RotaryTable(sizes.config.rotary(), rotaryDim(sizes), sizes.headDim));
    }

    /** How many of a head's elements are turned. */
    int rotaryDim(DecoderSizes sizes) {
        return sizes.headDim;
    }
}
