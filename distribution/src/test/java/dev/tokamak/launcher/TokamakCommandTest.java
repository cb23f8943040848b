package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

class TokamakCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine command =
            TokamakCommand.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));

    @Test
    void helpNamesTheCommands() {
        assertThat(command.execute("--help")).isZero();
        assertThat(out.toString()).contains("serve", "plugins", "models");
    }

    @Test
    void helpOfServeDescribesEveryOption() {
        assertThat(command.execute("serve", "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "--model",
                        "--tokenizer",
                        "--served-model-name",
                        "--host",
                        "--port",
                        "--dtype",
                        "--max-model-len",
                        "--max-num-seqs",
                        "--max-num-queued-reqs",
                        "--max-num-batched-tokens",
                        "--block-size",
                        "--kv-cache-memory-bytes",
                        "--scheduling-policy",
                        "--scheduler",
                        "--kv-cache-manager",
                        "--tokenizer-provider",
                        "--chat-template-provider",
                        "--grammar-provider",
                        "--max-logprobs",
                        "--escape-special-tokens-in-content",
                        "--enable-prompt-tokens-details",
                        "--seed");
    }

    @Test
    void modelsPrintsTheTableOfTheDocumentation() throws IOException {
        String before = System.setProperty(Installation.HOME_PROPERTY, "target");
        try {
            assertThat(command.execute("models")).isZero();
        } finally {
            restore(before);
        }
        List<String> page = Files.readAllLines(Path.of("..", "docs", "models.md"));
        List<String> table =
                page.subList(page.indexOf("<!-- made by ModelTableTest -->") + 1, page.indexOf("<!-- end -->"));
        assertThat(table).hasSizeGreaterThan(20);
        assertThat(out.toString().lines()).containsSubsequence(table);
    }

    private static void restore(String home) {
        if (home == null) {
            System.clearProperty(Installation.HOME_PROPERTY);
        } else {
            System.setProperty(Installation.HOME_PROPERTY, home);
        }
    }

    @Test
    void unknownOptionIsRefusedWithASuggestion() {
        assertThat(command.execute("serve", "--max-model-length", "5")).isEqualTo(2);
        assertThat(err.toString()).contains("Unknown option").contains("--max-model-len");
    }

    @Test
    void numbersThatCannotBeAreRefused() {
        assertThat(command.execute("serve", "--max-num-seqs", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--max-num-seqs", "at least 1");
        assertThat(command.execute("serve", "--max-logprobs", "-2")).isEqualTo(2);
        assertThat(err.toString()).contains("--max-logprobs", "at least -1");
    }

    @Test
    void byteCountsTakeUnits() {
        EngineOptions.ByteCount bytes = new EngineOptions.ByteCount();
        assertThat(bytes.convert("4096")).isEqualTo(4096);
        assertThat(bytes.convert("512M")).isEqualTo(512L << 20);
        assertThat(bytes.convert("4g")).isEqualTo(4L << 30);
        assertThatThrownBy(() -> bytes.convert("4X")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> bytes.convert("-1")).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void withoutItsInstallationItSaysHowToStart() {
        assertThat(command.execute("serve")).isEqualTo(1);
        assertThat(err.toString()).contains("bin/tokamak");
    }
}
