package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.spi.chattemplate.ChatTemplate;
import dev.tokamak.spi.chattemplate.ChatTemplateException;
import dev.tokamak.spi.chattemplate.ChatTemplateProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * The law of chat-template engines, as tests. An engine's test extends this class, makes its provider, and gives two texts: a template
 * and something that is none. The tests check that a template is compiled once, renders the same on every thread, changes
 * nothing that it was given, and is refused with its own exception if it is none.
 *
 * @since 0.1
 */
public abstract class ChatTemplateProviderContract {
    /** For subclasses. */
    protected ChatTemplateProviderContract() {}

    /**
     * Makes the provider under test.
     *
     * @return by its public constructor, as a service loader would
     */
    protected abstract ChatTemplateProvider provider();

    /**
     * A template that prints the content of every message.
     *
     * @return in the engine's language
     */
    protected abstract String validTemplate();

    /**
     * A text that is no template.
     *
     * @return something that {@code compile} refuses
     */
    protected abstract String malformedTemplate();

    private static Map<String, Object> conversation() {
        List<Map<String, Object>> messages = new ArrayList<>();
        messages.add(new LinkedHashMap<>(Map.of("role", "user", "content", "What is 1 < 2 & \"3\"?")));
        messages.add(new LinkedHashMap<>(Map.of("role", "assistant", "content", "Übung: 漢字")));
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put("messages", messages);
        variables.put("tools", null);
        variables.put("add_generation_prompt", true);
        variables.put("bos_token", "<s>");
        variables.put("eos_token", "</s>");
        return variables;
    }

    @Test
    void providerHasAValidName() {
        ProviderNames.assertValid(provider().name());
    }

    @Test
    void providerIsDeclaredAsAService() {
        ProviderNames.assertDeclared(ChatTemplateProvider.class, provider());
    }

    @Test
    void supportsItsTemplates() {
        assertThat(provider().supports(validTemplate())).isTrue();
    }

    @Test
    void printsMessagesAsTheyAre() {
        assertThat(provider().compile(validTemplate()).render(conversation()))
                .contains("What is 1 < 2 & \"3\"?", "Übung: 漢字");
    }

    @Test
    void changesNothingThatItWasGiven() {
        Map<String, Object> variables = conversation();
        provider().compile(validTemplate()).render(variables);

        assertThat(variables).isEqualTo(conversation());
    }

    @Test
    void rendersTheSameOnEveryThread() throws Exception {
        ChatTemplate template = provider().compile(validTemplate());
        String alone = template.render(conversation());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<String>> renderings = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                renderings.add(threads.submit(() -> template.render(conversation())));
            }
            for (Future<String> rendering : renderings) {
                assertThat(rendering.get()).isEqualTo(alone);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void refusesWhatIsNoTemplate() {
        assertThatThrownBy(() -> provider().compile(malformedTemplate())).isInstanceOf(ChatTemplateException.class);
    }
}
