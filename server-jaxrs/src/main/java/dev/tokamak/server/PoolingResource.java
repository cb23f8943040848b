package dev.tokamak.server;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import java.io.IOException;

/** What gives vectors and scores of texts. */
@Path("/")
public final class PoolingResource {
    private final Server server;

    /**
     * Made by JAX-RS for each request.
     *
     * @param context where the deployment keeps what is shared
     */
    public PoolingResource(@Context ServletContext context) {
        server = ServerLifecycle.server(context);
    }

    /**
     * Gives each text's vector, as OpenAI does.
     *
     * @param request its body has the texts
     * @param response completed later
     * @throws IOException if the client is gone
     */
    @POST
    @Path("v1/embeddings")
    public void embeddings(@Context HttpServletRequest request, @Suspended AsyncResponse response) throws IOException {
        server.answer(
                request, response, (protocols, body) -> protocols.pooling().embeddings(body));
    }
}
