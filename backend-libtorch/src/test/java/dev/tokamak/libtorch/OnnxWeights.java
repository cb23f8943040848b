package dev.tokamak.libtorch;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The float32 weights of a model that was exported from PyTorch to ONNX, under their names there. A matrix has lost its name in the
 * file, and lies there as {@code [in, out]}; the product that uses it still has the name of its module.
 */
final class OnnxWeights {
    // The numbers that onnx.proto gives to the fields that are read here.
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_INITIALISER = 5;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_OPERATOR = 4;
    private static final int TENSOR_DIMS = 1;
    private static final int TENSOR_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_RAW = 9;
    private static final int FLOAT = 1;

    private static final String PRODUCT = "/MatMul_output_0";

    private final ByteBuffer file;
    private final Map<String, Tensor> initialisers = new HashMap<>();
    private final Map<String, String> matrices = new HashMap<>();

    private record Tensor(long[] shape, ByteBuffer values) {}

    /** Takes a field of a message; {@code value} is a whole number's, else the contents are the buffer's. */
    private interface Visitor {
        void field(int number, long value, ByteBuffer contents);
    }

    private OnnxWeights(byte[] bytes) {
        file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes a model's weights as a safetensors file.
     *
     * @param model the whole ONNX file
     * @param into the file to write
     */
    static void toSafetensors(byte[] model, Path into) throws IOException {
        OnnxWeights weights = new OnnxWeights(model);
        walk(weights.file, (number, value, contents) -> {
            if (number == MODEL_GRAPH) {
                weights.graph(contents);
            }
        });
        weights.write(into);
    }

    private void graph(ByteBuffer graph) {
        walk(graph, (number, value, contents) -> {
            if (number == GRAPH_INITIALISER) {
                initialiser(contents);
            } else if (number == GRAPH_NODE) {
                node(contents);
            }
        });
    }

    private void initialiser(ByteBuffer tensor) {
        List<Long> shape = new ArrayList<>();
        long[] type = new long[1];
        String[] name = new String[1];
        ByteBuffer[] raw = new ByteBuffer[1];
        walk(tensor, (number, value, contents) -> {
            switch (number) {
                case TENSOR_DIMS -> {
                    if (contents == null) {
                        shape.add(value);
                    }
                    while (contents != null && contents.hasRemaining()) {
                        shape.add(varint(contents));
                    }
                }
                case TENSOR_TYPE -> type[0] = value;
                case TENSOR_NAME -> name[0] = text(contents);
                case TENSOR_RAW -> raw[0] = contents;
                default -> {}
            }
        });
        if (type[0] == FLOAT) {
            long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
            initialisers.put(name[0], new Tensor(sizes, raw[0]));
        }
    }

    /** Notes which module a matrix belongs to. */
    private void node(ByteBuffer node) {
        List<String> inputs = new ArrayList<>();
        String[] output = new String[1];
        String[] operator = new String[1];
        walk(node, (number, value, contents) -> {
            switch (number) {
                case NODE_INPUT -> inputs.add(text(contents));
                case NODE_OUTPUT -> output[0] = text(contents);
                case NODE_OPERATOR -> operator[0] = text(contents);
                default -> {}
            }
        });
        if (operator[0].equals("MatMul") && output[0].endsWith(PRODUCT)) {
            String module = output[0].substring(1, output[0].length() - PRODUCT.length());
            matrices.put(inputs.get(1), module.replace('/', '.') + ".weight");
        }
    }

    private void write(Path into) throws IOException {
        Map<String, Tensor> named = new TreeMap<>();
        initialisers.forEach((name, tensor) -> {
            String module = matrices.get(name);
            named.put(module == null ? name : module, module == null ? tensor : transposed(tensor));
        });
        JsonObjectBuilder header = Json.createObjectBuilder();
        long bytes = 0;
        for (Map.Entry<String, Tensor> each : named.entrySet()) {
            JsonArrayBuilder shape = Json.createArrayBuilder();
            for (long size : each.getValue().shape()) {
                shape.add(size);
            }
            long end = bytes + each.getValue().values().remaining();
            header.add(
                    each.getKey(),
                    Json.createObjectBuilder()
                            .add("dtype", "F32")
                            .add("shape", shape)
                            .add(
                                    "data_offsets",
                                    Json.createArrayBuilder().add(bytes).add(end)));
            bytes = end;
        }
        byte[] text = header.build().toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer length =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, text.length);
        try (FileChannel channel = FileChannel.open(
                into, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(length);
            channel.write(ByteBuffer.wrap(text));
            for (Tensor tensor : named.values()) {
                ByteBuffer values = tensor.values().duplicate();
                while (values.hasRemaining()) {
                    channel.write(values);
                }
            }
        }
    }

    private static Tensor transposed(Tensor tensor) {
        int rows = (int) tensor.shape()[0];
        int columns = (int) tensor.shape()[1];
        ByteBuffer from = tensor.values();
        ByteBuffer to = ByteBuffer.allocate(from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                to.putFloat(from.getFloat(from.position() + (row * columns + column) * Float.BYTES));
            }
        }
        return new Tensor(new long[] {columns, rows}, to.flip());
    }

    private static String text(ByteBuffer contents) {
        return StandardCharsets.UTF_8.decode(contents.duplicate()).toString();
    }

    /** Goes through a message of Protocol Buffers. */
    private static void walk(ByteBuffer message, Visitor visitor) {
        ByteBuffer in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long key = varint(in);
            int number = (int) (key >>> 3);
            switch ((int) key & 7) {
                case 0 -> visitor.field(number, varint(in), null);
                case 1 -> in.position(in.position() + Long.BYTES);
                case 5 -> in.position(in.position() + Integer.BYTES);
                case 2 -> {
                    int length = (int) varint(in);
                    visitor.field(number, 0, in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN));
                    in.position(in.position() + length);
                }
                default -> throw new IllegalArgumentException("not a message of Protocol Buffers");
            }
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
