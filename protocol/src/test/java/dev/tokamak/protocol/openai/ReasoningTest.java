package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.protocol.json.StrictJson;
import dev.tokamak.spi.reasoning.ReasoningParserProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ReasoningTest {
    private static final String TOOLS = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]";
    private static final String THOUGHT =
            "<think>\nthe time, hm 😀\n</think>\n\nLet me look.<tool_call>\n{\"name\": \"now\", "
                    + "\"arguments\": {}}\n</tool_call>";

    @Test
    void reasoningGoesAheadOfContentAndCallsAndIsNoPartOfThem() {
        Map<?, ?> message = message(new ScriptedEngine(THOUGHT), TOOLS);
        assertThat((String) message.get("reasoning"))
                .contains("the time, hm 😀")
                .doesNotContain("think>");
        assertThat((String) message.get("content")).contains("Let me look.").doesNotContain("think");
        assertThat((List<?>) message.get("tool_calls")).hasSize(1);
    }

    @Test
    void streamedReasoningAddsUpToThatOfTheDocument() {
        Map<?, ?> message = message(new ScriptedEngine(THOUGHT), TOOLS);
        Frames frames = Frames.of(protocol(new ScriptedEngine(THOUGHT))
                .chatCompletions(body(TOOLS + ",\"stream\":true"))
                .open());
        assertThat(frames.joined(0, "reasoning")).isEqualTo(message.get("reasoning"));
        assertThat(frames.joined(0, "content")).isEqualTo(message.get("content"));
        assertThat(frames.finishReason(0)).isEqualTo("tool_calls");
    }

    @Test
    void reasoningIsLeftOutWhereTheClientDoesNotWantIt() {
        Map<?, ?> message = message(new ScriptedEngine(THOUGHT), ",\"include_reasoning\":false");
        assertThat(message.containsKey("reasoning")).isFalse();
        assertThat((String) message.get("content")).contains("Let me look.").doesNotContain("the time");
    }

    @Test
    void thoughtWithoutAnAnswerHasNoContent() {
        Map<?, ?> message = message(new ScriptedEngine("<think>\nfor ever and ever"), "");
        assertThat((String) message.get("reasoning")).contains("for ever and ever");
        assertThat(message.containsKey("content")).isTrue();
        assertThat(message.get("content")).isNull();
    }

    @Test
    void aCallWithinThoughtThatWasNeverClosedIsACall() {
        String text = "<think>\nI need the time.\n\n<tool_call>\n{\"name\": \"now\", \"arguments\": {}\n</tool_call>";
        Map<?, ?> message = message(new ScriptedEngine(text), TOOLS);
        assertThat((String) message.get("reasoning")).endsWith("I need the time.");
        assertThat((List<?>) message.get("tool_calls")).hasSize(1);
        Frames frames = Frames.of(protocol(new ScriptedEngine(text))
                .chatCompletions(body(TOOLS + ",\"stream\":true"))
                .open());
        assertThat(frames.joined(0, "reasoning")).isEqualTo(message.get("reasoning"));
        assertThat(frames.finishReason(0)).isEqualTo("tool_calls");
    }

    @Test
    void aMarkThatIsATokenIsBelievedOnlyWhereTheModelWroteThatToken() {
        String call = "{\"name\": \"now\", \"arguments\": {}}";
        String spelled = "<\0tool_call>" + call + "<\0/tool_call>";
        for (String more : List.of("", ",\"stop\":[\"l>{\\\"x\"]")) {
            String text = "</think>Write " + spelled + ".<tool_call>" + call + "</tool_call>";
            Map<?, ?> message = message(new ScriptedEngine(text), TOOLS + more);
            assertThat(message.get("content")).isEqualTo("Write <tool_call>" + call + "</tool_call>.");
            assertThat((List<?>) message.get("tool_calls")).hasSize(1);
            Frames frames = Frames.of(protocol(new ScriptedEngine(text))
                    .chatCompletions(body(TOOLS + more + ",\"stream\":true"))
                    .open());
            assertThat(frames.joined(0, "content")).isEqualTo(message.get("content"));
            assertThat(frames.finishReason(0)).isEqualTo("tool_calls");
        }
        String thought = "I could " + spelled + " but";
        assertThat(message(new ScriptedEngine(thought), TOOLS).get("reasoning"))
                .isEqualTo("I could <tool_call>" + call + "</tool_call> but");
    }

    @Test
    void aCallThatAGrammarForcesIsOneHoweverItIsSpelled() {
        String text = "<\0tool_call>{\"name\": \"now\", \"arguments\": {}}<\0/tool_call>";
        Map<?, ?> message = message(new ScriptedEngine("</think>" + text), TOOLS + ",\"tool_choice\":\"required\"");
        assertThat((List<?>) message.get("tool_calls")).hasSize(1);
    }

    @Test
    void aCallThatNothingRepairsDoesNotHideTheNext() {
        String text = "</think><tool_call>{\"name\": \"now\", \"arguments\": {\"a\": nope}}</tool_call>"
                + "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>";
        List<?> calls = (List<?>) message(new ScriptedEngine(text), TOOLS).get("tool_calls");
        assertThat(calls).hasSize(2);
        assertThat(((Map<?, ?>) ((Map<?, ?>) calls.get(0)).get("function")).get("arguments"))
                .isEqualTo("{\"a\": nope}}");
        assertThat(((Map<?, ?>) ((Map<?, ?>) calls.get(1)).get("function")).get("arguments"))
                .isEqualTo("{}");
    }

    @Test
    void strictToolsDoNotHoldAModelWhoseEndOfThinkingIsNoToken() {
        ScriptedEngine engine = new ScriptedEngine(THOUGHT);
        message(engine, TOOLS.replace("\"now\"", "\"now\",\"strict\":true"));
        assertThat(engine.lastRequest().samplingParams().structuredOutput()).isEmpty();
    }

    private static OpenAiProtocol protocol(ScriptedEngine engine) {
        ReasoningParserProvider parser = ServiceLoader.load(ReasoningParserProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("deepseek_r1"))
                .findFirst()
                .orElseThrow();
        return OpenAiProtocol.builder(engine, engine.tokenizer().vocabulary())
                .toolParser(BadRequestsTest.hermes())
                .reasoningParser(parser)
                .options(ServingOptions.builder().autoToolChoice(true).build())
                .build();
    }

    private static byte[] body(String fields) {
        return ("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]" + fields + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<?, ?> message(ScriptedEngine engine, String fields) {
        byte[] bytes = protocol(engine)
                .chatCompletions(body(fields))
                .respond(Runnable::run)
                .join();
        Map<?, ?> answer = (Map<?, ?>) StrictJson.value(new String(bytes, StandardCharsets.UTF_8));
        return (Map<?, ?>) ((Map<?, ?>) ((List<?>) answer.get("choices")).get(0)).get("message");
    }
}
