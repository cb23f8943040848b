package dev.tokamak.server;

import dev.tokamak.api.EngineMetric;
import java.util.List;
import java.util.Locale;

/** The engine's counters and gauges in Prometheus' text format, each named {@code tokamak_NAME}. */
final class MetricsText {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private MetricsText() {}

    static String of(List<EngineMetric> metrics, String model) {
        String labels = "{model_name=\"" + escaped(model) + "\"} ";
        StringBuilder text = new StringBuilder(4096);
        for (EngineMetric metric : metrics) {
            String name = "tokamak_" + metric.name();
            text.append("# HELP ")
                    .append(name)
                    .append(' ')
                    .append(metric.help())
                    .append('\n');
            text.append("# TYPE ").append(name).append(metric.counter() ? " counter\n" : " gauge\n");
            text.append(name).append(labels).append(number(metric.value())).append('\n');
        }
        return text.toString();
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.9g", value);
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
