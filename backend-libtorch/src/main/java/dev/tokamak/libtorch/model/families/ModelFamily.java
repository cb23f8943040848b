package dev.tokamak.libtorch.model.families;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.model.ModelConfig;
import dev.tokamak.libtorch.model.parts.Transformer;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How one family of models is composed of parts. Adding a family means one class like {@link Qwen3} and a place in {@link #ALL}.
 */
public interface ModelFamily {
    /** The families that can be run. */
    List<ModelFamily> ALL = List.of(new Llama(), new Mistral(), new Qwen2(), new Qwen3());

    /** What {@code config.json} calls the family, such as {@code LlamaForCausalLM}. */
    String architecture();

    /**
     * A model of the family with a configuration's sizes.
     *
     * @param config of a checkpoint of this family
     * @return a new model without weights
     */
    Transformer model(ModelConfig config);

    /** Whether the family's files hold matrices as {@code [in, out]}. */
    default boolean transposed() {
        return false;
    }

    /**
     * The family of a checkpoint.
     *
     * @param config of the checkpoint
     * @return the family
     * @throws TokamakException if there is none
     */
    static ModelFamily of(ModelConfig config) {
        String architecture = config.architecture();
        return ALL.stream()
                .filter(family -> family.architecture().equals(architecture))
                .findFirst()
                .orElseThrow(() -> config.unsupported("is of architecture " + architecture + "; supported are "
                        + ALL.stream().map(ModelFamily::architecture).collect(Collectors.joining(", "))));
    }
}
