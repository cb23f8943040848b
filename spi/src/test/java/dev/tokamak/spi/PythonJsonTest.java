package dev.tokamak.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PythonJsonTest {
    @Test
    void numbersThatAreNotFiniteBecomeWhatReadsAsThem() {
        assertThat(PythonJson.toJson("{\"a\": Infinity, \"b\": [-Infinity,NaN]}"))
                .isEqualTo("{\"a\": 1e999, \"b\": [-1e999,\"NaN\"]}");
        assertThat(Double.parseDouble("1e999")).isInfinite();
    }

    @Test
    void stringsAndNamesAreLeftAsTheyAre() {
        String text = "{\"NaN\": \"-Infinity\", \"\\\"NaN\": \"\\\\\", \"x\": \"a\\\\\\\"Infinity\\n$1\"}";
        assertThat(PythonJson.toJson(text)).isEqualTo(text);
    }

    @Test
    void whatIsNoJsonStaysNone() {
        assertThat(PythonJson.toJson("{\"a\": Infinity2, \"b\": \"NaN")).isEqualTo("{\"a\": Infinity2, \"b\": \"NaN");
        assertThat(PythonJson.toJson("nan, infinity")).isEqualTo("nan, infinity");
    }

    @Test
    void longStringsAreReadWithoutRecursion() {
        String text = "[\"" + "a\\\\".repeat(1_000_000) + "\", ";
        assertThat(PythonJson.toJson(text + "NaN]")).isEqualTo(text + "\"NaN\"]");
    }
}
