package dev.tokamak.toolparsers;

import java.util.List;

/**
 * The tags of a format whose calls are read by {@link ParameterCallReader}.
 *
 * @param begin what stands before the name
 * @param nameEnds what ends the name or the attributes that hold it; the first is nothing else, the others begin what
 *     follows
 * @param nameAttribute the attribute that is the name, or empty if all the text is
 * @param parameter what begins a parameter
 * @param keyEnd what ends the parameter's name or the attributes that hold it
 * @param keyAttribute the attribute that is the parameter's name, or empty if all the text is
 * @param valueBegin what stands before the value, possibly behind white space, or empty
 * @param valueEnd what ends the value
 * @param quoting how a value may be set apart from the tags
 * @param tokens what no value holds, since the tags are made of special tokens or have a prefix that text does not have
 */
record ParameterTags(
        String begin,
        List<String> nameEnds,
        String nameAttribute,
        String parameter,
        String keyEnd,
        String keyAttribute,
        String valueBegin,
        String valueEnd,
        Quoting quoting,
        List<String> tokens) {
    /** The same for text in which tokens are set apart. */
    ParameterTags in(Tokens known) {
        return new ParameterTags(
                known.in(begin),
                known.in(nameEnds),
                nameAttribute,
                known.in(parameter),
                known.in(keyEnd),
                keyAttribute,
                known.in(valueBegin),
                known.in(valueEnd),
                quoting,
                known.in(tokens));
    }

    /** How a value is set apart from the tags around it. */
    enum Quoting {
        /** Not at all. */
        NONE,
        /** By one line break at either end, which may be missing. */
        LINES,
        /** As XML does it, if it needs to be. */
        CDATA
    }
}
