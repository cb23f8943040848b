package dev.tokamak.server;

import dev.tokamak.protocol.Call;
import dev.tokamak.server.ConnectionTable.State;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
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
 * never seen, since a proxy's filter replaced the client's address, is left alone. The kernel writes its list in pieces, and may skip
 * a connection when another one ends between two of them, so a single look at which one is missing says nothing. Where there is
 * no list nobody is watched.
 */
final class ClientWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ClientWatch.class.getName());
    private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F]*:[0-9a-fA-F.:]*(%.*)?");

    /** At so many looks one after another a connection that was open must be missing. */
    private static final int MISSING_LOOKS = 2;

    private final Path connections;
    private final long periodMillis;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<Call, Client> clients = new ConcurrentHashMap<>();
    private ScheduledFuture<?> looking;
    private volatile boolean blind;

    /** A client's connection. Looked at by the timer's thread. */
    private static final class Client {
        final List<String> names;
        boolean seen;
        int missing;

        Client(List<String> names) {
            this.names = names;
        }

        /** Whether the client is gone, now that its connection is found to be in a state. */
        boolean gone(State state) {
            seen |= state == State.ESTABLISHED;
            missing = state == State.ABSENT ? missing + 1 : 0;
            return state == State.CLOSED_BY_PEER || seen && missing >= MISSING_LOOKS;
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
        clients.put(call, new Client(ConnectionTable.names(localPort, address, port)));
        synchronized (timer) {
            if (looking == null && !timer.isShutdown()) {
                looking = timer.scheduleWithFixedDelay(this::look, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
            }
        }
    }

    void forget(Call call) {
        clients.remove(call);
    }

    /** Looks once; the timer's thread, or a test that has no other. */
    void look() {
        try {
            ConnectionTable table = ConnectionTable.read(connections);
            clients.forEach((call, client) -> {
                if (client.gone(table.state(client.names))) {
                    clients.remove(call);
                    call.close();
                }
            });
        } catch (NoSuchFileException e) {
            blind = true;
            clients.clear();
            LOG.log(Level.FINE, "clients that are gone are noticed only where their answer is streamed", e);
        } catch (IOException e) {
            LOG.log(Level.FINE, "the list of connections could not be read this time", e);
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
