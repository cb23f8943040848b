package dev.tokamak.libtorch.config;

/** The language model within a model for several kinds of input. */
public final class LanguageModel {
    private static final String TIED = "tie_word_embeddings";

    private LanguageModel() {}

    /**
     * What describes it, {@code text_config}. Whether its head is the table of tokens is said there or beside it; what else is beside
     * it is about other inputs.
     *
     * @param whole the configuration around it
     * @return with the account of {@code whole}
     */
    public static ModelConfig of(ModelConfig whole) {
        whole.keys().stream().filter(InertKeys::ofOtherInputs).forEach(whole::ignore);
        whole.ignore(TIED);
        ModelConfig own = whole.object("text_config");
        return whole.has(TIED) && !own.has(TIED) ? own.saying(TIED, whole.raw(TIED)) : own;
    }
}
