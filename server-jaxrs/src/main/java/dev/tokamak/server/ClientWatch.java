package dev.tokamak.server;

import dev.tokamak.protocol.Call;
import dev.tokamak.server.ConnectionTable.State;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * Aborts requests whose answer is not streamed when their client closes the connection.
 *
 * <p>Implementation notes. Nothing is written before such an answer is complete, so no write can fail, and the container reads
 * nothing from a connection whose request it is still answering, so it does not see the end either and calls nobody back. The
 * operating system knows: while there are such requests, its list of connections is looked at from time to time. A connection
 * that the client has closed is gone, and so is one that was open at an earlier look and is not listed any more; one that was
 * never seen, since a proxy's filter replaced the client's address, is left alone. Where there is no list nobody is watched.
 */
final class ClientWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ClientWatch.class.getName());
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F.:]+(%.*)?");

    private final Path connections;
    private final long periodMillis;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<Call, Client> clients = new ConcurrentHashMap<>();
    private ScheduledFuture<?> looking;
    private volatile boolean blind;

    /** The other end of a connection. */
    private static final class Client {
        final int localPort;
        final InetAddress address;
        final int port;
        boolean seen;

        Client(int localPort, InetAddress address, int port) {
            this.localPort = localPort;
            this.address = address;
            this.port = port;
        }
    }

    /**
     * A watch.
     *
     * @param connections the folder with the system's lists of connections
     * @param periodMillis how often it looks
     */
    ClientWatch(Path connections, long periodMillis) {
        this.connections = connections;
        this.periodMillis = periodMillis;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "client-watch");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Closes the call when the request's client is gone, unless it is forgotten before. */
    void watch(Call call, HttpServletRequest request) {
        String address = request.getRemoteAddr();
        if (blind || address == null || !ADDRESS.matcher(address).matches()) {
            return;
        }
        try {
            watch(call, request.getLocalPort(), InetAddress.getByName(address), request.getRemotePort());
        } catch (UnknownHostException e) {
            LOG.log(Level.FINE, "a client's address is none: " + address, e);
        }
    }

    void watch(Call call, int localPort, InetAddress address, int port) {
        clients.put(call, new Client(localPort, address, port));
        synchronized (timer) {
            if (looking == null && !timer.isShutdown()) {
                looking = timer.scheduleWithFixedDelay(this::look, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
            }
        }
    }

    void forget(Call call) {
        clients.remove(call);
    }

    private void look() {
        try {
            ConnectionTable table = ConnectionTable.read(connections);
            clients.forEach((call, client) -> {
                State state = table.state(client.localPort, client.address, client.port);
                if (state == State.CLOSED_BY_PEER || state == State.ABSENT && client.seen) {
                    clients.remove(call);
                    call.close();
                }
                client.seen |= state == State.ESTABLISHED;
            });
        } catch (IOException e) {
            blind = true;
            clients.clear();
            LOG.log(Level.FINE, "clients that are gone are noticed only where their answer is streamed", e);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "clients could not be watched", e);
        }
        synchronized (timer) {
            if (clients.isEmpty() && looking != null) {
                looking.cancel(false);
                looking = null;
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
