package dev.tokamak.toolparsers;

/** The attributes of an XML-like tag. */
final class Attributes {
    private Attributes() {}

    /**
     * An attribute's value.
     *
     * @param text what stands in the tag behind its name
     * @param attribute the attribute's name; empty if the text is the value
     * @return without quotes; null if there is no such attribute
     */
    static String value(CharSequence text, String attribute) {
        String tag = text.toString().strip();
        if (attribute.isEmpty()) {
            return unquoted(tag);
        }
        int at = 0;
        while (at < tag.length()) {
            int sign = tag.indexOf('=', at);
            if (sign < 0) {
                return null;
            }
            String name = tag.substring(at, sign).strip();
            int begin = sign + 1;
            while (begin < tag.length() && CallReader.isSpace(tag.charAt(begin))) {
                begin++;
            }
            int end = valueEnd(tag, begin);
            if (name.equals(attribute)) {
                return unquoted(tag.substring(begin, end));
            }
            at = end;
        }
        return null;
    }

    private static int valueEnd(String tag, int begin) {
        char quote = begin < tag.length() ? tag.charAt(begin) : ' ';
        if (quote == '"' || quote == '\'') {
            int end = tag.indexOf(quote, begin + 1);
            return end < 0 ? tag.length() : end + 1;
        }
        int end = begin;
        while (end < tag.length() && !CallReader.isSpace(tag.charAt(end))) {
            end++;
        }
        return end;
    }

    private static String unquoted(String value) {
        int last = value.length() - 1;
        boolean quoted = last > 0
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(last) == value.charAt(0);
        return quoted ? unescaped(value.substring(1, last)) : value;
    }

    /** The five characters that XML has names for. */
    private static String unescaped(String value) {
        return value.indexOf('&') < 0
                ? value
                : value.replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&quot;", "\"")
                        .replace("&apos;", "'")
                        .replace("&amp;", "&");
    }
}
