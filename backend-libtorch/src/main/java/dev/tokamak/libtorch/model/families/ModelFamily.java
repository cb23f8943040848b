package dev.tokamak.libtorch.model.families;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.model.DecoderSpec;
import dev.tokamak.libtorch.model.ModelConfig;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What sets one family of models apart. Adding a family whose layers are made of the parts that {@link DecoderSpec} knows
 * means one class like {@link Qwen3} and a place in {@link #ALL}.
 */
public interface ModelFamily {
    /** The families that can be run. */
    List<ModelFamily> ALL = List.of(new Llama(), new Mistral(), new Qwen2(), new Qwen3());

    /** What {@code config.json} calls the family, such as {@code LlamaForCausalLM}. */
    String architecture();

    /**
     * The family's decoder with a configuration's sizes.
     *
     * @param config of a checkpoint of this family
     * @return a new description
     */
    DecoderSpec spec(ModelConfig config);

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
