package dev.tokamak.server;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.openai.OpenAiProtocol;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** OpenAI's error body, {@code {"error":{"message","type","param","code"}}}. */
final class ErrorBody {
    private ErrorBody() {}

    static Response response(ProtocolException e) {
        Response.ResponseBuilder response = Response.status(e.status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(OpenAiProtocol.error(e));
        if (e.status() == 503 || e.status() == 429) {
            response.header("Retry-After", "1");
        }
        return response.build();
    }
}
