package dev.tokamak.server;

import dev.tokamak.engine.ServedModel;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.gate.Settings;
import dev.tokamak.protocol.openai.OpenAiProtocol;

/** Makes the protocols on top of an engine, with the parsers that the operator chose. */
final class Protocols {
    private Protocols() {}

    /**
     * OpenAI's protocol.
     *
     * @throws dev.tokamak.api.TokamakException if a parser is named that no plugin provides
     */
    static OpenAiProtocol openAi(ServedModel model) {
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
