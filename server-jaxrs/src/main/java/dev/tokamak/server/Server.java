package dev.tokamak.server;

import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.EngineHolder;
import dev.tokamak.engine.ServedModel;
import dev.tokamak.gate.Client;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.EventStream;
import dev.tokamak.protocol.ProtocolException;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.logging.Logger;

/** What all resources of one deployment share: the protocols, the threads and the count of open requests. */
final class Server {
    private static final Logger LOG = Logger.getLogger(Server.class.getName());

    /** How long a stopping server waits for clients to take the error that ends their request. */
    private static final long LAST_WORD_MILLIS = 2_000;

    private final ServerSettings settings;
    private final SseWriters writers;
    private final PreparingThreads preparing = new PreparingThreads();
    private final OpenRequests open = new OpenRequests();
    private ServedModel served;
    private Protocols protocols;

    Server(ServerSettings settings) {
        this.settings = settings;
        this.writers = new SseWriters(settings.writerThreads(), settings.heartbeatMillis(), settings.stallMillis());
    }

    /**
     * The engine that is being served.
     *
     * @throws ProtocolException 503 if there is none yet
     */
    ServedModel engine() {
        CompletableFuture<ServedModel> engine = EngineHolder.engine();
        if (!engine.isDone()) {
            throw unavailable("no model is loaded yet", "starting");
        }
        if (engine.isCompletedExceptionally()) {
            throw engine.handle((none, failure) -> unavailable(
                            "no model is served: "
                                    + (failure instanceof TokamakException known
                                            ? known.getMessage()
                                            : "it could not be loaded; see the server's log"),
                            "no_model"))
                    .join();
        }
        return engine.join();
    }

    private static ProtocolException unavailable(String message, String code) {
        return new ProtocolException(503, message, "service_unavailable_error", null, code);
    }

    /** The protocols on top of the engine; made anew when the engine was replaced. */
    synchronized Protocols protocols() {
        ServedModel current = engine();
        if (served != current) {
            protocols = Protocols.of(current);
            served = current;
        }
        return protocols;
    }

    /**
     * Answers a request, as one document or as events, whichever it asks for. Returns at once; the request is made
     * ready and its answer is written later, by threads for that.
     *
     * @param request with a JSON body
     * @param response suspended
     * @param read how a protocol reads the body
     */
    void answer(HttpServletRequest request, AsyncResponse response, BiFunction<Protocols, byte[], Call> read)
            throws IOException {
        byte[] body = RequestBody.read(request, settings.maxRequestBytes());
        client(request).ifPresent(Client::watch);
        asyncContext(request).setTimeout(0); // Only this thread may; the answer takes as long as it takes.
        preparing.execute(() -> {
            try {
                begin(request, response, protocols -> read.apply(protocols, body));
            } catch (Throwable failure) {
                response.resume(failure);
            }
        });
    }

    /**
     * Answers a request that needs no step of the engine. Returns at once, as {@link #answer} does.
     *
     * @param request with a JSON body
     * @param response suspended
     * @param write what a protocol answers to the body
     */
    void answerAtOnce(HttpServletRequest request, AsyncResponse response, BiFunction<Protocols, byte[], byte[]> write)
            throws IOException {
        byte[] body = RequestBody.read(request, settings.maxRequestBytes());
        asyncContext(request).setTimeout(0);
        preparing.execute(() -> {
            try {
                byte[] answer = write.apply(protocols(), body);
                response.resume(
                        Response.ok(answer, MediaType.APPLICATION_JSON_TYPE).build());
            } catch (Throwable failure) {
                response.resume(failure);
            }
        });
    }

    private void begin(HttpServletRequest request, AsyncResponse response, Function<Protocols, Call> read)
            throws IOException {
        Optional<Client> client = client(request);
        if (client.filter(Client::isGone).isPresent()) {
            response.cancel();
            return;
        }
        Call call = read.apply(protocols());
        client.ifPresent(Client::bodyDone);
        open.enter(call);
        boolean started = false;
        try {
            if (call.stream()) {
                client.ifPresent(Client::writtenWhenTaken);
                EventStream events = call.open();
                SseResponse sse =
                        SseResponse.start(events, asyncContext(request), response, writers, () -> end(call, events));
                client.ifPresent(each -> each.onGone(sse::abort));
            } else {
                client.ifPresent(each -> each.onGone(call::close));
                call.respond(writers).whenComplete((body, failure) -> end(call, response, body, failure));
            }
            started = true;
        } finally {
            if (!started) {
                end(call);
            }
        }
    }

    /** Who asks; nobody where the gate is not on the server's class path. Then only a write that fails tells that he is gone. */
    private static Optional<Client> client(HttpServletRequest request) {
        return Optional.ofNullable((Client) request.getAttribute(Client.ATTRIBUTE));
    }

    /** JAX-RS has usually started it, by suspending the response. */
    private static AsyncContext asyncContext(HttpServletRequest request) {
        return request.isAsyncStarted() ? request.getAsyncContext() : request.startAsync();
    }

    /** Writes a whole answer. It counts as open until it is written, so that no stopping server cuts it off. */
    private void end(Call call, AsyncResponse response, byte[] body, Throwable failure) {
        try {
            // Two methods: given an exception as an object, JAX-RS answers 200 and serialises it.
            if (failure != null) {
                response.resume(failure);
            } else {
                response.resume(
                        Response.ok(body, MediaType.APPLICATION_JSON_TYPE).build());
            }
        } finally {
            end(call);
        }
    }

    private void end(Call call, EventStream events) {
        events.failure().ifPresent(failure -> FailureLog.failed("the stream " + call.id(), failure));
        end(call);
    }

    private void end(Call call) {
        open.leave(call);
        call.close();
    }

    /**
     * Whether new requests are answered.
     *
     * @throws ProtocolException 503 if the server is stopping
     */
    void requireServing() {
        if (open.refusing()) {
            throw OpenRequests.stopping();
        }
    }

    /** Once: refuses new requests, lets running ones finish within the time for that, and ends the rest with an error. */
    void stop() {
        if (!open.refuse()) {
            return;
        }
        LOG.info("stopping: " + count(open.count()) + " still running, which may take " + settings.drainMillis()
                + " ms more");
        try {
            if (!open.await(settings.drainMillis())) {
                LOG.warning("aborting " + count(open.count()) + " that did not finish in time");
                open.abortAll();
                if (!open.await(LAST_WORD_MILLIS)) {
                    LOG.warning(count(open.count()) + " could not be told that the server stops, as "
                            + "their clients take no bytes");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writers.close();
        }
    }

    private static String count(int requests) {
        return requests == 1 ? "1 request" : requests + " requests";
    }
}
