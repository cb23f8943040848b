package dev.tokamak.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How an operator wants requests to be served. Immutable.
 *
 * @since 0.1
 */
public final class ServingOptions {
    private final boolean autoToolChoice;
    private final ContentFormat contentFormat;
    private final boolean trustRequestChatTemplate;
    private final int maxLogprobs;
    private final boolean promptTokensDetails;
    private final boolean escapeSpecialTokens;
    private final Map<String, Object> defaultChatTemplateKwargs;
    private final String responseRole;
    private final String version;

    private ServingOptions(Builder builder) {
        this.autoToolChoice = builder.autoToolChoice;
        this.contentFormat = builder.contentFormat;
        this.trustRequestChatTemplate = builder.trustRequestChatTemplate;
        this.maxLogprobs = builder.maxLogprobs;
        this.promptTokensDetails = builder.promptTokensDetails;
        this.escapeSpecialTokens = builder.escapeSpecialTokens;
        this.defaultChatTemplateKwargs =
                Collections.unmodifiableMap(new LinkedHashMap<>(builder.defaultChatTemplateKwargs));
        this.responseRole = builder.responseRole;
        this.version = builder.version;
    }

    /** How message contents are handed to a chat template ({@code --chat-template-content-format}). */
    public enum ContentFormat {
        /** As parts if the template can print them, else as text. */
        AUTO,
        /** Always as text. */
        STRING,
        /** Always as a list of parts, {@code [{"type":"text","text":…}]}. */
        OPENAI
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
     * Whether the model may decide to call tools ({@code --enable-auto-tool-choice}).
     *
     * @return false unless set
     */
    public boolean autoToolChoice() {
        return autoToolChoice;
    }

    /**
     * How message contents are handed to the chat template.
     *
     * @return {@link ContentFormat#AUTO} unless set
     */
    public ContentFormat contentFormat() {
        return contentFormat;
    }

    /**
     * Whether a request may bring a chat template of its own ({@code --trust-request-chat-template}).
     *
     * @return false unless set
     */
    public boolean trustRequestChatTemplate() {
        return trustRequestChatTemplate;
    }

    /**
     * How many of the likeliest tokens a request may ask for at each position ({@code --max-logprobs}).
     *
     * @return 20 unless set; -1 is no limit
     */
    public int maxLogprobs() {
        return maxLogprobs;
    }

    /**
     * Whether usage tells how many of a prompt's tokens were cached, which also tells what others have asked ({@code --enable-prompt-tokens-details}).
     *
     * @return false unless set
     */
    public boolean promptTokensDetails() {
        return promptTokensDetails;
    }

    /**
     * Whether special tokens that a client writes into a conversation are encoded as plain text
     * ({@code --escape-special-tokens-in-content}) rather than as control tokens.
     *
     * @return false unless set
     */
    public boolean escapeSpecialTokens() {
        return escapeSpecialTokens;
    }

    /**
     * Template variables of every request ({@code --default-chat-template-kwargs}); a request's own win.
     *
     * @return none unless set
     */
    public Map<String, Object> defaultChatTemplateKwargs() {
        return defaultChatTemplateKwargs;
    }

    /**
     * The role of answers ({@code --response-role}).
     *
     * @return {@code assistant} unless set
     */
    public String responseRole() {
        return responseRole;
    }

    /**
     * The version that {@code /version} tells.
     *
     * @return the build's unless set
     */
    public String version() {
        return version;
    }

    /** Builds {@link ServingOptions}. Not thread-safe. */
    public static final class Builder {
        private boolean autoToolChoice;
        private ContentFormat contentFormat = ContentFormat.AUTO;
        private boolean trustRequestChatTemplate;
        private int maxLogprobs = 20;
        private boolean promptTokensDetails;
        private boolean escapeSpecialTokens;
        private Map<String, Object> defaultChatTemplateKwargs = Map.of();
        private String responseRole = "assistant";
        private String version = buildVersion();

        private Builder() {}

        private static String buildVersion() {
            String version = ServingOptions.class.getPackage().getImplementationVersion();
            return version == null ? "unreleased" : version;
        }

        /**
         * Sets whether the model may decide to call tools.
         *
         * @param autoToolChoice the value
         * @return this
         */
        public Builder autoToolChoice(boolean autoToolChoice) {
            this.autoToolChoice = autoToolChoice;
            return this;
        }

        /**
         * Sets how message contents are handed to the chat template.
         *
         * @param contentFormat never null
         * @return this
         */
        public Builder contentFormat(ContentFormat contentFormat) {
            this.contentFormat = Objects.requireNonNull(contentFormat, "contentFormat");
            return this;
        }

        /**
         * Sets whether a request may bring a chat template of its own.
         *
         * @param trustRequestChatTemplate the value
         * @return this
         */
        public Builder trustRequestChatTemplate(boolean trustRequestChatTemplate) {
            this.trustRequestChatTemplate = trustRequestChatTemplate;
            return this;
        }

        /**
         * Sets how many of the likeliest tokens a request may ask for.
         *
         * @param maxLogprobs -1 for no limit
         * @return this
         */
        public Builder maxLogprobs(int maxLogprobs) {
            this.maxLogprobs = maxLogprobs;
            return this;
        }

        /**
         * Sets whether usage tells how many of a prompt's tokens were cached.
         *
         * @param promptTokensDetails the value
         * @return this
         */
        public Builder promptTokensDetails(boolean promptTokensDetails) {
            this.promptTokensDetails = promptTokensDetails;
            return this;
        }

        /**
         * Sets whether special tokens that a client writes into a conversation are encoded as plain text.
         *
         * @param escapeSpecialTokens the value
         * @return this
         */
        public Builder escapeSpecialTokens(boolean escapeSpecialTokens) {
            this.escapeSpecialTokens = escapeSpecialTokens;
            return this;
        }

        /**
         * Sets template variables of every request.
         *
         * @param kwargs never null
         * @return this
         */
        public Builder defaultChatTemplateKwargs(Map<String, Object> kwargs) {
            this.defaultChatTemplateKwargs = Objects.requireNonNull(kwargs, "kwargs");
            return this;
        }

        /**
         * Sets the role of answers.
         *
         * @param responseRole never null
         * @return this
         */
        public Builder responseRole(String responseRole) {
            this.responseRole = Objects.requireNonNull(responseRole, "responseRole");
            return this;
        }

        /**
         * Sets the version that {@code /version} tells.
         *
         * @param version never null
         * @return this
         */
        public Builder version(String version) {
            this.version = Objects.requireNonNull(version, "version");
            return this;
        }

        /**
         * Builds the options.
         *
         * @return new, immutable options
         */
        public ServingOptions build() {
            return new ServingOptions(this);
        }
    }
}
