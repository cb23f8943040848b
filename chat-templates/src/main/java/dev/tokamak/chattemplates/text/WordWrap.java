package dev.tokamak.chattemplates.text;

import dev.tokamak.chattemplates.render.Budget;
import dev.tokamak.chattemplates.render.TemplateError;
import java.util.ArrayList;
import java.util.List;

/** Python's {@code textwrap.wrap} with its blanks kept as they are: greedy lines of whole words. */
public record WordWrap(int width, boolean breakLongWords, boolean breakOnHyphens) {

    public List<Object> lines(Budget budget, String text) {
        if (width <= 0) {
            throw TemplateError.value("invalid width " + width + " (must be > 0)");
        }
        budget.elements(text.length());
        List<String> chunks = chunks(text);
        List<Object> lines = new ArrayList<>();
        int at = 0;
        while (at < chunks.size()) {
            if (!lines.isEmpty() && isBlank(chunks.get(at))) {
                at++;
                continue;
            }
            List<String> line = new ArrayList<>();
            int room = width;
            while (at < chunks.size() && PythonStrings.length(chunks.get(at)) <= room) {
                room -= PythonStrings.length(chunks.get(at));
                line.add(chunks.get(at++));
            }
            if (at < chunks.size() && PythonStrings.length(chunks.get(at)) > width) {
                at = breakWord(chunks, at, line, room);
            }
            if (!line.isEmpty() && isBlank(line.get(line.size() - 1))) {
                line.remove(line.size() - 1);
            }
            if (!line.isEmpty()) {
                lines.add(String.join("", line));
            }
        }
        return lines;
    }

    private static boolean isBlank(String chunk) {
        return PythonStrings.skipSpace(chunk, 0) == chunk.length();
    }

    private int breakWord(List<String> chunks, int at, List<String> line, int room) {
        String word = chunks.get(at);
        if (breakLongWords) {
            int cut = word.offsetByCodePoints(0, room);
            int hyphen = breakOnHyphens ? word.lastIndexOf('-', cut - 1) : -1;
            if (hyphen > 0 && word.substring(0, hyphen).chars().anyMatch(c -> c != '-')) {
                cut = hyphen + 1;
            }
            line.add(word.substring(0, cut));
            chunks.set(at, word.substring(cut));
            return at;
        }
        if (line.isEmpty()) {
            line.add(word);
            return at + 1;
        }
        return at;
    }

    /** Runs of blanks, words, and dashes between words; hyphenated words end behind their hyphens. */
    private List<String> chunks(String text) {
        List<String> chunks = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = isSpace(text, start) ? blanksEnd(text, start) : wordEnd(text, start);
            chunks.add(text.substring(start, end));
            start = end;
        }
        return chunks;
    }

    private static boolean isSpace(String text, int at) {
        return at < text.length() && "\t\n\u000b\f\r ".indexOf(text.charAt(at)) >= 0;
    }

    private static int blanksEnd(String text, int start) {
        int end = start;
        while (isSpace(text, end)) {
            end++;
        }
        return end;
    }

    private int wordEnd(String text, int start) {
        if (breakOnHyphens && isPunctuatedWord(text, start - 1) && isDash(text, start)) {
            int end = start;
            while (text.charAt(end) == '-') {
                end++;
            }
            return end;
        }
        for (int end = start + 1; end < text.length(); end++) {
            if (breakOnHyphens && isHyphen(text, end)) {
                return end + 1;
            }
            if (isSpace(text, end) || breakOnHyphens && isPunctuatedWord(text, end - 1) && isDash(text, end)) {
                return end;
            }
        }
        return text.length();
    }

    /** At least two hyphens and then a word. */
    private static boolean isDash(String text, int at) {
        int end = at;
        while (end < text.length() && text.charAt(end) == '-') {
            end++;
        }
        return end - at >= 2 && isWord(text, end);
    }

    private static boolean isWord(String text, int at) {
        return at >= 0 && at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_');
    }

    private static boolean isPunctuatedWord(String text, int at) {
        return isWord(text, at) || at >= 0 && at < text.length() && "!\"'&.,?".indexOf(text.charAt(at)) >= 0;
    }

    private static boolean isLetter(String text, int at) {
        return isWord(text, at) && !Character.isDigit(text.charAt(at));
    }

    /** A hyphen behind two letters, or behind a letter, a hyphen and a letter, with the like after it. */
    private static boolean isHyphen(String text, int at) {
        boolean before = isLetter(text, at - 1) && isLetter(text, at - 2)
                || isPunctuatedWord(text, at - 1) && at >= 2 && text.charAt(at - 2) == '-' && isLetter(text, at - 3);
        int second = at + 2 < text.length() && text.charAt(at + 2) == '-' ? at + 3 : at + 2;
        return text.charAt(at) == '-' && before && isLetter(text, at + 1) && isLetter(text, second);
    }
}
