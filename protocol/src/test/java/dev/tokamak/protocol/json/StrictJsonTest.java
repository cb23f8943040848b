package dev.tokamak.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokamak.protocol.ProtocolException;
import jakarta.json.Json;
import jakarta.json.stream.JsonParser;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("json")
class StrictJsonTest {
    @Test
    void theParserIsTheOneThatThisRunIsMeantFor() {
        try (JsonParser parser = Json.createParser(new StringReader("{}"))) {
            assertThat(parser.getClass()
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .endsWith(System.getProperty("tokamak.json"));
        }
    }

    @Test
    void integersAndDecimalsStayApart() {
        assertThat(StrictJson.value("[1, 1.0, -0, 1e2, 9223372036854775807, 9223372036854775808]"))
                .isEqualTo(List.of(1L, 1.0, 0L, 100.0, Long.MAX_VALUE, new BigInteger("9223372036854775808")));
    }

    @Test
    void keysKeepTheirOrder() {
        assertThat(((Map<?, ?>) StrictJson.value("{\"z\":1,\"a\":{\"y\":null,\"b\":[]},\"m\":true}"))
                        .keySet()
                        .toString())
                .isEqualTo("[z, a, m]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\":1",
                "{\"a\":1}}",
                "{\"a\":1} x",
                "{'a':1}",
                "{\"a\":}",
                "{\"a\":01}",
                "{\"a\":.5}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":-}",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":tru}",
                "[1,2]",
                "7",
                "null",
                "\"text\"",
                "{\"a\":1}{\"a\":1}",
                "// c\n{}"
            })
    void whatIsNoObjectIsRefusedWith400(String body) {
        assertThatThrownBy(() -> StrictJson.object(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(ProtocolException.class, e -> {
                    assertThat(e.status()).isEqualTo(400);
                    assertThat(e.code()).contains("invalid_json");
                });
    }

    @Test
    void theErrorNamesThePlace() {
        assertThatThrownBy(() -> StrictJson.value("{\"a\": 1,\n \"b\": ]}"))
                .hasMessageContaining("line 2")
                .hasMessageContaining("column");
    }

    @Test
    void aKeyThatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> StrictJson.value("{\"n\":1,\"n\":2}")).hasMessageContaining("\"n\" is there twice");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] latin1 = "{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> StrictJson.object(latin1)).hasMessageContaining("UTF-8");
        byte[] utf16 = "{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_16);
        assertThatThrownBy(() -> StrictJson.object(utf16)).isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @CsvSource({"[,]", "'{\"a\":','}'"})
    void nestingIsBounded(String open, String close) {
        String deep = open.repeat(100_000) + "1" + close.repeat(100_000);
        assertThatThrownBy(() -> StrictJson.value(deep)).hasMessageContaining("nested deeper than 128");
        String allowed = open.repeat(128) + "1" + close.repeat(128);
        assertThat(StrictJson.value(allowed)).isNotNull();
    }

    @Test
    void numbersAreBounded() {
        assertThatThrownBy(() -> StrictJson.value("[" + "9".repeat(1_000_000) + "]"))
                .hasMessageContaining("1000000");
        assertThatThrownBy(() -> StrictJson.value("[1e999]")).hasMessageContaining("too large");
        assertThat(StrictJson.value("[1e-999]")).isEqualTo(List.of(0.0));
    }

    @Test
    void writingWhatWasReadGivesTheSameValue() {
        String json = "{\"a\":[1,-2.5,true,null,\"\\u0000\\n\\\"\\\\ é 😀\"],\"b\":{},\"c\":[]}";
        Object value = StrictJson.value(json);
        assertThat(StrictJson.value(JsonBuffer.text(value))).isEqualTo(value);
    }

    @Test
    void halfASurrogatePairIsWrittenAsTheReplacementCharacter() {
        assertThat(JsonBuffer.text("a\uD83Db\uDE00")).isEqualTo("\"a\uFFFDb\uFFFD\"");
    }
}
