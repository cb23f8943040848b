package dev.tokamak.tokenizers;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that a tokenizer is converted from, read whole and within bounds. */
final class SourceFile {
    /** The largest vocabularies that are in use take a quarter of it. */
    private static final long LARGEST = 64L << 20;

    private SourceFile() {}

    static byte[] bytes(Path file) {
        try {
            long size = Files.size(file);
            if (size > LARGEST) {
                throw TokenizerFile.broken(file, "has " + size + " bytes, expected at most " + LARGEST, null);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw TokenizerFile.broken(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    static String text(Path file) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes(file)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw TokenizerFile.broken(file, "is not UTF-8 text", e);
        }
    }
}
