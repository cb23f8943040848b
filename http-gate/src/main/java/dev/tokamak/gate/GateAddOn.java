package dev.tokamak.gate;

import org.glassfish.grizzly.filterchain.Filter;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http2.Http2ServerFilter;
import org.glassfish.grizzly.ssl.SSLBaseFilter;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;

/**
 * Puts the gate into every HTTP listener that Payara opens.
 *
 * <p>Payara takes the filters of a listener from three add-ons that it asks its service registry for by name: ajp, websocket and
 * comet. The last is on in Payara Micro's configuration, and nobody uses it. This class is registered in its place, by
 * {@code META-INF/hk2-locator/default}, so it is enough that the jar is on the server's class path. Public because the registry makes
 * it by name.
 *
 * <p>The requests of HTTP/2 would come in past the gate. So it is taken out, and clients use HTTP/1.1; where connections are
 * encrypted they are told so while that is set up.
 */
public final class GateAddOn implements AddOn {
    /** As in {@code META-INF/hk2-locator/default}. */
    static final String NAME = "comet";

    /** Above that of the add-on that has the name by right. */
    static final int RANK = 100;

    /** Beside the headers themselves: the request line, and a length that was not there before. */
    private static final int HEAD_BYTES_BESIDE_HEADERS = 64 * 1024;

    /** Made by Payara's registry. */
    public GateAddOn() {}

    @Override
    public void setup(NetworkListener unused, FilterChainBuilder chain) {
        GateSettings settings = GateSettings.fromEnvironment();
        boolean secure = chain.indexOfType(SSLBaseFilter.class) >= 0;
        int codec = chain.indexOfType(HttpServerFilter.class);
        GateFilter gate = new GateFilter(settings, secure);
        chain.set(codec, new GateCodec(gate, settings.maxHeaderBytes() + HEAD_BYTES_BESIDE_HEADERS));
        chain.add(codec, gate);
        chain.add(chain.indexOfType(org.glassfish.grizzly.http.server.HttpServerFilter.class), new ErrorBodies());
        remove(chain, IdleTimeoutFilter.class);
        remove(chain, Http2ServerFilter.class);
    }

    private static void remove(FilterChainBuilder chain, Class<? extends Filter> type) {
        int index = chain.indexOfType(type);
        if (index >= 0) {
            chain.remove(index);
        }
    }
}
