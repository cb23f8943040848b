package dev.tokamak.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

/**
 * The TCP connections that Linux lists in {@code /proc/net}, by the server's port and the client's address.
 *
 * <p>Implementation notes. An address is written in hexadecimal, in 32-bit words of the machine's byte order, each port in four
 * digits. A client that speaks IPv4 to a socket for both versions is in {@code tcp6}, under its mapped address. State 1 is an
 * established connection, state 8 one that the other side has closed and this side has not.
 */
final class ConnectionTable {
    private static final List<String> FILES = List.of("tcp", "tcp6");
    private static final String ESTABLISHED = "01";
    private static final String CLOSED_BY_PEER = "08";
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xFF, (byte) 0xFF};

    /** How a connection is. */
    enum State {
        ESTABLISHED,
        CLOSED_BY_PEER,
        /** Not listed, or on its way to be gone. */
        ABSENT
    }

    private final Map<String, State> states = new HashMap<>();

    private ConnectionTable() {}

    /**
     * The connections of this moment.
     *
     * @param folder {@code /proc/net}
     * @throws NoSuchFileException if the system has no such list
     * @throws IOException if it cannot be read this time
     */
    static ConnectionTable read(Path folder) throws IOException {
        ConnectionTable table = new ConnectionTable();
        boolean any = false;
        for (String name : FILES) {
            Path file = folder.resolve(name);
            if (Files.isReadable(file)) {
                any = true;
                try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
                    lines.readLine(); // the columns' names
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        table.add(line);
                    }
                }
            }
        }
        if (!any) {
            throw new NoSuchFileException(folder.toString(), null, "no list of TCP connections");
        }
        return table;
    }

    private void add(String line) {
        StringTokenizer columns = new StringTokenizer(line);
        if (columns.countTokens() < 4) {
            return;
        }
        columns.nextToken();
        String local = columns.nextToken();
        String remote = columns.nextToken();
        State state =
                switch (columns.nextToken()) {
                    case ESTABLISHED -> State.ESTABLISHED;
                    case CLOSED_BY_PEER -> State.CLOSED_BY_PEER;
                    default -> State.ABSENT;
                };
        if (state != State.ABSENT) {
            // Two addresses of this machine may have the same port and the same client; then the one that is open
            // counts.
            states.merge(
                    local.substring(local.indexOf(':') + 1) + ' ' + remote,
                    state,
                    (one, other) -> one == State.ESTABLISHED ? one : other);
        }
    }

    /**
     * How the lists may write the connection between a port of this machine and a client.
     *
     * @return to ask {@link #state} for
     */
    static List<String> names(int localPort, InetAddress client, int clientPort) {
        byte[] address = client.getAddress();
        String name = name(localPort, address, clientPort);
        if (!(client instanceof Inet4Address)) {
            return List.of(name);
        }
        byte[] mapped = new byte[16];
        System.arraycopy(MAPPED, 0, mapped, 0, MAPPED.length);
        System.arraycopy(address, 0, mapped, MAPPED.length, address.length);
        return List.of(name, name(localPort, mapped, clientPort));
    }

    /** How the connection with these {@link #names} is. */
    State state(List<String> names) {
        for (String name : names) {
            State state = states.get(name);
            if (state != null) {
                return state;
            }
        }
        return State.ABSENT;
    }

    private static String name(int localPort, byte[] address, int port) {
        boolean reversed = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        StringBuilder name = new StringBuilder(48);
        name.append(String.format("%04X ", localPort));
        for (int i = 0; i < address.length; i++) {
            int at = reversed ? (i & ~3) + 3 - (i & 3) : i;
            name.append(String.format("%02X", address[at] & 0xFF));
        }
        return name.append(String.format(":%04X", port)).toString();
    }
}
