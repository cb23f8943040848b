package dev.tokamak.protocol.openai;

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import java.util.List;
import java.util.Map;

/** Renders conversations with the model's chat template. */
final class ChatRendering {
    private static final System.Logger LOG = System.getLogger(ChatRendering.class.getName());

    private ChatRendering() {}

    /**
     * Renders a conversation. Some templates print only objects for the arguments of earlier calls, and models do not always write any.
     *
     * @param chat the conversation
     * @param id of the request, for the log
     * @param serving the engine's
     * @return the prompt's text, with the marks of {@link EscapedContent} where the conversation has them
     * @throws TokamakException if the template refuses the conversation; it names the field
     */
    static String render(ChatPrompt chat, String id, Serving serving) {
        try {
            return serving.engine().renderChat(chat);
        } catch (TokamakException e) {
            List<Map<String, Object>> messages = ChatMessages.withObjectsForArguments(chat.messages());
            if (messages == chat.messages()) {
                throw ofTemplate(chat, e.code(), e.getMessage(), e);
            }
            ChatPrompt withObjects = new ChatPrompt(
                    messages,
                    chat.tools(),
                    chat.addGenerationPrompt(),
                    chat.continueFinalMessage(),
                    chat.variables(),
                    chat.template());
            return render(withObjects, id, serving);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "request " + id + " has broken the chat template: " + e);
            LOG.log(System.Logger.Level.DEBUG, "request " + id, e);
            throw ofTemplate(
                    chat, ErrorCode.INVALID_REQUEST, "the chat template cannot be rendered with this request", e);
        }
    }

    /** Where the request has brought the template, the template is at fault. */
    private static TokamakException ofTemplate(
            ChatPrompt chat, ErrorCode code, String message, RuntimeException cause) {
        String field = chat.template().isPresent() ? "chat_template" : "messages";
        return new TokamakException(code, message, code == ErrorCode.INVALID_REQUEST ? field : null, cause);
    }
}
