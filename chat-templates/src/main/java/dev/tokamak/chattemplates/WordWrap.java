package dev.tokamak.chattemplates;

import java.util.ArrayList;
import java.util.List;

/** Python's {@code textwrap.wrap} with its blanks kept as they are: greedy lines of whole words. */
record WordWrap(int width, boolean breakLongWords, boolean breakOnHyphens) {

    List<Object> lines(Budget budget, String text) {
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
            int cut = word.offsetByCodePoints(0, Math.max(1, room));
            int hyphen = breakOnHyphens ? word.substring(0, cut).lastIndexOf('-', cut - 1) : -1;
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

    /** Runs of blanks and words in turn; words also end behind a hyphen between letters. */
    private List<String> chunks(String text) {
        List<String> chunks = new ArrayList<>();
        int start = 0;
        for (int at = 1; at <= text.length(); at++) {
            boolean edge = at == text.length()
                    || PythonStrings.isSpace(text.charAt(at)) != PythonStrings.isSpace(text.charAt(at - 1))
                    || breakOnHyphens && isHyphenBreak(text, at);
            if (edge) {
                chunks.add(text.substring(start, at));
                start = at;
            }
        }
        return chunks;
    }

    private static boolean isHyphenBreak(String text, int at) {
        return at >= 3
                && text.charAt(at - 1) == '-'
                && Character.isLetter(text.charAt(at - 2))
                && (Character.isLetter(text.charAt(at - 3)) || text.charAt(at - 3) == '-')
                && at + 1 < text.length()
                && Character.isLetter(text.charAt(at))
                && (Character.isLetter(text.charAt(at + 1)) || text.charAt(at + 1) == '-');
    }
}
