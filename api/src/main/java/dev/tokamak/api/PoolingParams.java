package dev.tokamak.api;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What vectors are made of prompts. What is not set is as the model's checkpoint has it, else the last token's hidden state,
 * normalised. Immutable.
 *
 * @since 0.2
 */
@Incubating
public final class PoolingParams {
    private static final PoolingParams DEFAULTS = builder().build();

    private final PoolingKind kind;
    private final Boolean normalised;
    private final Integer dimensions;

    private PoolingParams(Builder builder) {
        this.kind = builder.kind;
        this.normalised = builder.normalised;
        this.dimensions = builder.dimensions;
        if (dimensions != null && dimensions < 1) {
            throw TokamakException.invalid("dimensions", "dimensions must be at least 1, got " + dimensions);
        }
    }

    /**
     * Everything as the model has it.
     *
     * @return a shared instance
     */
    public static PoolingParams defaults() {
        return DEFAULTS;
    }

    /**
     * Starts with the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Which hidden states count.
     *
     * @return empty for the model's own choice
     */
    public Optional<PoolingKind> kind() {
        return Optional.ofNullable(kind);
    }

    /**
     * Whether each vector is divided by its Euclidean length.
     *
     * @return empty for the model's own choice
     */
    public Optional<Boolean> normalised() {
        return Optional.ofNullable(normalised);
    }

    /**
     * How many of a vector's first numbers are kept, before it is normalised.
     *
     * @return empty for all
     */
    public OptionalInt dimensions() {
        return dimensions == null ? OptionalInt.empty() : OptionalInt.of(dimensions);
    }

    /** Builds {@link PoolingParams}. Not thread-safe. */
    @Incubating
    public static final class Builder {
        private PoolingKind kind;
        private Boolean normalised;
        private Integer dimensions;

        private Builder() {}

        /**
         * Sets which hidden states count.
         *
         * @param kind never null
         * @return this
         */
        public Builder kind(PoolingKind kind) {
            this.kind = Objects.requireNonNull(kind, "kind");
            return this;
        }

        /**
         * Sets whether each vector is divided by its Euclidean length.
         *
         * @param normalised the value
         * @return this
         */
        public Builder normalised(boolean normalised) {
            this.normalised = normalised;
            return this;
        }

        /**
         * Sets how many of a vector's first numbers are kept.
         *
         * @param dimensions 1 or more
         * @return this
         */
        public Builder dimensions(int dimensions) {
            this.dimensions = dimensions;
            return this;
        }

        /**
         * Builds the value.
         *
         * @return a new, immutable value
         * @throws TokamakException {@link ErrorCode#INVALID_REQUEST} if a value is out of range; it names the field
         */
        public PoolingParams build() {
            return new PoolingParams(this);
        }
    }
}
