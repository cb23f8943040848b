package dev.tokamak.api;

/**
 * Why Tokamak refused or failed something. Callers compare these, never messages.
 *
 * @since 0.1
 */
@Stable
public enum ErrorCode {
    /** A request's argument is malformed, out of range, or does not fit the model. Repeating it cannot help. */
    INVALID_REQUEST,
    /** The prompt is longer than the model's context, or leaves no room in it for an answer. A shorter one can help. */
    PROMPT_TOO_LONG,
    /** The model, adapter or other thing that was named does not exist here. */
    NOT_FOUND,
    /** The engine is full; the same request may be accepted later. */
    OVERLOADED,
    /** The step that carried the request failed; the engine recovered and takes further requests. */
    STEP_FAILED,
    /** The engine is closed or dead and takes no requests. */
    ENGINE_DEAD,
    /** A configuration value, model folder or plugin is missing, corrupt or unsupported. */
    CONFIGURATION,
    /** The operation is not supported by this engine or backend. */
    UNSUPPORTED
}
