package dev.tokamak.server;

import dev.tokamak.api.Engine;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.protocol.openai.OpenAiProtocol;

final class Protocols {
    private Protocols() {}

    static OpenAiProtocol openAi(Engine engine, ServingOptions serving) {
        return OpenAiProtocol.builder(engine, null).options(serving).build();
    }
}
