package dev.tokamak.server;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import java.io.IOException;

/** {@code POST /tokenize} and {@code POST /detokenize}. */
@Path("/")
public final class TokenizationResource {
    private final Server server;

    /**
     * Made by JAX-RS for each request.
     *
     * @param context where the deployment keeps what is shared
     */
    public TokenizationResource(@Context ServletContext context) {
        server = ServerLifecycle.server(context);
    }

    /**
     * Gives the tokens of a text or a conversation.
     *
     * @param request its body has either
     * @param response completed later
     * @throws IOException if the client is gone
     */
    @POST
    @Path("tokenize")
    public void tokenize(@Context HttpServletRequest request, @Suspended AsyncResponse response) throws IOException {
        server.answerAtOnce(
                request, response, (protocols, body) -> protocols.openAi().tokenize(body));
    }

    /**
     * Gives the text of tokens.
     *
     * @param request its body has the tokens
     * @param response completed later
     * @throws IOException if the client is gone
     */
    @POST
    @Path("detokenize")
    public void detokenize(@Context HttpServletRequest request, @Suspended AsyncResponse response) throws IOException {
        server.answerAtOnce(
                request, response, (protocols, body) -> protocols.openAi().detokenize(body));
    }
}
