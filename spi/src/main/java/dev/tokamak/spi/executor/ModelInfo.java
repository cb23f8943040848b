package dev.tokamak.spi.executor;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.Incubating;
import dev.tokamak.api.PoolingKind;
import dev.tokamak.api.TokamakException;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What the engine must know of a loaded model. Immutable.
 *
 * <p>A long file, since each thing has its accessor and its setter, with what each means.
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
    private final Set<Task> tasks;
    private final boolean promptMayBeCut;
    private final boolean scoresPrompts;
    private final Set<PoolingKind> poolings;
    private final Pooling pooling;
    private final int vectorSize;
    private final int headSize;
    private final int maxDrafts;
    private final AdapterLimits adapters;
    private final Set<SideSection> sideSections;

    private ModelInfo(Builder builder) {
        this.architecture = builder.architecture;
        this.maxModelLen = builder.maxModelLen;
        this.vocabularySize = builder.vocabularySize;
        this.blockSizes = List.copyOf(builder.blockSizes);
        this.kvGroups = List.copyOf(builder.kvGroups);
        this.weightBytes = builder.weightBytes;
        this.parameters = builder.parameters;
        this.tasks = Set.copyOf(builder.tasks);
        this.promptMayBeCut = builder.promptMayBeCut;
        this.scoresPrompts = builder.scoresPrompts;
        this.poolings = Set.copyOf(builder.poolings);
        this.pooling = builder.pooling;
        this.vectorSize = builder.vectorSize;
        this.headSize = builder.headSize;
        this.maxDrafts = builder.maxDrafts;
        this.adapters = builder.adapters;
        this.sideSections = Set.copyOf(builder.sideSections);
    }

    /** What a model is for. */
    @Incubating
    public enum Task {
        /** It continues prompts. */
        GENERATE,
        /** Its vectors are near each other where texts mean the same. */
        EMBED,
        /** It has a head that tells classes apart. */
        CLASSIFY,
        /** It has a head that tells how well two texts go together. */
        SCORE
    }

    /** What a plan may carry beside its rows. */
    @Incubating
    public enum SideSection {
        /** {@link StepRows#spans()}. */
        EMBEDDING_SPANS
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
     * The groups of layers that remember alike.
     *
     * @return empty for a model without a cache
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

    /**
     * What the model is for.
     *
     * @return {@link Task#GENERATE} unless set
     */
    public Set<Task> tasks() {
        return tasks;
    }

    /**
     * Whether a prompt may be computed in several rows of several steps.
     *
     * @return false if a prompt must be whole in one row, as where its tokens look at each other in both directions
     */
    public boolean promptMayBeCut() {
        return promptMayBeCut;
    }

    /**
     * Whether positions of prompts can be scored ({@link StepRows#scoredCount}).
     *
     * @return false unless set
     */
    public boolean scoresPrompts() {
        return scoresPrompts;
    }

    /**
     * Which poolings the executor computes.
     *
     * @return none unless set
     */
    public Set<PoolingKind> poolings() {
        return poolings;
    }

    /**
     * How vectors are made where a request does not say.
     *
     * @return the last token's hidden state, normalised, unless set
     */
    public Pooling pooling() {
        return pooling;
    }

    /**
     * How many numbers a vector has.
     *
     * @param kind of its pooling
     * @return 0 if the executor does not say
     */
    public int vectorSize(PoolingKind kind) {
        return kind == PoolingKind.HEAD ? headSize : vectorSize;
    }

    /**
     * How many draft tokens a row may carry.
     *
     * @return 0 if the executor verifies none
     */
    public int maxDrafts() {
        return maxDrafts;
    }

    /**
     * Which adapters the executor takes.
     *
     * @return {@link AdapterLimits#NONE} unless set
     */
    public AdapterLimits adapters() {
        return adapters;
    }

    /**
     * Which sections the executor reads beside a plan's rows.
     *
     * @return none unless set
     */
    public Set<SideSection> sideSections() {
        return sideSections;
    }

    /**
     * Whether any group takes blocks.
     *
     * @return false if there is nothing that {@link Executor#kvCapacity} could count
     */
    public boolean takesBlocks() {
        return kvGroups.stream().anyMatch(KvGroup::takesBlocks);
    }

    /**
     * Refuses a plan that asks for what is not offered here, for an executor that would else pass over it in silence.
     *
     * @param plan about to be launched
     * @throws TokamakException {@link ErrorCode#UNSUPPORTED}, naming what
     */
    public void requireSupport(StepRows plan) {
        if (plan.spans() > 0 && !sideSections.contains(SideSection.EMBEDDING_SPANS)) {
            throw notOffered("embedding spans");
        }
        if (plan.scoredPositions() > 0 && !scoresPrompts) {
            throw notOffered("log probabilities of prompts");
        }
        if (plan.pooledRows() > 0 && poolings.isEmpty()) {
            throw notOffered("pooling");
        }
        for (int row = 0; plan.pooledRows() > 0 && row < plan.rows(); row++) {
            Pooling asked = plan.pooling(row);
            if (asked != null && !poolings.contains(asked.kind())) {
                throw notOffered("pooling of kind " + asked.kind());
            }
        }
        if (plan.draftTokens() > 0 && maxDrafts == 0) {
            throw notOffered("verifying drafts");
        }
    }

    private TokamakException notOffered(String what) {
        return new TokamakException(
                ErrorCode.UNSUPPORTED, what + " is not what the executor offers for " + architecture);
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
        private Set<Task> tasks = Set.of(Task.GENERATE);
        private boolean promptMayBeCut = true;
        private boolean scoresPrompts;
        private Set<PoolingKind> poolings = Set.of();
        private Pooling pooling = new Pooling(PoolingKind.LAST, true, 0);
        private int vectorSize;
        private int headSize;
        private int maxDrafts;
        private AdapterLimits adapters = AdapterLimits.NONE;
        private Set<SideSection> sideSections = Set.of();

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
         * Sets the groups of layers that remember alike.
         *
         * @param kvGroups empty for a model without a cache
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
         * Sets what the model is for.
         *
         * @param tasks at least one
         * @return this
         */
        public Builder tasks(Set<Task> tasks) {
            this.tasks = Objects.requireNonNull(tasks, "tasks");
            return this;
        }

        /**
         * Sets whether a prompt may be computed in several rows.
         *
         * @param promptMayBeCut true unless set
         * @return this
         */
        public Builder promptMayBeCut(boolean promptMayBeCut) {
            this.promptMayBeCut = promptMayBeCut;
            return this;
        }

        /**
         * Sets whether positions of prompts can be scored.
         *
         * @param scoresPrompts false unless set
         * @return this
         */
        public Builder scoresPrompts(boolean scoresPrompts) {
            this.scoresPrompts = scoresPrompts;
            return this;
        }

        /**
         * Sets which poolings the executor computes.
         *
         * @param poolings possibly none
         * @return this
         */
        public Builder poolings(Set<PoolingKind> poolings) {
            this.poolings = Objects.requireNonNull(poolings, "poolings");
            return this;
        }

        /**
         * Sets how vectors are made where a request does not say.
         *
         * @param pooling of a kind among the poolings
         * @return this
         */
        public Builder pooling(Pooling pooling) {
            this.pooling = Objects.requireNonNull(pooling, "pooling");
            return this;
        }

        /**
         * Sets how many numbers the model's own head gives.
         *
         * @param headSize 0 or more
         * @return this
         */
        public Builder headSize(int headSize) {
            this.headSize = headSize;
            return this;
        }

        /**
         * Sets how many numbers a hidden state has, and so a vector that is made of them without a head.
         *
         * @param vectorSize 0 or more
         * @return this
         */
        public Builder vectorSize(int vectorSize) {
            this.vectorSize = vectorSize;
            return this;
        }

        /**
         * Sets how many draft tokens a row may carry.
         *
         * @param maxDrafts 0 or more
         * @return this
         */
        public Builder maxDrafts(int maxDrafts) {
            this.maxDrafts = maxDrafts;
            return this;
        }

        /**
         * Sets which adapters the executor takes.
         *
         * @param adapters never null
         * @return this
         */
        public Builder adapters(AdapterLimits adapters) {
            this.adapters = Objects.requireNonNull(adapters, "adapters");
            return this;
        }

        /**
         * Sets which sections the executor reads beside a plan's rows.
         *
         * @param sideSections possibly none
         * @return this
         */
        public Builder sideSections(Set<SideSection> sideSections) {
            this.sideSections = Objects.requireNonNull(sideSections, "sideSections");
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
