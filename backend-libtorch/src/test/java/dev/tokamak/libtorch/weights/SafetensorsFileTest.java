package dev.tokamak.libtorch.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.api.ErrorCode;
import dev.tokamak.api.TokamakException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafetensorsFileTest {
    private static final String ONE = "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}";

    @TempDir
    Path folder;

    @Test
    void aTensorIsMappedWhereTheHeaderSays() throws IOException {
        String header = "{'__metadata__':{'format':'pt'},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
                + "'b':{'dtype':'F32','shape':[2,1],'data_offsets':[4,12]}}";
        Path path = write(header, floats(1, 2, 3));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.entries()).containsOnlyKeys("a", "b");
            SafetensorsFile.Entry entry = file.entries().get("b");
            assertThat(entry.shape()).containsExactly(2, 1);
            ByteBuffer bytes = file.map(entry).get(0).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(bytes.getFloat()).isEqualTo(2f);
            assertThat(bytes.getFloat()).isEqualTo(3f);
        }
    }

    @Test
    void aTensorBeyondTwoGibibytesIsMappedInPieces() throws IOException {
        long elements = (3L << 30) / 2;
        String header = "{'big':{'dtype':'BF16','shape':[" + elements + "],'data_offsets':[0," + 2 * elements + "]},"
                + "'last':{'dtype':'F32','shape':[1],'data_offsets':[" + 2 * elements + "," + (2 * elements + 4)
                + "]}}";
        Path path = folder.resolve("sparse.safetensors");
        byte[] head = head(header);
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(head));
            channel.write(ByteBuffer.wrap(new byte[] {1, 2}), head.length + 2 * elements - 2);
            channel.write(ByteBuffer.wrap(floats(7)), head.length + 2 * elements);
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<MappedByteBuffer> pieces = file.map(file.entries().get("big"));
            assertThat(pieces).hasSize(3);
            MappedByteBuffer end = pieces.get(2);
            assertThat(end.get(end.limit() - 1)).isEqualTo((byte) 2);
            ByteBuffer last = file.map(file.entries().get("last")).get(0).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(last.getFloat()).isEqualTo(7f);
        }
    }

    @Test
    void aMissingFileIsNamed() {
        Path path = folder.resolve("none.safetensors");
        assertRefused(path, path + " is missing");
    }

    @Test
    void aFileCutInItsDataIsRefused() throws IOException {
        assertRefused(write(ONE, new byte[7]), "is cut short or corrupt: tensor a lies at bytes 0 to 8 of 7");
    }

    @Test
    void aFileCutInItsHeaderIsRefused() throws IOException {
        Path path = write(ONE, new byte[8]);
        Files.write(path, Arrays.copyOf(Files.readAllBytes(path), 20));
        assertRefused(path, "is cut short: its header has");
    }

    @Test
    void aFileOfFiveBytesIsRefused() throws IOException {
        Path path = folder.resolve("short.safetensors");
        Files.write(path, new byte[5]);
        assertRefused(path, "is cut short: 5 bytes");
    }

    @Test
    void aFileOfAnotherKindIsRefused() throws IOException {
        Path path = folder.resolve("text.safetensors");
        Files.writeString(path, "version https://git-lfs.github.com/spec/v1\n");
        assertRefused(path, "is not a safetensors file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':                                                          | has a header that is not JSON",
                "{'a':3}                                                        | without dtype, shape and two data_offsets",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}         | 8 bytes where its shape and type ask for 12",
                "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}        | with -2 where a size is expected",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}         | lies at bytes 8 to 0",
                "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | a shape beyond any memory",
            })
    void aCorruptHeaderIsRefused(String header, String problem) throws IOException {
        assertRefused(write(header, new byte[8]), problem);
    }

    private static void assertRefused(Path path, String problem) {
        assertThatThrownBy(() -> SafetensorsFile.open(path).close())
                .isInstanceOf(TokamakException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(problem)
                .satisfies(e -> assertThat(((TokamakException) e).code()).isEqualTo(ErrorCode.CONFIGURATION))
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    private Path write(String header, byte[] data) throws IOException {
        Path path = folder.resolve("model.safetensors");
        byte[] head = head(header);
        byte[] all = Arrays.copyOf(head, head.length + data.length);
        System.arraycopy(data, 0, all, head.length, data.length);
        return Files.write(path, all);
    }

    private static byte[] head(String header) {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    private static byte[] floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.array();
    }
}
