package dev.tokamak.server;

import jakarta.servlet.ServletContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;

/** {@code GET /v1/models} and {@code GET /v1/models/NAME}. */
@Path("/v1/models")
@Produces(MediaType.APPLICATION_JSON)
public final class ModelsResource {
    private final Server server;

    /**
     * Made by JAX-RS for each request.
     *
     * @param context where the deployment keeps what is shared
     */
    public ModelsResource(@Context ServletContext context) {
        server = ServerLifecycle.server(context);
    }

    /**
     * The models that are served.
     *
     * @return JSON
     */
    @GET
    public byte[] list() {
        return server.protocols().openAi().models();
    }

    /**
     * One model.
     *
     * @param name may contain slashes
     * @return JSON
     */
    @GET
    @Path("{name: .+}")
    public byte[] get(@PathParam("name") String name) {
        return server.protocols().openAi().model(name);
    }
}
