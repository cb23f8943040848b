package dev.tokamak.chattemplates;

import dev.tokamak.spi.chattemplate.ChatTemplate;
import dev.tokamak.spi.chattemplate.ChatTemplateProvider;

/**
 * Chat templates in Jinja, rendered as Hugging Face {@code transformers} renders them: jinja2's immutable sandbox with
 * {@code trim_blocks}, {@code lstrip_blocks}, loop controls and {@code generation} blocks, and with {@code tojson},
 * {@code raise_exception} and {@code strftime_now}.
 *
 * <p>A template can reach nothing but the variables that it is given. Steps, time, text, lists and recursion of one
 * rendering are bounded; a template that goes over a bound is refused with a message that names it.
 *
 * @since 0.1
 */
public final class JinjaChatTemplateProvider implements ChatTemplateProvider {
    /** For {@link java.util.ServiceLoader}. */
    public JinjaChatTemplateProvider() {}

    @Override
    public String name() {
        return "jinja";
    }

    /**
     * Whether this engine takes the template: it takes every text, since one without tags stands for itself.
     *
     * @param source the template's text
     * @return true
     */
    @Override
    public boolean supports(String source) {
        return true;
    }

    @Override
    public ChatTemplate compile(String source) {
        return JinjaTemplate.compile(source);
    }
}
