package dev.tokamak.toolparsers;

import dev.tokamak.spi.toolparser.ToolDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    /** The names, in no order. */
    Set<String> names() {
        return byName.keySet();
    }

    /** The tool that a model means: it may write a tool's name as that of its namespace, too. */
    String meant(String name) {
        int half = name.length() / 2;
        boolean doubled = !byName.containsKey(name)
                && name.length() % 2 == 1
                && name.charAt(half) == '.'
                && name.startsWith(name.substring(half + 1))
                && mayBe(name.substring(half + 1));
        return doubled ? name.substring(half + 1) : name;
    }

    /** Whether a function has a parameter of this name, or nothing is known of its parameters. */
    boolean mayHave(String function, String parameter) {
        ToolDefinition tool = byName.get(function);
        return tool == null
                || !(tool.parameters().get("properties") instanceof Map<?, ?> properties)
                || properties.isEmpty()
                || properties.containsKey(parameter);
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
