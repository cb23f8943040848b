package dev.tokamak.protocol.openai;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fields of OpenAI's and vLLM's requests that this server does not act on though they would change the answer: refused by
 * name. Those that would not change it are passed over, as unknown ones are; {@code docs/api.md} lists both.
 */
final class UnservedFields {
    private static final Predicate<Object> NEVER = value -> false;
    private static final Predicate<Object> FALSE = Boolean.FALSE::equals;
    private static final Predicate<Object> EMPTY_TEXT = ""::equals;
    private static final Predicate<Object> EMPTY_LIST = value -> value instanceof List<?> list && list.isEmpty();
    private static final Predicate<Object> MINUS_ONE =
            value -> value instanceof Number number && number.doubleValue() == -1;
    private static final Predicate<Object> TEXT_ONLY =
            value -> value instanceof List<?> list && list.stream().allMatch("text"::equals);

    private static final List<UnservedFields> ALL = List.of(
            of("functions", EMPTY_LIST, "use tools"),
            of("function_call", Set.of("none", "auto")::contains, "use tools and tool_choice"),
            of("modalities", TEXT_ONLY, "this server answers with text only"),
            of("audio", NEVER, "this server answers with text only"),
            of("web_search_options", NEVER, "this server looks nothing up"),
            of("suffix", EMPTY_TEXT, "leave it out"),
            of("use_beam_search", FALSE, "leave it out or set it to false"),
            of("logprob_token_ids", EMPTY_LIST, "use top_logprobs or logprobs"),
            of("prompt_embeds", NEVER, "send text or token ids"),
            of("thinking_token_budget", MINUS_ONE, "leave it out"),
            of("repetition_detection", NEVER, "leave it out"),
            of("kv_transfer_params", NEVER, "leave it out"),
            of("ec_transfer_params", NEVER, "leave it out"),
            of("return_prompt_text", FALSE, "leave it out or set it to false"),
            of("return_assistant_tokens_mask", FALSE, "leave it out or set it to false"),
            of("logits_processors", EMPTY_LIST, "use vllm_xargs, which names logits adjusters"),
            of("guided_json", NEVER, "use structured_outputs.json"),
            of("guided_regex", NEVER, "use structured_outputs.regex"),
            of("guided_choice", NEVER, "use structured_outputs.choice"),
            of("guided_grammar", NEVER, "use structured_outputs.grammar"));

    private static final List<UnservedFields> OF_CHATS = List.of(of("echo", FALSE, "leave it out or set it to false"));

    private static final List<UnservedFields> OF_MESSAGES =
            List.of(of("audio", NEVER, "send text"), of("function_call", NEVER, "use tool_calls"));

    private final String name;
    private final Predicate<Object> harmless;
    private final String instead;

    private UnservedFields(String name, Predicate<Object> harmless, String instead) {
        this.name = name;
        this.harmless = harmless;
        this.instead = instead;
    }

    private static UnservedFields of(String name, Predicate<Object> harmless, String instead) {
        return new UnservedFields(name, harmless, instead);
    }

    /** Refuses those of a request. */
    static void refuse(Fields request) {
        ALL.forEach(field -> field.check(request));
    }

    /** Refuses those that only a chat does not act on. */
    static void refuseInChat(Fields request) {
        OF_CHATS.forEach(field -> field.check(request));
    }

    /** Refuses those of a message. */
    static void refuseInMessage(Fields message) {
        OF_MESSAGES.forEach(field -> field.check(message));
    }

    private void check(Fields fields) {
        fields.any(name).filter(harmless.negate()).ifPresent(value -> {
            String path = fields.path(name);
            throw ProtocolException.unsupported(
                    path, path + " is not supported, got " + Fields.describe(value) + "; " + instead);
        });
    }
}
