package dev.tokamak.api;

/**
 * What each {@link RequestOutput} of a stream carries.
 *
 * @since 0.1
 */
@Stable
public enum OutputKind {
    /** Only what is new since the output before. */
    DELTA,
    /** Everything generated so far, each time. */
    CUMULATIVE,
    /** One output, when the request has finished. */
    FINAL_ONLY
}
