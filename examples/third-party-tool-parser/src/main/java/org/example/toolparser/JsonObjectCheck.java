package org.example.toolparser;

/** Checks that characters make up one JSON object. */
final class JsonObjectCheck {
    private enum Expected {
        OBJECT,
        FIRST_KEY,
        KEY,
        COLON,
        FIRST_ITEM,
        VALUE,
        SEPARATOR,
        NOTHING
    }

    private final StringBuilder brackets = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    private Expected expected = Expected.OBJECT;
    private boolean inString;
    private boolean stringIsKey;
    private boolean escaped;
    private int hexLeft;

    boolean isWhole() {
        return expected == Expected.NOTHING;
    }

    /** Takes the next character; false if the text is no JSON object with it. */
    boolean accept(char c) {
        if (inString) {
            return string(c);
        }
        if (!word.isEmpty() && (Character.isLetterOrDigit(c) || c == '.' || c == '+' || c == '-')) {
            word.append(c);
            return true;
        }
        if (!word.isEmpty()) {
            boolean valid = isWord(word.toString());
            word.setLength(0);
            expected = Expected.SEPARATOR;
            return valid && accept(c);
        }
        return c == ' ' || c == '\t' || c == '\r' || punctuation(c);
    }

    private boolean punctuation(char c) {
        boolean value = expected == Expected.VALUE || expected == Expected.FIRST_ITEM;
        switch (c) {
            case '{', '[' -> {
                brackets.append(c == '{' ? '}' : ']');
                boolean met = value || expected == Expected.OBJECT && c == '{';
                expected = c == '{' ? Expected.FIRST_KEY : Expected.FIRST_ITEM;
                return met;
            }
            case '}', ']' -> {
                boolean empty = expected == (c == '}' ? Expected.FIRST_KEY : Expected.FIRST_ITEM);
                int top = brackets.length() - 1;
                if (!(empty || expected == Expected.SEPARATOR) || top < 0 || brackets.charAt(top) != c) {
                    return false;
                }
                brackets.setLength(top);
                expected = top == 0 ? Expected.NOTHING : Expected.SEPARATOR;
                return true;
            }
            case ',' -> {
                boolean met = expected == Expected.SEPARATOR;
                expected = brackets.length() > 0 && brackets.charAt(brackets.length() - 1) == '}'
                        ? Expected.KEY
                        : Expected.VALUE;
                return met;
            }
            case ':' -> {
                boolean met = expected == Expected.COLON;
                expected = Expected.VALUE;
                return met;
            }
            case '"' -> {
                stringIsKey = expected == Expected.KEY || expected == Expected.FIRST_KEY;
                inString = true;
                return value || stringIsKey;
            }
            default -> {
                word.append(c);
                return value && (Character.isLetterOrDigit(c) || c == '-');
            }
        }
    }

    private boolean string(char c) {
        if (hexLeft > 0) {
            hexLeft--;
            return "0123456789abcdefABCDEF".indexOf(c) >= 0;
        }
        if (escaped) {
            escaped = false;
            hexLeft = c == 'u' ? 4 : 0;
            return "\"\\/bfnrtu".indexOf(c) >= 0;
        }
        if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            inString = false;
            expected = stringIsKey ? Expected.COLON : Expected.SEPARATOR;
        }
        return c >= ' ';
    }

    private static boolean isWord(String text) {
        return text.equals("true")
                || text.equals("false")
                || text.equals("null")
                || text.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    }
}
