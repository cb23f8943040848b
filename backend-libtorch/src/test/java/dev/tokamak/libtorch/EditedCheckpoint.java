package dev.tokamak.libtorch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A copy of a committed checkpoint, to which tensors are added. */
final class EditedCheckpoint {
    private final Path folder;
    private final Map<String, String> added = new TreeMap<>();

    EditedCheckpoint(Path folder, String checkpoint) throws IOException {
        this.folder = folder;
        try (Stream<Path> files = Files.list(Reference.folder(checkpoint))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }

    /** Adds a tensor over the first bytes of the file. */
    EditedCheckpoint with(String name, String dtype, int elementBytes, int... shape) throws IOException {
        long bytes = elementBytes;
        StringBuilder sizes = new StringBuilder();
        for (int size : shape) {
            bytes *= size;
            sizes.append(sizes.length() == 0 ? "" : ",").append(size);
        }
        added.put(
                name,
                "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + sizes + "],\"data_offsets\":[0," + bytes
                        + "]}");
        return this;
    }

    /** Writes the file. */
    void save() throws IOException {
        Path file = folder.resolve("model.safetensors");
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) all.getLong();
        String header = new String(all.array(), 8, length, StandardCharsets.UTF_8).strip();
        byte[] edited =
                ("{" + String.join(",", added.values()) + "," + header.substring(1)).getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(8 + edited.length + all.capacity() - 8 - length)
                .order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(edited.length).put(edited).put(all.array(), 8 + length, all.capacity() - 8 - length);
        Files.write(file, out.array());
    }

    void config(String found, String replacement) throws IOException {
        Path config = folder.resolve("config.json");
        String text = Files.readString(config);
        if (!text.contains(found)) {
            throw new IllegalArgumentException(config + " lacks " + found);
        }
        Files.writeString(config, text.replace(found, replacement));
    }
}
