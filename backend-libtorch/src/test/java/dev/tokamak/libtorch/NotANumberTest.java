package dev.tokamak.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.libtorch.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token whose embedding is not a number takes nobody else down. */
final class NotANumberTest {
    private static final int BROKEN = 250;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "mixtral", "deepseek_v3"})
    void theRowFailsAloneAndLeavesNothingInItsBlocks(String name) throws IOException {
        Reference.Case sound = Reference.of(name).cases().get(1);
        breakEmbedding(name);
        try (Driver driver = new Driver(folder)) {
            int[] broken = sound.prompt().clone();
            broken[3] = BROKEN;
            Driver.Running failing = driver.start(broken);
            Driver.Running beside = driver.start(sound.prompt());
            driver.begin();
            driver.add(failing, 512);
            driver.add(beside, 512);
            driver.run();
            assertThat(failing.failures).isEqualTo(1);
            assertThat(beside.failures).isZero();
            failing.release();
            driver.reuseBlocksFirst(failing);
            Driver.Running after = driver.start(sound.prompt());
            driver.generate(64, 5, beside, after);
            assertThat(beside.output()).isEqualTo(sound.continuation());
            assertThat(after.output()).isEqualTo(sound.continuation());
            assertThat(after.blocks[0]).contains(failing.blocks[0][4], failing.blocks[0][3]);
        }
    }

    private void breakEmbedding(String name) throws IOException {
        try (Stream<Path> files = Files.list(Reference.of(name).folder())) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        Path weights = folder.resolve("model.safetensors");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        long start;
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            start = 8
                    + bytes.getLong(0)
                    + file.entries().get("model.embed_tokens.weight").start();
        }
        int width = 64;
        for (int i = 0; i < width; i++) {
            bytes.putFloat((int) start + 4 * (BROKEN * width + i), Float.NaN);
        }
        Files.write(weights, bytes.array());
        assertThat(Arrays.stream(Reference.of(name).cases().get(1).prompt())).doesNotContain(BROKEN);
    }
}
