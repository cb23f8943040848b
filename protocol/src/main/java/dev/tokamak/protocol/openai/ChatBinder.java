package dev.tokamak.protocol.openai;

import dev.tokamak.api.ChatPrompt;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the body of a chat request. */
final class ChatBinder {
    private static final int MAX_DOCUMENTS = 4_096;
    private static final List<String> EFFORTS = List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");
    private static final List<String> VERBOSITIES = List.of("low", "medium", "high");

    private final Serving serving;
    private final SamplingFields sampling;
    private final ContentShape contentShape;
    private final EscapedContent escapes;

    ChatBinder(Serving serving) {
        this.serving = serving;
        this.sampling = new SamplingFields(serving);
        this.contentShape = new ContentShape(serving);
        this.escapes = new EscapedContent(serving.vocabulary());
    }

    Call bind(Fields fields) {
        Envelope envelope = Envelope.read(fields, "chatcmpl-", serving.card());
        requireTemplate(fields);
        Tools tools = Tools.read(fields, serving);
        SamplingParams.Builder params = sampling.read(fields);
        UnservedFields.refuseInChat(fields);
        maxTokens(fields).ifPresent(params::maxTokens);
        logprobs(fields).ifPresent(params::logprobs);
        sampling.promptLogprobs(fields, envelope.stream()).ifPresent(params::promptLogprobs);
        structuredOutput(fields, tools).ifPresent(params::structuredOutput);
        boolean marksAreSpecial = tools.parser()
                        .filter(p -> p.needsSpecialTokens())
                        .isPresent()
                || serving.reasoningParser().filter(p -> p.needsSpecialTokens()).isPresent();
        if (marksAreSpecial) {
            params.skipSpecialTokens(false);
        }
        ChatRequest request = new ChatRequest(
                envelope,
                escaped(prompt(fields, tools)),
                fields.bool("add_special_tokens", false),
                PromptLimit.read(fields),
                SamplingFields.build(params),
                tools,
                fields.bool("include_reasoning", true),
                StructuredOutputFields.field(fields).filter(field -> !tools.forced()));
        return new ChatCall(serving, request);
    }

    /** The conversation alone, as the template gets it. */
    ChatPrompt conversation(Fields fields) {
        requireTemplate(fields);
        return escaped(prompt(fields, Tools.read(fields, serving)));
    }

    private void requireTemplate(Fields fields) {
        if (!serving.card().hasChatTemplate() && !fields.has("chat_template")) {
            throw ProtocolException.unsupported(
                    null,
                    "this model has no chat template; use /v1/completions, or start the server with --chat-template");
        }
    }

    private OptionalInt maxTokens(Fields fields) {
        OptionalInt old = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
        OptionalInt current = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
        if (current.isPresent()) {
            return current;
        }
        return old.isPresent() ? old : sampling.defaultMaxTokens();
    }

    private OptionalInt logprobs(Fields fields) {
        boolean wanted = fields.bool("logprobs", false);
        OptionalInt top = fields.integer("top_logprobs", -1, Integer.MAX_VALUE);
        if (!wanted) {
            if (top.orElse(0) != 0) {
                throw ProtocolException.invalidValue("top_logprobs", "top_logprobs needs logprobs: true");
            }
            return OptionalInt.empty();
        }
        return OptionalInt.of(sampling.likeliest("top_logprobs", top.orElse(0)));
    }

    private static Optional<StructuredOutput> structuredOutput(Fields fields, Tools tools) {
        Optional<StructuredOutput> asked = StructuredOutputFields.read(fields);
        if (!tools.forced()) {
            return asked;
        }
        if (asked.isPresent()) {
            throw ProtocolException.invalidValue(
                    "tool_choice", "a tool choice that forces a call cannot be combined with a format for the answer");
        }
        return Optional.of(tools.grammar());
    }

    private ChatPrompt prompt(Fields fields, Tools tools) {
        boolean continueFinal = fields.bool("continue_final_message", false);
        boolean addPrompt = fields.bool("add_generation_prompt", !continueFinal);
        if (continueFinal && addPrompt) {
            throw ProtocolException.invalidValue(
                    "continue_final_message",
                    "continue_final_message and add_generation_prompt exclude each other; set only one of them");
        }
        if (continueFinal) {
            refuseNothingToContinue(fields);
        }
        Optional<String> template = fields.string("chat_template");
        Map<String, Object> variables = variables(fields);
        if (!serving.options().trustRequestChatTemplate()) {
            refuseTemplate(template.isPresent(), "chat_template");
            refuseTemplate(variables.containsKey("chat_template"), "chat_template_kwargs.chat_template");
        }
        if (template.isEmpty() && variables.get("chat_template") instanceof String given) {
            template = Optional.of(given);
        }
        variables.remove("chat_template");
        List<Map<String, Object>> messages = ChatMessages.read(fields, contentShape.get());
        return new ChatPrompt(messages, tools.forTemplate(), addPrompt, continueFinal, variables, template);
    }

    private ChatPrompt escaped(ChatPrompt prompt) {
        return serving.options().escapeSpecialTokens() ? escapes.mark(prompt) : prompt;
    }

    /** As {@code transformers} does; empty text can be continued, no content cannot. */
    private static void refuseNothingToContinue(Fields fields) {
        List<Fields> messages = fields.objects("messages", ChatMessages.MAX_MESSAGES);
        Object content = messages.isEmpty()
                ? null
                : messages.get(messages.size() - 1).any("content").orElse(null);
        if (content == null || content instanceof List<?> parts && parts.isEmpty()) {
            throw ProtocolException.invalidValue(
                    "continue_final_message", "the last message has no content to be continued");
        }
    }

    private static void refuseTemplate(boolean given, String param) {
        if (given) {
            throw ProtocolException.unsupported(
                    param,
                    "a request's own chat template is not taken unless the server was started with"
                            + " --trust-request-chat-template");
        }
    }

    private Map<String, Object> variables(Fields fields) {
        Map<String, Object> variables = new LinkedHashMap<>(serving.options().defaultChatTemplateKwargs());
        Map<String, Object> own =
                fields.object("chat_template_kwargs").map(Fields::map).orElse(Map.of());
        oneOf(fields, "reasoning_effort", EFFORTS).ifPresent(effort -> {
            variables.put("reasoning_effort", effort);
            variables.put("enable_thinking", !effort.equals("none"));
        });
        oneOf(fields, "verbosity", VERBOSITIES).ifPresent(verbosity -> variables.put("verbosity", verbosity));
        if (fields.has("documents")) {
            variables.put(
                    "documents",
                    fields.objects("documents", MAX_DOCUMENTS).stream()
                            .map(Fields::map)
                            .toList());
        }
        variables.putAll(own);
        return variables;
    }

    private static Optional<String> oneOf(Fields fields, String name, List<String> allowed) {
        Optional<String> value = fields.string(name);
        value.filter(given -> !allowed.contains(given)).ifPresent(given -> {
            throw ProtocolException.invalidValue(
                    name, name + " must be one of " + String.join(", ", allowed) + ", got " + Fields.describe(given));
        });
        return value;
    }
}
