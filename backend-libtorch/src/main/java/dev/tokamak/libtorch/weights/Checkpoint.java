package dev.tokamak.libtorch.weights;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.tensors.TensorType;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The weights of a Hugging Face checkpoint folder: one safetensors file, or several with an index. */
public final class Checkpoint implements Weights {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path folder;
    private final TensorReader reader;
    private final Map<Path, SafetensorsFile> files = new HashMap<>();
    private final Map<String, SafetensorsFile> holders = new HashMap<>();

    private Checkpoint(Path folder, TensorReader reader) {
        this.folder = folder;
        this.reader = reader;
    }

    /**
     * Opens a folder's weights and checks all headers.
     *
     * @param folder with {@code model.safetensors} or {@code model.safetensors.index.json}
     * @param reader of their tensors, taken over
     * @return the open checkpoint, owned by the caller
     * @throws TokamakException if a file is missing, cut short or corrupt
     */
    public static Checkpoint open(Path folder, TensorReader reader) {
        Checkpoint checkpoint = new Checkpoint(folder, reader);
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
    public TensorType type(String name) {
        return entry(holder(name), name).type();
    }

    @Override
    public void copy(String name, long[] shape, Tensor target) {
        SafetensorsFile file = holder(name);
        SafetensorsFile.Entry entry = entry(file, name);
        if (!Arrays.equals(entry.shape(), shape)) {
            throw TokamakException.configuration(file.path() + " holds tensor " + name + " with shape "
                    + Arrays.toString(entry.shape()) + " where config.json asks for " + Arrays.toString(shape));
        }
        reader.read(file, entry, target);
    }

    private SafetensorsFile holder(String name) {
        SafetensorsFile file = holders.get(name);
        if (file == null) {
            throw TokamakException.configuration(folder + " lacks tensor " + name
                    + ", which its config.json asks for; the checkpoint is incomplete or of another architecture");
        }
        return file;
    }

    private static SafetensorsFile.Entry entry(SafetensorsFile file, String name) {
        return file.entries().get(name);
    }

    @Override
    public void close() {
        try {
            reader.close();
        } finally {
            files.values().forEach(SafetensorsFile::close);
        }
    }
}
