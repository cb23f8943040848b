package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolParserProvider;
import dev.tokamak.tck.ToolParserContract;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;

class JsonToolParsersTest {
    @Nested
    class Hermes extends ToolParserContract {
        @Override
        protected ToolParserProvider provider() {
            return new JsonToolParsers.Hermes();
        }

        @Override
        protected String render(List<Call> calls, String contentBefore) {
            return contentBefore
                    + calls.stream()
                            .map(call -> "<tool_call>\n{\"name\": \"" + call.name() + "\", \"arguments\": "
                                    + json(call.arguments()) + "}\n</tool_call>")
                            .collect(Collectors.joining("\n"));
        }

        @Override
        protected boolean hasGrammar() {
            return true;
        }
    }
}
