package dev.tokamak.api;

/**
 * Opens engines. Found by {@link java.util.ServiceLoader}; {@link LLM} takes the first one.
 *
 * @since 0.1
 */
@Stable
public interface EngineProvider {
    /**
     * The provider's name.
     *
     * @return lower case, such as {@code tokamak}
     */
    String name();

    /**
     * Loads a model and starts an engine. Returns when the engine is ready.
     *
     * @param config what to load and how
     * @return a running engine, owned by the caller
     * @throws TokamakException {@link ErrorCode#CONFIGURATION} if something is missing, corrupt or unsupported; the message
     *     names the file or option
     */
    Engine open(EngineConfig config);
}
