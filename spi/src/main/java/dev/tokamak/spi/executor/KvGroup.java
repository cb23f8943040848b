package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;

/**
 * Layers that share one block table.
 *
 * @param kind how far back they look
 * @param window for {@link Kind#SLIDING_WINDOW}, how many tokens a token sees, itself included; else 0
 * @param bytesPerToken memory for one token's keys and values over all layers of the group
 * @since 0.1
 */
@Incubating
public record KvGroup(Kind kind, int window, long bytesPerToken) {
    /** How far back a layer looks. */
    @Incubating
    public enum Kind {
        /** At everything before. */
        FULL_ATTENTION,
        /** At the last {@code window} tokens. */
        SLIDING_WINDOW
    }
}
