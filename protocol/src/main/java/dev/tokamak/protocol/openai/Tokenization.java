package dev.tokamak.protocol.openai;

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.TokamakException;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.RequestHead;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.protocol.json.JsonBuffer;
import java.util.List;

/** Answers {@code /tokenize} and {@code /detokenize}: the tokens that a prompt or a conversation would have, and the text of tokens. */
final class Tokenization {
    /** Characters that are encoded whatever the context is; memory for encoding grows with them. */
    static final int MAX_CHARACTERS = 1 << 18;

    /** Tokens whose text is asked for. */
    static final int MAX_TOKENS = 1 << 20;

    private final Serving serving;
    private final ChatBinder chat;

    Tokenization(Serving serving, ChatBinder chat) {
        this.serving = serving;
        this.chat = chat;
    }

    byte[] tokenize(Fields fields) {
        RequestHead head = RequestHead.read(fields, "tok-", serving.card());
        boolean strings = fields.bool("return_token_strs", false);
        if (fields.has("prompt") && fields.has("messages")) {
            throw ProtocolException.invalidValue("prompt", "prompt and messages exclude each other; send only one");
        }
        int[] ids = fields.has("messages") ? ofChat(fields, head) : ofText(fields);
        JsonBuffer json = new JsonBuffer().raw("{\"count\":").number(ids.length);
        json.raw(",\"max_model_len\":").number(serving.card().maxModelLen()).raw(",\"tokens\":[");
        for (int i = 0; i < ids.length; i++) {
            json.raw(i == 0 ? "" : ",").number(ids[i]);
        }
        json.raw("],\"token_strs\":");
        if (strings) {
            writeStrings(json, ids);
        } else {
            json.raw("null");
        }
        return json.raw("}").toByteArray();
    }

    private void writeStrings(JsonBuffer json, int[] ids) {
        TokenTexts texts = new TokenTexts(serving.vocabulary(), false);
        json.raw("[");
        for (int i = 0; i < ids.length; i++) {
            json.raw(i == 0 ? "" : ",").string(texts.spelled(ids[i]));
        }
        json.raw("]");
    }

    private int[] ofText(Fields fields) {
        String text = fields.requiredString("prompt");
        return tokens(new Prompt.Text(text, fields.bool("add_special_tokens", true)), "prompt");
    }

    private int[] ofChat(Fields fields, RequestHead head) {
        boolean addSpecialTokens = fields.bool("add_special_tokens", false);
        ChatPrompt prompt = chat.conversation(fields);
        try {
            String rendered = ChatRendering.render(prompt, head.id(), serving);
            String text = EscapedContent.withoutMarks(rendered);
            return text.length() < rendered.length()
                    ? EscapedContent.encode(rendered, addSpecialTokens, serving.encoding())
                    : tokens(new Prompt.Text(text, addSpecialTokens), "messages");
        } catch (TokamakException e) {
            String field = e.param().orElse(null);
            throw ProtocolException.of(
                    new TokamakException(e.code(), e.getMessage(), "prompt".equals(field) ? "messages" : field, e));
        }
    }

    /** A text that is longer than the context is counted, too: whoever asks may want to know how much of it to leave out. */
    private int[] tokens(Prompt.Text text, String field) {
        try {
            int[] ids = text.text().length() <= MAX_CHARACTERS
                    ? serving.engine().encode(text.text(), text.addSpecialTokens())
                    : serving.encoding().encode(text.text(), text.addSpecialTokens());
            return PromptLimit.withoutSecondBeginning(ids, text, serving);
        } catch (TokamakException e) {
            throw ProtocolException.of(new TokamakException(e.code(), e.getMessage(), field, e));
        }
    }

    byte[] detokenize(Fields fields) {
        RequestHead.read(fields, "tok-", serving.card());
        if (!fields.has("tokens")) {
            throw ProtocolException.missing("tokens");
        }
        List<Integer> ids =
                fields.integers("tokens", MAX_TOKENS, 0, serving.vocabulary().size() - 1);
        String text =
                serving.engine().decode(ids.stream().mapToInt(Integer::intValue).toArray(), false);
        return new JsonBuffer().raw("{\"prompt\":").string(text).raw("}").toByteArray();
    }
}
