package dev.tokamak.libtorch;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;

/** Weights that come out of a formula instead of a file: the one of {@code make_families.py}. */
final class GeneratedCheckpoint {
    private GeneratedCheckpoint() {}

    /**
     * Writes a checkpoint.
     *
     * @param reference folder with {@code config.json}
     * @param tensors name, shape, mean and deviation of each
     * @param named what each is called in the file
     * @param into a folder of its own
     */
    static void write(Path reference, JsonArray tensors, UnaryOperator<String> named, Path into) throws IOException {
        Files.createDirectories(into);
        Files.copy(reference.resolve("config.json"), into.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
        write(tensors, named, into);
    }

    /** Writes a file of tensors into a folder. */
    static void write(JsonArray tensors, Path into) throws IOException {
        write(tensors, UnaryOperator.identity(), into);
    }

    private static void write(JsonArray tensors, UnaryOperator<String> named, Path into) throws IOException {
        JsonObjectBuilder header = Json.createObjectBuilder();
        int bytes = 0;
        for (JsonObject tensor : tensors.getValuesAs(JsonObject.class)) {
            int end = bytes + Float.BYTES * count(tensor);
            header.add(
                    named.apply(tensor.getString("name")),
                    Json.createObjectBuilder()
                            .add("dtype", "F32")
                            .add("shape", tensor.getJsonArray("shape"))
                            .add(
                                    "data_offsets",
                                    Json.createArrayBuilder().add(bytes).add(end)));
            bytes = end;
        }
        byte[] text = header.build().toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        for (JsonObject tensor : tensors.getValuesAs(JsonObject.class)) {
            put(tensor, file);
        }
        try (FileChannel channel = FileChannel.open(
                into.resolve("model.safetensors"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(file.flip());
        }
    }

    private static int count(JsonObject tensor) {
        int count = 1;
        for (int i = 0; i < tensor.getJsonArray("shape").size(); i++) {
            count *= tensor.getJsonArray("shape").getInt(i);
        }
        return count;
    }

    /** SplitMix64 (Steele et al. 2014), counted from a hash of the name; the sum of its four 16-bit words is nearly normal. */
    private static void put(JsonObject tensor, ByteBuffer file) {
        double mean = tensor.getJsonNumber("mean").doubleValue();
        double deviation = tensor.getJsonNumber("deviation").doubleValue();
        long state = hash(tensor.getString("name"));
        int count = count(tensor);
        for (int i = 0; i < count; i++) {
            state += 0x9E3779B97F4A7C15L;
            long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            long sum = (z & 0xFFFF) + (z >>> 16 & 0xFFFF) + (z >>> 32 & 0xFFFF) + (z >>> 48);
            file.putFloat((float) (mean + deviation * ((sum - 131070.0) / 37837.0)));
        }
    }

    /** FNV-1a. */
    private static long hash(String name) {
        long hash = 0xCBF29CE484222325L;
        for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ each & 0xFF) * 0x100000001B3L;
        }
        return hash;
    }
}
