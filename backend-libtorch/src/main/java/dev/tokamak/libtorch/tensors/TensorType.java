package dev.tokamak.libtorch.tensors;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types that weights come in. */
public enum TensorType {
    F32("float32", 4, ScalarType.Float),
    F16("float16", 2, ScalarType.Half),
    BF16("bfloat16", 2, ScalarType.BFloat16);

    private final String configName;
    private final int bytes;
    private final ScalarType scalarType;

    TensorType(String configName, int bytes, ScalarType scalarType) {
        this.configName = configName;
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** The type that a safetensors header calls so, or null. */
    public static TensorType of(String safetensorsName) {
        return Arrays.stream(values())
                .filter(type -> type.name().equals(safetensorsName))
                .findFirst()
                .orElse(null);
    }

    /** The type of a tensor, or null. */
    public static TensorType of(Tensor tensor) {
        // An enum constant from native code is another object until it is interned.
        ScalarType found = tensor.scalar_type().intern();
        return Arrays.stream(values())
                .filter(type -> type.scalarType == found)
                .findFirst()
                .orElse(null);
    }

    /** The type that {@code config.json} and {@code --dtype} call so, or null. */
    public static TensorType ofConfig(String configName) {
        return Arrays.stream(values())
                .filter(type -> type.configName.equals(configName))
                .findFirst()
                .orElse(null);
    }

    public static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }

    public String configName() {
        return configName;
    }

    public int bytes() {
        return bytes;
    }

    public ScalarType scalarType() {
        return scalarType;
    }
}
