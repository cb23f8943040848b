package dev.tokamak.protocol.openai;

import dev.tokamak.api.Engine;
import dev.tokamak.api.ModelCard;
import dev.tokamak.engine.BoundedEncoding;
import dev.tokamak.engine.output.Marks;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.spi.reasoning.ReasoningParserProvider;
import dev.tokamak.spi.tokenizer.Vocabulary;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.Optional;

/** What all requests share. */
record Serving(
        Engine engine,
        ModelCard card,
        Vocabulary vocabulary,
        Marks marks,
        BoundedEncoding encoding,
        ServingOptions options,
        Optional<ToolParserProvider> toolParser,
        Optional<ReasoningParserProvider> reasoningParser) {
    /** The same for prompts that are not answered, and so may fill the context. */
    Serving withoutAnswer() {
        return new Serving(
                engine, card, vocabulary, marks, encoding.withoutAnswer(), options, toolParser, reasoningParser);
    }

    /** The name of the model in answers. */
    String modelName() {
        return card.names().get(0);
    }
}
