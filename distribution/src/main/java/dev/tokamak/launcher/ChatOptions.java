package dev.tokamak.launcher;

import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.engine.plugin.PluginRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say how conversations become prompts and answers become tool calls. */
final class ChatOptions {
    @Option(
            names = "--chat-template",
            paramLabel = "FILE|TEXT",
            description = "Jinja chat template instead of the model's own: a file, or the template itself.")
    private String chatTemplate;

    @Option(
            names = "--chat-template-content-format",
            paramLabel = "FORMAT",
            defaultValue = "auto",
            description =
                    "How message contents reach the template: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private ContentFormat contentFormat;

    @Option(names = "--trust-request-chat-template", description = "Let requests bring a chat template of their own.")
    private boolean trustRequestChatTemplate;

    @Option(
            names = "--escape-special-tokens-in-content",
            description = "Encode special tokens that clients write in messages as plain text, not as control tokens.")
    private boolean escapeSpecialTokens;

    @Option(names = "--enable-auto-tool-choice", description = "Let the model decide to call tools.")
    private boolean autoToolChoice;

    @Option(
            names = "--tool-call-parser",
            paramLabel = "NAME",
            description = "Format of the model's tool calls; see 'tokamak plugins'.")
    private String toolCallParser;

    @Option(
            names = "--tool-parser-plugin",
            paramLabel = "JAR",
            description = "Load this plugin, a jar or a folder of jars, beside those in plugins/.")
    private Path toolParserPlugin;

    @Option(
            names = "--reasoning-parser",
            paramLabel = "NAME",
            description = "Format of the model's reasoning; see 'tokamak plugins'.")
    private String reasoningParser;

    @Option(
            names = "--max-logprobs",
            paramLabel = "N",
            converter = EngineOptions.CountOrUnlimited.class,
            defaultValue = "20",
            description =
                    "How many of the likeliest tokens a request may ask for at each place; -1 for no limit. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int maxLogprobs;

    @Option(
            names = "--enable-prompt-tokens-details",
            description = "Tell in usage how many of a prompt's tokens were cached.")
    private boolean promptTokensDetails;

    /** How message contents are given to a chat template; the names are those on the command line. */
    enum ContentFormat {
        auto,
        string,
        openai
    }

    /** The template's text or file, or null for the model's own. */
    String chatTemplate() {
        if (chatTemplate != null && !chatTemplate.contains("{") && !Files.isRegularFile(Path.of(chatTemplate))) {
            throw TokamakException.configuration("--chat-template is '" + chatTemplate
                    + "', which is neither a file nor a template (it has no {{ or {%)");
        }
        return chatTemplate;
    }

    /** The plugin that {@code --tool-parser-plugin} names, or none. */
    List<Path> extraPlugins() {
        if (toolParserPlugin == null) {
            return List.of();
        }
        if (!Files.exists(toolParserPlugin)) {
            throw TokamakException.configuration("--tool-parser-plugin is " + toolParserPlugin
                    + ", which is not there; expected a jar or a folder of jars");
        }
        return List.of(toolParserPlugin);
    }

    /**
     * Refuses parsers that no plugin provides, before a request needs them.
     *
     * @throws TokamakException if there is one
     */
    void check(PluginRegistry plugins) {
        if (toolCallParser != null) {
            plugins.require(PluginKind.TOOL_PARSER, toolCallParser);
        }
        if (reasoningParser != null) {
            plugins.require(PluginKind.REASONING_PARSER, reasoningParser);
        }
    }

    /** Sets what the WAR reads: system properties with the names of the options. */
    void publish() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("chat-template-content-format", contentFormat.name());
        settings.put("trust-request-chat-template", Boolean.toString(trustRequestChatTemplate));
        settings.put("enable-auto-tool-choice", Boolean.toString(autoToolChoice));
        settings.put("escape-special-tokens-in-content", Boolean.toString(escapeSpecialTokens));
        settings.put("max-logprobs", Integer.toString(maxLogprobs));
        settings.put("enable-prompt-tokens-details", Boolean.toString(promptTokensDetails));
        settings.put("tool-call-parser", toolCallParser);
        settings.put("reasoning-parser", reasoningParser);
        settings.forEach((name, value) -> {
            if (value != null) {
                System.setProperty("tokamak." + name, value);
            }
        });
    }
}
