package dev.tokamak.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.EngineConfig;
import dev.tokamak.api.GenerationRequest;
import dev.tokamak.api.Prompt;
import dev.tokamak.api.RequestOutput;
import dev.tokamak.api.RequestStream;
import dev.tokamak.api.SamplingParams;
import dev.tokamak.engine.TokamakEngine;
import dev.tokamak.engine.plugin.PluginEntry;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.engine.plugin.PluginRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples' jars, as Maven built them against the published artifacts alone, dropped into a plugins folder. */
class DroppedInPluginIT {
    private static final Path EXAMPLES = Path.of(System.getProperty("tokamak.examples"));

    @TempDir
    Path temp;

    private Path dropIn(String example) throws IOException {
        Path target = EXAMPLES.resolve(example).resolve("target");
        Path plugin = Files.createDirectories(temp.resolve("plugins").resolve(example));
        try (Stream<Path> jars = Files.list(target)) {
            for (Path jar :
                    jars.filter(path -> path.toString().endsWith(".jar")).toList()) {
                Files.copy(jar, plugin.resolve(jar.getFileName()));
            }
        }
        return plugin.getParent();
    }

    private static PluginRegistry discover(Path plugins) {
        return PluginRegistry.discover(Optional.of(plugins), List.of(), TokamakEngine.class.getClassLoader());
    }

    @Test
    void isListedWithItsJarAndVersion() throws IOException {
        PluginRegistry registry = discover(dropIn("shortest-prompt-first"));

        assertThat(registry.entries())
                .filteredOn(entry -> !entry.plugin().equals("host"))
                .singleElement()
                .satisfies((PluginEntry entry) -> {
                    assertThat(entry.refusal()).isEmpty();
                    assertThat(entry.name()).isEqualTo("shortest-prompt-first");
                    assertThat(entry.version()).isEqualTo("1.0.0");
                    assertThat(entry.location()).endsWith("shortest-prompt-first-1.0.0.jar");
                });
    }

    @Test
    void schedulesAnEnginesRequests() throws Exception {
        EngineConfig config = EngineConfig.builder(temp)
                .executor("deterministic")
                .tokenizerProvider("bytes")
                .schedulingPolicy("shortest-prompt-first")
                .pluginsFolder(dropIn("shortest-prompt-first"))
                .maxNumSeqs(1)
                .build();
        try (TokamakEngine engine = TokamakEngine.open(config)) {
            List<RequestStream> streams = new ArrayList<>();
            for (int length : new int[] {50, 40, 30, 20, 10}) {
                SamplingParams params =
                        SamplingParams.builder().maxTokens(20).ignoreEos(true).build();
                streams.add(engine.submit(GenerationRequest.builder(Prompt.tokens(new int[length]), params)
                        .build()));
            }
            for (RequestStream stream : streams) {
                assertThat(generated(stream)).isEqualTo(20);
            }
        }
    }

    private static int generated(RequestStream stream) throws InterruptedException {
        int generated = 0;
        for (Optional<RequestOutput> next = stream.take(); next.isPresent(); next = stream.take()) {
            generated = next.get().generatedTokens();
        }
        return generated;
    }

    @Test
    void findsTheToolParserExampleAsWell() throws IOException {
        assertThat(discover(dropIn("third-party-tool-parser")).names(PluginKind.TOOL_PARSER))
                .isNotEmpty();
    }

    @Test
    void aJarThatIsNamedIsLoadedBesideTheFolder() throws IOException {
        Path jar;
        try (Stream<Path> jars = Files.list(dropIn("third-party-tool-parser").resolve("third-party-tool-parser"))) {
            jar = jars.findFirst().orElseThrow();
        }
        PluginRegistry registry = PluginRegistry.discover(
                Optional.of(temp.resolve("no-such-folder")), List.of(jar), TokamakEngine.class.getClassLoader());

        assertThat(registry.names(PluginKind.TOOL_PARSER)).isNotEmpty();
    }
}
