package dev.tokamak.launcher;

import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The temporary folder for everything that Payara unpacks. It goes when the process goes. */
final class WorkFolder {
    /** What Payara, the tokenizer and the application unpack, generously. */
    private static final long NEEDED_BYTES = 32L << 20;

    private WorkFolder() {}

    static Path create() {
        return create(Path.of(System.getProperty("java.io.tmpdir")), NEEDED_BYTES);
    }

    /**
     * Makes the folder.
     *
     * @throws TokamakException if it cannot be made, cannot be written, or has too little space
     */
    static Path create(Path parent, long neededBytes) {
        Path work;
        try {
            work = Files.createTempDirectory(parent, "tokamak-");
        } catch (IOException e) {
            throw unusable(parent, "nothing can be written there (" + e + ")");
        }
        try {
            Files.write(work.resolve("written"), new byte[4096]);
            Files.delete(work.resolve("written"));
            long free = Files.getFileStore(work).getUsableSpace();
            if (free < neededBytes) {
                throw unusable(
                        parent, "it has " + (free >> 20) + " MB free, and " + (neededBytes >> 20) + " MB are needed");
            }
            return work;
        } catch (IOException | TokamakException e) {
            FileTree.delete(work);
            throw e instanceof TokamakException already
                    ? already
                    : unusable(parent, "nothing can be written there (" + e + ")");
        }
    }

    private static TokamakException unusable(Path parent, String why) {
        return TokamakException.configuration("the temporary folder " + parent + " cannot be used: " + why
                + "; TOKAMAK_JAVA_OPTS=-Djava.io.tmpdir=FOLDER names another one");
    }
}
