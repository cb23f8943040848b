package dev.tokamak.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is continued is what {@code transformers} continues. */
class OpenMessageTest {
    private static final String TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}";

    private static String continued(Object content, UnaryOperator<String> printed) {
        List<Map<String, Object>> messages =
                List.of(Map.of("role", "user", "content", "m"), Map.of("role", "assistant", "content", content));
        OpenMessage open = OpenMessage.last(messages, TEMPLATE);
        StringBuilder rendered = new StringBuilder();
        for (Map<String, Object> message : open.messages()) {
            rendered.append("<|im_start|>").append(message.get("role")).append('\n');
            rendered.append(printed.apply(text(message.get("content")))).append("<|im_end|>\n");
        }
        return open.cut(rendered + "end of the chat | m <");
    }

    private static String text(Object content) {
        return content instanceof List<?> parts
                ? parts.stream()
                        .map(part -> String.valueOf(((Map<?, ?>) part).get("text")))
                        .reduce("", String::concat)
                : content.toString();
    }

    private static String continued(Object content) {
        return continued(content, text -> text);
    }

    private static String opened(String text) {
        return "<|im_start|>user\nm<|im_end|>\n<|im_start|>assistant\n" + text;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<",
                "|",
                "end",
                "m",
                "<|im_end|>",
                "",
                " ",
                "\n",
                "a\n\n",
                "  a ",
                "a\u00a0",
                "CONTINUE_FINAL_MESSAGE_TAG"
            })
    void promptEndsBehindTheTextWhateverTheTemplatePrintsAfterIt(String content) {
        assertThat(continued(content)).isEqualTo(opened(content));
    }

    @Test
    void spacesThatTheTemplateTrimsAreTrimmed() {
        assertThat(continued(" a \n", String::strip)).isEqualTo(opened("a"));
        assertThat(continued("a\u00a0\u0085\n", String::strip)).isEqualTo(opened("a"));
        assertThat(continued("  ", String::strip)).isEqualTo(opened("").stripTrailing());
    }

    @Test
    void lastTextOfAListIsContinued() {
        Map<String, String> image = Map.of("type", "image");
        List<Object> parts = List.of(Map.of("type", "text", "text", "a"), Map.of("type", "text", "text", "m\n"), image);
        assertThat(continued(List.of())).isEqualTo(opened(""));
        assertThat(continued(parts, text -> text.replace("null", ""))).isEqualTo(opened("am\n"));
    }

    @Test
    void messagesOfTheRequestStayAsTheyAre() {
        List<Map<String, Object>> messages = List.of(Map.of("role", "assistant", "content", "a"));
        OpenMessage.last(messages, TEMPLATE);
        assertThat(messages).isEqualTo(List.of(Map.of("role", "assistant", "content", "a")));
    }

    @Test
    void messageWithoutTextIsRefused() {
        assertRefused(() -> OpenMessage.last(List.of(), TEMPLATE), "no content");
        assertRefused(() -> OpenMessage.last(List.of(Map.of("role", "assistant")), TEMPLATE), "no content");
        assertRefused(() -> continued(List.of(Map.of("type", "image"))), "no text");
    }

    @Test
    void templateThatLeavesTheTextOutIsRefused() {
        assertRefused(() -> continued("a", text -> ""), "leaves out");
        assertRefused(() -> continued("thought</think>a", text -> text.replace("thought</think>", "")), "leaves out");
        assertRefused(
                () -> OpenMessage.last(List.of(Map.of("content", "a")), "{{ messages[-1].role }}"),
                "does not print a message's content");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String because) {
        assertThatThrownBy(call)
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(because)
                .satisfies(e ->
                        assertThat(((TokamakException) e).param()).hasToString("Optional[continue_final_message]"));
    }
}
