package dev.tokamak.gate;

import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpHeader;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.KeepAlive;

/**
 * Reads the requests that the gate hands on, and tells the application who asked them. Limits of its own are out of the way: the gate has them, and a
 * second clock for idle connections would close those that are sending a body.
 */
final class GateCodec extends HttpServerFilter {
    private static final int UNLIMITED = -1;

    private final GateFilter gates;

    @SuppressWarnings("deprecation") // The one without arguments has no setters for them.
    GateCodec(GateFilter gates, int headBytes) {
        super(true, headBytes, null, unlimited(), null, UNLIMITED, UNLIMITED);
        this.gates = gates;
        // What a method's body means is for the application to say.
        setAllowPayloadForUndefinedHttpMethods(true);
    }

    private static KeepAlive unlimited() {
        KeepAlive keepAlive = new KeepAlive();
        keepAlive.setIdleTimeoutInSeconds(UNLIMITED);
        keepAlive.setMaxRequestsCount(UNLIMITED);
        return keepAlive;
    }

    @Override
    protected boolean onHttpHeaderParsed(HttpHeader header, Buffer buffer, FilterChainContext ctx) {
        ConnectionGate gate = gates.gate(ctx.getConnection());
        Client client = gate == null ? null : gate.client();
        if (client != null) {
            ((HttpRequestPacket) header).setAttribute(Client.ATTRIBUTE, client);
        }
        return super.onHttpHeaderParsed(header, buffer, ctx);
    }

    @Override
    protected HttpContent customizeErrorResponse(HttpResponsePacket response) {
        return ErrorBodies.content(response, true);
    }
}
