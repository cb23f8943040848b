package dev.tokamak.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.spi.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NativeHeapTest {
    private static final int THREADS = 4;
    private static final String DIGITS = "7".repeat(300_000);

    /** Where nothing is given back, some 270 MB stay: those of the threads' arenas. */
    @Test
    void memoryOfLongTextsGoesBackToTheSystem() throws Exception {
        try (Tokenizer tokenizer =
                new HuggingFaceTokenizerProvider().create(Path.of("src/test/resources/tokenizers/byte-level"))) {
            tokenizer.encode("warm", false);
            long before = residentKilobytes();
            Thread[] threads = new Thread[THREADS];
            for (int i = 0; i < THREADS; i++) {
                threads[i] = new Thread(() -> tokenizer.encode(DIGITS, false));
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(residentKilobytes() - before).isLessThan(120 << 10);
        }
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
