package dev.tokamak.spi.toolparser;

import dev.tokamak.api.Stable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A function that the model may call.
 *
 * @param name the function's name
 * @param description what it does; possibly empty
 * @param parameters a JSON schema of its arguments, as maps, lists, strings, longs, doubles, booleans and null; empty if it takes
 *     none
 * @param strict whether arguments must follow the schema
 * @since 0.1
 */
@Stable
public record ToolDefinition(String name, String description, Map<String, Object> parameters, boolean strict) {
    /** Copies the schema's first level. */
    public ToolDefinition {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }
}
