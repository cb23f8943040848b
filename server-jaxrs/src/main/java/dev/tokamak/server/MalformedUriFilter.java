package dev.tokamak.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;

/** Refuses addresses that are no URIs, such as {@code /v1/models?a=%zz}, with the same body as every other refusal. */
public final class MalformedUriFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    /** Made by the container. */
    public MalformedUriFilter() {}

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String query = request.getQueryString();
        try {
            new URI(query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query);
        } catch (URISyntaxException e) {
            response.sendError(400);
            return;
        }
        chain.doFilter(request, response);
    }
}
