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

    /**
     * Gives vectors of texts or of each of their tokens, or what a head says of texts.
     *
     * @param request its body has the texts
     * @param response completed later
     * @throws IOException if the client is gone
     */
    @POST
    @Path("pooling")
    public void pooling(@Context HttpServletRequest request, @Suspended AsyncResponse response) throws IOException {
        server.answer(
                request, response, (protocols, body) -> protocols.pooling().pooling(body));
    }

    /**
     * Tells which label a text has.
     *
     * @param request its body has the texts
     * @param response completed later
     * @throws IOException if the client is gone
     */
    @POST
    @Path("classify")
    public void classify(@Context HttpServletRequest request, @Suspended AsyncResponse response) throws IOException {
        server.answer(
                request, response, (protocols, body) -> protocols.pooling().classify(body));
    }

    /**
     * Scores pairs of texts.
     *
     * @param request its body has the texts
     * @param response completed later
     * @throws IOException if the client is gone
     */
    @POST
    @Path("{path: score|v1/score}")
    public void score(@Context HttpServletRequest request, @Suspended AsyncResponse response) throws IOException {
        server.answer(
                request, response, (protocols, body) -> protocols.pooling().score(body));
    }

    /**
     * Ranks documents by a query, as Jina, Cohere and Text Embeddings Inference do.
     *
     * @param request its body has the texts
     * @param response completed later
     * @throws IOException if the client is gone
     */
    @POST
    @Path("{path: rerank|v1/rerank|v2/rerank}")
    public void rerank(@Context HttpServletRequest request, @Suspended AsyncResponse response) throws IOException {
        server.answer(
                request, response, (protocols, body) -> protocols.pooling().rerank(body));
    }

    /**
     * Gives each text's vector, as Text Embeddings Inference does.
     *
     * @param request its body has the texts
     * @param response completed later
     * @throws IOException if the client is gone
     */
    @POST
    @Path("embed")
    public void embed(@Context HttpServletRequest request, @Suspended AsyncResponse response) throws IOException {
        server.answer(
                request, response, (protocols, body) -> protocols.pooling().embed(body));
    }
}
