package dev.tokamak.gate;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.openai.OpenAiProtocol;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpPacket;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.http.util.HttpStatus;
import org.glassfish.grizzly.http.util.MimeHeaders;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;

/**
 * Gives every answer that is an error and not the application's own, which are JSON, the body that all other errors have: what
 * Payara refuses before it asks the application, and what it says while there is none.
 */
final class ErrorBodies extends BaseFilter {
    private static final String REPLACED = ErrorBodies.class.getName();
    private static final int UNAVAILABLE = 503;

    @Override
    public NextAction handleWrite(FilterChainContext ctx) {
        if (ctx.getMessage() instanceof HttpPacket packet
                && packet.getHttpHeader() instanceof HttpResponsePacket response) {
            HttpRequestPacket request = response.getRequest();
            boolean last = packet instanceof HttpContent content && content.isLast();
            if (request.getAttribute(REPLACED) != null) {
                ctx.setMessage(HttpContent.create(response, last));
            } else if (!response.isCommitted() && response.getStatus() >= 400 && !isOurs(response)) {
                request.setAttribute(REPLACED, true);
                ctx.setMessage(content(response, last));
            }
        }
        return ctx.getInvokeAction();
    }

    private static boolean isOurs(HttpResponsePacket response) {
        String type = response.getContentType();
        return Application.isDeployed() && type != null && type.startsWith("application/json");
    }

    /** By way of a copy: to headers that are about to be sent, Grizzly adds nothing that may not be a trailer, and says nothing. */
    private static void retryAfterASecond(MimeHeaders headers) {
        MimeHeaders copy = new MimeHeaders();
        copy.copyFrom(headers);
        copy.setValue(Header.RetryAfter).setString("1");
        headers.copyFrom(copy);
    }

    /** Sets the head of the answer, and gives its body. */
    static HttpContent content(HttpResponsePacket response, boolean last) {
        HttpRequestPacket request = response.getRequest();
        int status = Application.isDeployed() ? response.getStatus() : UNAVAILABLE;
        ProtocolException error =
                ProtocolException.ofStatus(status, request.getMethod().toString(), request.getRequestURI());
        byte[] body = OpenAiProtocol.error(error);
        HttpStatus standard = HttpStatus.getHttpStatus(status);
        response.setStatus(standard);
        response.setReasonPhrase(standard.getReasonPhrase());
        response.setContentType("application/json");
        response.setChunked(false);
        response.setContentLength(body.length);
        if (status == UNAVAILABLE) {
            retryAfterASecond(response.getHeaders());
        }
        return HttpContent.create(response, last, Buffers.wrap(MemoryManager.DEFAULT_MEMORY_MANAGER, body));
    }
}
