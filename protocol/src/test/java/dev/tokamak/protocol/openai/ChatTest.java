package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.FinishReason;
import dev.tokamak.api.StructuredOutput;
import dev.tokamak.api.TokamakException;
import dev.tokamak.protocol.EventStream;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.protocol.json.JsonBuffer;
import dev.tokamak.protocol.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTest {
    private static final String TOOLS =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{\"type\":\"object\","
                    + "\"properties\":{\"city\":{\"type\":\"string\"}}}}}]";
    private static final String TWO_CALLS =
            "On it.<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Łódź\"}}\n"
                    + "</tool_call>\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>";

    @Test
    void aDocumentHasOpenAisShape() {
        Map<?, ?> answer = answer(new ScriptedEngine("Hello 😀 \"you\""), "");
        assertThat(answer.keySet().toString())
                .isEqualTo("[id, object, created, model, choices, system_fingerprint, usage]");
        assertThat((String) answer.get("id")).startsWith("chatcmpl-");
        assertThat(answer.get("object")).isEqualTo("chat.completion");
        assertThat(answer.get("model")).isEqualTo("tiny");
        Map<?, ?> choice = choice(answer, 0);
        assertThat(choice.keySet().toString()).isEqualTo("[index, message, logprobs, finish_reason, stop_reason]");
        assertThat(choice.get("finish_reason")).isEqualTo("stop");
        Map<?, ?> message = (Map<?, ?>) choice.get("message");
        assertThat(message.keySet().toString()).isEqualTo("[role, content, refusal]");
        assertThat(message.get("content")).isEqualTo("Hello 😀 \"you\"");
        Map<?, ?> usage = (Map<?, ?>) answer.get("usage");
        assertThat(usage.get("total_tokens"))
                .isEqualTo((long) usage.get("prompt_tokens") + (long) usage.get("completion_tokens"));
        assertThat(usage.keySet().toString()).isEqualTo("[prompt_tokens, total_tokens, completion_tokens]");
    }

    @Test
    void cachedTokensAreToldOnlyWhereTheOperatorWantsIt() {
        ServingOptions told = ServingOptions.builder().promptTokensDetails(true).build();
        for (ServingOptions options : List.of(told, ServingOptions.builder().build())) {
            ScriptedEngine engine = new ScriptedEngine("Hi");
            OpenAiProtocol protocol = OpenAiProtocol.builder(
                            engine, engine.tokenizer().vocabulary())
                    .options(options)
                    .build();
            Map<?, ?> document = (Map<?, ?>) StrictJson.value(new String(
                    protocol.chatCompletions(body("")).respond(Runnable::run).join(), StandardCharsets.UTF_8));
            List<Map<?, ?>> events = Frames.of(protocol.chatCompletions(
                                    body(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"))
                            .open())
                    .documents();
            for (Map<?, ?> answer : List.of(document, events.get(events.size() - 1))) {
                assertThat(((Map<?, ?>) answer.get("usage")).get("prompt_tokens_details"))
                        .isEqualTo(options == told ? Map.of("cached_tokens", 1L) : null);
            }
        }
    }

    @Test
    void aStreamBeginsWithTheRoleAndItsDeltasAddUp() {
        Frames frames = stream(new ScriptedEngine("Hello 😀 \"you\"\n\u0001"), "");
        assertThat(frames.choices(0).get(0).get("delta")).isEqualTo(Map.of("role", "assistant", "content", ""));
        assertThat(frames.joined(0, "content")).isEqualTo("Hello 😀 \"you\"\n\u0001");
        assertThat(frames.finishReason(0)).isEqualTo("stop");
        assertThat(frames.documents())
                .allSatisfy(d -> assertThat(d.get("object")).isEqualTo("chat.completion.chunk"));
        assertThat(frames.documents())
                .extracting(d -> d.get("id"))
                .hasSize(frames.documents().size())
                .doesNotContainNull();
        assertThat(frames.documents())
                .noneSatisfy(d -> assertThat(d.containsKey("usage")).isTrue());
    }

    @Test
    void usageComesLastWhereItIsAskedFor() {
        Frames frames = stream(new ScriptedEngine("Hi"), ",\"stream_options\":{\"include_usage\":true}");
        Map<?, ?> last = frames.documents().get(frames.documents().size() - 1);
        assertThat(last.get("choices")).isEqualTo(List.of());
        assertThat(((Map<?, ?>) last.get("usage")).get("completion_tokens")).isNotNull();
        assertThat(frames.documents().get(1).get("usage")).isNull();
    }

    @Test
    void continuousUsageIsInEveryFrame() {
        Frames frames = stream(
                new ScriptedEngine("Hi there"),
                ",\"stream_options\":{\"include_usage\":true,\"continuous_usage_stats\":true}");
        assertThat(frames.documents())
                .allSatisfy(d -> assertThat(d.get("usage")).isNotNull());
    }

    @Test
    void everyCompletionOfSeveralHasItsOwnIndex() {
        ScriptedEngine engine = new ScriptedEngine("first", "second");
        Map<?, ?> answer = answer(engine, ",\"n\":2");
        assertThat(message(answer, 0).get("content")).isEqualTo("first");
        assertThat(message(answer, 1).get("content")).isEqualTo("second");
        Frames frames = stream(new ScriptedEngine("first", "second"), ",\"n\":2");
        assertThat(frames.joined(0, "content")).isEqualTo("first");
        assertThat(frames.joined(1, "content")).isEqualTo("second");
    }

    @Test
    void toolCallsAreTakenOutOfTheText() {
        Map<?, ?> answer = answer(new ScriptedEngine(TWO_CALLS), "," + TOOLS);
        assertThat(choice(answer, 0).get("finish_reason")).isEqualTo("tool_calls");
        List<?> calls = (List<?>) message(answer, 0).get("tool_calls");
        assertThat(calls).hasSize(2);
        Map<?, ?> call = (Map<?, ?>) calls.get(0);
        assertThat((String) call.get("id")).matches("call_[0-9a-f]{24}");
        assertThat(call.get("type")).isEqualTo("function");
        assertThat(arguments(call)).isEqualTo(Map.of("city", "Łódź"));
        assertThat((String) message(answer, 0).get("content")).startsWith("On it.");
    }

    @Test
    void streamedToolCallsAddUpToThoseOfTheDocument() {
        Frames frames = stream(new ScriptedEngine(TWO_CALLS), "," + TOOLS);
        StringBuilder[] arguments = {new StringBuilder(), new StringBuilder()};
        int begun = 0;
        for (Map<?, ?> choice : frames.choices(0)) {
            Object calls = ((Map<?, ?>) choice.get("delta")).get("tool_calls");
            if (calls != null) {
                Map<?, ?> call = (Map<?, ?>) ((List<?>) calls).get(0);
                Map<?, ?> function = (Map<?, ?>) call.get("function");
                if (call.containsKey("id")) {
                    assertThat(function.get("name")).isEqualTo("weather");
                    assertThat(call.get("index")).isEqualTo((long) begun++);
                }
                arguments[(int) (long) call.get("index")].append(function.get("arguments"));
            }
        }
        assertThat(begun).isEqualTo(2);
        assertThat(StrictJson.value(arguments[0].toString())).isEqualTo(Map.of("city", "Łódź"));
        assertThat(StrictJson.value(arguments[1].toString())).isEqualTo(Map.of("city", "Rome"));
        assertThat(frames.finishReason(0)).isEqualTo("tool_calls");
    }

    @Test
    void withoutParallelCallsOnlyTheFirstOneIsShown() {
        Map<?, ?> answer = answer(new ScriptedEngine(TWO_CALLS), "," + TOOLS + ",\"parallel_tool_calls\":false");
        assertThat((List<?>) message(answer, 0).get("tool_calls")).hasSize(1);
    }

    @Test
    void aCallThatLengthCutsKeepsItsPrefix() {
        String cut = TWO_CALLS.substring(0, TWO_CALLS.indexOf("ź"));
        Map<?, ?> answer = answer(new ScriptedEngine(cut).endsWith(FinishReason.LENGTH), "," + TOOLS);
        assertThat(choice(answer, 0).get("finish_reason")).isEqualTo("length");
        Map<?, ?> call = (Map<?, ?>) ((List<?>) message(answer, 0).get("tool_calls")).get(0);
        assertThat((String) ((Map<?, ?>) call.get("function")).get("arguments")).startsWith("{\"city\": \"Łód");
    }

    @Test
    void toolChoiceNoneLeavesTheTextAloneAndTellsTheTemplateOfNoTools() {
        ScriptedEngine engine = new ScriptedEngine(TWO_CALLS);
        Map<?, ?> answer = answer(engine, "," + TOOLS + ",\"tool_choice\":\"none\"");
        assertThat(message(answer, 0).get("content")).isEqualTo(TWO_CALLS);
        assertThat(engine.lastChat().tools()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"required\"", "{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}"})
    void aForcedChoiceBecomesAGrammar(String choice) {
        ScriptedEngine engine = new ScriptedEngine(TWO_CALLS);
        answer(engine, "," + TOOLS + ",\"tool_choice\":" + choice);
        assertThat(engine.lastRequest().samplingParams().structuredOutput()).isPresent();
        assertThat(engine.lastChat().tools()).hasSize(1);
    }

    @Test
    void aStrictToolGuardsTheModelsOwnCalls() {
        ScriptedEngine engine = new ScriptedEngine(TWO_CALLS);
        Map<?, ?> answer = answer(engine, "," + TOOLS.replace("\"weather\",", "\"weather\",\"strict\":true,"));
        assertThat(engine.lastRequest().samplingParams().structuredOutput())
                .hasValueSatisfying(grammar -> assertThat(grammar.source()).contains("triggered_tags"));
        assertThat((List<?>) message(answer, 0).get("tool_calls")).hasSize(2);
    }

    @Test
    void toolsThatAreNotStrictLeaveTheModelFree() {
        ScriptedEngine engine = new ScriptedEngine(TWO_CALLS);
        answer(engine, "," + TOOLS);
        assertThat(engine.lastRequest().samplingParams().structuredOutput()).isEmpty();
    }

    @Test
    void aFormatForTheAnswerGoesBeforeStrictTools() {
        ScriptedEngine engine = new ScriptedEngine("{}");
        answer(
                engine,
                "," + TOOLS.replace("\"weather\",", "\"weather\",\"strict\":true,")
                        + ",\"response_format\":{\"type\":\"json_object\"}");
        assertThat(engine.lastRequest().samplingParams().structuredOutput().map(StructuredOutput::kind))
                .contains(StructuredOutput.Kind.JSON_OBJECT);
    }

    @Test
    void aSchemaBecomesAStructuredOutput() {
        ScriptedEngine engine = new ScriptedEngine("{}");
        answer(
                engine,
                ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"type\":"
                        + "\"object\"}}}");
        assertThat(engine.lastRequest().samplingParams().structuredOutput())
                .contains(StructuredOutput.of(StructuredOutput.Kind.JSON_SCHEMA, "{\"type\":\"object\"}"));
    }

    @Test
    void logprobsAreToldForEveryTokenInBothForms() {
        Map<?, ?> answer = answer(new ScriptedEngine("Łódź!"), ",\"logprobs\":true,\"top_logprobs\":2");
        List<?> content = (List<?>) ((Map<?, ?>) choice(answer, 0).get("logprobs")).get("content");
        Frames frames = stream(new ScriptedEngine("Łódź!"), ",\"logprobs\":true,\"top_logprobs\":2");
        List<Object> streamed = new java.util.ArrayList<>();
        for (Map<?, ?> choice : frames.choices(0)) {
            if (choice.get("logprobs") instanceof Map<?, ?> logprobs) {
                streamed.addAll((List<?>) logprobs.get("content"));
            }
        }
        assertThat(streamed).isEqualTo(content);
        Map<?, ?> first = (Map<?, ?>) content.get(0);
        assertThat(first.keySet().toString()).isEqualTo("[token, logprob, bytes, top_logprobs]");
        assertThat((List<?>) first.get("top_logprobs")).hasSize(2);
        assertThat(first.get("logprob")).isEqualTo(-0.25);
    }

    @Test
    void tokenIdsAreReturnedWhereAskedFor() {
        ScriptedEngine engine = new ScriptedEngine("Hello");
        Map<?, ?> answer = answer(engine, ",\"return_token_ids\":true");
        assertThat((List<?>) choice(answer, 0).get("token_ids")).isNotEmpty();
        assertThat((List<?>) answer.get("prompt_token_ids")).isNotEmpty();
        Frames frames = stream(new ScriptedEngine("Hello"), ",\"return_token_ids\":true");
        assertThat(frames.choices(0).get(0).get("prompt_token_ids")).isEqualTo(answer.get("prompt_token_ids"));
    }

    @Test
    void defaultsComeFromTheModelAndTheRequestWins() {
        ScriptedEngine engine = new ScriptedEngine("x")
                .samplingDefaults(Map.of("temperature", 0.25, "top_k", 7L, "max_new_tokens", 33L));
        answer(engine, ",\"top_k\":3");
        assertThat(engine.lastRequest().samplingParams().temperature()).isEqualTo(0.25);
        assertThat(engine.lastRequest().samplingParams().topK()).isEqualTo(3);
        assertThat(engine.lastRequest().samplingParams().maxTokens()).hasValue(33);
        answer(engine, ",\"max_tokens\":5,\"max_completion_tokens\":6");
        assertThat(engine.lastRequest().samplingParams().maxTokens()).hasValue(6);
    }

    @Test
    void messagesReachTheTemplateAsItExpectsThem() {
        ScriptedEngine engine = new ScriptedEngine("x");
        OpenAiProtocol protocol = protocol(engine);
        String body = "{\"messages\":[{\"role\":\"developer\",\"content\":\"Be brief.\"},"
                + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]},"
                + "{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"hm\",\"tool_calls\":[{\"id\":\"c1\",\"type\":"
                + "\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\": 1, \\\"y\\\": 1.0}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"42\"}],\"reasoning_effort\":\"none\","
                + "\"chat_template_kwargs\":{\"k\":[1]}}";
        protocol.chatCompletions(body.getBytes(StandardCharsets.UTF_8))
                .respond(Runnable::run)
                .join();
        List<Map<String, Object>> messages = engine.lastChat().messages();
        assertThat(messages.get(0)).isEqualTo(Map.of("role", "system", "content", "Be brief."));
        assertThat(messages.get(1).get("content")).isEqualTo("a\nb");
        assertThat(messages.get(2).get("content")).isEqualTo("");
        assertThat(messages.get(2).get("reasoning")).isEqualTo("hm");
        assertThat(messages.get(2).get("reasoning_content")).isEqualTo("hm");
        assertThat(messages.get(2).get("thinking")).isEqualTo("hm");
        Map<?, ?> call = (Map<?, ?>) ((List<?>) messages.get(2).get("tool_calls")).get(0);
        assertThat(((Map<?, ?>) call.get("function")).get("arguments")).isEqualTo(Map.of("x", 1L, "y", 1.0));
        assertThat(messages.get(3).get("tool_call_id")).isEqualTo("c1");
        assertThat(engine.lastChat().variables())
                .isEqualTo(Map.of("reasoning_effort", "none", "enable_thinking", false, "k", List.of(1L)));
    }

    @Test
    void contentThatIsNullIsEmptyAndPlainStringsAreParts() {
        ScriptedEngine engine = new ScriptedEngine("x");
        chat(
                engine,
                "{\"role\":\"user\",\"content\":null},{\"role\":\"tool\"},{\"role\":\"user\",\"content\":[\"a\",{\"type\":\"text\","
                        + "\"text\":\"b\"}]}");
        assertThat(engine.lastChat().messages())
                .extracting(message -> message.get("content"))
                .isEqualTo(List.of("", "", "a\nb"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"a\": 1}      | {a=1}",
                "[1]             | [1]",
                "7               | 7",
                "null            | {}",
                "{\"city\":      | {\"city\":",
                "{\"a\":1,\"a\":2} | {\"a\":1,\"a\":2}"
            })
    void argumentsThatAModelWroteComeBackHoweverTheyAre(String written, String handed) {
        ScriptedEngine engine = new ScriptedEngine("x");
        chat(engine, assistantCalled(written));
        Map<?, ?> call =
                (Map<?, ?>) ((List<?>) engine.lastChat().messages().get(0).get("tool_calls")).get(0);
        assertThat(((Map<?, ?>) call.get("function")).get("arguments")).hasToString(handed);
    }

    @Test
    void aTemplateThatPrintsOnlyObjectsGetsAnEmptyOneForArgumentsThatAreNone() {
        ScriptedEngine engine = new ScriptedEngine("x").templateNeedsObjectsForArguments();
        chat(engine, assistantCalled("{\"city\": "));
        Map<?, ?> call =
                (Map<?, ?>) ((List<?>) engine.lastChat().messages().get(0).get("tool_calls")).get(0);
        assertThat(call.get("id")).isEqualTo("c");
        assertThat(call.get("function")).isEqualTo(Map.of("name", "f", "arguments", Map.of()));
    }

    private static String assistantCalled(String arguments) {
        return "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\","
                + "\"arguments\":" + JsonBuffer.text(arguments) + "}}]}";
    }

    private static void chat(ScriptedEngine engine, String messages) {
        protocol(engine)
                .chatCompletions(("{\"messages\":[" + messages + "]}").getBytes(StandardCharsets.UTF_8))
                .respond(Runnable::run)
                .join();
    }

    @Test
    void verbosityAndXargsReachTheTemplateAndTheSampler() {
        ScriptedEngine engine = new ScriptedEngine("x");
        answer(engine, ",\"verbosity\":\"low\",\"vllm_xargs\":{\"my_adjuster\":[1]}");
        assertThat(engine.lastChat().variables()).isEqualTo(Map.of("verbosity", "low"));
        assertThat(engine.lastRequest().samplingParams().extra()).isEqualTo(Map.of("my_adjuster", List.of(1L)));
    }

    @Test
    void partsStayPartsWhereTheTemplatePrintsThem() {
        ScriptedEngine engine = new ScriptedEngine("x").templatePrintsParts();
        protocol(engine)
                .chatCompletions("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}]}"
                        .getBytes(StandardCharsets.UTF_8))
                .respond(Runnable::run)
                .join();
        assertThat(engine.lastChat().messages().get(0).get("content"))
                .isEqualTo(List.of(Map.of("type", "text", "text", "a")));
    }

    @Test
    void aTemplateThatBreaksIsTheRequestsFault() {
        ScriptedEngine engine = new ScriptedEngine("x").templateBreaksWith(new ClassCastException("java.lang.Long"));
        assertThatThrownBy(() -> answer(engine, "")).isInstanceOfSatisfying(ProtocolException.class, e -> {
            assertThat(e.status()).isEqualTo(400);
            assertThat(e.param()).contains("messages");
            assertThat(e).hasMessageNotContaining("java.lang");
        });
        OpenAiProtocol trusting = OpenAiProtocol.builder(
                        engine, engine.tokenizer().vocabulary())
                .options(ServingOptions.builder().trustRequestChatTemplate(true).build())
                .build();
        assertThatThrownBy(() -> trusting.chatCompletions(body(",\"chat_template\":\"{{ 1 + x }}\""))
                        .open())
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.param()).contains("chat_template"));
    }

    @Test
    void aFailureInMidStreamIsTheLastEvent() {
        ScriptedEngine engine =
                new ScriptedEngine("Hello").failsAtLast(new TokamakException(ErrorCode.STEP_FAILED, "the step failed"));
        Frames frames = stream(engine, "");
        Map<?, ?> last = frames.documents().get(frames.documents().size() - 1);
        Map<?, ?> error = (Map<?, ?>) last.get("error");
        assertThat(error.get("message")).isEqualTo("the step failed");
        assertThat(error.get("code")).isEqualTo("step_failed");
        assertThat(engine.closedStreams()).isEqualTo(1);
    }

    @Test
    void aCompletionThatFailedIsAServerError() {
        ScriptedEngine engine = new ScriptedEngine("Hello").endsWith(FinishReason.ERROR);
        assertThatThrownBy(() -> answer(engine, ""))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.status()).isEqualTo(500));
    }

    @Test
    void closingTheStreamAbortsTheRequest() {
        ScriptedEngine engine = new ScriptedEngine("Hello");
        EventStream stream =
                protocol(engine).chatCompletions(body(",\"stream\":true")).open();
        stream.close();
        assertThat(engine.closedStreams()).isEqualTo(1);
    }

    @Test
    void theClientsRequestIdIsPartOfTheAnswersId() {
        ScriptedEngine engine = new ScriptedEngine("Hello");
        Map<?, ?> answer = answer(engine, ",\"request_id\":\"mine\",\"priority\":-3,\"cache_salt\":\"s\"");
        assertThat(answer.get("id")).isEqualTo("chatcmpl-mine");
        assertThat(engine.lastRequest().requestId().orElseThrow()).startsWith("chatcmpl-mine-");
        assertThat(engine.lastRequest().priority()).isEqualTo(-3);
        assertThat(engine.lastRequest().cacheSalt()).contains("s");
    }

    private static OpenAiProtocol protocol(ScriptedEngine engine) {
        return OpenAiProtocol.builder(engine, engine.tokenizer().vocabulary())
                .toolParser(BadRequestsTest.hermes())
                .options(ServingOptions.builder().autoToolChoice(true).build())
                .build();
    }

    private static byte[] body(String fields) {
        return ("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]" + fields + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<?, ?> answer(ScriptedEngine engine, String fields) {
        byte[] answer = protocol(engine)
                .chatCompletions(body(fields))
                .respond(Runnable::run)
                .join();
        return (Map<?, ?>) StrictJson.value(new String(answer, StandardCharsets.UTF_8));
    }

    private static Frames stream(ScriptedEngine engine, String fields) {
        return Frames.of(protocol(engine)
                .chatCompletions(body(",\"stream\":true" + fields))
                .open());
    }

    private static Map<?, ?> choice(Map<?, ?> answer, int index) {
        return (Map<?, ?>) ((List<?>) answer.get("choices")).get(index);
    }

    private static Map<?, ?> message(Map<?, ?> answer, int index) {
        return (Map<?, ?>) choice(answer, index).get("message");
    }

    private static Object arguments(Map<?, ?> call) {
        return StrictJson.value((String) ((Map<?, ?>) call.get("function")).get("arguments"));
    }
}
