package dev.tokamak.tck;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The contract finds the faults that it is there for: parsers of lines {@code CALL name arguments}, each with one fault. */
class ToolParserContractTest {
    private static final class Contract extends ToolParserContract {
        private final Supplier<ToolParser> parser;

        Contract(Supplier<ToolParser> parser) {
            this.parser = parser;
        }

        @Override
        protected ToolParserProvider provider() {
            return new ToolParserProvider() {
                @Override
                public String name() {
                    return "lines";
                }

                @Override
                public ToolParser create(List<ToolDefinition> tools) {
                    return parser.get();
                }
            };
        }

        @Override
        protected String render(List<Call> calls, String contentBefore) {
            StringBuilder text = new StringBuilder(contentBefore).append(contentBefore.isEmpty() ? "" : "\n");
            calls.forEach(call -> text.append("CALL " + call.name() + " " + json(call.arguments()) + "\n"));
            return text.toString();
        }
    }

    /** Waits for the whole text: slow to tell, but right. */
    private static class Lines implements ToolParser {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void accept(CharSequence delta, ToolCallSink sink) {
            text.append(delta);
        }

        @Override
        public void finish(ToolCallSink sink) {
            for (int from = 0; from < text.length(); ) {
                int end = text.indexOf("\n", from) + 1;
                String line = text.substring(from, end == 0 ? text.length() : end);
                from += line.length();
                line(line, sink);
            }
        }

        void line(String line, ToolCallSink sink) {
            String[] parts = line.split(" ", 3);
            if (parts.length < 3 || !parts[0].equals("CALL") || parts[1].isEmpty() || parts[2].isEmpty()) {
                sink.content(line);
                return;
            }
            sink.beginCall(parts[1], "");
            sink.arguments(arguments(parts[2]));
            if (isWhole(parts[2])) {
                sink.endCall();
            }
        }

        String arguments(String json) {
            return json;
        }

        boolean isWhole(String json) {
            try (var reader = jakarta.json.Json.createReader(new java.io.StringReader(json))) {
                reader.readValue();
                return json.endsWith("\n");
            } catch (jakarta.json.JsonException e) {
                return false;
            }
        }
    }

    @Test
    void aRightParserPasses() {
        Contract contract = new Contract(Lines::new);
        assertThatCode(contract::parsedCallsAreTheRenderedCalls).doesNotThrowAnyException();
        assertThatCode(contract::anyCutOfTheTextTellsTheSame).doesNotThrowAnyException();
        assertThatCode(contract::textThatIsCutOffTellsTheSameHoweverItCame).doesNotThrowAnyException();
    }

    @Test
    void aParserThatForgetsBetweenDeltasFails() {
        Contract contract = new Contract(() -> new Lines() {
            @Override
            public void accept(CharSequence delta, ToolCallSink sink) {
                line(delta.toString(), sink);
            }
        });
        assertThatThrownBy(contract::anyCutOfTheTextTellsTheSame)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("deltas");
    }

    @Test
    void aParserThatLosesABraceFails() {
        Contract contract = new Contract(() -> new Lines() {
            @Override
            String arguments(String json) {
                return json.replace("}}", "}");
            }
        });
        assertThatThrownBy(contract::parsedCallsAreTheRenderedCalls)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no JSON");
    }

    @Test
    void aParserThatEndsBrokenCallsFails() {
        Contract contract = new Contract(() -> new Lines() {
            @Override
            boolean isWhole(String json) {
                return true;
            }
        });
        assertThatThrownBy(contract::textThatIsCutOffTellsTheSameHoweverItCame)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no JSON");
    }

    @Test
    void aParserThatSwallowsContentFails() {
        Contract contract = new Contract(() -> new Lines() {
            @Override
            void line(String line, ToolCallSink sink) {
                if (line.startsWith("CALL ")) {
                    super.line(line, sink);
                }
            }
        });
        assertThatThrownBy(contract::textWithoutCallsIsContent).isInstanceOf(AssertionError.class);
        assertThatThrownBy(contract::parsedCallsAreTheRenderedCalls).isInstanceOf(AssertionError.class);
    }
}
