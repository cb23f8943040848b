package dev.tokamak.protocol.openai;

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.engine.BoundedEncoding;
import dev.tokamak.spi.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Keeps what a client writes from becoming control tokens ({@code --escape-special-tokens-in-content}). Immutable.
 *
 * <p>Implementation notes. A rendered prompt does not show which of its special tokens the template wrote and which the client. So
 * before it is rendered, each special token's text in what the client wrote gets a mark behind its first character: a noncharacter
 * of Unicode, which no text has. The rendered text is cut at the marks and each piece encoded by itself; no piece has the token's text,
 * and what it has is spelled by ordinary tokens. A mark also follows a text that ends with the beginning of a special token, whose rest
 * could come from the text that the template puts next.
 */
final class EscapedContent {
    private static final char MARK = '\uFDD0';

    /** Stands ahead of pieces that go on with a text, since some tokenizers put a space ahead of whatever is a text's beginning. */
    private static final String BEGUN = "\n";

    /** Sorted, so that those that a text begins with are found among many in a few steps, whatever the text is. */
    private final NavigableSet<String> specials;

    private final int longest;

    EscapedContent(Vocabulary vocabulary) {
        specials = vocabulary.specialTokens().stream()
                .map(id -> new String(vocabulary.bytes(id), StandardCharsets.UTF_8))
                .filter(text -> text.codePointCount(0, text.length()) > 1)
                .collect(Collectors.toCollection(TreeSet::new));
        longest = specials.stream().mapToInt(String::length).max().orElse(0);
    }

    /** The same conversation with marks in all that the client wrote. */
    ChatPrompt mark(ChatPrompt chat) {
        if (specials.isEmpty()) {
            return chat;
        }
        Map<String, Object> variables = new LinkedHashMap<>(chat.variables());
        variables.computeIfPresent("documents", (name, documents) -> marked(documents));
        return new ChatPrompt(
                chat.messages().stream().map(message -> marked(message)).toList(),
                chat.tools().stream().map(tool -> marked(tool)).toList(),
                chat.addGenerationPrompt(),
                chat.continueFinalMessage(),
                variables,
                chat.template());
    }

    private Object marked(Object value) {
        if (value instanceof String text) {
            return marked(text);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(this::marked).collect(Collectors.toList());
        }
        return value instanceof Map<?, ?> map ? marked(map) : value;
    }

    private Map<String, Object> marked(Map<?, ?> map) {
        Map<String, Object> marked = new LinkedHashMap<>();
        map.forEach((key, item) -> marked.put(marked((String) key), marked(item)));
        return marked;
    }

    private String marked(String text) {
        StringBuilder marked = new StringBuilder(text.length() + 16);
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            marked.appendCodePoint(c == MARK ? 0xFFFD : c);
            if (hasSpecialAt(text, at)) {
                marked.append(MARK);
            }
            at += Character.charCount(c);
        }
        return (endsWithBeginning(text) ? marked.append(MARK) : marked).toString();
    }

    /** What sorts just ahead of a text begins it, or else has in common with it whatever could. */
    private boolean hasSpecialAt(String text, int at) {
        if (!isBeginning(text.substring(at, at + 1))) {
            return false;
        }
        String rest = text.substring(at, Math.min(text.length(), at + longest));
        for (String before = specials.floor(rest); before != null; before = specials.floor(rest)) {
            if (rest.startsWith(before)) {
                return true;
            }
            int common = 0;
            while (common < before.length() && before.charAt(common) == rest.charAt(common)) {
                common++;
            }
            rest = rest.substring(0, common);
        }
        return false;
    }

    private boolean endsWithBeginning(String text) {
        for (int from = Math.max(0, text.length() - longest); from < text.length(); from++) {
            if (isBeginning(text.substring(from))) {
                return true;
            }
        }
        return false;
    }

    private boolean isBeginning(String text) {
        String next = specials.higher(text);
        return next != null && next.startsWith(text);
    }

    static String withoutMarks(String rendered) {
        return rendered.replace(String.valueOf(MARK), "");
    }

    /** Encodes a rendered prompt with marks, as far as the context goes. */
    static int[] encode(String rendered, boolean addSpecialTokens, BoundedEncoding encoding) {
        int[] begun = encoding.encode(BEGUN, false);
        int[] ids = new int[1024];
        int count = 0;
        for (int from = 0; from <= rendered.length(); ) {
            int mark = rendered.indexOf(MARK, from);
            int to = mark < 0 ? rendered.length() : mark;
            String piece = rendered.substring(from, to);
            int[] more = from == 0 ? encoding.encode(piece, addSpecialTokens) : continued(piece, begun, encoding);
            if (count + more.length > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(2 * ids.length, count + more.length));
            }
            System.arraycopy(more, 0, ids, count, more.length);
            count += more.length;
            encoding.checkLength(count);
            from = to + 1;
        }
        return Arrays.copyOf(ids, count);
    }

    private static int[] continued(String piece, int[] begun, BoundedEncoding encoding) {
        int[] ids = encoding.encode(BEGUN + piece, false);
        boolean apart = ids.length >= begun.length && Arrays.equals(ids, 0, begun.length, begun, 0, begun.length);
        return apart ? Arrays.copyOfRange(ids, begun.length, ids.length) : encoding.encode(piece, false);
    }
}
