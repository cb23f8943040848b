package dev.tokamak.protocol.openai;

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.protocol.ServingOptions.ContentFormat;
import java.util.List;
import java.util.Map;

/**
 * Decides how message contents are handed to the model's chat template. Where the operator did not say, the template is asked: it
 * renders a message whose content is a list of parts, and either prints the part's text or something else, such as the list
 * itself.
 */
final class ContentShape {
    private static final String PROBE = "tokamak-probe";

    private final Serving serving;
    private volatile ChatMessages.Shape shape;

    ContentShape(Serving serving) {
        this.serving = serving;
    }

    ChatMessages.Shape get() {
        ChatMessages.Shape known = shape;
        if (known == null) {
            known = find();
            shape = known;
        }
        return known;
    }

    private ChatMessages.Shape find() {
        ContentFormat format = serving.options().contentFormat();
        if (format != ContentFormat.AUTO) {
            return format == ContentFormat.STRING ? ChatMessages.Shape.TEXT : ChatMessages.Shape.PARTS;
        }
        return serving.card().hasChatTemplate() && printsParts()
                ? ChatMessages.Shape.AS_WRITTEN
                : ChatMessages.Shape.TEXT;
    }

    private boolean printsParts() {
        Map<String, Object> part = Map.of("type", "text", "text", PROBE);
        try {
            String rendered = serving.engine()
                    .renderChat(ChatPrompt.of(List.of(Map.of("role", "user", "content", List.of(part)))));
            return rendered.contains(PROBE) && !rendered.contains("'" + PROBE) && !rendered.contains("\"" + PROBE);
        } catch (RuntimeException e) {
            return false;
        }
    }
}
