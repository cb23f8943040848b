package dev.tokamak.launcher;

import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** The address that the server listens on. */
record ServerAddress(String host, int port) {

    static ServerAddress of(String host, int port) {
        if (port < 0 || port > 65535) {
            throw TokamakException.configuration("--port is " + port + ", expected a number from 0 to 65535");
        }
        try {
            InetAddress address = InetAddress.getByName(host);
            // Binding for a moment tells now, in words, what Payara would log as a stack trace later.
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(address, port));
                return new ServerAddress(address.getHostAddress(), socket.getLocalPort());
            }
        } catch (UnknownHostException e) {
            throw TokamakException.configuration("--host is '" + host + "', which is no address of this machine");
        } catch (IOException e) {
            throw new ServerAddress(host, port).taken(e.getMessage());
        }
    }

    /** What is said where another program listens on it. */
    TokamakException taken(String found) {
        return TokamakException.configuration("cannot listen on " + host + ":" + port + " (" + found
                + "): another program uses the port, choose a free one with --port");
    }
}
