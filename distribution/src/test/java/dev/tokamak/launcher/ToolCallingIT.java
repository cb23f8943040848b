package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo model calls tools through the official client, whole and streamed, by its own choice and when it is told to. */
@Timeout(240)
class ToolCallingIT {
    private static final Pattern READY = Pattern.compile("is ready at (http://127\\.0\\.0\\.1:\\d+) ");

    private static Process server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws Exception {
        Path home = Path.of(System.getProperty("tokamak.test.home"));
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("bin/tokamak").toString(),
                        "serve",
                        "--port",
                        "0",
                        "--model",
                        System.getProperty("tokamak.test.model"),
                        "--served-model-name",
                        "demo",
                        "--enable-auto-tool-choice",
                        "--tool-call-parser",
                        "hermes",
                        "--max-logprobs",
                        "25",
                        "--enable-prompt-tokens-details")
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        server = builder.start();
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                client = OpenAIOkHttpClient.builder()
                        .baseUrl(ready.group(1) + "/v1")
                        .apiKey("unused")
                        .maxRetries(0)
                        .build();
                return;
            }
        }
        throw new IllegalStateException("the server ended before it was ready:\n" + said);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        client.close();
        server.destroy();
        server.waitFor();
    }

    private static FunctionDefinition function(String name, String description, Map<String, String> parameters) {
        FunctionParameters.Builder schema = FunctionParameters.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty("required", JsonValue.from(List.copyOf(parameters.keySet())));
        Map<String, Object> properties = new java.util.LinkedHashMap<>();
        parameters.forEach((parameter, type) -> properties.put(parameter, Map.of("type", type)));
        schema.putAdditionalProperty("properties", JsonValue.from(properties));
        return FunctionDefinition.builder()
                .name(name)
                .description(description)
                .parameters(schema.build())
                .build();
    }

    private static ChatCompletionCreateParams.Builder question(String text) {
        return ChatCompletionCreateParams.builder()
                .model("demo")
                .temperature(0)
                .maxCompletionTokens(200)
                .addUserMessage(text)
                .addFunctionTool(function("get_weather", "Get the current weather of a city", Map.of("city", "string")))
                .addFunctionTool(function("count_ships", "Count the ships in a harbour", Map.of("harbour", "string")));
    }

    private static ChatCompletion whole(ChatCompletionCreateParams params) {
        return client.chat().completions().create(params);
    }

    private static ChatCompletion streamed(ChatCompletionCreateParams params) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        return accumulator.chatCompletion();
    }

    private static ChatCompletionMessageFunctionToolCall.Function onlyCall(ChatCompletion answer) {
        assertThat(answer.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        List<ChatCompletionMessageToolCall> calls =
                answer.choices().get(0).message().toolCalls().orElse(List.of());
        assertThat(calls).hasSize(1);
        return calls.get(0).asFunction().function();
    }

    private static JsonObject arguments(ChatCompletionMessageFunctionToolCall.Function call) {
        return Json.createReader(new StringReader(call.arguments())).readObject();
    }

    @Test
    void optionsOfLogprobsAndUsageReachTheAnswers() {
        ChatCompletionCreateParams asked =
                question("Hello").logprobs(true).topLogprobs(25).build();
        ChatCompletion answer = whole(asked);
        assertThat(answer.choices()
                        .get(0)
                        .logprobs()
                        .orElseThrow()
                        .content()
                        .orElseThrow()
                        .get(0)
                        .topLogprobs())
                .hasSize(25);
        assertThat(answer.usage().orElseThrow().promptTokensDetails()).isPresent();
        assertThatThrownBy(() -> whole(asked.toBuilder().topLogprobs(26).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("--max-logprobs");
    }

    @Test
    void modelCallsAToolByItself() {
        ChatCompletionCreateParams params =
                question("What is the weather in Paris?").build();
        ChatCompletionMessageFunctionToolCall.Function call = onlyCall(whole(params));
        assertThat(call.name()).isEqualTo("get_weather");
        assertThat(arguments(call).getString("city")).isEqualTo("Paris");

        ChatCompletionMessageFunctionToolCall.Function again = onlyCall(streamed(params));
        assertThat(again.name()).isEqualTo(call.name());
        assertThat(again.arguments()).isEqualTo(call.arguments());
    }

    @Test
    void modelAnswersFromTheToolsResult() {
        ChatCompletionCreateParams params =
                question("What is the weather in Paris?").build();
        ChatCompletion first = whole(params);
        String id = first.choices()
                .get(0)
                .message()
                .toolCalls()
                .orElseThrow()
                .get(0)
                .asFunction()
                .id();
        ChatCompletion second = whole(params.toBuilder()
                .addMessage(first.choices().get(0).message())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(id)
                        .content("{\"temperature\": 17, \"sky\": \"cloudy\"}")
                        .build())
                .build());
        assertThat(second.choices().get(0).message().content())
                .hasValueSatisfying(text -> assertThat(text).contains("17"));
    }

    @Test
    void requiredCallsAreHeldToTheFormatWhateverIsAsked() {
        ChatCompletionCreateParams params = question("Hello!")
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                .parallelToolCalls(false)
                .build();
        for (ChatCompletion answer : List.of(whole(params), streamed(params))) {
            ChatCompletionMessageFunctionToolCall.Function call = onlyCall(answer);
            assertThat(call.name()).isIn("get_weather", "count_ships");
            assertThat(arguments(call)).hasSize(1);
        }
    }

    @Test
    void namedCallsAreHeldToTheirFunction() {
        ChatCompletionCreateParams params = question("What is the weather in Paris?")
                .toolChoice(ChatCompletionNamedToolChoice.builder()
                        .function(ChatCompletionNamedToolChoice.Function.builder()
                                .name("count_ships")
                                .build())
                        .build())
                .build();
        for (ChatCompletion answer : List.of(whole(params), streamed(params))) {
            ChatCompletionMessageFunctionToolCall.Function call = onlyCall(answer);
            assertThat(call.name()).isEqualTo("count_ships");
            assertThat(arguments(call)).containsOnlyKeys("harbour");
        }
    }

    @Test
    void modelsOwnCallsOfStrictToolsFollowTheirSchemas() {
        FunctionDefinition strict = FunctionDefinition.builder()
                .name("get_weather")
                .description("Get the current weather of a city")
                .strict(true)
                .parameters(FunctionParameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty(
                                "properties", JsonValue.from(Map.of("city", Map.of("enum", List.of("Oslo", "Rome")))))
                        .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                        .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                        .build())
                .build();
        ChatCompletionCreateParams params = ChatCompletionCreateParams.builder()
                .model("demo")
                .temperature(0)
                .maxCompletionTokens(200)
                .addUserMessage("What is the weather in Paris?")
                .addFunctionTool(strict)
                .build();
        for (ChatCompletion answer : List.of(whole(params), streamed(params))) {
            ChatCompletionMessageFunctionToolCall.Function call = onlyCall(answer);
            assertThat(call.name()).isEqualTo("get_weather");
            assertThat(arguments(call).getString("city")).isIn("Oslo", "Rome");
        }
        ChatCompletion words = whole(params.toBuilder()
                .messages(List.of())
                .addUserMessage("What is 12 + 30?")
                .build());
        assertThat(words.choices().get(0).message().content())
                .hasValueSatisfying(text -> assertThat(text).contains("42"));
    }

    @Test
    void noneMeansWords() {
        ChatCompletion answer = whole(question("What is 12 + 30?")
                .toolChoice(ChatCompletionToolChoiceOption.Auto.NONE)
                .build());
        assertThat(answer.choices().get(0).message().toolCalls().orElse(List.of()))
                .isEmpty();
        assertThat(answer.choices().get(0).message().content())
                .hasValueSatisfying(text -> assertThat(text).contains("42"));
    }

    @Test
    void answersFollowASchema() {
        ResponseFormatJsonSchema.JsonSchema.Schema schema = ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty(
                        "properties",
                        JsonValue.from(Map.of("answer", Map.of("type", "integer", "minimum", 0, "maximum", 999))))
                .putAdditionalProperty("required", JsonValue.from(List.of("answer")))
                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                .build();
        ChatCompletion answer = whole(ChatCompletionCreateParams.builder()
                .model("demo")
                .temperature(0)
                .maxCompletionTokens(60)
                .addUserMessage("What is 12 + 30?")
                .responseFormat(ResponseFormatJsonSchema.builder()
                        .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                                .name("sum")
                                .strict(true)
                                .schema(schema)
                                .build())
                        .build())
                .build());
        String text = answer.choices().get(0).message().content().orElse("");
        JsonObject value = Json.createReader(new StringReader(text)).readObject();
        assertThat(value).containsOnlyKeys("answer");
        assertThat(value.getInt("answer")).isBetween(0, 999);
    }
}
