package dev.tokamak.launcher;

import dev.tokamak.spi.toolparser.ToolCallSink;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.List;

/** A plugin with a mistake in it: whatever the model says makes its parser fail. */
public final class FailingToolParser implements ToolParserProvider {
    static final String NAME = "failing";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ToolParser create(List<ToolDefinition> tools) {
        return new Parser();
    }

    /** What fails. */
    static final class Parser implements ToolParser {
        @Override
        public void accept(CharSequence text, ToolCallSink sink) {
            throw new IllegalStateException("the parser has\na mistake");
        }

        @Override
        public void finish(ToolCallSink sink) {}
    }
}
