package dev.tokamak.libtorch.model.families;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.config.SentenceModules;
import dev.tokamak.libtorch.model.Ending;
import dev.tokamak.libtorch.model.parts.Transformer;
import java.util.List;
import java.util.Optional;

/**
 * How one family of models is composed of parts. Adding a family means one class like {@link Qwen3} and a place in {@link #ALL}.
 */
public interface ModelFamily {
    /** The families that can be run. */
    List<ModelFamily> ALL = List.of(
            new Llama(),
            new Mistral(),
            new Ministral(),
            new Qwen2(),
            new Qwen3(),
            new Qwen2Vl("Qwen2VLForConditionalGeneration", "qwen2_vl_text"),
            new Qwen2Vl("Qwen2_5_VLForConditionalGeneration", "qwen2_5_vl_text"),
            new Qwen3Vl(),
            new Gemma(),
            new Gemma2(),
            new Gemma3(),
            new Phi(),
            new Phi3(),
            new Granite(),
            new SmolLm3(),
            new Olmo(),
            new Olmo2(),
            new Olmo3(),
            new Cohere(),
            new Cohere2(),
            new Glm(),
            new Glm4(),
            new Starcoder2(),
            new StableLm(),
            new Gpt2(),
            new GptNeoX(),
            new Opt(),
            new Falcon(),
            new SeedOss(),
            new Arcee(),
            new Ernie45(),
            new Helium(),
            new Exaone4(),
            new Mixtral(),
            new Qwen2Moe(),
            new Qwen3Moe(),
            new Olmoe(),
            new GraniteMoe(),
            new Glm4Moe(),
            new GptOss(),
            new DeepseekV2(),
            new DeepseekV3(),
            new GraniteMoeShared(),
            new Glm4MoeLite(),
            new Dots1(),
            new Lfm2(),
            new Bert(),
            new Roberta("Roberta", "roberta"),
            new Roberta("XLMRoberta", "xlm-roberta"),
            new Roberta("Camembert", "camembert"),
            new DistilBert(),
            new MpNet(),
            new ModernBert(),
            new NomicBert());

    /** What the names of the family's classes in {@code transformers} begin with, such as {@code Llama}. */
    default String name() {
        return architecture().replaceAll("(ForCausalLM|LMHeadModel|ForConditionalGeneration|Model)$", "");
    }

    /** The models that are published of the family, for people; empty if its name tells. */
    default String publishedAs() {
        return "";
    }

    /** What the configuration of one of them says, as JSON, where the sizes of the family's class make no model. */
    default String sizesOfOne() {
        return "{}";
    }

    /** What {@code config.json} calls the family, such as {@code LlamaForCausalLM}. */
    String architecture();

    /** What {@code config.json} calls the family where it names no architecture, such as {@code llama}. */
    String modelType();

    /** What absent keys mean: the defaults of the family's configuration class in {@code transformers}, as JSON. */
    String defaults();

    /**
     * What a checkpoint gives that names an architecture.
     *
     * @param named by it
     * @return empty if it is none of this family's
     */
    default Optional<Ending.Kind> gives(String named) {
        return named.equals(architecture()) ? Optional.of(Ending.Kind.LOGITS) : Optional.empty();
    }

    /**
     * Keys that say in so many words what the family does anyway, with the value at which they do; at another they are refused.
     *
     * @return a JSON object
     */
    default String understood() {
        return "{}";
    }

    /**
     * A model of the family with a configuration's sizes.
     *
     * @param config of a checkpoint of this family, with {@link #defaults()}
     * @param ending what it gives
     * @return a new model without weights
     */
    Transformer model(ModelConfig config, Ending ending);

    /**
     * Whether a configuration says that the model does without a tensor.
     *
     * @param config of the checkpoint
     * @param tensor of the checkpoint that nothing has read
     */
    default boolean denies(ModelConfig config, String tensor) {
        return false;
    }

    /** Whether the family's files hold matrices as {@code [in, out]}. */
    default boolean transposed() {
        return false;
    }

    /**
     * The model of a checkpoint.
     *
     * @param config of a checkpoint of this family
     * @return a new model without weights
     * @throws TokamakException if the configuration asks for what is not supported, or for what nobody knows
     */
    default Transformer compose(ModelConfig config) {
        return compose(config, SentenceModules.NONE);
    }

    /** As {@link #compose(ModelConfig)}, with what the checkpoint has behind its transformer. */
    default Transformer compose(ModelConfig config, SentenceModules modules) {
        config.refuseQuantised();
        ModelConfig own = Wrapper.languageOf(config);
        own.refuseQuantised();
        Ending.Kind kind = config.architecture()
                .flatMap(this::gives)
                .or(() -> gives(architecture()))
                .orElseThrow();
        if (kind == Ending.Kind.LOGITS) {
            kind = modules.makeVectors()
                    ? Ending.Kind.VECTORS
                    : modules.score().isPresent() ? Ending.Kind.LABELS : kind;
        }
        Transformer model = model(own.withDefaults(defaults()), new Ending(kind, modules));
        config.refuseUnread(architecture(), understood());
        return model;
    }

    /**
     * The family of a checkpoint: that of its architecture, or where it names none, of its model type; and of a {@link Wrapper} that of
     * its language model.
     *
     * @param config of the checkpoint
     * @return the family
     * @throws TokamakException if there is none
     */
    static ModelFamily of(ModelConfig config) {
        Optional<Wrapper> wrapper = Wrapper.of(config);
        if (wrapper.isPresent()) {
            String type = wrapper.get().languageTypeOf(config);
            return ofType(type)
                    .orElseThrow(() -> config.unsupported("is of architecture "
                            + wrapper.get().architecture() + " around a language model of model_type " + type
                            + Neighbours.of(type)));
        }
        Optional<String> architecture = config.architecture();
        Optional<String> type = config.modelType();
        if (architecture.isEmpty() && type.isEmpty()) {
            throw config.unsupported("names neither architectures nor a model_type" + Neighbours.all());
        }
        return architecture
                .map(name -> ALL.stream()
                        .filter(family -> family.gives(name).isPresent())
                        .findFirst())
                .orElseGet(() -> ofType(type.get()))
                .orElseThrow(() -> config.unsupported(architecture
                                .map(name -> "is of architecture " + name)
                                .orElseGet(() -> "is of model_type " + type.get())
                        + Neighbours.of(architecture.orElse(""), type.orElse(""))));
    }

    private static Optional<ModelFamily> ofType(String type) {
        return ALL.stream().filter(family -> family.modelType().equals(type)).findFirst();
    }
}
