package dev.tokamak.api;

/**
 * Why a completion ended.
 *
 * @since 0.1
 */
@Stable
public enum FinishReason {
    /** An end-of-sequence token, a stop token or a stop string. */
    STOP,
    /** {@code maxTokens} or the model's context was reached. */
    LENGTH,
    /** The caller closed the stream, or the engine was shut down. */
    ABORT,
    /** The step failed or the model produced logits that are not numbers. */
    ERROR
}
