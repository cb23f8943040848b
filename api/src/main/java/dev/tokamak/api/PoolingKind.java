package dev.tokamak.api;

/**
 * Which hidden states of a prompt a vector is made of. Hidden states are those behind the model's last norm.
 *
 * @since 0.2
 */
@Incubating
public enum PoolingKind {
    /** The last token's. */
    LAST,
    /** The mean over all tokens. */
    MEAN,
    /** The first token's. */
    CLS,
    /** Every token's: a vector each. */
    ALL,
    /** What the model's own head makes of them, such as the logits of a classifier. */
    HEAD
}
