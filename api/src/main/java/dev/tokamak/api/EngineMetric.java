package dev.tokamak.api;

/**
 * One counter or gauge of an engine.
 *
 * @param name lower case with underscores; counters end in {@code _total}
 * @param help one sentence
 * @param counter whether it only grows
 * @param value the value now
 * @since 0.1
 */
@Incubating
public record EngineMetric(String name, String help, boolean counter, double value) {}
