package dev.tokamak.libtorch.model.families;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.libtorch.config.ModelConfig;
import dev.tokamak.libtorch.weights.JsonFiles;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the configurations of published checkpoints say, cut down to the keys that matter and those that must not: they are read, and
 * describe as many parameters as their publishers tell.
 */
final class PublishedConfigsTest {
    @TempDir
    private Path folder;

    static Stream<JsonObject> checkpoints() throws URISyntaxException {
        Path file = Path.of(
                PublishedConfigsTest.class.getResource("/config/published.json").toURI());
        return JsonFiles.read(file).getJsonArray("checkpoints").getValuesAs(JsonObject.class).stream();
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void aPublishedConfigurationIsReadAndHasThePublishedSize(JsonObject checkpoint) throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                checkpoint.getJsonObject("config").toString());
        ModelConfig config = ModelConfig.read(folder);
        ModelFamily family = ModelFamily.of(config);
        assertThat(family.architecture()).isEqualTo(checkpoint.getString("family"));
        assertThat(family.compose(config).parameters() / 1_000_000).isEqualTo(checkpoint.getInt("millions"));
    }
}
