package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tokamak.protocol.ByteSink;
import dev.tokamak.protocol.Call;
import dev.tokamak.protocol.EventStream;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tool parser that was compiled against something else: it throws errors, or makes nothing. */
class BrokenPluginTest {
    /** Where it breaks. */
    private enum Break {
        CREATE,
        NOTHING,
        ACCEPT,
        FINISH
    }

    private record BrokenProvider(Break where) implements ToolParserProvider {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public ToolParser create(List<ToolDefinition> tools) {
            breakAt(Break.CREATE);
            return where == Break.NOTHING ? null : new Parser();
        }

        private void breakAt(Break at) {
            if (where == at) {
                throw new AbstractMethodError("dev.example.Broken.method()");
            }
        }

        private final class Parser implements ToolParser {
            @Override
            public void accept(CharSequence text, ToolCallSink sink) {
                breakAt(Break.ACCEPT);
            }

            @Override
            public void finish(ToolCallSink sink) {
                breakAt(Break.FINISH);
            }
        }
    }

    private static Call call(ScriptedEngine engine, Break where, String fields) {
        OpenAiProtocol protocol = OpenAiProtocol.builder(
                        engine, engine.tokenizer().vocabulary())
                .toolParser(new BrokenProvider(where))
                .options(ServingOptions.builder().autoToolChoice(true).build())
                .build();
        return protocol.chatCompletions(("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]" + fields + "}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private static void isInternal(Throwable failure) {
        assertThat(failure).isInstanceOfSatisfying(ProtocolException.class, e -> {
            assertThat(e.status()).isEqualTo(500);
            assertThat(e.getMessage()).doesNotContain("dev.example", "Error");
        });
    }

    @ParameterizedTest
    @EnumSource
    void isAnErrorOfTheRequestThatUsesIt(Break where) {
        ScriptedEngine engine = new ScriptedEngine("some text");
        Call call = call(engine, where, "");
        Throwable failure = catchThrowable(() -> {
            CompletableFuture<byte[]> answer = call.respond(Runnable::run);
            assertThat(answer).isDone();
            answer.handle((body, e) -> {
                        throw (ProtocolException) e;
                    })
                    .getNow(null);
        });
        isInternal(failure instanceof java.util.concurrent.CompletionException ? failure.getCause() : failure);
        assertThat(engine.closedStreams()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void isAnErrorOrAnErrorEventOfTheStreamThatUsesIt(Break where) {
        ScriptedEngine engine = new ScriptedEngine("some text");
        Call call = call(engine, where, ",\"stream\":true");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteSink sink = out::write;
        Throwable failure = catchThrowable(() -> {
            EventStream events = call.open();
            while (!events.finished() && events.poll(sink)) {}
            assertThat(events.finished()).isTrue();
        });
        if (failure != null) {
            isInternal(failure);
        } else {
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .contains("\"error\"", "server_error")
                    .doesNotContain("dev.example")
                    .endsWith("data: [DONE]\n\n");
        }
        assertThat(engine.closedStreams()).isPositive();
    }
}
