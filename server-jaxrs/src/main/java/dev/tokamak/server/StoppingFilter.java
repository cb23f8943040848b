package dev.tokamak.server;

import jakarta.servlet.ServletContext;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Context;

/**
 * Answers every request with 503 while the server stops, so that whoever distributes requests sends them elsewhere. Only the
 * metrics can be read to the end.
 */
@PreMatching
public final class StoppingFilter implements ContainerRequestFilter {
    @Context
    private ServletContext context;

    /** Made by JAX-RS. */
    public StoppingFilter() {}

    @Override
    public void filter(ContainerRequestContext request) {
        if (!request.getUriInfo().getPath().equals("metrics")) {
            ServerLifecycle.server(context).requireServing();
        }
    }
}
