package dev.tokamak.spi.chattemplate;

import dev.tokamak.api.Stable;
import java.util.Map;

/**
 * A compiled chat template. Immutable, thread-safe.
 *
 * @since 0.1
 */
@Stable
public interface ChatTemplate {
    /**
     * Renders the template.
     *
     * @param variables by name; values are {@link Map} in insertion order, {@link java.util.List}, {@link String},
     *     {@link Integer}, {@link Long}, {@link java.math.BigInteger}, {@link Double}, {@link Boolean} and null. They are not changed
     * @return the text
     * @throws ChatTemplateException if the template refuses the variables, makes an error, or exceeds a limit
     */
    String render(Map<String, ?> variables);
}
