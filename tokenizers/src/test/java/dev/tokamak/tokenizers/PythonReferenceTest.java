package dev.tokamak.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.tokenizer.Tokenizer;
import jakarta.json.Json;
import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("json")
class PythonReferenceTest {
    @Test
    void theParserIsTheOneThatThisRunIsMeantFor() {
        try (JsonParser parser = Json.createParser(new StringReader("{}"))) {
            assertThat(parser.getClass()
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .endsWith(System.getProperty("tokamak.json"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "sentencepiece-bpe", "unigram", "wordpiece"})
    void encodesWhatPythonEncodesAndNeverCutsOrPads(String name) {
        Fixture fixture = Fixture.named(name);
        try (Tokenizer tokenizer = fixture.open()) {
            for (Fixture.Encoding expected : fixture.encodings()) {
                assertThat(tokenizer.encode(expected.text(), true))
                        .as(expected.text())
                        .containsExactly(expected.ids());
                assertThat(tokenizer.encode(expected.text(), false))
                        .as(expected.text())
                        .containsExactly(expected.plainIds());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "sentencepiece-bpe", "unigram", "wordpiece"})
    void decodesWhatPythonDecodes(String name) {
        Fixture fixture = Fixture.named(name);
        try (Tokenizer tokenizer = fixture.open()) {
            for (Fixture.Encoding expected : fixture.encodings()) {
                assertThat(tokenizer.decode(expected.ids(), true)).isEqualTo(expected.decoded());
                assertThat(tokenizer.decode(expected.ids(), false)).isEqualTo(expected.decodedWithSpecial());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "sentencepiece-bpe", "unigram", "wordpiece"})
    void decodesRandomTokensAsPythonDoesBytesThatAreNoCharactersIncluded(String name) {
        Fixture fixture = Fixture.named(name);
        try (Tokenizer tokenizer = fixture.open()) {
            for (Fixture.Stream expected : fixture.streams()) {
                assertThat(tokenizer.decode(expected.ids(), true)).isEqualTo(expected.decoded());
                assertThat(tokenizer.decode(expected.ids(), false)).isEqualTo(expected.decodedWithSpecial());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "sentencepiece-bpe"})
    void manyThreadsGetWhatOneThreadGets(String name) throws Exception {
        Fixture fixture = Fixture.named(name);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Tokenizer tokenizer = fixture.open()) {
            List<Future<?>> runs = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                runs.add(threads.submit(() -> {
                    for (int round = 0; round < 20; round++) {
                        for (Fixture.Encoding expected : fixture.encodings()) {
                            assertThat(tokenizer.encode(expected.text(), true)).containsExactly(expected.ids());
                            assertThat(tokenizer.decode(expected.ids(), true)).isEqualTo(expected.decoded());
                        }
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
