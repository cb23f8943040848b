package dev.tokamak.protocol.pooling;

import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.protocol.json.JsonBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * How vectors are written ({@code encoding_format}, {@code embed_dtype}, {@code endianness}).
 *
 * @param base64 whether as the bytes of their numbers rather than as a list
 * @param order of the bytes of a number
 */
record VectorFormat(boolean base64, ByteOrder order) {
    static final VectorFormat LISTS = new VectorFormat(false, ByteOrder.LITTLE_ENDIAN);

    static VectorFormat read(Fields fields) {
        String format = fields.string("encoding_format").orElse("float");
        if (!format.equals("float") && !format.equals("base64")) {
            throw ProtocolException.invalidValue(
                    "encoding_format", "encoding_format must be float or base64, got " + Fields.describe(format));
        }
        String type = fields.string("embed_dtype").orElse("float32");
        if (!type.equals("float32")) {
            throw ProtocolException.unsupported(
                    "embed_dtype", "embed_dtype must be float32 here, got " + Fields.describe(type));
        }
        String endianness = fields.string("endianness").orElse("native");
        if (!List.of("native", "little", "big").contains(endianness)) {
            throw ProtocolException.invalidValue(
                    "endianness", "endianness must be native, little or big, got " + Fields.describe(endianness));
        }
        // Native is the server's, which a client cannot know: little, as on all machines that this runs on.
        return new VectorFormat(
                format.equals("base64"), endianness.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    void write(JsonBuffer json, float[] vector) {
        if (base64) {
            json.raw("\"").raw(bytes(List.of(vector))).raw("\"");
            return;
        }
        String separator = "[";
        for (float value : vector) {
            json.raw(separator).number(value);
            separator = ",";
        }
        json.raw(vector.length == 0 ? "[]" : "]");
    }

    /** Several vectors: a list of lists, or all their bytes one behind another. */
    void write(JsonBuffer json, List<float[]> vectors) {
        if (base64) {
            json.raw("\"").raw(bytes(vectors)).raw("\"");
            return;
        }
        String separator = "[";
        for (float[] vector : vectors) {
            write(json.raw(separator), vector);
            separator = ",";
        }
        json.raw(vectors.isEmpty() ? "[]" : "]");
    }

    private String bytes(List<float[]> vectors) {
        int numbers = vectors.stream().mapToInt(vector -> vector.length).sum();
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(numbers, Float.BYTES)).order(order);
        for (float[] vector : vectors) {
            for (float value : vector) {
                bytes.putFloat(value);
            }
        }
        return new String(Base64.getEncoder().encode(bytes.array()), StandardCharsets.ISO_8859_1);
    }
}
