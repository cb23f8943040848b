package dev.tokamak.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
     * @throws IOException if the system has no such list
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
                    lines.lines().forEach(table::add);
                }
            }
        }
        if (!any) {
            throw new IOException("there is no list of TCP connections in " + folder);
        }
        return table;
    }

    private void add(String line) {
        String[] columns = line.strip().split(" +", 5);
        if (columns.length < 5) {
            return;
        }
        State state =
                switch (columns[3]) {
                    case ESTABLISHED -> State.ESTABLISHED;
                    case CLOSED_BY_PEER -> State.CLOSED_BY_PEER;
                    default -> State.ABSENT;
                };
        if (state != State.ABSENT) {
            states.put(columns[1].substring(columns[1].indexOf(':') + 1) + ' ' + columns[2], state);
        }
    }

    /** How the connection between a port of this machine and a client is. */
    State state(int localPort, InetAddress client, int clientPort) {
        byte[] address = client.getAddress();
        State state = states.getOrDefault(key(localPort, address, clientPort), State.ABSENT);
        if (state == State.ABSENT && client instanceof Inet4Address) {
            byte[] mapped = new byte[16];
            System.arraycopy(MAPPED, 0, mapped, 0, MAPPED.length);
            System.arraycopy(address, 0, mapped, MAPPED.length, address.length);
            state = states.getOrDefault(key(localPort, mapped, clientPort), State.ABSENT);
        }
        return state;
    }

    private static String key(int localPort, byte[] address, int port) {
        boolean reversed = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        StringBuilder key = new StringBuilder(48);
        key.append(String.format("%04X ", localPort));
        for (int i = 0; i < address.length; i++) {
            int at = reversed ? (i & ~3) + 3 - (i & 3) : i;
            key.append(String.format("%02X", address[at] & 0xFF));
        }
        return key.append(String.format(":%04X", port)).toString();
    }
}
