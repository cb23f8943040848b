package dev.tokamak.chattemplates;

import dev.tokamak.spi.chattemplate.ChatTemplateProvider;
import dev.tokamak.tck.ChatTemplateProviderContract;

class JinjaContractTest extends ChatTemplateProviderContract {
    @Override
    protected ChatTemplateProvider provider() {
        return new JinjaChatTemplateProvider();
    }

    @Override
    protected String validTemplate() {
        return "{{ bos_token }}{% for message in messages %}<{{ message.role }}>{{ message['content'] }}{% endfor %}"
                + "{% if add_generation_prompt %}<assistant>{% endif %}";
    }

    @Override
    protected String malformedTemplate() {
        return "{% for message in messages %}{{ message.content }}";
    }
}
