package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class AbruptEndTest {

    @Test
    void reasonIsTheLastLineWhateverOtherThreadsPrintOrFailWithMeanwhile() throws Exception {
        Process process = start("refused");
        assertThat(said(process)).isEqualTo("tokamak: no such plugin\n");
        assertThat(process.waitFor()).isEqualTo(1);
    }

    @Test
    void signalEndsWithItsCodeAndWithoutAWord() throws Exception {
        Process process = start("signal");
        assertThat(said(process)).isEmpty();
        assertThat(process.waitFor()).isEqualTo(143);
    }

    private static Process start(String kind) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Ending.class.getName(),
                        kind)
                .redirectErrorStream(true)
                .start();
    }

    private static String said(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** A process whose other threads fail, print and log while it is cleared away. */
    static final class Ending {
        private static final Logger LOG = Logger.getLogger("server");

        private Ending() {}

        public static void main(String[] arguments) {
            LOG.getParent().getHandlers(); // They take the error stream now.
            PrintStream err = System.err;
            AbruptEnd[] end = new AbruptEnd[1];
            end[0] = new AbruptEnd(new PrintWriter(err, true), () -> {
                Thread late = new Thread(() -> end[0].because(new IOException("the folder is gone")));
                late.setDaemon(true);
                late.start();
                while (late.getState() != Thread.State.BLOCKED && late.isAlive()) {
                    Thread.onSpinWait();
                }
                new IOException("the folder is gone").printStackTrace(err);
                System.out.println("shutting down");
                LOG.severe("the folder is gone");
            });
            if (arguments[0].equals("refused")) {
                end[0].because(TokamakException.configuration("no such plugin"));
            } else {
                end[0].with(143);
            }
        }
    }
}
