package dev.tokamak.libtorch.weights;

import dev.tokamak.api.TokamakException;
import dev.tokamak.libtorch.tensors.TensorType;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The weights of a Hugging Face checkpoint folder: one safetensors file, or several with an index. */
public final class Checkpoint implements Weights {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    /** How many bytes of two tensors are compared at once. */
    private static final int COMPARED = 1 << 20;

    private static final Pattern LAYER = Pattern.compile("^.*?\\.\\d+\\.");

    /** The last parts of the names of tensors that are computed rather than learned. */
    private static final Set<String> COMPUTED =
            Set.of("inv_freq", "cos_cached", "sin_cached", "position_ids", "masked_bias", "causal_mask", "attn_mask");

    private static final Logger log = LoggerFactory.getLogger(Checkpoint.class);

    private final Path folder;
    private final TensorReader reader;
    private final Map<Path, SafetensorsFile> files = new HashMap<>();
    private final Map<String, SafetensorsFile> holders = new HashMap<>();
    private final Set<String> read = new HashSet<>();

    private StoredNames names;

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
        checkpoint.names = StoredNames.asTheyAre(checkpoint.holders.keySet());
        try {
            // A whole file goes before an index, which may be left over from shards that it was made of.
            if (Files.exists(folder.resolve(SINGLE))) {
                SafetensorsFile file = checkpoint.file(folder.resolve(SINGLE));
                file.entries().keySet().forEach(name -> checkpoint.holders.put(name, file));
            } else if (Files.exists(folder.resolve(INDEX))) {
                checkpoint.openShards(folder.resolve(INDEX));
            } else {
                throw TokamakException.configuration(folder + " has no weights: neither " + SINGLE + " nor " + INDEX
                        + " is there" + OtherFormats.found(folder));
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
    public void findBy(String sure) {
        names = StoredNames.of(holders.keySet(), sure);
    }

    /** The name by which the files know a weight. */
    private String stored(String name) {
        return names.of(name);
    }

    @Override
    public TensorType type(String name) {
        String known = stored(name);
        return entry(holder(known), known).type();
    }

    @Override
    public boolean has(String name) {
        return holders.containsKey(stored(name));
    }

    @Override
    public boolean same(String first, String second) {
        String one = stored(first);
        String other = stored(second);
        SafetensorsFile file = holder(one);
        SafetensorsFile otherFile = holder(other);
        SafetensorsFile.Entry entry = entry(file, one);
        SafetensorsFile.Entry otherEntry = entry(otherFile, other);
        read.add(other);
        if (!entry.dtype().equals(otherEntry.dtype()) || !Arrays.equals(entry.shape(), otherEntry.shape())) {
            return false;
        }
        ByteBuffer piece = ByteBuffer.allocate(COMPARED);
        ByteBuffer otherPiece = ByteBuffer.allocate(COMPARED);
        for (long done = 0; done < entry.bytes(); done += COMPARED) {
            int length = (int) Math.min(COMPARED, entry.bytes() - done);
            file.read(entry, done, piece.clear().limit(length));
            otherFile.read(otherEntry, done, otherPiece.clear().limit(length));
            if (!piece.flip().equals(otherPiece.flip())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void refuseUnread(Predicate<String> denied) {
        Set<String> layers = read.stream().map(Checkpoint::layer).collect(Collectors.toSet());
        Set<String> left = new TreeSet<>(holders.keySet());
        left.removeAll(read);
        left.removeIf(name -> denied.test(name) || needless(name));
        for (String name : left) {
            if (layers.contains(layer(name))) {
                throw TokamakException.configuration(folder + " holds tensor " + name
                        + ", which its config.json does not ask for; without it the model would answer otherwise");
            }
        }
        if (!left.isEmpty()) {
            log.warn(
                    "{} holds {} tensors that are not needed, such as {}",
                    folder,
                    left.size(),
                    left.iterator().next());
        }
    }

    /** The beginning of a name up to the number of its layer; all of a name without one but its last part. */
    private static String layer(String name) {
        Matcher numbered = LAYER.matcher(name);
        return numbered.find() ? numbered.group() : name.substring(0, name.lastIndexOf('.') + 1);
    }

    /** What can be computed, and older versions of libraries saved all the same. */
    private boolean needless(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        boolean mask = last.equals("bias") && entry(holder(name), name).shape().length == 4;
        return mask || COMPUTED.contains(last);
    }

    @Override
    public void require(String asked, long... shape) {
        String name = stored(asked);
        SafetensorsFile file = holder(name);
        SafetensorsFile.Entry entry = entry(file, name);
        if (entry.type() == null) {
            throw TokamakException.configuration(file.path() + " holds tensor " + name + " of type " + entry.dtype()
                    + "; read are " + TensorType.names());
        }
        if (!Arrays.equals(entry.shape(), shape)) {
            throw TokamakException.configuration(file.path() + " holds tensor " + name + " with shape "
                    + Arrays.toString(entry.shape()) + " where config.json asks for " + Arrays.toString(shape));
        }
    }

    @Override
    public void copy(String asked, long[] shape, Tensor target) {
        require(asked, shape);
        String name = stored(asked);
        SafetensorsFile file = holder(name);
        read.add(name);
        reader.read(file, entry(file, name), target);
    }

    @Override
    public void copyPart(String asked, long[] shape, int index, Tensor target) {
        require(asked, shape);
        String name = stored(asked);
        SafetensorsFile file = holder(name);
        read.add(name);
        reader.read(file, entry(file, name).part(index), target);
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
