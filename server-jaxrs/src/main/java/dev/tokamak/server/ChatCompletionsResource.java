package dev.tokamak.server;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import java.io.IOException;

/** {@code POST /v1/chat/completions}. */
@Path("/v1/chat/completions")
public final class ChatCompletionsResource {
    private final Server server;

    /**
     * Made by JAX-RS for each request.
     *
     * @param context where the deployment keeps what is shared
     */
    public ChatCompletionsResource(@Context ServletContext context) {
        server = ServerLifecycle.server(context);
    }

    /**
     * Answers a conversation.
     *
     * @param request its body is the conversation
     * @param response completed later
     * @throws IOException if the client is gone
     */
    @POST
    public void create(@Context HttpServletRequest request, @Suspended AsyncResponse response) throws IOException {
        server.answer(request, response, (protocols, body) -> protocols.openAi().chatCompletions(body));
    }
}
