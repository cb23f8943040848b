package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.protocol.json.StrictJson;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad bodies: the exact status and the exact field. Each row adds its fields to an otherwise good body. */
class BadRequestsTest {
    private final ScriptedEngine engine = new ScriptedEngine("hello");
    private final OpenAiProtocol protocol = OpenAiProtocol.builder(
                    engine, engine.tokenizer().vocabulary())
            .toolParser(hermes())
            .options(ServingOptions.builder().autoToolChoice(true).build())
            .build();

    static ToolParserProvider hermes() {
        return ServiceLoader.load(ToolParserProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("hermes"))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"temperature\": \"0.5\"                     | temperature",
                "\"temperature\": -0.1                        | temperature",
                "\"temperature\": 2.1                         | temperature",
                "\"temperature\": true                        | temperature",
                "\"temperature\": [1]                         | temperature",
                "\"top_p\": 0                                 | top_p",
                "\"top_p\": 1.01                              | top_p",
                "\"top_k\": -2                                | top_k",
                "\"top_k\": 1.7                               | top_k",
                "\"min_p\": -0.1                              | min_p",
                "\"min_p\": 1.5                               | min_p",
                "\"presence_penalty\": 3                      | presence_penalty",
                "\"frequency_penalty\": -2.5                  | frequency_penalty",
                "\"repetition_penalty\": 0                    | repetition_penalty",
                "\"repetition_penalty\": -1                   | repetition_penalty",
                "\"max_tokens\": 1.7                          | max_tokens",
                "\"max_tokens\": 0                            | max_tokens",
                "\"max_tokens\": -5                           | max_tokens",
                "\"max_tokens\": \"16\"                       | max_tokens",
                "\"max_tokens\": 99999999999                  | max_tokens",
                "\"max_tokens\": 99999999999999999999999      | max_tokens",
                "\"max_tokens\": {}                           | max_tokens",
                "\"n\": 0                                     | n",
                "\"n\": 16385                                 | n",
                "\"n\": 2, \"temperature\": 0                 | n",
                "\"best_of\": \"1\"                           | best_of",
                "\"best_of\": 0                             | best_of",
                "\"best_of\": 1, \"n\": 2                   | best_of",
                "\"seed\": 1.5                                | seed",
                "\"seed\": 9223372036854775808                | seed",
                "\"stop\": \"\"                               | stop",
                "\"stop\": [\"a\", \"\"]                      | stop",
                "\"stop\": [\"a\", \"b\", \"c\", \"d\", \"e\"]| stop",
                "\"stop\": [\"a\", 1]                         | stop[1]",
                "\"stop\": 7                                  | stop",
                "\"stop_token_ids\": [0, -1]                  | stop_token_ids[1]",
                "\"stop_token_ids\": [99999999]               | stop_token_ids[0]",
                "\"stream\": \"true\"                         | stream",
                "\"stream\": 1                                | stream",
                "\"stream_options\": {\"include_usage\": true}| stream_options",
                "\"stream\": true, \"stream_options\": {\"include_usage\": 1} | stream_options.include_usage",
                "\"logit_bias\": {\"x\": 1}                   | logit_bias",
                "\"logit_bias\": {\"99999999\": 1}            | logit_bias",
                "\"logit_bias\": {\"5\": \"1\"}               | logit_bias.5",
                "\"logit_bias\": [1]                          | logit_bias",
                "\"allowed_token_ids\": []                    | allowed_token_ids",
                "\"allowed_token_ids\": [-1]                  | allowed_token_ids[0]",
                "\"bad_words\": [\"\"]                        | bad_words",
                "\"bad_words\": \"a\"                         | bad_words",
                "\"prompt_logprobs\": -2                      | prompt_logprobs",
                "\"prompt_logprobs\": -1                      | prompt_logprobs",
                "\"prompt_logprobs\": 21                      | prompt_logprobs",
                "\"prompt_logprobs\": true                    | prompt_logprobs",
                "\"prompt_logprobs\": \"1\"                   | prompt_logprobs",
                "\"prompt_logprobs\": 1, \"stream\": true     | prompt_logprobs",
                "\"prompt_logprobs\": -1, \"stream\": true    | prompt_logprobs",
                "\"min_tokens\": -1                           | min_tokens",
                "\"min_tokens\": 9, \"max_tokens\": 8         | min_tokens",
                "\"ignore_eos\": \"yes\"                      | ignore_eos",
                "\"priority\": \"high\"                       | priority",
                "\"request_id\": \"a b\"                      | request_id",
                "\"request_id\": \"\"                         | request_id",
                "\"cache_salt\": \"\"                         | cache_salt",
                "\"vllm_xargs\": 1                            | vllm_xargs",
                "\"truncate_prompt_tokens\": 0                | truncate_prompt_tokens",
                "\"truncation_side\": \"up\"                  | truncation_side",
                "\"response_format\": \"json\"                | response_format",
                "\"response_format\": {}                      | response_format.type",
                "\"response_format\": {\"type\": \"xml\"}     | response_format.type",
                "\"response_format\": {\"type\": \"json_schema\"} | response_format.json_schema",
                "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": 1}} | response_format.json_schema.schema",
                "\"structured_outputs\": {}                   | structured_outputs",
                "\"structured_outputs\": {\"regex\": \"a\", \"choice\": [\"b\"]} | structured_outputs",
                "\"structured_outputs\": {\"choice\": []}     | structured_outputs.choice",
                "\"structured_outputs\": {\"choice\": [1]}    | structured_outputs.choice[0]",
                "\"structured_outputs\": {\"regex\": 1}       | structured_outputs.regex",
                "\"structured_outputs\": {\"regex\": \"a\"}, \"response_format\": {\"type\": \"json_object\"} | structured_outputs"
            })
    void aSharedFieldOutOfRangeIsNamedByBothEndpoints(String fields, String param) {
        assertRefused(refusal(() -> protocol.chatCompletions(chat(fields))), 400, param);
        assertRefused(refusal(() -> protocol.completions(completion(fields))), 400, param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                                                        | messages",
                "{\"messages\": []}                                        | messages",
                "{\"messages\": \"hi\"}                                    | messages",
                "{\"messages\": [\"hi\"]}                                  | messages[0]",
                "{\"messages\": [{}]}                                      | messages[0].role",
                "{\"messages\": [{\"role\": 1}]}                           | messages[0].role",
                "{\"messages\": [{\"role\": \"user\", \"content\": 7}]}    | messages[0].content",
                "{\"messages\": [{\"role\": \"user\", \"content\": [7]}]}  | messages[0].content[0]",
                "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\"}]}]} | messages[0].content[0].text",
                "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]} | messages[0].content[0].type",
                "{\"messages\": [{\"role\": \"assistant\", \"tool_calls\": [{}]}]} | messages[0].tool_calls[0].function",
                "{\"messages\": [{\"role\": \"assistant\", \"audio\": {\"id\": \"a\"}}]} | messages[0].audio",
                "{\"messages\": [{\"role\": \"assistant\", \"function_call\": {\"name\": \"f\"}}]} | messages[0].function_call"
            })
    void aMessageThatCannotBeIsNamed(String body, String param) {
        assertRefused(refusal(() -> protocol.chatCompletions(body.getBytes(StandardCharsets.UTF_8))), 400, param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"logprobs\": 1                                           | logprobs",
                "\"top_logprobs\": 2                                       | top_logprobs",
                "\"logprobs\": true, \"top_logprobs\": 21                  | top_logprobs",
                "\"logprobs\": true, \"top_logprobs\": -1                  | top_logprobs",
                "\"tools\": [{}]                                           | tools[0].type",
                "\"tools\": [{\"type\": \"web\"}]                          | tools[0].type",
                "\"tools\": [{\"type\": \"function\"}]                     | tools[0].function",
                "\"tools\": [{\"type\": \"function\", \"function\": {}}]   | tools[0].function.name",
                "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"a\\\"b\"}}] | tools[0].function.name",
                "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"a\\u0000b\"}}] | tools[0].function.name",
                "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": 1}}] | tools[0].function.parameters",
                "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\"}}, {\"type\": \"function\", \"function\": {\"name\": \"f\"}}] | tools[1].function.name",
                "\"tool_choice\": \"required\"                             | tool_choice",
                "\"tool_choice\": \"perhaps\"                              | tool_choice",
                "\"tool_choice\": 1                                        | tool_choice",
                "\"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"f\"}} | tool_choice",
                "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\"}}], \"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"g\"}} | tool_choice.function.name",
                "\"parallel_tool_calls\": \"no\"                           | parallel_tool_calls",
                "\"chat_template\": \"{{ messages }}\"                     | chat_template",
                "\"chat_template_kwargs\": {\"chat_template\": \"x\"}      | chat_template_kwargs.chat_template",
                "\"chat_template_kwargs\": 1                               | chat_template_kwargs",
                "\"reasoning_effort\": \"maximal\"                         | reasoning_effort",
                "\"verbosity\": \"chatty\"                               | verbosity",
                "\"continue_final_message\": true, \"add_generation_prompt\": true | continue_final_message",
                "\"documents\": [1]                                        | documents[0]",
                "\"max_completion_tokens\": 0                              | max_completion_tokens"
            })
    void aChatFieldOutOfRangeIsNamed(String fields, String param) {
        assertRefused(refusal(() -> protocol.chatCompletions(chat(fields))), 400, param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                                  | prompt",
                "{\"prompt\": null}                  | prompt",
                "{\"prompt\": 1}                     | prompt",
                "{\"prompt\": []}                    | prompt",
                "{\"prompt\": [[]]}                  | prompt[0]",
                "{\"prompt\": [1, \"a\"]}            | prompt[1]",
                "{\"prompt\": [\"a\", 1]}            | prompt[1]",
                "{\"prompt\": [[1, -1]]}             | prompt[0][1]",
                "{\"prompt\": [1.5]}                 | prompt[0]",
                "{\"prompt\": [99999999]}            | prompt[0]",
                "{\"prompt\": \"a\", \"logprobs\": true} | logprobs",
                "{\"prompt\": \"a\", \"logprobs\": 21}   | logprobs",
                "{\"prompt\": \"a\", \"logprobs\": -1, \"echo\": true} | logprobs",
                "{\"prompt\": \"a\", \"echo\": 1}        | echo",
                "{\"prompt\": \"a\", \"echo\": \"true\"} | echo",
                "{\"prompt\": \"a\", \"max_tokens\": 0, \"echo\": false}       | max_tokens",
                "{\"prompt\": \"a\", \"max_tokens\": 0, \"prompt_logprobs\": 1} | max_tokens",
                "{\"prompt\": \"a\", \"max_tokens\": -1, \"echo\": true}       | max_tokens",
                "{\"prompt\": \"a\", \"max_tokens\": 0, \"echo\": true, \"min_tokens\": 1} | min_tokens"
            })
    void aCompletionFieldOutOfRangeIsNamed(String body, String param) {
        assertRefused(refusal(() -> protocol.completions(body.getBytes(StandardCharsets.UTF_8))), 400, param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"best_of\": 2                             | best_of",
                "\"best_of\": 3, \"n\": 2                    | best_of",
                "\"functions\": [{\"name\": \"f\"}]         | functions",
                "\"function_call\": {\"name\": \"f\"}       | function_call",
                "\"modalities\": [\"text\", \"audio\"]      | modalities",
                "\"audio\": {\"voice\": \"alloy\"}          | audio",
                "\"web_search_options\": {}                | web_search_options",
                "\"suffix\": \"b\"                         | suffix",
                "\"use_beam_search\": true                 | use_beam_search",
                "\"logprob_token_ids\": [1]                | logprob_token_ids",
                "\"prompt_embeds\": \"AA==\"               | prompt_embeds",
                "\"thinking_token_budget\": 5              | thinking_token_budget",
                "\"repetition_detection\": {}              | repetition_detection",
                "\"kv_transfer_params\": {}                | kv_transfer_params",
                "\"ec_transfer_params\": {}                | ec_transfer_params",
                "\"return_prompt_text\": true              | return_prompt_text",
                "\"return_assistant_tokens_mask\": true    | return_assistant_tokens_mask",
                "\"logits_processors\": [\"x\"]            | logits_processors",
                "\"guided_json\": {}                       | guided_json",
                "\"guided_regex\": \"a\"                   | guided_regex",
                "\"guided_choice\": [\"a\"]                | guided_choice",
                "\"guided_grammar\": \"a\"                 | guided_grammar"
            })
    void aFieldThatWouldChangeTheAnswerAndIsNotServedIsRefusedByName(String fields, String param) {
        for (ProtocolException e : List.of(
                refusal(() -> protocol.chatCompletions(chat(fields))),
                refusal(() -> protocol.completions(completion(fields))))) {
            assertRefused(e, 400, param);
            assertThat(e.code()).contains("unsupported_parameter");
            assertThat(e).hasMessageContaining(param);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"best_of\": 1",
                "\"best_of\": 2, \"n\": 2",
                "\"functions\": [], \"function_call\": \"auto\"",
                "\"modalities\": [\"text\"]",
                "\"echo\": false, \"use_beam_search\": false, \"suffix\": \"\"",
                "\"thinking_token_budget\": -1",
                "\"best_of\": null, \"audio\": null, \"guided_json\": null",
                "\"store\": true, \"metadata\": {\"a\": \"b\"}, \"service_tier\": \"flex\", \"prediction\": {}",
                "\"prompt_cache_key\": \"k\", \"safety_identifier\": \"s\", \"session_id\": \"s\", \"stream_interval\": 4",
                "\"tools\": []",
                "\"tools\": [], \"tool_choice\": \"auto\"",
                "\"model\": \"\""
            })
    void whatChangesNothingIsPassedOverByBothEndpoints(String fields) {
        assertThat(protocol.chatCompletions(chat(fields)).stream()).isFalse();
        assertThat(protocol.completions(completion(fields)).stream()).isFalse();
    }

    @Test
    void aChatRepeatsNoMessage() {
        ProtocolException e = refusal(() -> protocol.chatCompletions(chat("\"echo\": true")));
        assertRefused(e, 400, "echo");
        assertThat(e.code()).contains("unsupported_parameter");
    }

    @Test
    void anUnknownModelIsNotFound() {
        ProtocolException e = refusal(() -> protocol.chatCompletions(chat("\"model\": \"gpt-9\"")));
        assertRefused(e, 404, "model");
        assertThat(e.code()).contains("model_not_found");
        assertThat(e).hasMessageContaining("gpt-9").hasMessageContaining("tiny");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"unheard_of\": {\"x\": [1]}",
                "\"user\": \"u\"",
                "\"metadata\": {\"a\": \"b\"}",
                "\"max_tokens\": 16.0"
            })
    void fieldsThatAreNotKnownArePassedOver(String fields) {
        assertThat(protocol.chatCompletions(chat(fields)).stream()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop", "bad_words"})
    void textsOfManyCharactersAreRefusedUnread(String field) {
        ProtocolException e =
                refusal(() -> protocol.completions(completion("\"" + field + "\":[\"" + "7".repeat(1025) + "\"]")));
        assertRefused(e, 400, field);
        assertThat(e).hasMessageContaining("1025").hasMessageContaining("1024");
    }

    @Test
    void moreToolsThanTheLimitAreRefusedNamingIt() {
        String tools = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"type\":\"function\",\"function\":{\"name\":\"f" + i + "\"}}")
                .collect(Collectors.joining(",", "\"tools\":[", "]"));
        ProtocolException e = refusal(() -> protocol.chatCompletions(chat(tools)));
        assertRefused(e, 400, "tools");
        assertThat(e).hasMessageContaining("1000").hasMessageContaining("512");
    }

    @Test
    void toolsWithoutAParserAreRefusedNamingTheOptions() {
        OpenAiProtocol plain =
                OpenAiProtocol.builder(engine, engine.tokenizer().vocabulary()).build();
        String tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";
        ProtocolException e = refusal(() -> plain.chatCompletions(chat(tools)));
        assertRefused(e, 400, "tools");
        assertThat(e).hasMessageContaining("--enable-auto-tool-choice").hasMessageContaining("--tool-call-parser");
        assertThat(plain.chatCompletions(chat(tools + ",\"tool_choice\":\"none\"")).stream())
                .isFalse();
    }

    @Test
    void aPromptThatIsTooLongIsRefusedBeforeAnythingIsWritten() {
        String words = "word ".repeat(3000);
        ProtocolException e = refusal(() -> protocol.chatCompletions(
                        ("{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"" + words + "\"}]}")
                                .getBytes(StandardCharsets.UTF_8))
                .open());
        assertRefused(e, 400, "messages");
    }

    @Test
    void aLastMessageWithoutContentIsNotContinued() {
        for (String content : List.of("null", "[]")) {
            String body = "{\"continue_final_message\":true,\"messages\":[{\"role\":\"user\",\"content\":\"a\"},"
                    + "{\"role\":\"assistant\",\"content\":" + content + "}]}";
            ProtocolException e = refusal(() -> protocol.chatCompletions(body.getBytes(StandardCharsets.UTF_8)));
            assertRefused(e, 400, "continue_final_message");
        }
    }

    @Test
    void anErrorsBodyIsOpenAis() {
        ProtocolException e = refusal(() -> protocol.chatCompletions(chat("\"n\": 0")));
        String body = new String(OpenAiProtocol.error(e), StandardCharsets.UTF_8);
        Map<?, ?> error = (Map<?, ?>) ((Map<?, ?>) StrictJson.value(body)).get("error");
        assertThat(error.get("type")).isEqualTo("invalid_request_error");
        assertThat(error.get("param")).isEqualTo("n");
        assertThat(error.get("code")).isEqualTo("invalid_value");
        assertThat((String) error.get("message")).contains("from 1 to 16384, got 0");
    }

    private static void assertRefused(ProtocolException e, int status, String param) {
        assertThat(e).isNotNull();
        assertThat(e.status()).isEqualTo(status);
        assertThat(e.param()).contains(param);
        assertThat(e.type()).isEqualTo("invalid_request_error");
    }

    private static ProtocolException refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(ProtocolException.class, call);
    }

    private static byte[] chat(String fields) {
        return ("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]," + fields + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] completion(String fields) {
        return ("{\"prompt\":\"hi\"," + fields + "}").getBytes(StandardCharsets.UTF_8);
    }
}
