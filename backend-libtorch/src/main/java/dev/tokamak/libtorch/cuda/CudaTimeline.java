package dev.tokamak.libtorch.cuda;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.global.cudart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures, on the device's own clock, how long steps take and for how long the device waits between them. Off unless
 * {@code -Dtokamak.cuda.timeline=true}; logs what it has seen when it is closed.
 */
public final class CudaTimeline implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CudaTimeline.class);

    /** How many finished steps are kept before their events are read. */
    private static final int LAG = 8;

    private final CudaContext context;
    private final boolean on;
    private final ArrayDeque<Span> spans = new ArrayDeque<>();
    private final ArrayDeque<CUevent_st> free = new ArrayDeque<>();
    private final Map<Integer, double[]> byRows = new TreeMap<>();
    private final double[] withPrompts = new double[3];
    private Span open;
    private Span last;

    /** A step's two events. */
    private record Span(CUevent_st begin, CUevent_st end, int rows, boolean decode) {}

    private CudaTimeline(CudaContext context, boolean on) {
        this.context = context;
        this.on = on;
    }

    static CudaTimeline create(CudaContext context) {
        return new CudaTimeline(context, Boolean.getBoolean("tokamak.cuda.timeline"));
    }

    /** One that is not in use any more, or another. */
    private CUevent_st event() {
        if (!free.isEmpty()) {
            return free.remove();
        }
        CUevent_st event = new CUevent_st();
        CudaContext.check(cudart.cudaEventCreateWithFlags(event, cudart.cudaEventDefault), "create an event");
        return event;
    }

    void begin(int rows, int tokens) {
        if (on) {
            open = new Span(event(), event(), rows, rows == tokens);
            context.record(open.begin());
        }
    }

    void end() {
        if (on) {
            context.record(open.end());
            spans.add(open);
            if (spans.size() > LAG) {
                read(spans.remove());
            }
        }
    }

    private void read(Span span) {
        // Steady decoding only: the step before had the same rows.
        if (last != null && span.decode() && last.decode() && last.rows() == span.rows()) {
            double[] sums = byRows.computeIfAbsent(span.rows(), rows -> new double[3]);
            sums[0]++;
            sums[1] += millis(span.begin(), span.end());
            sums[2] += millis(last.end(), span.begin());
        }
        if (!span.decode()) {
            double millis = millis(span.begin(), span.end());
            withPrompts[0]++;
            withPrompts[1] += millis;
            withPrompts[2] = Math.max(withPrompts[2], millis);
        }
        retire(last);
        last = span;
    }

    private void retire(Span span) {
        if (span != null) {
            free.add(span.begin());
            free.add(span.end());
        }
    }

    private static double millis(CUevent_st from, CUevent_st to) {
        float[] millis = new float[1];
        CudaContext.check(cudart.cudaEventSynchronize(to), "wait for an event");
        CudaContext.check(cudart.cudaEventElapsedTime(millis, from, to), "read a time");
        return millis[0];
    }

    @Override
    public void close() {
        spans.forEach(this::read);
        retire(last);
        free.forEach(cudart::cudaEventDestroy);
        if (withPrompts[0] > 0) {
            log.info(
                    "timeline: {} steps with prompts, {} ms together, the longest {} ms",
                    (long) withPrompts[0],
                    "%.1f".formatted(withPrompts[1]),
                    "%.1f".formatted(withPrompts[2]));
        }
        byRows.forEach((rows, sums) -> {
            if (sums[0] >= 32) {
                log.info(
                        "timeline: {} rows: {} steps, {} ms a step, {} ms idle before it, idle share {} %",
                        rows,
                        (long) sums[0],
                        "%.3f".formatted(sums[1] / sums[0]),
                        "%.4f".formatted(sums[2] / sums[0]),
                        "%.2f".formatted(100 * sums[2] / (sums[1] + sums[2])));
            }
        });
    }
}
