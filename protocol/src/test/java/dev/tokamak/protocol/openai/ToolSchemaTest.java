package dev.tokamak.protocol.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.ServingOptions;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Schemas of tools that are no schemas, in every format of calls: an answer, or a 400 that names the tools. */
class ToolSchemaTest {
    private static final List<String> NONSENSE = List.of(
            "{\"type\":5}",
            "{\"type\":[1]}",
            "{\"type\":\"object\",\"properties\":5}",
            "{\"type\":\"object\",\"properties\":[]}",
            "{\"type\":\"object\",\"properties\":{\"a\":5}}",
            "{\"type\":\"object\",\"properties\":{\"a\":null}}",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":{}}}}",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[null]}}}",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":5}}}",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"anyOf\":5}}}",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"anyOf\":[5]}}}",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":5}}}",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/properties/a\"}}}",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"items\":5,\"type\":\"array\"}}}",
            "{\"type\":\"object\",\"required\":5,\"properties\":{\"a\":{}}}",
            "{\"type\":\"object\",\"required\":[1],\"additionalProperties\":7}",
            "{\"$defs\":5,\"$ref\":\"#/$defs/a\"}");

    private static final String SAYS = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>"
            + "<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>"
            + "<tool_call>f\n<arg_key>a</arg_key>\n<arg_value>1</arg_value>\n</tool_call>[f(a=1)]";

    @Test
    void nonsenseInAToolsSchemaIsTheRequestsFaultInEveryFormat() {
        try (ScriptedEngine engine = new ScriptedEngine(SAYS)) {
            for (ToolParserProvider format : ServiceLoader.load(ToolParserProvider.class)) {
                OpenAiProtocol protocol = OpenAiProtocol.builder(
                                engine, engine.tokenizer().vocabulary())
                        .toolParser(format)
                        .options(ServingOptions.builder().autoToolChoice(true).build())
                        .build();
                for (String schema : NONSENSE) {
                    for (String choice : List.of("auto", "required")) {
                        String body =
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"tool_choice\":\"" + choice
                                        + "\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true,\"parameters\":"
                                        + schema + "}}]}";
                        assertAnsweredOrRefused(protocol, body, format.name() + " " + choice + " " + schema);
                    }
                }
            }
        }
    }

    private static void assertAnsweredOrRefused(OpenAiProtocol protocol, String body, String what) {
        try {
            protocol.chatCompletions(body.getBytes(StandardCharsets.UTF_8))
                    .respond(Runnable::run)
                    .join();
        } catch (ProtocolException | CompletionException e) {
            Throwable refusal = e instanceof CompletionException ? e.getCause() : e;
            assertThat(refusal).as(what).isInstanceOfSatisfying(ProtocolException.class, refused -> {
                assertThat(refused.status())
                        .as(what + ": " + refused.getCause())
                        .isEqualTo(400);
                assertThat(refused.param().orElseThrow()).as(what).isIn("tools", "tool_choice");
            });
        }
    }
}
