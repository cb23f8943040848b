package dev.tokamak.spi.executor;

import dev.tokamak.api.Incubating;
import java.util.List;
import java.util.Objects;

/**
 * What the engine must know of a loaded model. Immutable.
 *
 * @since 0.1
 */
@Incubating
public final class ModelInfo {
    private final String architecture;
    private final int maxModelLen;
    private final int vocabularySize;
    private final List<Integer> blockSizes;
    private final List<KvGroup> kvGroups;
    private final long weightBytes;
    private final long parameters;

    private ModelInfo(Builder builder) {
        this.architecture = builder.architecture;
        this.maxModelLen = builder.maxModelLen;
        this.vocabularySize = builder.vocabularySize;
        this.blockSizes = List.copyOf(builder.blockSizes);
        this.kvGroups = List.copyOf(builder.kvGroups);
        this.weightBytes = builder.weightBytes;
        this.parameters = builder.parameters;
    }

    /**
     * Starts a description.
     *
     * @param architecture the checkpoint's architecture, such as {@code LlamaForCausalLM}
     * @return a builder
     */
    public static Builder builder(String architecture) {
        return new Builder(architecture);
    }

    /**
     * The checkpoint's architecture.
     *
     * @return such as {@code LlamaForCausalLM}
     */
    public String architecture() {
        return architecture;
    }

    /**
     * The model's context.
     *
     * @return in tokens
     */
    public int maxModelLen() {
        return maxModelLen;
    }

    /**
     * The width of the logits.
     *
     * @return token ids, padding included
     */
    public int vocabularySize() {
        return vocabularySize;
    }

    /**
     * The block sizes that the executor offers, the one it likes best first.
     *
     * @return in tokens
     */
    public List<Integer> blockSizes() {
        return blockSizes;
    }

    /**
     * The groups of layers that share a block table.
     *
     * @return at least one
     */
    public List<KvGroup> kvGroups() {
        return kvGroups;
    }

    /**
     * Memory for the weights.
     *
     * @return in bytes
     */
    public long weightBytes() {
        return weightBytes;
    }

    /**
     * How many parameters the model has.
     *
     * @return tied ones counted once
     */
    public long parameters() {
        return parameters;
    }

    /** Builds a {@link ModelInfo}. Not thread-safe. */
    @Incubating
    public static final class Builder {
        private final String architecture;
        private int maxModelLen;
        private int vocabularySize;
        private List<Integer> blockSizes = List.of(16);
        private List<KvGroup> kvGroups = List.of();
        private long weightBytes;
        private long parameters;

        private Builder(String architecture) {
            this.architecture = Objects.requireNonNull(architecture, "architecture");
        }

        /**
         * Sets the model's context.
         *
         * @param maxModelLen in tokens
         * @return this
         */
        public Builder maxModelLen(int maxModelLen) {
            this.maxModelLen = maxModelLen;
            return this;
        }

        /**
         * Sets the width of the logits.
         *
         * @param vocabularySize token ids
         * @return this
         */
        public Builder vocabularySize(int vocabularySize) {
            this.vocabularySize = vocabularySize;
            return this;
        }

        /**
         * Sets the block sizes on offer.
         *
         * @param blockSizes in tokens, the best first
         * @return this
         */
        public Builder blockSizes(List<Integer> blockSizes) {
            this.blockSizes = Objects.requireNonNull(blockSizes, "blockSizes");
            return this;
        }

        /**
         * Sets the KV groups.
         *
         * @param kvGroups at least one
         * @return this
         */
        public Builder kvGroups(List<KvGroup> kvGroups) {
            this.kvGroups = Objects.requireNonNull(kvGroups, "kvGroups");
            return this;
        }

        /**
         * Sets the memory for the weights.
         *
         * @param weightBytes in bytes
         * @return this
         */
        public Builder weightBytes(long weightBytes) {
            this.weightBytes = weightBytes;
            return this;
        }

        /**
         * Sets the number of parameters.
         *
         * @param parameters tied ones counted once
         * @return this
         */
        public Builder parameters(long parameters) {
            this.parameters = parameters;
            return this;
        }

        /**
         * Builds the description.
         *
         * @return a new, immutable description
         */
        public ModelInfo build() {
            return new ModelInfo(this);
        }
    }
}
