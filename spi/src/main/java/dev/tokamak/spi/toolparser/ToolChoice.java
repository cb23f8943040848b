package dev.tokamak.spi.toolparser;

import dev.tokamak.api.Stable;
import java.util.Objects;

/**
 * Which tools a model may, must or must not call.
 *
 * @param mode how
 * @param name the function for {@link Mode#NAMED}, else empty
 * @param parallel whether several calls in one turn are allowed
 * @since 0.1
 */
@Stable
public record ToolChoice(Mode mode, String name, boolean parallel) {
    /** Refuses null. */
    public ToolChoice {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(name, "name");
    }

    /** How free the model is. */
    @Stable
    public enum Mode {
        /** No calls. */
        NONE,
        /** As the model likes. */
        AUTO,
        /** At least one call. */
        REQUIRED,
        /** A call of one function. */
        NAMED
    }
}
