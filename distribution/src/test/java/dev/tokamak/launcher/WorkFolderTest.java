package dev.tokamak.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.TokamakException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
    @TempDir
    private Path folder;

    @Test
    void isMadeInTheFolderForTemporaryFiles() {
        assertThat(WorkFolder.create(folder, 1)).isEmptyDirectory().hasParent(folder);
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> WorkFolder.create(file, 1))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("-Djava.io.tmpdir=FOLDER");
    }

    @Test
    void aFolderThatIsFullIsNamedAndLeftAsItWas() {
        assertThatThrownBy(() -> WorkFolder.create(folder, Long.MAX_VALUE))
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(folder + " cannot be used: it has ")
                .hasMessageContaining(" MB are needed");
        assertThat(folder).isEmptyDirectory();
    }
}
