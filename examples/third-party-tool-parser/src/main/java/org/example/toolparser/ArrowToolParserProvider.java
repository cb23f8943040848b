package org.example.toolparser;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.spi.toolparser.ToolChoice;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.List;
import java.util.Optional;

/**
 * The format {@code arrow}: each call is a line of its own, {@code =>NAME JSON}, as in
 *
 * <pre>
 * =&gt;get_weather {"city": "Paris"}
 * </pre>
 *
 * JSON is written without line breaks, so the line's end is the call's end. All other lines are content.
 */
public final class ArrowToolParserProvider implements ToolParserProvider {
    @Override
    public String name() {
        return "arrow";
    }

    @Override
    public ToolParser create(List<ToolDefinition> tools) {
        return new ArrowToolParser();
    }

    /** One alternative for each tool: its name as it stands, then its arguments by their schema. */
    @Override
    public Optional<StructuredOutput> grammar(List<ToolDefinition> tools, ToolChoice choice) {
        StringBuilder alternatives = new StringBuilder();
        for (ToolDefinition tool : tools) {
            if (choice.mode() == ToolChoice.Mode.NAMED && !tool.name().equals(choice.name())) {
                continue;
            }
            alternatives.append(alternatives.isEmpty() ? "" : ", ");
            alternatives
                    .append("{\"type\": \"tag\", \"begin\": ")
                    .append(Json.write("=>" + tool.name() + " "))
                    .append(", \"content\": {\"type\": \"json_schema\", \"json_schema\": ")
                    .append(Json.write(tool.parameters()))
                    .append("}, \"end\": \"\\n\"}");
        }
        boolean single = !choice.parallel() || choice.mode() == ToolChoice.Mode.NAMED;
        return alternatives.isEmpty()
                ? Optional.empty()
                : Optional.of(StructuredOutput.of(
                        StructuredOutput.Kind.STRUCTURAL_TAG,
                        "{\"type\": \"structural_tag\", \"format\": {\"type\": \"tags_with_separator\", \"tags\": ["
                                + alternatives
                                + "], \"separator\": \"\", \"at_least_one\": true, \"stop_after_first\": " + single
                                + "}}"));
    }
}
