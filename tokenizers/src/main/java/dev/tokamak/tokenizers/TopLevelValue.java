package dev.tokamak.tokenizers;

/** Replaces one value of a large JSON object without taking the rest apart. */
final class TopLevelValue {
    private final String json;
    private int at;

    private TopLevelValue(String json) {
        this.json = json;
    }

    /**
     * Sets a value.
     *
     * @param json a well-formed object
     * @param key which of its values; added if there is none
     * @param value a well-formed value
     */
    static String set(String json, String key, String value) {
        return new TopLevelValue(json).set(key, value);
    }

    private String set(String key, String value) {
        int open = json.indexOf('{');
        at = open + 1;
        String separator = "";
        while (true) {
            skipBlanksAndCommas();
            if (json.charAt(at) == '}') {
                return json.substring(0, open + 1) + '"' + key + "\": " + value + separator + json.substring(open + 1);
            }
            separator = ", ";
            int name = at;
            skipValue();
            boolean found = json.substring(name + 1, at - 1).equals(key);
            skipBlanksAndCommas();
            int start = at;
            skipValue();
            if (found) {
                return json.substring(0, start) + value + json.substring(at);
            }
        }
    }

    private void skipBlanksAndCommas() {
        while (" \t\r\n,:\uFEFF".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
    }

    private void skipValue() {
        int depth = 0;
        do {
            switch (json.charAt(at)) {
                case '"' -> skipText();
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case ',', ':', ' ', '\t', '\r', '\n' -> at++;
                default -> skipLiteral();
            }
        } while (depth > 0);
    }

    private void skipText() {
        for (at++; json.charAt(at) != '"'; at++) {
            if (json.charAt(at) == '\\') {
                at++;
            }
        }
        at++;
    }

    private void skipLiteral() {
        while (",]} \t\r\n".indexOf(json.charAt(at)) < 0) {
            at++;
        }
    }
}
