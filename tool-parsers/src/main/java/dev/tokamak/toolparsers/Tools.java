package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A request's tools, by name. */
final class Tools {
    private final Map<String, ToolDefinition> byName = new HashMap<>();

    Tools(List<ToolDefinition> tools) {
        for (ToolDefinition tool : tools) {
            byName.putIfAbsent(tool.name(), tool);
        }
    }

    /** Whether a name may be that of a tool: one of the request's, or any if it has none. */
    boolean mayBe(String name) {
        return byName.isEmpty() || byName.containsKey(name);
    }

    /** What a function's parameter may be. */
    ParameterType typeOf(String function, String parameter) {
        return schemaOf(function, parameter).type();
    }

    /** The schema of a function's parameter. */
    Schema schemaOf(String function, String parameter) {
        ToolDefinition tool = byName.get(function);
        return tool == null ? Schema.UNKNOWN : Schema.of(tool.parameters()).property(parameter);
    }
}
