package dev.tokamak.engine;

import static dev.tokamak.engine.Engines.config;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChosenPluginsTest {
    @TempDir
    Path folder;

    private void refused(Consumer<EngineConfig.Builder> choice, String... expected) {
        EngineConfig.Builder builder = config(folder);
        choice.accept(builder);
        assertThatThrownBy(() -> TokamakEngine.open(builder.build()).close())
                .hasMessageContainingAll(expected)
                .isInstanceOfSatisfying(TokamakException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION);
                    assertThat(e.getMessage()).doesNotContain("\n");
                });
    }

    @Test
    void aNameThatNobodyHasIsRefusedWithThoseThereAre() {
        refused(c -> c.scheduler("absent"), "there is no scheduler \"absent\"", "default");
        refused(c -> c.kvCacheManager("absent"), "there is no kv-cache-manager \"absent\"", "default");
        refused(
                c -> c.schedulingPolicy("absent"),
                "there is no scheduling-policy \"absent\"",
                "fcfs, nothing, priority");
        refused(c -> c.tokenizerProvider("absent"), "there is no tokenizer \"absent\"", "bytes");
        refused(c -> c.chatTemplateProvider("absent"), "there is no chat-template \"absent\"", "plain");
        refused(c -> c.grammarProvider("absent"), "there is no grammar \"absent\"", "literal");
        refused(c -> c.executor("absent"), "there is no executor \"absent\"", "deterministic");
    }

    /** Whatever is wrong with the choice is told before the model is loaded. */
    @Test
    void aNameThatNobodyHasCostsNoLoading() {
        Map<String, String> options = Map.of("faulty.load", "the model was loaded");
        refused(c -> c.executor("faulty").options(options).scheduler("absent"), "there is no scheduler");
        refused(c -> c.executor("faulty").options(options).grammarProvider("absent"), "there is no grammar");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deterministic.vocabluary",
                "vocabulary",
                "fcfs.weight",
                "priority.weight",
                "faulty.fail",
                "engine.prefix-sed",
                "default.size"
            })
    void anOptionThatNoChosenPluginTakesIsRefusedByName(String option) {
        refused(
                c -> c.options(Map.of(option, "1")),
                "there is no option \"" + option + "\"",
                "deterministic.vocabulary",
                "engine.prefix-seed");
    }

    @Test
    void optionsOfAPluginThatDoesNotSayWhichItTakesAreHandedOver() {
        refused(
                c -> c.schedulingPolicy("nothing").options(Map.of("nothing.weight", "1")),
                "the scheduling-policy \"nothing\" returned null");
        refused(c -> c.options(Map.of("nothing.weight", "1")), "there is no option \"nothing.weight\"");
    }

    @Test
    void optionsThatAreTakenAreTaken() {
        EngineConfig config = config(folder, "vocabulary", "300").build();
        EngineConfig more = config.toBuilder()
                .options(Map.of("deterministic.vocabulary", "300", "engine.prefix-seed", "5"))
                .build();
        try (TokamakEngine engine = TokamakEngine.open(more)) {
            assertThat(engine.modelInfo().vocabularySize()).isEqualTo(300);
        }
    }
}
