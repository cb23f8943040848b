package dev.tokamak.engine.model;

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.engine.plugin.PluginRegistry;
import dev.tokamak.spi.chattemplate.ChatTemplate;
import dev.tokamak.spi.chattemplate.ChatTemplateProvider;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Renders conversations with the model's chat template, or with one that a request brings along. Thread-safe. */
public final class ChatRenderer {
    /** How many templates that requests brought along stay compiled. */
    private static final int KEPT_TEMPLATES = 16;

    private final PluginRegistry plugins;
    private final Optional<String> provider;
    private final Map<String, String> sources;
    private final Map<String, Object> specialTokens;
    private final Map<String, ChatTemplate> compiled = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ChatTemplate> eldest) {
            return size() > KEPT_TEMPLATES;
        }
    };

    /**
     * A renderer.
     *
     * @param plugins with chat-template engines
     * @param config may choose an engine and a template
     * @param folder has the model's templates and special tokens
     * @throws TokamakException if the template that is to be used by default does not compile
     */
    public ChatRenderer(PluginRegistry plugins, EngineConfig config, ModelFolder folder) {
        this.plugins = plugins;
        this.provider = config.chatTemplateProvider();
        this.sources = config.chatTemplate()
                .map(given -> Map.of("default", textOrFile(given)))
                .orElseGet(folder::chatTemplates);
        this.specialTokens = folder.specialTokens();
        source(false).ifPresent(this::template);
    }

    private static String textOrFile(String given) {
        try {
            Path file = Path.of(given);
            return Files.isRegularFile(file) ? ModelFolder.readText(file) : given;
        } catch (InvalidPathException e) {
            return given;
        }
    }

    /** The text of the template that is used by default. */
    public Optional<String> source() {
        return source(false);
    }

    private Optional<String> source(boolean withTools) {
        String named = withTools && sources.containsKey("tool_use") ? "tool_use" : "default";
        return Optional.ofNullable(sources.get(named));
    }

    /**
     * Renders a conversation.
     *
     * @param prompt messages, tools and variables
     * @return the prompt's text
     * @throws TokamakException {@link ErrorCode#UNSUPPORTED} if there is no template; {@link ErrorCode#INVALID_REQUEST} if the
     *     template refuses the messages
     */
    public String render(ChatPrompt prompt) {
        String source = prompt.template()
                .or(() -> source(!prompt.tools().isEmpty()))
                .orElseThrow(() -> new TokamakException(ErrorCode.UNSUPPORTED, noTemplate()));
        Optional<OpenMessage> open = prompt.continueFinalMessage()
                ? Optional.of(OpenMessage.last(prompt.messages(), source))
                : Optional.empty();
        Map<String, Object> variables = new LinkedHashMap<>(specialTokens);
        variables.put("messages", open.map(OpenMessage::messages).orElse(prompt.messages()));
        variables.put("tools", prompt.tools().isEmpty() ? null : prompt.tools());
        variables.put("documents", null);
        variables.put("add_generation_prompt", prompt.addGenerationPrompt() && open.isEmpty());
        variables.putAll(prompt.variables());
        String text = template(source).render(variables);
        return open.isPresent() ? open.get().cut(text) : text;
    }

    private String noTemplate() {
        return sources.isEmpty()
                ? "the model has no chat template; send a prompt to the completions endpoint, or give a template"
                : "the model has several chat templates and none that is the default: "
                        + sources.keySet().stream().sorted().toList() + "; give the one to use with --chat-template";
    }

    private ChatTemplate template(String source) {
        synchronized (compiled) {
            ChatTemplate known = compiled.get(source);
            if (known != null) {
                return known;
            }
        }
        ChatTemplateProvider engine = engine(source);
        ChatTemplate made = plugins.ask(PluginKind.CHAT_TEMPLATE, engine, "compile", each -> each.compile(source));
        synchronized (compiled) {
            compiled.put(source, made);
        }
        return made;
    }

    private ChatTemplateProvider engine(String source) {
        if (provider.isPresent()) {
            return plugins.require(PluginKind.CHAT_TEMPLATE, provider.get());
        }
        return plugins.firstThat(PluginKind.CHAT_TEMPLATE, candidate -> candidate.supports(source))
                .orElseThrow(() ->
                        TokamakException.configuration("no chat-template plugin takes the model's template; found "
                                + plugins.names(PluginKind.CHAT_TEMPLATE)));
    }
}
