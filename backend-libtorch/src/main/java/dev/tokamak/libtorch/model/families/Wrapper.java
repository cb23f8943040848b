package dev.tokamak.libtorch.model.families;

import dev.tokamak.libtorch.config.LanguageModel;
import dev.tokamak.libtorch.config.ModelConfig;
import java.util.List;
import java.util.Optional;

/**
 * A model for text and other inputs whose text goes through a language model of a family: {@code text_config} in its configuration
 * describes that one. Only text is computed; what it makes of images or sounds is not loaded. Those are listed here that compute text
 * alone as their language model by itself does.
 *
 * @param architecture what {@code config.json} calls it
 * @param modelType what it calls it where it names no architecture
 * @param languageType the model type of a {@code text_config} that has none
 * @param flat whether there are files that say beside each other what {@code text_config} says in others
 */
public record Wrapper(String architecture, String modelType, String languageType, boolean flat) {
    /** Those whose text can be computed. */
    public static final List<Wrapper> ALL = List.of(
            new Wrapper("Gemma3ForConditionalGeneration", "gemma3", "gemma3_text", false),
            new Wrapper("Mistral3ForConditionalGeneration", "mistral3", "mistral", false),
            new Wrapper("LlavaForConditionalGeneration", "llava", "llama", false),
            new Wrapper("LlavaNextForConditionalGeneration", "llava_next", "llama", false),
            new Wrapper("LlavaOnevisionForConditionalGeneration", "llava_onevision", "qwen2", false),
            new Wrapper("VipLlavaForConditionalGeneration", "vipllava", "llama", false),
            new Wrapper("InternVLForConditionalGeneration", "internvl", "qwen2", false),
            new Wrapper("GotOcr2ForConditionalGeneration", "got_ocr2", "qwen2", false),
            new Wrapper("Idefics3ForConditionalGeneration", "idefics3", "llama", false),
            new Wrapper("SmolVLMForConditionalGeneration", "smolvlm", "llama", false),
            new Wrapper("Qwen2VLForConditionalGeneration", "qwen2_vl", "qwen2_vl_text", true),
            new Wrapper("Qwen2_5_VLForConditionalGeneration", "qwen2_5_vl", "qwen2_5_vl_text", true),
            new Wrapper("Qwen3VLForConditionalGeneration", "qwen3_vl", "qwen3_vl_text", false),
            new Wrapper("VoxtralForConditionalGeneration", "voxtral", "llama", false),
            new Wrapper("Qwen2AudioForConditionalGeneration", "qwen2_audio", "qwen2", false),
            new Wrapper("AudioFlamingo3ForConditionalGeneration", "audioflamingo3", "qwen2", false));

    /** The one of a configuration, if it is of one. */
    static Optional<Wrapper> of(ModelConfig config) {
        return ALL.stream().filter(wrapper -> wrapper.isOf(config)).findFirst();
    }

    private boolean isOf(ModelConfig config) {
        Optional<String> named = config.architecture();
        return named.isPresent()
                ? named.get().equals(architecture)
                : config.modelType().orElse("").equals(modelType);
    }

    /**
     * The part of a configuration that describes the language model.
     *
     * @param config of a checkpoint
     * @return its {@code text_config} if it is a wrapper's, else itself; it keeps account together with the whole
     */
    public static ModelConfig languageOf(ModelConfig config) {
        return of(config).map(wrapper -> wrapper.language(config)).orElse(config);
    }

    private ModelConfig language(ModelConfig config) {
        return LanguageModel.of(config, flat);
    }

    /** The model type of the language model. */
    String languageTypeOf(ModelConfig config) {
        ModelConfig language = language(config);
        return language == config ? languageType : language.modelType().orElse(languageType);
    }
}
