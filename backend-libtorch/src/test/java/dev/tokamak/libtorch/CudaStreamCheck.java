package dev.tokamak.libtorch;

import dev.tokamak.libtorch.cuda.CudaContext;
import dev.tokamak.libtorch.tensors.ComputeDevice;
import dev.tokamak.libtorch.tensors.TensorType;
import dev.tokamak.libtorch.weights.MappedReader;
import dev.tokamak.libtorch.weights.SafetensorsFile;
import dev.tokamak.libtorch.weights.TensorReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Compares what is streamed to a CUDA device with what the files hold, and says how fast it comes. */
final class CudaStreamCheck implements AutoCloseable {
    private static final int CHUNK = 16 << 20;

    private final CudaCheck check;
    private final CudaContext context = CudaContext.open("cuda");
    private final ComputeDevice device =
            new ComputeDevice(new Device(torch.DeviceType.CUDA, (byte) context.index()), TensorType.BF16);

    CudaStreamCheck(CudaCheck check) {
        this.check = check;
    }

    /** Every tensor of a checkpoint, in its own type and converted, is as the mapped file has it. */
    void checkpoint(Path folder) {
        int tensors = 0;
        int same = 0;
        try (TensorReader mapped = new MappedReader();
                TensorReader streamed = TensorReader.onto(device)) {
            for (Path path : files(folder)) {
                try (SafetensorsFile file = SafetensorsFile.open(path)) {
                    for (SafetensorsFile.Entry entry : file.entries().values()) {
                        for (TensorType type : TensorType.values()) {
                            tensors++;
                            same += same(file, entry, type, mapped, streamed) ? 1 : 0;
                        }
                    }
                }
            }
        }
        check.say(
                tensors > 0 && same == tensors,
                "%s: %d of %d tensors streamed to the device bit for bit",
                folder.getFileName(),
                same,
                tensors);
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path -> path.getFileName().toString().matches("model.*\\.safetensors"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean same(
            SafetensorsFile file,
            SafetensorsFile.Entry entry,
            TensorType type,
            TensorReader mapped,
            TensorReader streamed) {
        PointerScope scope = new PointerScope();
        try {
            Tensor expected = device.empty(entry.type(), entry.shape());
            mapped.read(file, entry, expected);
            Tensor found = device.empty(type, entry.shape());
            streamed.read(file, entry, found);
            return torch.equal(bits(found), bits(expected.to(type.scalarType())));
        } finally {
            scope.close();
        }
    }

    /** So that what is not a number is compared too. */
    private static Tensor bits(Tensor tensor) {
        return tensor.reshape(-1).view(ScalarType.Byte);
    }

    /**
     * Writes a file with the layers of an 8B model, over and over, and streams it while the system has it in memory.
     *
     * @param gibibytes how much at least
     */
    void speed(int gibibytes) {
        Path path = Path.of(System.getenv().getOrDefault("TMPDIR", "/tmp"), "stream-check.safetensors");
        try {
            write(path, (long) gibibytes << 30);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                // The second time, what libraries set up once is there.
                List<Tensor> first = stream(file, "first time");
                first.forEach(Tensor::close);
                List<Tensor> streamed = stream(file, "again");
                compare(file, streamed);
            } finally {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Tensor> stream(SafetensorsFile file, String which) {
        List<Tensor> tensors = new ArrayList<>();
        long bytes = 0;
        long start = System.nanoTime();
        try (TensorReader reader = TensorReader.onto(device)) {
            for (SafetensorsFile.Entry entry : file.entries().values()) {
                Tensor tensor = device.empty(entry.type(), entry.shape());
                reader.read(file, entry, tensor);
                tensors.add(tensor);
                bytes += entry.bytes();
            }
        }
        report("streamed, " + which, bytes, start);
        return tensors;
    }

    /** With the way by pageable memory, which is measured by that. */
    private void compare(SafetensorsFile file, List<Tensor> streamed) {
        long bytes = 0;
        long nanos = 0;
        boolean same = true;
        int at = 0;
        try (TensorReader mapped = new MappedReader()) {
            for (SafetensorsFile.Entry entry : file.entries().values()) {
                try (Tensor tensor = device.empty(entry.type(), entry.shape());
                        Tensor found = streamed.get(at++)) {
                    context.synchronize();
                    long start = System.nanoTime();
                    mapped.read(file, entry, tensor);
                    context.synchronize();
                    nanos += System.nanoTime() - start;
                    bytes += entry.bytes();
                    same &= torch.equal(found, tensor);
                }
            }
        }
        report("from the mapping", bytes, System.nanoTime() - nanos);
        check.say(same, "what was streamed is what was written");
    }

    private static void report(String what, long bytes, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("     %s: %.2f GB in %.3f s, %.1f GB/s%n", what, bytes / 1e9, seconds, bytes / 1e9 / seconds);
    }

    private static void write(Path path, long most) throws IOException {
        StringJoiner header = new StringJoiner(",", "{", "}");
        long bytes = 0;
        int[][] layer = {
            {4096}, {4096, 4096}, {1024, 4096}, {1024, 4096}, {4096, 4096}, {4096}, {28672, 4096}, {4096, 14336}
        };
        for (int i = 0; bytes < most; i++) {
            int[] shape = layer[i % layer.length];
            long length = 2L * shape[0] * (shape.length > 1 ? shape[1] : 1);
            String sizes = shape.length > 1 ? shape[0] + "," + shape[1] : "" + shape[0];
            header.add("\"" + i + "\":{\"dtype\":\"BF16\",\"shape\":[" + sizes + "],\"data_offsets\":[" + bytes + ","
                    + (bytes + length) + "]}");
            bytes += length;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer head = ByteBuffer.allocate(8 + json.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length);
        // Ordinary numbers, so that equal bits are equal values; each stretch is another one.
        ByteBuffer numbers = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(5);
        for (int i = 0; i < CHUNK; i += 2) {
            numbers.putShort(i, (short) (0x3c00 + random.nextInt(0x400)));
        }
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(channel, head.put(json).flip());
            for (long done = 0; done < bytes; done += CHUNK) {
                for (int i = 0; i < CHUNK; i += 4096) {
                    numbers.putShort(i, (short) (0x3c00 + random.nextInt(0x400)));
                }
                writeFully(channel, numbers.clear().limit((int) Math.min(CHUNK, bytes - done)));
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    @Override
    public void close() {
        device.close();
        context.close();
    }
}
