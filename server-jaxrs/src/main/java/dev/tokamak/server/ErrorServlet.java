package dev.tokamak.server;

import dev.tokamak.gate.Client;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.openai.OpenAiProtocol;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The container's error page: what fails before or beside JAX-RS gets the same JSON body as everything else. */
public final class ErrorServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Made by the container. */
    public ErrorServlet() {}

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getAttribute(Client.ATTRIBUTE) instanceof Client client && client.isGone()) {
            return;
        }
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
        int code = status instanceof Integer known ? known : 404;
        byte[] body = OpenAiProtocol.error(ProtocolException.ofStatus(
                code, request.getMethod(), path == null ? request.getRequestURI() : path.toString()));
        response.setStatus(code);
        if (code == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", "1");
        }
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
