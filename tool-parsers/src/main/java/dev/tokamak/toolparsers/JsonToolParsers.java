package dev.tokamak.toolparsers;

import dev.tokamak.toolparsers.JsonCallReader.Keys;
import java.util.Set;

/** The formats whose calls are JSON objects with the name inside, alone or in an array, behind a mark or bare. */
final class JsonToolParsers {
    private JsonToolParsers() {}

    private static Format.Readers json(Keys keys) {
        return (feed, out, tools) -> new JsonCallReader(keys, feed, out, tools);
    }

    /** An object or an array of them between tags. */
    private static Format.Builder tagged(Keys keys, String begin, String... ends) {
        return Format.builder().calls(json(keys), begin).callEnds(ends);
    }

    /** {@code <tool_call>{"name": …, "arguments": …}</tool_call>}. */
    public static final class Hermes extends FormatProvider {
        /** The format. */
        public Hermes() {
            super("hermes", lines("<tool_call>", "</tool_call>").build());
        }
    }

    /** A line break at either end of the object, as templates write it. */
    private static Format.Builder lines(String begin, String end) {
        return tagged(Keys.USUAL, begin, end)
                .grammar(CallGrammar.json(begin + "\n{\"name\": ", "arguments", "}\n" + end)
                        .separatedBy("\n"));
    }
}
