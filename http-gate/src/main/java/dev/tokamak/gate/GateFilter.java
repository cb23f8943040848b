package dev.tokamak.gate;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.CloseType;
import org.glassfish.grizzly.Closeable;
import org.glassfish.grizzly.CompletionHandler;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.ProcessorExecutor;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.asyncqueue.AsyncQueueWriter;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http2.AlpnSupport;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.memory.MemoryManager;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.npn.AlpnServerNegotiator;

/**
 * Grizzly's side of the gate: the filter between the bytes of a connection and their reading as HTTP.
 *
 * <p>Implementation notes. A context that brings bytes never goes further up the chain than this filter: it ends here, whereupon
 * Grizzly listens for more bytes, or it is suspended, and Grizzly listens no more until it is resumed. So the bytes of a connection come in their order, on one
 * thread at a time, whatever becomes of the requests in them. A request that is whole goes up in a context of its own.
 */
final class GateFilter extends BaseFilter {
    private static final Logger LOG = Logger.getLogger(GateFilter.class.getName());

    /** What is agreed on with clients that ask, while encryption is set up. */
    private static final AlpnServerNegotiator ONLY_HTTP1 =
            (engine, offered) -> List.of(offered).contains("http/1.1") ? "http/1.1" : null;

    /** Of one read: the system's own buffer, which it would be, may be some megabytes, and every thread may be reading. */
    private static final int READ_BYTES = 64 * 1024;

    /** So many connections beyond the limit are told that they are; they take descriptors until they are closed. */
    private static final int TOLD_CONNECTIONS = 32;

    private final Attribute<ConnectionGate> gates =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(GateFilter.class.getName() + ".gate");
    private final GateSettings settings;
    private final MemoryBudget budget;
    private final boolean secure;
    private final AtomicInteger connections = new AtomicInteger();
    private final ScheduledThreadPoolExecutor timer;

    /**
     * A gate for the connections of one listener.
     *
     * @param secure whether they are encrypted below this filter
     */
    GateFilter(GateSettings settings, boolean secure) {
        this.settings = settings;
        this.secure = secure;
        budget = new MemoryBudget(settings.maxBodyMemoryBytes());
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "http-gate-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** The gate of a connection, or null if it has none. */
    ConnectionGate gate(Connection<?> connection) {
        return gates.get(connection);
    }

    @Override
    public NextAction handleAccept(FilterChainContext ctx) {
        Connection<?> connection = ctx.getConnection();
        ConnectionGate gate = new ConnectionGate(new GrizzlyWire(ctx), settings, budget);
        gates.set(connection, gate);
        connection.setReadBufferSize(READ_BYTES);
        if (secure && AlpnSupport.isEnabled()) {
            AlpnSupport.getInstance().setServerSideNegotiator(connection, ONLY_HTTP1);
        }
        int open = connections.incrementAndGet();
        connection.addCloseListener(new CloseListener<Closeable, CloseType>() {
            @Override
            public void onClosed(Closeable closed, CloseType type) {
                connections.decrementAndGet();
                gate.closed();
            }
        });
        if (open > settings.maxConnections()) {
            if (secure || open > settings.maxConnections() + TOLD_CONNECTIONS) {
                connection.closeSilently();
            } else {
                gate.refuse(Refusals.busy("the server has as many connections as it takes; try again later"));
            }
        }
        return ctx.getInvokeAction();
    }

    @Override
    public NextAction handleRead(FilterChainContext ctx) {
        ConnectionGate gate = gate(ctx.getConnection());
        Buffer message = ctx.getMessage();
        if (gate == null) {
            return ctx.getInvokeAction();
        }
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        message.tryDispose();
        Pausing reader = new Pausing(ctx);
        gate.received(bytes, reader);
        return reader.paused ? reader.suspension : reader.stop;
    }

    /** A context that brought bytes. */
    private static final class Pausing implements Wire.Reader {
        private final FilterChainContext ctx;
        private final NextAction suspension;
        private final NextAction stop;
        private boolean paused;

        Pausing(FilterChainContext ctx) {
            this.ctx = ctx;
            suspension = ctx.getSuspendAction();
            stop = ctx.getStopAction();
        }

        @Override
        public void pause() {
            paused = true;
            ctx.suspend();
        }

        @Override
        public void resume() {
            ctx.resume(stop);
        }
    }

    /** What the gate of one connection does to it. */
    private final class GrizzlyWire implements Wire {
        private final NIOConnection connection;
        private final FilterChain chain;
        private final int start;
        private final int end;
        private final int here;
        private final int fullBytes;

        GrizzlyWire(FilterChainContext ctx) {
            connection = (NIOConnection) ctx.getConnection();
            chain = ctx.getFilterChain();
            start = ctx.getStartIdx();
            end = ctx.getEndIdx();
            here = ctx.getFilterIdx();
            fullBytes = connection.getMaxAsyncWriteQueueSize();
        }

        @Override
        public void forward(byte[] head, byte[] body, int bodyLength) {
            MemoryManager<?> memory = connection.getMemoryManager();
            Buffer request = Buffers.wrap(memory, head);
            if (bodyLength > 0) {
                request = Buffers.appendBuffers(memory, request, Buffers.wrap(memory, body, 0, bodyLength));
            }
            FilterChainContext up = chain.obtainFilterChainContext(connection, start, end, here + 1);
            up.getInternalContext().setIoEvent(IOEvent.READ);
            up.setMessage(request);
            up.addCompletionListener(context -> gate(connection).answered());
            ProcessorExecutor.execute(up.getInternalContext());
        }

        @Override
        public void execute(Runnable task) {
            try {
                connection.getTransport().getWorkerThreadPool().execute(task);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.FINE, "too many requests wait for a thread", e);
                connection.closeSilently();
            }
        }

        @Override
        public void send(byte[] bytes) {
            write(bytes, null);
        }

        @Override
        @SuppressWarnings("rawtypes") // as Grizzly has it
        public void sendLast(byte[] bytes) {
            write(bytes, new EmptyCompletionHandler<>() {
                @Override
                public void completed(WriteResult result) {
                    endOutput();
                }
            });
        }

        @SuppressWarnings("rawtypes")
        private void write(byte[] bytes, CompletionHandler<WriteResult> handler) {
            FilterChainContext down = chain.obtainFilterChainContext(connection, start, end, here);
            down.write(Buffers.wrap(connection.getMemoryManager(), bytes), handler);
            down.completeAndRecycle();
        }

        private void endOutput() {
            try {
                if (!secure && connection.getChannel() instanceof SocketChannel socket) {
                    socket.shutdownOutput();
                }
            } catch (IOException e) {
                LOG.log(Level.FINE, "a connection was closed before its refusal was sent", e);
            }
        }

        @Override
        public int unsentBytes() {
            return connection.getAsyncWriteQueue().spaceInBytes();
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void whenSent(Runnable action) {
            chain.flush(connection, new EmptyCompletionHandler<>() {
                @Override
                public void completed(WriteResult result) {
                    action.run();
                }
            });
        }

        @Override
        public void showFull(boolean show) {
            connection.setMaxAsyncWriteQueueSize(show ? fullBytes : AsyncQueueWriter.UNLIMITED_SIZE);
        }

        @Override
        public void close() {
            connection.closeSilently();
        }

        @Override
        public boolean isOpen() {
            return connection.isOpen();
        }

        @Override
        public Future<?> schedule(Runnable task, long millis) {
            return timer.schedule(task, millis, TimeUnit.MILLISECONDS);
        }
    }
}
