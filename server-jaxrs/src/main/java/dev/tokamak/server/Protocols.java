package dev.tokamak.server;

import dev.tokamak.engine.ServedModel;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.gate.Settings;
import dev.tokamak.protocol.openai.OpenAiProtocol;
import dev.tokamak.protocol.pooling.PoolingProtocol;

/**
 * The protocols on top of an engine, with the parsers that the operator chose.
 *
 * @param openAi what generates
 * @param pooling what makes vectors and scores of texts
 */
record Protocols(OpenAiProtocol openAi, PoolingProtocol pooling) {
    /**
     * All of them.
     *
     * @throws dev.tokamak.api.TokamakException if a parser is named that no plugin provides
     */
    static Protocols of(ServedModel model) {
        return new Protocols(openAi(model), new PoolingProtocol(model));
    }

    private static OpenAiProtocol openAi(ServedModel model) {
        OpenAiProtocol.Builder protocol = OpenAiProtocol.builder(
                        model, model.tokenizer().vocabulary())
                .options(ServingSettings.fromEnvironment());
        String toolParser = Settings.text("tool-call-parser");
        if (toolParser != null) {
            protocol.toolParser(model.plugins().require(PluginKind.TOOL_PARSER, toolParser));
        }
        String reasoningParser = Settings.text("reasoning-parser");
        if (reasoningParser != null) {
            protocol.reasoningParser(model.plugins().require(PluginKind.REASONING_PARSER, reasoningParser));
        }
        return protocol.build();
    }
}
