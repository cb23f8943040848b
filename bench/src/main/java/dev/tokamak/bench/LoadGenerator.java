package dev.tokamak.bench;

import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Streams from an OpenAI-compatible server over many keep-alive connections and measures what arrives.
 *
 * <p>One thread and one {@link Selector} serve all connections, so that the generator itself takes as little as possible
 * of the cores that it shares with the server. Every connection sends its request again as soon as the answer before has
 * ended, until the wanted number of requests or the wanted time is over.
 *
 * <p>Run it with {@code --help} for its options. It prints one line for a reader and, with {@code --json}, one JSON object.
 *
 * <p>One file, so that it can be run by itself against any server.
 */
public final class LoadGenerator {

    private static final int READ_BUFFER_BYTES = 256 * 1024;

    private final Options options;
    private final Measurements measurements = new Measurements();
    private int startedRequests;
    private boolean draining;

    private LoadGenerator(Options options) {
        this.options = options;
    }

    /**
     * Runs the generator.
     *
     * @param arguments the options, see {@code --help}
     * @throws IOException if the server cannot be reached
     */
    public static void main(String[] arguments) throws IOException {
        if (Arrays.asList(arguments).contains("--help")) {
            System.out.println(Options.HELP);
            return;
        }
        Options options = Options.parse(arguments);
        if (options.warmupSeconds > 0) {
            new LoadGenerator(options.forWarmup()).run();
        }
        LoadGenerator generator = new LoadGenerator(options);
        Report report = generator.run();
        System.out.println(options.json ? report.toJson() : report.toText());
        if (report.failedRequests > 0) {
            System.err.println("first failure: " + report.firstFailure);
            System.exit(1);
        }
    }

