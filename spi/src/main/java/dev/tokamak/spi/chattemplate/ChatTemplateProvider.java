package dev.tokamak.spi.chattemplate;

import dev.tokamak.api.Stable;

/**
 * Compiles chat templates.
 *
 * @since 0.1
 */
@Stable
public interface ChatTemplateProvider {
    /**
     * The name by which a configuration chooses this engine.
     *
     * @return lower case
     */
    String name();

    /**
     * Whether this engine takes templates like this one. Cheap.
     *
     * @param source the template's text
     * @return true if {@link #compile} has a chance
     */
    boolean supports(String source);

    /**
     * Compiles a template.
     *
     * @param source the template's text
     * @return an immutable, thread-safe template
     * @throws ChatTemplateException if the text is no template; the message names the line
     */
    ChatTemplate compile(String source);
}
