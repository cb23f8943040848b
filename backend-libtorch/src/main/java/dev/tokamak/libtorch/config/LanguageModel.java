package dev.tokamak.libtorch.config;

/** The language model within a model for several kinds of input. */
public final class LanguageModel {
    private static final String TIED = "tie_word_embeddings";

    private LanguageModel() {}

    /**
     * What describes it, {@code text_config}, or in files from before there was one the whole. Whether its head is the table of tokens is said there or beside it; what else is beside
     * it is about other inputs.
     *
     * @param whole the configuration around it
     * @param flat whether there are files without {@code text_config} that say all beside each other
     * @return with the account of {@code whole}
     */
    public static ModelConfig of(ModelConfig whole, boolean flat) {
        whole.keys().stream().filter(InertKeys::ofOtherInputs).forEach(whole::ignore);
        if (flat && !whole.has("text_config")) {
            return whole;
        }
        whole.ignore(TIED);
        ModelConfig own = whole.object("text_config");
        return whole.has(TIED) && !own.has(TIED) ? own.saying(TIED, whole.raw(TIED)) : own;
    }
}
