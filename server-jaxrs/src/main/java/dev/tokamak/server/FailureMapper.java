package dev.tokamak.server;

import dev.tokamak.protocol.ProtocolException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Turns whatever a request fails with, in our resources or in JAX-RS itself, into OpenAI's error body. */
public final class FailureMapper implements ExceptionMapper<Throwable> {
    private static final List<String> KEPT_HEADERS = List.of("Allow", "Retry-After", "WWW-Authenticate");

    @Context
    private UriInfo uri;

    @Context
    private Request request;

    /** Made by JAX-RS. */
    public FailureMapper() {}

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof WebApplicationException refused) {
            return toResponse(refused);
        }
        ProtocolException error = translate(failure);
        FailureLog.failed(request.getMethod() + " /" + uri.getPath(), error);
        return ErrorBody.response(error);
    }

    private Response toResponse(WebApplicationException refused) {
        Response original = refused.getResponse();
        ProtocolException error = ProtocolException.ofStatus(
                original.getStatus(), request.getMethod(), uri.getRequestUri().getPath());
        Response.ResponseBuilder response = Response.fromResponse(ErrorBody.response(error));
        for (String header : KEPT_HEADERS) {
            if (original.getHeaderString(header) != null) {
                response.header(header, original.getHeaderString(header));
            }
        }
        return response.build();
    }

    static ProtocolException translate(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return ProtocolException.internal(cause);
    }
}
