package dev.tokamak.libtorch;

import dev.tokamak.api.TokamakException;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** The weights of a Hugging Face checkpoint folder: one safetensors file, or several with an index. */
final class Checkpoint implements Weights {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path folder;
    private final Map<Path, SafetensorsFile> files = new HashMap<>();
    private final Map<String, SafetensorsFile> holders = new HashMap<>();

    private Checkpoint(Path folder) {
        this.folder = folder;
    }

    /**
     * Opens a folder's weights and checks all headers.
     *
     * @param folder with {@code model.safetensors} or {@code model.safetensors.index.json}
     * @return the open checkpoint, owned by the caller
     * @throws TokamakException if a file is missing, cut short or corrupt
     */
    static Checkpoint open(Path folder) {
        Checkpoint checkpoint = new Checkpoint(folder);
        try {
            if (Files.exists(folder.resolve(INDEX))) {
                checkpoint.openShards(folder.resolve(INDEX));
            } else if (Files.exists(folder.resolve(SINGLE))) {
                SafetensorsFile file = checkpoint.file(folder.resolve(SINGLE));
                file.entries().keySet().forEach(name -> checkpoint.holders.put(name, file));
            } else {
                throw TokamakException.configuration(
                        folder + " has no weights: neither " + SINGLE + " nor " + INDEX + " is there");
            }
            return checkpoint;
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    private void openShards(Path index) {
        if (!(JsonFiles.read(index).get("weight_map") instanceof JsonObject map)) {
            throw TokamakException.configuration(index + " has no weight_map");
        }
        for (Map.Entry<String, JsonValue> each : map.entrySet()) {
            if (!(each.getValue() instanceof JsonString shard)) {
                throw TokamakException.configuration(index + " names no file for tensor " + each.getKey());
            }
            Path path = folder.resolve(shard.getString()).normalize();
            if (!path.startsWith(folder.normalize())) {
                throw TokamakException.configuration(index + " names a file outside its folder: " + shard.getString());
            }
            SafetensorsFile file = file(path);
            if (!file.entries().containsKey(each.getKey())) {
                throw TokamakException.configuration(
                        path + " lacks tensor " + each.getKey() + ", which " + index.getFileName() + " places there");
            }
            holders.put(each.getKey(), file);
        }
    }

    private SafetensorsFile file(Path path) {
        return files.computeIfAbsent(path, SafetensorsFile::open);
    }

    @Override
    public Tensor tensor(String name, long... shape) {
        SafetensorsFile file = holders.get(name);
        if (file == null) {
            throw TokamakException.configuration(folder + " lacks tensor " + name
                    + ", which its config.json asks for; the checkpoint is incomplete or of another architecture");
        }
        SafetensorsFile.Entry entry = file.entries().get(name);
        if (!Arrays.equals(entry.shape(), shape)) {
            throw TokamakException.configuration(file.path() + " holds tensor " + name + " with shape "
                    + Arrays.toString(entry.shape()) + " where config.json asks for " + Arrays.toString(shape));
        }
        List<MappedByteBuffer> pieces = file.map(entry);
        try (TensorOptions options = new TensorOptions(entry.type().scalarType())) {
            return pieces.size() == 1 ? view(pieces.get(0), shape, options) : join(pieces, entry, options);
        }
    }

    /** A tensor over mapped memory, which the tensor's deallocator keeps alive. */
    private static Tensor view(MappedByteBuffer piece, long[] shape, TensorOptions options) {
        return new MappedTensor(torch.from_blob(new BytePointer(piece), shape, options), piece);
    }

    private static Tensor join(List<MappedByteBuffer> pieces, SafetensorsFile.Entry entry, TensorOptions options) {
        Tensor whole = torch.empty(entry.shape(), options, null);
        long done = 0;
        for (MappedByteBuffer piece : pieces) {
            Pointer target = new BytePointer(whole.data_ptr()).position(done);
            Pointer.memcpy(target, new BytePointer(piece), piece.remaining());
            done += piece.remaining();
        }
        return whole;
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }

    /** Keeps the mapping reachable for as long as the tensor's wrapper is. */
    private static final class MappedTensor extends Tensor {
        @SuppressWarnings("unused")
        private final transient MappedByteBuffer memory;

        MappedTensor(Tensor tensor, MappedByteBuffer memory) {
            super(tensor);
            this.memory = memory;
            tensor.close();
        }
    }
}
