package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.ProtocolException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where the executor cannot score prompts. */
class UnscoredPromptsTest {
    @TempDir
    private Path model;

    @Test
    void theFieldThatAsksForScoresIsNamed() {
        try (ScoredEngine engine = new ScoredEngine(model, "unscored", 20)) {
            OpenAiProtocol protocol = engine.protocol();
            String chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"prompt_logprobs\":0}";
            assertRefused(protocol.chatCompletions(ScoredEngine.bytes(chat)), "prompt_logprobs");
            assertRefused(completion(protocol, "\"prompt_logprobs\":1"), "prompt_logprobs");
            assertRefused(completion(protocol, "\"prompt_logprobs\":1,\"echo\":true"), "prompt_logprobs");
            assertRefused(completion(protocol, "\"logprobs\":1,\"echo\":true"), "echo");
            assertRefused(completion(protocol, "\"max_tokens\":0,\"echo\":true"), "echo");
        }
    }

    @Test
    void aPromptIsRepeatedWithoutThem() {
        try (ScoredEngine engine = new ScoredEngine(model, "unscored", 20)) {
            Map<?, ?> choice = (Map<?, ?>) engine.choices(
                            "{\"prompt\":\"Once\",\"echo\":true,\"max_tokens\":1," + "\"allowed_token_ids\":[36]}")
                    .get(0);
            assertThat(choice.get("text")).isEqualTo("OnceB");
        }
    }

    private static Call completion(OpenAiProtocol protocol, String fields) {
        return protocol.completions(ScoredEngine.bytes("{\"prompt\":\"a\"," + fields + "}"));
    }

    private static void assertRefused(Call call, String param) {
        ProtocolException e = catchThrowableOfType(ProtocolException.class, call::open);
        assertThat(e.status()).isEqualTo(400);
        assertThat(e.param()).contains(param);
        assertThat(e.code()).contains("unsupported_parameter");
        assertThat(e).hasMessageContaining("no log probabilities of prompts");
    }
}
