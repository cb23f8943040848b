package dev.tokamak.server;

import dev.tokamak.api.EngineHealth;
import dev.tokamak.engine.ServedModel;
import dev.tokamak.protocol.openai.OpenAiProtocol;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** What operators ask: {@code /health}, {@code /ping}, {@code /metrics} and {@code /version}. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class ServiceResource {
    private final Server server;

    /**
     * Made by JAX-RS for each request.
     *
     * @param context where the deployment keeps what is shared
     */
    public ServiceResource(@Context ServletContext context) {
        server = ServerLifecycle.server(context);
    }

    /**
     * Whether requests can be answered.
     *
     * @return 200, or 503 if the engine is dead or stalled
     */
    @GET
    @Path("health")
    public Response health() {
        EngineHealth health = server.engine().health();
        return Response.status(health.ready() ? 200 : 503)
                .entity(OpenAiProtocol.health(health))
                .build();
    }

    /**
     * The same as {@link #health()}.
     *
     * @return 200, or 503 if the engine is dead or stalled
     */
    @GET
    @Path("ping")
    public Response ping() {
        return health();
    }

    /**
     * The same as {@link #health()}.
     *
     * @return 200, or 503 if the engine is dead or stalled
     */
    @POST
    @Path("ping")
    public Response postPing() {
        return health();
    }

    /**
     * The engine's counters and gauges.
     *
     * @return Prometheus' text format
     */
    @GET
    @Path("metrics")
    @Produces(MetricsText.CONTENT_TYPE)
    public String metrics() {
        ServedModel model = server.engine();
        return MetricsText.of(model.metrics(), model.model().names().get(0));
    }

    /**
     * The product's version.
     *
     * @return JSON
     */
    @GET
    @Path("version")
    public byte[] version() {
        return server.protocols().openAi().version();
    }
}
