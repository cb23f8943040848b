package dev.tokamak.engine;

import dev.tokamak.spi.chattemplate.ChatTemplate;
import dev.tokamak.spi.chattemplate.ChatTemplateProvider;
import java.util.List;
import java.util.Map;

/** A template that is its own text, then the special tokens it was given, then each message's content in brackets. */
public final class PlainTemplateProvider implements ChatTemplateProvider {
    @Override
    public String name() {
        return "plain";
    }

    @Override
    public boolean supports(String source) {
        return true;
    }

    @Override
    public ChatTemplate compile(String source) {
        return (Map<String, ?> variables) -> {
            StringBuilder text = new StringBuilder(source).append(variables.get("bos_token"));
            for (Object message : (List<?>) variables.get("messages")) {
                text.append('[').append(((Map<?, ?>) message).get("content")).append(']');
            }
            return text.append(variables.get("add_generation_prompt")).toString();
        };
    }
}