    private Report run() throws IOException {
        InetSocketAddress address = new InetSocketAddress(options.host, options.port);
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BUFFER_BYTES);
        byte[] bytes = new byte[READ_BUFFER_BYTES];
        long serverTicksBefore = processTicks(options.serverPid);
        long ownCpuBefore = ownCpuNanos();
        long start = System.nanoTime();
        long deadline = options.seconds > 0 ? start + (long) (options.seconds * 1e9) : Long.MAX_VALUE;
        List<Connection> connections = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < options.connections; i++) {
                Connection connection = new Connection();
                connections.add(connection);
                if (mayStartRequest()) {
                    connection.open(selector, address);
                }
            }
            int open = (int) connections.stream().filter(Connection::isBusy).count();
            while (open > 0) {
                selector.select(100);
                long now = System.nanoTime();
                if (now > deadline && options.requests == 0) {
                    draining = true;
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    Connection connection = (Connection) key.attachment();
                    try {
                        if (key.isConnectable() || key.isWritable()) {
                            connection.onWritable(now);
                        } else if (key.isReadable()) {
                            connection.onReadable(buffer, bytes);
                        }
                        if (connection.isIdle() && mayStartRequest()) {
                            connection.send(System.nanoTime());
                        } else if (connection.isIdle()) {
                            connection.close();
                            open--;
                        }
                    } catch (IOException e) {
                        measurements.fail(e.toString());
                        connection.close();
                        open--;
                        if (mayStartRequest()) {
                            connection.open(selector, address);
                            open++;
                        }
                    }
                }
                selector.selectedKeys().clear();
                if (draining && options.cutAtEnd) {
                    break;
                }
            }
        } finally {
            connections.forEach(Connection::close);
        }
        long nanos = System.nanoTime() - start;
        return measurements.report(
                options,
                nanos,
                ownCpuNanos() - ownCpuBefore,
                options.serverPid == 0 ? -1 : (processTicks(options.serverPid) - serverTicksBefore) * 10_000_000L);
    }

    private boolean mayStartRequest() {
        if (draining || (options.requests > 0 && startedRequests >= options.requests)) {
            return false;
        }
        startedRequests++;
        return true;
    }

    private static long ownCpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** User and system time of another process in clock ticks of 10 ms, as Linux counts them. */
    private static long processTicks(long pid) throws IOException {
        if (pid == 0) {
            return 0;
        }
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** One keep-alive connection with at most one request under way. */
    private final class Connection {

        private ByteBuffer request;
        private final SseResponse response = new SseResponse();
        private SocketChannel channel;
        private SelectionKey key;
        private boolean busy;
        private long sentNanos;
        private long lastEventNanos;

        boolean isBusy() {
            return busy;
        }

        boolean isIdle() {
            return !busy;
        }

        void open(Selector selector, InetSocketAddress address) throws IOException {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(address);
            key = channel.register(selector, SelectionKey.OP_CONNECT, this);
            busy = true;
        }

        void onWritable(long now) throws IOException {
            if (channel.isConnectionPending()) {
                channel.finishConnect();
                send(now);
                return;
            }
            flush();
        }

        void send(long now) throws IOException {
            busy = true;
            sentNanos = now;
            lastEventNanos = 0;
            response.reset();
            if (request == null || options.promptTokens > 0) {
                request = ByteBuffer.wrap(options.requestBytes());
            }
            request.rewind();
            flush();
        }

        private void flush() throws IOException {
            channel.write(request);
            key.interestOps(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        void onReadable(ByteBuffer buffer, byte[] bytes) throws IOException {
            buffer.clear();
            int count = channel.read(buffer);
            if (count < 0) {
                throw new EOFException("the server closed the connection"
                        + (response.started() ? " in the middle of an answer" : " before it answered"));
            }
            buffer.flip();
            buffer.get(bytes, 0, count);
            measurements.reads++;
            measurements.bytes += count;
            int before = response.contentEvents();
            boolean ended = response.feed(bytes, count);
            long now = System.nanoTime();
            int events = response.contentEvents() - before;
            for (int i = 0; i < events; i++) {
                if (lastEventNanos == 0) {
                    measurements.timeToFirst.add(now - sentNanos);
                } else {
                    measurements.betweenEvents.add(now - lastEventNanos);
                }
                lastEventNanos = now;
            }
            measurements.contentEvents += events;
            if (ended) {
                busy = false;
                measurements.finish(response, now - sentNanos);
            }
        }

        void close() {
            busy = false;
            if (channel != null) {
                try {
                    channel.close();
                } catch (IOException e) {
                    measurements.fail("closing a connection: " + e);
                }
            }
        }
    }

    /** What arrived, on the one thread of the generator. */
    private static final class Measurements {

        final Samples timeToFirst = new Samples();
        final Samples betweenEvents = new Samples();
        final Samples whole = new Samples();
        final Map<Integer, Integer> statuses = new TreeMap<>();
        long contentEvents;
        long reads;
        long bytes;
        int finished;
        int failed;
        String firstFailure = "";

        void finish(SseResponse response, long nanos) {
            finished++;
            statuses.merge(response.status(), 1, Integer::sum);
            whole.add(nanos);
            if (response.status() != 200) {
                fail("status " + response.status() + ": " + response.bodyStart());
            } else if (response.sawError()) {
                fail("the stream carried an error: " + response.bodyStart());
            }
        }

        void fail(String reason) {
            if (failed++ == 0) {
                firstFailure = reason;
            }
        }

        Report report(Options options, long nanos, long ownCpuNanos, long serverCpuNanos) {
            return new Report(
                    options.connections,
                    finished,
                    failed,
                    firstFailure,
                    nanos / 1e9,
                    contentEvents,
                    contentEvents / (nanos / 1e9),
                    options.tokensAreKnown() ? finished * (double) options.maxTokens / (nanos / 1e9) : Double.NaN,
                    bytes,
                    reads,
                    timeToFirst.percentiles(),
                    betweenEvents.percentiles(),
                    whole.percentiles(),
                    ownCpuNanos / 1e9,
                    serverCpuNanos < 0 ? Double.NaN : serverCpuNanos / 1e9);
        }
    }

    /** Durations in nanoseconds, kept whole: percentiles are exact. */
    private static final class Samples {

        private long[] values = new long[1 << 16];
        private int size;

        void add(long nanos) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = nanos;
        }

        Percentiles percentiles() {
            long[] sorted = Arrays.copyOf(values, size);
            Arrays.sort(sorted);
            double sum = 0;
            for (long value : sorted) {
                sum += value;
            }
            return new Percentiles(
                    size == 0 ? Double.NaN : sum / size / 1e6, at(sorted, 0.50), at(sorted, 0.90), at(sorted, 0.99));
        }

        private static double at(long[] sorted, double fraction) {
            if (sorted.length == 0) {
                return Double.NaN;
            }
            return sorted[(int) Math.min(sorted.length - 1, Math.ceil(fraction * sorted.length) - 1)] / 1e6;
        }
    }

    private record Percentiles(double mean, double median, double p90, double p99) {

        String toText() {
            return String.format(Locale.ROOT, "mean %.2f  p50 %.2f  p90 %.2f  p99 %.2f ms", mean, median, p90, p99);
        }

        String toJson() {
            return String.format(
                    Locale.ROOT,
                    "{\"mean\":%s,\"p50\":%s,\"p90\":%s,\"p99\":%s}",
                    number(mean),
                    number(median),
                    number(p90),
                    number(p99));
        }
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.3f", value);
    }

    private record Report(
            int connections,
            int finishedRequests,
            int failedRequests,
            String firstFailure,
            double seconds,
            long contentEvents,
            double eventsPerSecond,
            double tokensPerSecond,
            long bytes,
            long reads,
            Percentiles timeToFirst,
            Percentiles betweenEvents,
            Percentiles whole,
            double ownCpuSeconds,
            double serverCpuSeconds) {

        String toText() {
            return String.format(
                    Locale.ROOT,
                    "connections %d  requests %d  failed %d  in %.2f s%n"
                            + "content events %d  %.0f events/s  %.0f tokens/s  %.1f events a read  %.1f MB/s%n"
                            + "time to first event   %s%n"
                            + "between events        %s%n"
                            + "whole request         %s%n"
                            + "CPU of the generator %.2f s%s",
                    connections,
                    finishedRequests,
                    failedRequests,
                    seconds,
                    contentEvents,
                    eventsPerSecond,
                    tokensPerSecond,
                    contentEvents / (double) Math.max(1, reads),
                    bytes / 1e6 / seconds,
                    timeToFirst.toText(),
                    betweenEvents.toText(),
                    whole.toText(),
                    ownCpuSeconds,
                    Double.isNaN(serverCpuSeconds)
                            ? ""
                            : String.format(Locale.ROOT, ", of the server %.2f s", serverCpuSeconds));
        }

        String toJson() {
            return String.format(
                    Locale.ROOT,
                    "{\"connections\":%d,\"requests\":%d,\"failed\":%d,\"seconds\":%.3f,\"content_events\":%d,"
                            + "\"events_per_second\":%.1f,\"tokens_per_second\":%s,\"bytes\":%d,\"reads\":%d,\"ttft_ms\":%s,\"itl_ms\":%s,"
                            + "\"e2e_ms\":%s,\"generator_cpu_seconds\":%.3f,\"server_cpu_seconds\":%s}",
                    connections,
                    finishedRequests,
                    failedRequests,
                    seconds,
                    contentEvents,
                    eventsPerSecond,
                    number(tokensPerSecond),
                    bytes,
                    reads,
                    timeToFirst.toJson(),
                    betweenEvents.toJson(),
                    whole.toJson(),
                    ownCpuSeconds,
                    number(serverCpuSeconds));
        }
    }

    /** What the command line asks for. */
    private static final class Options {

        static final String HELP = String.join(
                System.lineSeparator(),
                "Measures a streaming OpenAI-compatible server.",
                "  --url URL            endpoint, default http://127.0.0.1:8000/v1/chat/completions",
                "  --connections N      keep-alive connections, one request at a time on each; default 64",
                "  --requests N         stop after N requests in all",
                "  --seconds S          or start no request after S seconds; default 10",
                "  --warmup S           the same load for S seconds first, not counted; default 0",
                "  --cut                with --seconds: cut the streams that are open at the end",
                "  --model NAME         model to ask for; default: none is named",
                "  --max-tokens N       tokens for each request, default 256",
                "  --prompt TEXT        user message or prompt, default \"Tell me a story.\"",
                "  --prompt-tokens N    a prompt of N random token ids, another for each request; for /v1/completions",
                "  --vocabulary N       random token ids are below N; default 4096",
                "  --temperature T      default: the server's",
                "  --body FILE          send this JSON instead of a generated one",
                "  --get                send a GET without a body",
                "  --server-pid PID     also report that process's CPU time",
                "  --json               print one JSON object");

        String host = "127.0.0.1";
        int port = 8000;
        String path = "/v1/chat/completions";
        int connections = 64;
        int requests;
        double seconds = 10;
        double warmupSeconds;
        boolean cutAtEnd;
        String model;
        int maxTokens = 256;
        String prompt = "Tell me a story.";
        int promptTokens;
        int vocabulary = 4096;
        String temperature;
        final Random random = new Random();
        Path body;
        boolean get;
        long serverPid;
        boolean json;

        static Options parse(String[] arguments) {
            Options options = new Options();
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--cut" -> options.cutAtEnd = true;
                    case "--get" -> options.get = true;
                    case "--json" -> options.json = true;
                    default -> {
                        if (i + 1 == arguments.length) {
                            throw new IllegalArgumentException(
                                    "option " + arguments[i] + " is unknown or lacks its value; see --help");
                        }
                        options.set(arguments[i], arguments[++i]);
                    }
                }
            }
            return options;
        }

        private void set(String name, String value) {
            switch (name) {
                case "--url" -> {
                    URI uri = URI.create(value);
                    host = uri.getHost();
                    port = uri.getPort() < 0 ? 80 : uri.getPort();
                    path = uri.getRawQuery() == null ? uri.getRawPath() : uri.getRawPath() + "?" + uri.getRawQuery();
                }
                case "--connections" -> connections = Integer.parseInt(value);
                case "--requests" -> requests = Integer.parseInt(value);
                case "--seconds" -> seconds = Double.parseDouble(value);
                case "--warmup" -> warmupSeconds = Double.parseDouble(value);
                case "--model" -> model = value;
                case "--max-tokens" -> maxTokens = Integer.parseInt(value);
                case "--prompt" -> prompt = value;
                case "--prompt-tokens" -> promptTokens = Integer.parseInt(value);
                case "--vocabulary" -> vocabulary = Integer.parseInt(value);
                case "--temperature" -> temperature = value;
                case "--body" -> body = Path.of(value);
                case "--server-pid" -> serverPid = Long.parseLong(value);
                default -> throw new IllegalArgumentException("option " + name + " is unknown; see --help");
            }
        }

        Options forWarmup() {
            Options warmup = new Options();
            warmup.host = host;
            warmup.port = port;
            warmup.path = path;
            warmup.connections = connections;
            warmup.seconds = warmupSeconds;
            warmup.cutAtEnd = true;
            warmup.model = model;
            warmup.maxTokens = maxTokens;
            warmup.prompt = prompt;
            warmup.promptTokens = promptTokens;
            warmup.vocabulary = vocabulary;
            warmup.temperature = temperature;
            warmup.body = body;
            warmup.get = get;
            return warmup;
        }

        /** Whether every answer has exactly as many tokens as were asked for. */
        boolean tokensAreKnown() {
            return body == null && !get;
        }

        byte[] requestBytes() throws IOException {
            if (get) {
                return ("GET " + path + " HTTP/1.1\r\nHost: " + host + ":" + port + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
            }
            byte[] content =
                    body != null ? Files.readAllBytes(body) : generatedBody().getBytes(StandardCharsets.UTF_8);
            byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: " + host + ":" + port
                            + "\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: "
                            + content.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            byte[] request = Arrays.copyOf(head, head.length + content.length);
            System.arraycopy(content, 0, request, head.length, content.length);
            return request;
        }

        private String generatedBody() {
            String input = path.startsWith("/v1/chat")
                    ? "\"messages\":[{\"role\":\"user\",\"content\":" + quoted(prompt) + "}]"
                    : "\"prompt\":" + (promptTokens > 0 ? randomPrompt() : quoted(prompt));
            return "{" + (model == null ? "" : "\"model\":" + quoted(model) + ",") + input
                    + (temperature == null ? "" : ",\"temperature\":" + temperature)
                    + ",\"stream\":true,\"ignore_eos\":true,\"max_tokens\":" + maxTokens + "}";
        }

        /** Random, so that no prompt is found in a cache; the lowest ids are left out, where special tokens usually are. */
        private String randomPrompt() {
            return random.ints(promptTokens, Math.min(300, vocabulary / 2), vocabulary)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(",", "[", "]"));
        }

        private static String quoted(String text) {
            StringBuilder quoted = new StringBuilder("\"");
            for (char c : text.toCharArray()) {
                if (c < ' ') {
                    quoted.append(String.format("\\u%04x", (int) c));
                } else if (c == '"' || c == '\\') {
                    quoted.append('\\').append(c);
                } else {
                    quoted.append(c);
                }
            }
            return quoted.append('"').toString();
        }
    }
}
