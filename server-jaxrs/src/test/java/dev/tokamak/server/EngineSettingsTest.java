package dev.tokamak.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.EngineConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
    private final List<String> set = new ArrayList<>();

    private void set(String name, String value) {
        System.setProperty("tokamak." + name, value);
        set.add("tokamak." + name);
    }

    @AfterEach
    void forget() {
        set.forEach(System::clearProperty);
    }

    @Test
    void everyKindOfPluginThatAnEngineIsMadeOfCanBeChosen() {
        set("model", "/models/one");
        set("executor", "an-executor");
        set("scheduling-policy", "a-policy");
        set("scheduler", "a-scheduler");
        set("kv-cache-manager", "a-manager");
        set("tokenizer-provider", "a-tokenizer");
        set("chat-template-provider", "a-template");
        set("grammar-provider", "a-grammar");
        set("option", "a-policy.weight=3, an-executor.path=/a=b");

        EngineConfig config = EngineSettings.fromEnvironment();

        assertThat(config.executor()).contains("an-executor");
        assertThat(config.schedulingPolicy()).isEqualTo("a-policy");
        assertThat(config.scheduler()).isEqualTo("a-scheduler");
        assertThat(config.kvCacheManager()).isEqualTo("a-manager");
        assertThat(config.tokenizerProvider()).contains("a-tokenizer");
        assertThat(config.chatTemplateProvider()).contains("a-template");
        assertThat(config.grammarProvider()).contains("a-grammar");
        assertThat(config.options()).isEqualTo(Map.of("a-policy.weight", "3", "an-executor.path", "/a=b"));
    }

    @Test
    void anOptionWithoutAValueIsRefused() {
        set("model", "/models/one");
        set("option", "a-policy.weight");

        assertThatThrownBy(EngineSettings::fromEnvironment)
                .hasMessageContaining("a-policy.weight")
                .hasMessageContaining("PLUGIN.KEY=VALUE");
    }
}
