package dev.tokamak.grammars;

import static dev.tokamak.api.StructuredOutput.Kind.JSON_SCHEMA;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Formats have the texts of their RFCs, the unusual ones too. */
class StringFormatTest {
    private static final Grammars GRAMMARS = new Grammars();

    private static void accepts(String format, String... texts) {
        GRAMMARS.accepts(JSON_SCHEMA, schema(format), quoted(texts));
    }

    private static void rejects(String format, String... texts) {
        GRAMMARS.rejects(JSON_SCHEMA, schema(format), quoted(texts));
    }

    private static String schema(String format) {
        return "{\"type\":\"string\",\"format\":\"" + format + "\"}";
    }

    private static String[] quoted(String... texts) {
        String[] quoted = new String[texts.length];
        for (int i = 0; i < texts.length; i++) {
            quoted[i] = '"' + texts[i].replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }
        return quoted;
    }

    @Test
    void urisMayHaveAnyAuthorityOrNone() {
        accepts(
                "uri",
                "http://localhost:11434/",
                "file:///x",
                "http://[::1]/",
                "http://[::ffff:1.2.3.4]:8080/a",
                "https://u@h.de/",
                "https://u:p@h.de:443/a//b;c=1?d=/e?#f",
                "http://a_b.example",
                "http://%C3%A9.example/",
                "mailto:a@b.c",
                "urn:isbn:0451450523",
                "tel:+1-816-555-1212",
                "about:",
                "a:/b",
                "http://h?q#");
        rejects("uri", "", "/a", "a", "http//a", "http://a b/", "http://[::1/", "1a:b", "http://h/%4", "http://h:x/");
    }

    @Test
    void uriReferencesMayBeRelative() {
        accepts("uri-reference", "", "#a", "?q=1", "a/b", "/a", "//h/p", "../x", "./a:b", "http://h/", "a?b#c");
        rejects("uri-reference", "1:b", "a b", "#a#b", "\\a");
    }

    @Test
    void irisAndTemplatesGoBeyondAscii() {
        accepts("iri", "http://例え.jp/é?q=ü#ß", "urn:é");
        rejects("iri", "not-an-iri", "http://h/ a", "http://h/{");
        accepts("iri-reference", "é/ü", "", "//é/");
        accepts("uri-template", "http://h/{id}{?q,page*}", "{+path:3}/x", "", "/é", "{a.b}");
        rejects("uri-template", "http://h/{", "{}", "}", "{a b}", "a b", "%4");
    }

    @Test
    void regularExpressionsAreWellFormed() {
        accepts("regex", "", "^[a-z]+$", "\\d{3}-\\d{4}", "(foo|(?:ba(r|z))?)*.+?", "a|b", "^\\[x\\]{2,10}$", "[^/]*/");
        rejects("regex", "*", "\\", "(", "[a", "a)", "[z-a]", "a{2,1}", "^*");
    }

    @Test
    void mailAddressesHaveAtomsAndQuotedStrings() {
        accepts(
                "email",
                "a.b.c@example.com",
                "o'brien@example.co.uk",
                "joe+tag@example.photography",
                "\"joe bloggs\"@example.com",
                "joe@[127.0.0.1]",
                "joe@[IPv6:::1]",
                "te~st@localhost");
        rejects("email", "a", "a@", "@a", ".a@b.c", "a.@b.c", "a..b@c.d", "a@b@c", "a@-b.c", "a".repeat(65) + "@b.c");
    }

    @Test
    void hostsHaveLabelsOfUpTo63Characters() {
        accepts("hostname", "localhost", "a", "a-b.example", "x", "xn.com", "xy-z", "1.2", "a".repeat(63) + ".b");
        rejects("hostname", "", "-a", "a-", "a..b", ".a", "a.", "a_b", "a".repeat(64), "é.com");
        String longest = ("a".repeat(49) + ".").repeat(5) + "abc";
        accepts("hostname", longest);
        rejects("hostname", longest + "d");
    }

    @Test
    void labelsOfOtherScriptsHoldAWholePunycodeNumber() {
        accepts("hostname", "xn--bcher-kva.example", "xn--4gbwdl.xn--wgbh1c", "XN--BCHER-KVA");
        rejects("hostname", "xn--X", "xn--", "xn--a-", "www.xn--zz");
    }

    @Test
    void addressesMayMixNotations() {
        accepts("ipv6", "::ffff:1.2.3.4", "::", "1::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4");
        rejects("ipv6", "1:2:3:4:5:6:7", "1::2::3", "12345::", "::1.2.3.256", "1:2:3:4:5:6:7:8:9", ":1", "1.2.3.4");
        accepts("ipv4", "0.0.0.0", "255.255.255.255");
        rejects("ipv4", "256.0.0.0", "01.2.3.4", "1.2.3");
    }

    @Test
    void timesMayHaveSmallLettersAnyOffsetAndLeapSeconds() {
        accepts(
                "time",
                "10:00:00z",
                "10:00:00Z",
                "23:59:60Z",
                "15:59:60-08:00",
                "01:59:60+02:00",
                "00:00:00.123456789012+23:59",
                "12:00:00-00:00");
        rejects("time", "24:00:00Z", "22:59:60Z", "10:00:00", "10:00Z", "10:00:60Z", "10:00:00+24:00", "10:00:00.Z");
        accepts("date-time", "2024-02-29t10:00:00z", "1998-12-31T23:59:60.5Z");
        rejects("date-time", "2023-02-29T10:00:00Z", "2024-02-29 10:00:00Z");
        accepts("duration", "P1Y2M3DT4H5M6S", "PT0S", "P4W", "P12345678901D");
        rejects("duration", "P", "P1DT", "PT1D", "P1Y1W");
    }

    @Test
    void int32AndInt64AreBounds() {
        String small = "{\"type\":\"integer\",\"format\":\"int32\"}";
        GRAMMARS.accepts(JSON_SCHEMA, small, "2147483647", "-2147483648");
        GRAMMARS.rejects(JSON_SCHEMA, small, "2147483648", "-2147483649");
        String large = "{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":5}";
        GRAMMARS.accepts(JSON_SCHEMA, large, "9223372036854775807", "5");
        GRAMMARS.rejects(JSON_SCHEMA, large, "9223372036854775808", "4");
    }

    @Test
    void whatPydanticWritesCompiles() {
        String url = "{\"type\":\"string\",\"format\":\"uri\",\"minLength\":1,\"maxLength\":2083}";
        String longest = "http://h/" + "a".repeat(2083 - 9);
        GRAMMARS.accepts(JSON_SCHEMA, url, quoted("https://example.com/x"));
        GRAMMARS.rejects(JSON_SCHEMA, url, quoted("", "example"));
        assertThat(GRAMMARS.acceptsBytes(url, '"' + longest + '"')).isTrue();
        assertThat(GRAMMARS.acceptsBytes(url, '"' + longest + "a\"")).isFalse();
        for (String format :
                new String[] {"binary", "path", "password", "base64", "base64url", "file-path", "json-string"}) {
            accepts(format, "anything at all");
        }
        String set = "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true}";
        GRAMMARS.accepts(JSON_SCHEMA, set, "[\"a\",\"b\"]");
        new Grammars(true).refuses(JSON_SCHEMA, set, "uniqueItems");
    }
}
