package dev.tokamak.libtorch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The host's memory. */
final class HostMemory {
    private HostMemory() {}

    /**
     * How much could be taken without swapping, by {@code /proc/meminfo}.
     *
     * @return in bytes; 1 GiB where the system does not say
     */
    static long available() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            // The cautious guess below.
        }
        return 1L << 30;
    }
}
