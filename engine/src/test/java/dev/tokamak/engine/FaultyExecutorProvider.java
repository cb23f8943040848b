package dev.tokamak.engine;

import dev.tokamak.spi.executor.Executor;
import dev.tokamak.spi.executor.ExecutorConfig;
import dev.tokamak.spi.executor.ExecutorProvider;
import dev.tokamak.spi.executor.LoadProgress;
import dev.tokamak.spi.executor.ModelInfo;
import dev.tokamak.spi.executor.StepResult;
import dev.tokamak.tck.DeterministicExecutor;
import dev.tokamak.tck.DeterministicExecutorProvider;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * The deterministic executor with faults: {@code faulty.fail=3,4} throws from the third and fourth {@code await},
 * {@code faulty.error=2} throws an error from the second one,
 * {@code faulty.load=MESSAGE} throws from {@code load}, and {@code faulty.gate=NAME} holds every step until the gate of that name
 * is opened.
 */
public final class FaultyExecutorProvider implements ExecutorProvider {
    /** Gates by name; a test makes its own. */
    static final Map<String, CountDownLatch> GATES = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "faulty";
    }

    @Override
    public boolean supports(ExecutorConfig config) {
        return false;
    }

    @Override
    public Optional<Set<String>> optionKeys() {
        Set<String> keys = new HashSet<>(DeterministicExecutorProvider.OPTIONS);
        keys.addAll(List.of("faulty.fail", "faulty.error", "faulty.load", "faulty.gate"));
        return Optional.of(keys);
    }

    @Override
    public Executor create(ExecutorConfig config) {
        Map<String, String> options = config.engine().options();
        return new Faulty(
                new DeterministicExecutor(DeterministicExecutor.Settings.of(options)),
                List.of(options.getOrDefault("faulty.fail", "").split(",")),
                options.getOrDefault("faulty.error", ""),
                options.get("faulty.load"),
                GATES.get(options.getOrDefault("faulty.gate", "")));
    }

    /** Delegates, except for its faults. */
    private static final class Faulty extends DelegatingExecutor {
        private final List<String> failing;
        private final String error;
        private final String loadFailure;
        private final CountDownLatch gate;
        private int awaited;

        Faulty(Executor sound, List<String> failing, String error, String loadFailure, CountDownLatch gate) {
            super(sound);
            this.failing = failing;
            this.error = error;
            this.loadFailure = loadFailure;
            this.gate = gate;
        }

        @Override
        public ModelInfo load(LoadProgress progress) {
            if (loadFailure != null) {
                throw dev.tokamak.api.TokamakException.configuration(loadFailure);
            }
            return super.load(progress);
        }

        @Override
        public void await(StepResult into) {
            if (gate != null) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            if (failing.contains(String.valueOf(++awaited))) {
                throw new IllegalStateException("step " + awaited + " was told to fail");
            }
            if (error.equals(String.valueOf(awaited))) {
                throw new AbstractMethodError("dev.example.Executor.await()");
            }
            super.await(into);
        }
    }
}
