package dev.tokamak.engine.model;

import dev.tokamak.api.TokamakException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A conversation whose last message is to be continued. As {@code transformers} does it, a mark is put behind the message's text,
 * the template renders both, and the prompt ends where the last mark stands: what the text itself is, and what the template
 * prints behind it, does not matter.
 */
final class OpenMessage {
    private static final String FIELD = "continue_final_message";

    /** The one of {@code transformers}, because some templates look for it. */
    private static final String MARK = "CONTINUE_FINAL_MESSAGE_TAG";

    private final List<Map<String, Object>> messages;
    private final String text;

    private OpenMessage(List<Map<String, Object>> messages, String text) {
        this.messages = messages;
        this.text = text;
    }

    static OpenMessage last(List<Map<String, Object>> messages, String template) {
        Map<String, Object> last = messages.isEmpty() ? Map.of() : messages.get(messages.size() - 1);
        Object content = last.get("content");
        if (content == null) {
            throw TokamakException.invalid(FIELD, "the last message has no content to be continued");
        }
        if (!template.contains("content")) {
            throw TokamakException.invalid(FIELD, "the chat template does not print a message's content");
        }
        // The space tells whether the template trims: where it is gone behind the mark, so are the text's own spaces
        // before it.
        Map<String, Object> marked = new LinkedHashMap<>(last);
        String text;
        if (content instanceof List<?> given) {
            List<?> parts = given.isEmpty() ? List.of(Map.of("type", "text", "text", "")) : given;
            int at = lastText(parts);
            Map<?, ?> part = (Map<?, ?>) parts.get(at);
            text = part.get("text").toString();
            Map<Object, Object> markedPart = new LinkedHashMap<>(part);
            markedPart.put("text", text + MARK + " ");
            List<Object> markedParts = new ArrayList<>(parts);
            markedParts.set(at, markedPart);
            marked.put("content", markedParts);
        } else {
            text = content.toString();
            marked.put("content", text + MARK + " ");
        }
        List<Map<String, Object>> all = new ArrayList<>(messages);
        all.set(all.size() - 1, marked);
        return new OpenMessage(all, text);
    }

    private static int lastText(List<?> parts) {
        for (int i = parts.size() - 1; i >= 0; i--) {
            if (parts.get(i) instanceof Map<?, ?> part && part.get("text") instanceof String) {
                return i;
            }
        }
        throw TokamakException.invalid(FIELD, "the last message has no text to be continued");
    }

    /** The messages with the mark, for the template. */
    List<Map<String, Object>> messages() {
        return messages;
    }

    /** What the template rendered, up to the mark. */
    String cut(String rendered) {
        int at = rendered.lastIndexOf(MARK);
        if (at < 0 || !rendered.contains(stripped(text))) {
            throw TokamakException.invalid(
                    FIELD,
                    "the chat template leaves out the last message's text or parts of it, so it cannot be continued");
        }
        boolean trimmed = !rendered.startsWith(" ", at + MARK.length());
        return trimmed ? rendered.substring(0, endOfText(rendered, at)) : rendered.substring(0, at);
    }

    private static String stripped(String text) {
        int end = endOfText(text, text.length());
        int start = 0;
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start, end);
    }

    private static int endOfText(String text, int end) {
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** What Python's {@code strip} takes for white space. */
    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
