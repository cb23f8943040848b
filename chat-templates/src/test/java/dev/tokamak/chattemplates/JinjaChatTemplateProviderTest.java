package dev.tokamak.chattemplates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.spi.chattemplate.ChatTemplate;
import dev.tokamak.spi.chattemplate.ChatTemplateException;
import dev.tokamak.spi.chattemplate.ChatTemplateProvider;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JinjaChatTemplateProviderTest {
    private final ChatTemplateProvider provider = new JinjaChatTemplateProvider();

    @Test
    void theServiceLoaderFindsItUnderItsName() {
        List<String> names = ServiceLoader.load(ChatTemplateProvider.class).stream()
                .map(found -> found.get().name())
                .collect(Collectors.toList());
        assertThat(names).contains("jinja");
    }

    @Test
    void aConversationBecomesThePrompt() {
        ChatTemplate template = provider.compile("""
                {% for message in messages %}
                <|{{ message.role }}|>{{ message.content }}
                {% endfor %}
                {% if add_generation_prompt %}<|assistant|>{% endif %}
                """);
        List<Map<String, Object>> messages =
                List.of(Map.of("role", "system", "content", "Be kind."), Map.of("role", "user", "content", "Hi 👋"));
        assertThat(template.render(Map.of("messages", messages, "add_generation_prompt", true)))
                .isEqualTo("<|system|>Be kind.\n<|user|>Hi 👋\n<|assistant|>");
    }

    @Test
    void textWithoutTagsStandsForItself() {
        assertThat(provider.supports("chatml")).isTrue();
        assertThat(provider.compile("chatml").render(Map.of())).isEqualTo("chatml");
    }

    @Test
    void aSyntaxErrorNamesItsLine() {
        ChatTemplateException e = catchThrowableOfType(
                ChatTemplateException.class, () -> provider.compile("one\ntwo\n{% for x %}{% endfor %}"));
        assertThat(e.line()).isEqualTo(3);
        assertThat(e)
                .hasMessage(
                        "chat template, line 3: TemplateSyntaxError: expected token 'in', got 'end of statement block'");
    }

    @Test
    void aFailureWhileRenderingNamesTheLineOfItsStatement() {
        ChatTemplate template =
                provider.compile("one\n{% if true %}\n{{ messages[0].role.upper }}\n{{ a.b }}\n{% endif %}");
        ChatTemplateException e = catchThrowableOfType(
                ChatTemplateException.class,
                () -> template.render(Map.of("messages", List.of(Map.of("role", "user")))));
        assertThat(e.line()).isEqualTo(4);
        assertThat(e).hasMessageEndingWith("UndefinedError: 'a' is undefined");
    }

    @Test
    void whatATemplateRaisesReachesTheCallerInItsOwnWords() {
        ChatTemplate template = provider.compile("{{ raise_exception('Roles must alternate!') }}");
        assertThatThrownBy(() -> template.render(Map.of()))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessage("chat template, line 1: Roles must alternate!");
    }

    @Test
    void valuesKeepTheirKind() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("int", 1);
        values.put("long", 1L << 40);
        values.put("big", BigInteger.TEN.pow(30));
        values.put("whole", 2.0);
        values.put("flag", true);
        values.put("none", null);
        values.put("list", Arrays.asList(1, null, "a"));
        assertThat(provider.compile("{{ v }}\n{{ v|tojson }}").render(Map.of("v", values)))
                .isEqualTo("{'int': 1, 'long': 1099511627776, 'big': 1000000000000000000000000000000, 'whole': 2.0,"
                        + " 'flag': True, 'none': None, 'list': [1, None, 'a']}\n"
                        + "{\"int\": 1, \"long\": 1099511627776, \"big\": 1000000000000000000000000000000,"
                        + " \"whole\": 2.0, \"flag\": true, \"none\": null, \"list\": [1, null, \"a\"]}");
    }

    @Test
    void aValueThatIsNoPlainDataIsRefusedByName() {
        ChatTemplate template = provider.compile("{{ thing }}");
        assertThatThrownBy(() -> template.render(Map.of("thing", Thread.currentThread())))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageContaining("'thing'")
                .hasMessageContaining("java.lang.Thread");
    }

    @Test
    void oneTemplateRendersOnManyThreadsAtOnce() {
        ChatTemplate template = provider.compile("{% set ns = namespace(n=0) %}{% macro m(x) %}<{{ x }}>{% endmacro %}"
                + "{% for i in range(200) %}{% set ns.n = ns.n + k %}{{ m(i * k) }}{% endfor %}{{ ns.n }}");
        List<String> alone = new ArrayList<>();
        for (int k = 0; k < 50; k++) {
            alone.add(template.render(Map.of("k", k)));
        }
        List<String> together = IntStream.range(0, 50)
                .parallel()
                .mapToObj(k -> template.render(Map.of("k", k)))
                .collect(Collectors.toList());
        assertThat(together).isEqualTo(alone);
    }
}
