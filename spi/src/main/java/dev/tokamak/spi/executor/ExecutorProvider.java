package dev.tokamak.spi.executor;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.Incubating;
import java.util.Optional;
import java.util.Set;

/**
 * Makes executors, such as {@code libtorch}.
 *
 * @since 0.1
 */
@Incubating
public interface ExecutorProvider {
    /**
     * The name by which a configuration chooses this executor.
     *
     * @return lower case
     */
    String name();

    /**
     * Whether this executor could run the model. Cheap: it may look at {@code config.json}, never at weights.
     *
     * @param config what is to be run
     * @return true if {@link #create} has a chance
     */
    boolean supports(ExecutorConfig config);

    /**
     * How large steps are where the configuration does not say. Cheap: called before {@link #create}.
     *
     * @param config what is to be run
     * @return sequences and tokens that suit the device; the default suits a GPU where {@code device} names one, else a CPU
     */
    default StepLimits stepLimits(EngineConfig config) {
        return config.device().startsWith("cuda") ? new StepLimits(256, 8192) : new StepLimits(128, 2048);
    }

    /**
     * Which models this executor runs, to be read by people. Cheap: called without a model.
     *
     * @return a table in Markdown, in lines of its own; the default is empty and says nothing
     */
    default String models() {
        return "";
    }

    /**
     * The keys of the options that the executor reads, such as {@code deterministic.vocabulary}. Options that neither it nor another
     * chosen plugin takes are refused at the start.
     *
     * @return empty if it does not say, so that any goes that begins with its name and a dot; the default
     * @since 0.2
     */
    default Optional<Set<String>> optionKeys() {
        return Optional.empty();
    }

    /**
     * Makes an executor, not loaded yet.
     *
     * @param config what is to be run
     * @return a new executor, owned by the caller
     * @throws dev.tokamak.api.TokamakException {@link dev.tokamak.api.ErrorCode#CONFIGURATION} if the device or an option is
     *     not available
     */
    Executor create(ExecutorConfig config);
}
