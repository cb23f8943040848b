package dev.tokamak.engine;

import dev.tokamak.api.Engine;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.engine.plugin.PluginRegistry;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.tokenizer.EncodedPair;
import dev.tokamak.spi.tokenizer.Tokenizer;
import java.util.Optional;

/** An engine as the protocol layer sees it: what it serves with, beside what every caller sees. Thread-safe. */
public interface ServedModel extends Engine {
    /**
     * The model's tokenizer.
     *
     * @return owned by the engine
     */
    Tokenizer tokenizer();

    /**
     * Encodes two texts that the model looks at together. Takes turns with whatever else is encoded, as {@link #encode} does.
     *
     * @param first any text, such as a question
     * @param second any text, such as a passage
     * @return tokens of both
     */
    EncodedPair encodePair(String first, String second);

    /**
     * The plugins that were found, such as tool and reasoning parsers.
     *
     * @return never null
     */
    PluginRegistry plugins();

    /**
     * The text of the chat template that is used by default.
     *
     * @return empty if the model has none
     */
    Optional<String> chatTemplateSource();

    /**
     * What the executor said of the model.
     *
     * @return never null
     */
    ModelInfo modelInfo();

    /**
     * What the engine was opened with.
     *
     * @return never null
     */
    EngineConfig config();
}
