package dev.tokamak.toolparsers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.toolparser.ToolChoice;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** A tool that names no parameters is called with no arguments, rather than with any that a model makes up. */
class ToolsWithoutParametersTest {
    private static String grammar(Map<String, Object> parameters) {
        List<ToolDefinition> tools = List.of(new ToolDefinition("now", "", parameters, true));
        return ServiceLoader.load(ToolParserProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("hermes"))
                .findFirst()
                .orElseThrow()
                .grammar(tools, new ToolChoice(ToolChoice.Mode.REQUIRED, "", true))
                .orElseThrow()
                .source();
    }

    @Test
    void noneAndEmptyPropertiesAllowNoArguments() {
        String closed = "\"additionalProperties\":false";
        assertThat(grammar(Map.of()).replace(" ", "")).contains(closed);
        assertThat(grammar(Map.of("type", "object")).replace(" ", "")).contains(closed);
        assertThat(grammar(Ordered.map("type", "object", "properties", Map.of(), "required", List.of()))
                        .replace(" ", ""))
                .contains(closed);
    }

    @Test
    void whatIsSaidOfOtherPropertiesHolds() {
        assertThat(grammar(Ordered.map("type", "object", "properties", Map.of(), "additionalProperties", true))
                        .replace(" ", ""))
                .contains("\"additionalProperties\":true")
                .doesNotContain("\"additionalProperties\":false");
        assertThat(grammar(Ordered.map("type", "object", "properties", Map.of("a", Map.of("type", "string")))))
                .doesNotContain("additionalProperties");
    }
}
