package dev.tokamak.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an engine serves. Immutable.
 *
 * @since 0.1
 */
@Stable
public final class ModelCard {
    private final List<String> names;
    private final String root;
    private final int maxModelLen;
    private final int vocabularySize;
    private final long createdEpochSeconds;
    private final List<Integer> eosTokenIds;
    private final Map<String, Object> samplingDefaults;
    private final boolean hasChatTemplate;

    private ModelCard(Builder builder) {
        this.names = List.copyOf(builder.names);
        this.root = builder.root;
        this.maxModelLen = builder.maxModelLen;
        this.vocabularySize = builder.vocabularySize;
        this.createdEpochSeconds = builder.createdEpochSeconds;
        this.eosTokenIds = List.copyOf(builder.eosTokenIds);
        this.samplingDefaults = Collections.unmodifiableMap(new LinkedHashMap<>(builder.samplingDefaults));
        this.hasChatTemplate = builder.hasChatTemplate;
    }

    /**
     * Starts with the defaults.
     *
     * @param names the names that clients may use, the first one in answers
     * @return a new builder
     */
    public static Builder builder(List<String> names) {
        return new Builder(names);
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder(names);
        builder.root = root;
        builder.maxModelLen = maxModelLen;
        builder.vocabularySize = vocabularySize;
        builder.createdEpochSeconds = createdEpochSeconds;
        builder.eosTokenIds = eosTokenIds;
        builder.samplingDefaults = samplingDefaults;
        builder.hasChatTemplate = hasChatTemplate;
        return builder;
    }

    /**
     * The names that clients may use, the first one in answers.
     *
     * @return the value, never null
     */
    public List<String> names() {
        return names;
    }

    /**
     * The folder it was loaded from.
     *
     * @return the value, never null
     */
    public String root() {
        return root;
    }

    /**
     * The longest sequence in tokens, prompt and completion together.
     *
     * @return the value
     */
    public int maxModelLen() {
        return maxModelLen;
    }

    /**
     * How many token ids there are.
     *
     * @return the value
     */
    public int vocabularySize() {
        return vocabularySize;
    }

    /**
     * When it was loaded.
     *
     * @return the value
     */
    public long createdEpochSeconds() {
        return createdEpochSeconds;
    }

    /**
     * Every end-of-sequence id.
     *
     * @return the value, never null
     */
    public List<Integer> eosTokenIds() {
        return eosTokenIds;
    }

    /**
     * The request defaults of generation_config.json, by the protocol's field names.
     *
     * @return the value, never null
     */
    public Map<String, Object> samplingDefaults() {
        return samplingDefaults;
    }

    /**
     * Whether chat requests can be served.
     *
     * @return the value
     */
    public boolean hasChatTemplate() {
        return hasChatTemplate;
    }

    /** Builds a {@link ModelCard}. Not thread-safe. */
    @Stable
    public static final class Builder {
        private final List<String> names;
        private String root = "";
        private int maxModelLen = 0;
        private int vocabularySize = 0;
        private long createdEpochSeconds = 0;
        private List<Integer> eosTokenIds = List.of();
        private Map<String, Object> samplingDefaults = Map.of();
        private boolean hasChatTemplate = false;

        private Builder(List<String> names) {
            this.names = Objects.requireNonNull(names, "names");
        }

        /**
         * Sets root: the folder it was loaded from.
         *
         * @param root never null
         * @return this
         */
        public Builder root(String root) {
            this.root = Objects.requireNonNull(root, "root");
            return this;
        }

        /**
         * Sets maxModelLen: the longest sequence in tokens, prompt and completion together.
         *
         * @param maxModelLen the value
         * @return this
         */
        public Builder maxModelLen(int maxModelLen) {
            this.maxModelLen = maxModelLen;
            return this;
        }

        /**
         * Sets vocabularySize: how many token ids there are.
         *
         * @param vocabularySize the value
         * @return this
         */
        public Builder vocabularySize(int vocabularySize) {
            this.vocabularySize = vocabularySize;
            return this;
        }

        /**
         * Sets createdEpochSeconds: when it was loaded.
         *
         * @param createdEpochSeconds the value
         * @return this
         */
        public Builder createdEpochSeconds(long createdEpochSeconds) {
            this.createdEpochSeconds = createdEpochSeconds;
            return this;
        }

        /**
         * Sets eosTokenIds: every end-of-sequence id.
         *
         * @param eosTokenIds never null
         * @return this
         */
        public Builder eosTokenIds(List<Integer> eosTokenIds) {
            this.eosTokenIds = Objects.requireNonNull(eosTokenIds, "eosTokenIds");
            return this;
        }

        /**
         * Sets samplingDefaults: the request defaults of generation_config.json, by the protocol's field names.
         *
         * @param samplingDefaults never null
         * @return this
         */
        public Builder samplingDefaults(Map<String, Object> samplingDefaults) {
            this.samplingDefaults = Objects.requireNonNull(samplingDefaults, "samplingDefaults");
            return this;
        }

        /**
         * Sets hasChatTemplate: whether chat requests can be served.
         *
         * @param hasChatTemplate the value
         * @return this
         */
        public Builder hasChatTemplate(boolean hasChatTemplate) {
            this.hasChatTemplate = hasChatTemplate;
            return this;
        }

        /**
         * Builds the value.
         *
         * @return a new, immutable ModelCard
         * @throws TokamakException {@link ErrorCode#INVALID_REQUEST} if a value is out of range; it names the field
         */
        public ModelCard build() {
            return new ModelCard(this);
        }
    }
}
