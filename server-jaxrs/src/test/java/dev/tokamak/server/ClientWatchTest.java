package dev.tokamak.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.EventStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real connections, as the kernel lists them. */
@Timeout(30)
class ClientWatchTest {
    private static final Path LISTS = Path.of("/proc/net");

    /** A call that says when it is closed. */
    private static final class Waiting implements Call {
        final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public String id() {
            return "waiting";
        }

        @Override
        public boolean stream() {
            return false;
        }

        @Override
        public CompletableFuture<byte[]> respond(Executor executor) {
            return new CompletableFuture<>();
        }

        @Override
        public EventStream open() {
            throw new UnsupportedOperationException("not streamed");
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @BeforeEach
    void needsTheKernelsList() {
        assumeTrue(Files.isReadable(LISTS.resolve("tcp")), "no list of connections");
    }

    private static void watch(ClientWatch watch, Call call, Socket accepted) {
        watch.watch(call, accepted.getLocalPort(), accepted.getInetAddress(), accepted.getPort());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1"})
    void closesTheCallOfAClientThatClosesItsConnection(String listening) throws Exception {
        InetAddress address = InetAddress.getByName(listening);
        try (ServerSocket server = new ServerSocket(0, 8, address);
                ClientWatch watch = new ClientWatch(LISTS, 10)) {
            InetAddress target = address.isAnyLocalAddress() ? InetAddress.getByName("127.0.0.1") : address;
            Socket leaving = new Socket(target, server.getLocalPort());
            Socket first = server.accept();
            Socket staying = new Socket(target, server.getLocalPort());
            Socket second = server.accept();
            Waiting gone = new Waiting();
            Waiting here = new Waiting();
            watch(watch, here, second);
            watch(watch, gone, first);
            leaving.close();
            gone.closed.await();

            assertThat(here.closed.getCount()).isOne();
            first.close();
            second.close();
            staying.close();
        }
    }

    @Test
    void closesTheCallOfAConnectionThatWasSeenAndIsGone() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                ClientWatch watch = new ClientWatch(LISTS, 10)) {
            Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
            Socket accepted = server.accept();
            Waiting call = new Waiting();
            watch(watch, call, accepted);
            assertThat(call.closed.await(300, TimeUnit.MILLISECONDS)).isFalse();
            client.setSoLinger(true, 0);
            client.close(); // a reset
            call.closed.await();
            accepted.close();
        }
    }

    @Test
    void watchesNobodyWhereThereIsNoList(@TempDir Path empty) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                ClientWatch watch = new ClientWatch(empty, 10)) {
            Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
            Socket accepted = server.accept();
            Waiting call = new Waiting();
            watch(watch, call, accepted);
            client.close();

            assertThat(call.closed.await(300, TimeUnit.MILLISECONDS)).isFalse();
            accepted.close();
        }
    }
}
