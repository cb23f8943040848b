package dev.tokamak.libtorch.weights;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.tensors.TensorType;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One {@code .safetensors} file: eight bytes with the header's length, a JSON header, and the tensors' bytes. The header is
 * checked against the file's size before anything is read by it; a tensor is mapped or read when it is asked for.
 *
 * <p>The format is described at https://huggingface.co/docs/safetensors.
 */
public final class SafetensorsFile implements AutoCloseable {
    /** The format's own limit. */
    private static final long LONGEST_HEADER = 100_000_000;

    /** {@link FileChannel#map} takes less than 2 GiB; a multiple of the page size keeps each piece aligned. */
    static final long LONGEST_PIECE = 1L << 30;

    private final Path path;
    private final FileChannel channel;
    private final long dataStart;
    private final Map<String, Entry> entries;

    /**
     * Where a tensor is.
     *
     * @param dtype its element type as the file calls it
     * @param type its element type; null if weights of it cannot be read
     * @param shape its sizes, none for a scalar
     * @param start its first byte, from the beginning of the data
     * @param bytes its length
     */
    public record Entry(String dtype, TensorType type, long[] shape, long start, long bytes) {
        /** One of the equal parts that the first dimension counts, from 0. */
        Entry part(int index) {
            long length = bytes / shape[0];
            return new Entry(dtype, type, Arrays.copyOfRange(shape, 1, shape.length), start + index * length, length);
        }
    }

    private SafetensorsFile(Path path, FileChannel channel, long dataStart, Map<String, Entry> entries) {
        this.path = path;
        this.channel = channel;
        this.dataStart = dataStart;
        this.entries = entries;
    }

    /**
     * Opens a file and checks its header.
     *
     * @param path the file
     * @return the open file, owned by the caller
     * @throws TokamakException if it is missing, cut short or not a safetensors file
     */
    public static SafetensorsFile open(Path path) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return read(path, channel);
            } catch (RuntimeException | IOException e) {
                channel.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw fault(path, "is missing");
        } catch (IOException e) {
            throw fault(path, "cannot be read: " + e.getMessage());
        }
    }

    private static SafetensorsFile read(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw fault(path, "is cut short: " + size + " bytes, a safetensors file has at least 8");
        }
        long headerLength = readFully(path, channel, 0, 8).getLong();
        if (headerLength < 2 || headerLength > LONGEST_HEADER) {
            throw fault(path, "is not a safetensors file: its header would have " + headerLength + " bytes");
        }
        if (8 + headerLength > size) {
            throw fault(path, "is cut short: its header has " + headerLength + " bytes and the file only " + size);
        }
        ByteBuffer header = readFully(path, channel, 8, (int) headerLength);
        long dataLength = size - 8 - headerLength;
        Map<String, Entry> entries = parse(path, header, dataLength);
        return new SafetensorsFile(path, channel, 8 + headerLength, entries);
    }

    private static ByteBuffer readFully(Path path, FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        fill(path, channel, position, buffer);
        return buffer.flip();
    }

    private static void fill(Path path, FileChannel channel, long position, ByteBuffer buffer) throws IOException {
        long start = position - buffer.position();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, start + buffer.position()) < 0) {
                throw fault(path, "became shorter while it was read");
            }
        }
    }

    private static Map<String, Entry> parse(Path path, ByteBuffer header, long dataLength) {
        JsonObject json;
        InputStream bytes = new ByteArrayInputStream(header.array(), 0, header.limit());
        try (JsonReader reader = Json.createReader(bytes)) {
            json = reader.readObject();
        } catch (RuntimeException e) {
            throw fault(path, "has a header that is not JSON: " + firstLine(e.getMessage()));
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> each : json.entrySet()) {
            if (!each.getKey().equals("__metadata__")) {
                entries.put(each.getKey(), entry(path, each.getKey(), each.getValue(), dataLength));
            }
        }
        return entries;
    }

    private static Entry entry(Path path, String name, JsonValue value, long dataLength) {
        if (!(value instanceof JsonObject object)
                || !(object.get("dtype") instanceof JsonString dtype)
                || !(object.get("shape") instanceof JsonArray sizes)
                || !(object.get("data_offsets") instanceof JsonArray offsets)
                || offsets.size() != 2) {
            throw fault(path, "describes tensor " + name + " without dtype, shape and two data_offsets");
        }
        TensorType type = TensorType.of(dtype.getString());
        long[] shape = integers(path, name, sizes);
        long[] span = integers(path, name, offsets);
        // A tensor of another type may be one that nobody needs; whoever reads it is told.
        long bytes = type == null ? span[1] - span[0] : type.bytes();
        for (int i = 0; type != null && i < shape.length; i++) {
            try {
                bytes = Math.multiplyExact(bytes, shape[i]);
            } catch (ArithmeticException e) {
                throw fault(path, "gives tensor " + name + " a shape beyond any memory");
            }
        }
        if (span[0] > span[1] || span[1] > dataLength) {
            throw fault(
                    path,
                    "is cut short or corrupt: tensor " + name + " lies at bytes " + span[0] + " to " + span[1] + " of "
                            + dataLength);
        }
        if (span[1] - span[0] != bytes) {
            throw fault(
                    path,
                    "is corrupt: tensor " + name + " has " + (span[1] - span[0])
                            + " bytes where its shape and type ask for " + bytes);
        }
        return new Entry(dtype.getString(), type, shape, span[0], bytes);
    }

    private static long[] integers(Path path, String name, JsonArray array) {
        long[] values = new long[array.size()];
        for (int i = 0; i < values.length; i++) {
            if (!(array.get(i) instanceof JsonNumber number) || !number.isIntegral() || number.longValue() < 0) {
                throw fault(path, "describes tensor " + name + " with " + array.get(i) + " where a size is expected");
            }
            values[i] = number.longValue();
        }
        return values;
    }

    Path path() {
        return path;
    }

    /** The tensors, in the header's order. */
    public Map<String, Entry> entries() {
        return entries;
    }

    /**
     * Maps a tensor's bytes. Pages are read when they are touched; the mapping ends when the buffers are collected.
     *
     * @param entry one of {@link #entries()}
     * @return pieces of at most {@link #LONGEST_PIECE} bytes, in order; none for an empty tensor
     */
    public List<MappedByteBuffer> map(Entry entry) {
        List<MappedByteBuffer> pieces = new ArrayList<>();
        try {
            for (long done = 0; done < entry.bytes(); done += LONGEST_PIECE) {
                long length = Math.min(LONGEST_PIECE, entry.bytes() - done);
                pieces.add(channel.map(FileChannel.MapMode.READ_ONLY, dataStart + entry.start() + done, length));
            }
        } catch (IOException e) {
            throw fault(path, "cannot be mapped: " + e.getMessage());
        }
        return pieces;
    }

    /**
     * Reads some of a tensor's bytes. Any number of threads may do so at once.
     *
     * @param entry one of {@link #entries()}
     * @param offset of the first byte in the tensor
     * @param into filled up to its limit
     * @throws TokamakException if the file has become shorter or cannot be read
     */
    void read(Entry entry, long offset, ByteBuffer into) {
        try {
            fill(path, channel, dataStart + entry.start() + offset, into);
        } catch (IOException e) {
            throw fault(path, "cannot be read: " + e.getMessage());
        }
    }

    private static String firstLine(String message) {
        return message == null ? "no message" : message.lines().findFirst().orElse("");
    }

    private static TokamakException fault(Path path, String problem) {
        return TokamakException.configuration(path + " " + problem);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw fault(path, "cannot be closed: " + e.getMessage());
        }
    }
}
