package dev.tokamak.tck;

import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ExecutorProvider;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes {@link DeterministicExecutor}s. Supports no model by itself: it is used only where it is asked for by name. */
public final class DeterministicExecutorProvider implements ExecutorProvider {
    /** The keys of its options. */
    public static final Set<String> OPTIONS = Stream.of(
                    "vocabulary",
                    "context",
                    "blocks",
                    "block-size",
                    "window",
                    "steps-in-flight",
                    "slots",
                    "poison",
                    "free",
                    "encoder",
                    "labels",
                    "step-micros")
            .map(option -> "deterministic." + option)
            .collect(Collectors.toUnmodifiableSet());

    /** For {@link java.util.ServiceLoader}. */
    public DeterministicExecutorProvider() {}

    @Override
    public String name() {
        return "deterministic";
    }

    @Override
    public boolean supports(ExecutorConfig config) {
        return false;
    }

    @Override
    public Optional<Set<String>> optionKeys() {
        return Optional.of(OPTIONS);
    }

    @Override
    public Executor create(ExecutorConfig config) {
        Map<String, String> options = config.engine().options();
        long stepMicros = DeterministicExecutor.Settings.number(options, "step-micros", 0);
        return new DeterministicExecutor(DeterministicExecutor.Settings.of(options), stepMicros * 1000);
    }
}
