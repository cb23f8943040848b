package dev.tokamak.grammars;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The string formats that are enforced, each as its RFC has it: RFC 3339 for dates, times and durations, 3986 for URIs,
 * 4122, 4291 and 1123 for UUIDs, addresses and hosts, 5321 for mail, 6901 for JSON pointers. What no automaton can say
 * is narrower than the RFC, never wider: leap seconds are written with offsets of whole hours.
 */
final class StringFormats {
    private static final String DATE = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
            + "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
    private static final String HOUR_MINUTE = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
    private static final String TIME =
            "(?:" + HOUR_MINUTE + ":[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+-]" + HOUR_MINUTE + ")|" + leapSeconds() + ")";
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String IPV4 = OCTET + "(?:\\." + OCTET + "){3}";
    private static final String HOST = label() + "(?:\\." + label() + ")*";
    private static final String PERCENT = "%[0-9A-Fa-f]{2}";
    private static final String NAME_CHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=-]|" + PERCENT + ")";
    private static final String PATH_CHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|" + PERCENT + ")";
    private static final String REST = "(?:\\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|" + PERCENT
            + ")*)?(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|" + PERCENT + ")*)?";
    private static final String AUTHORITY = "//(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|" + PERCENT + ")*@)?(?:\\[(?:" + ipv6()
            + "|[vV][0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\\]|" + NAME_CHAR + "*)(?::[0-9]*)?(?:/" + PATH_CHAR
            + "*)*";
    private static final String ABSOLUTE_PATH = "/(?:" + PATH_CHAR + "+(?:/" + PATH_CHAR + "*)*)?";
    private static final String ROOTLESS_PATH = PATH_CHAR + "+(?:/" + PATH_CHAR + "*)*";
    private static final String URI =
            "[A-Za-z][A-Za-z0-9+.-]*:(?:" + AUTHORITY + "|" + ABSOLUTE_PATH + "|" + ROOTLESS_PATH + ")?" + REST;
    /** A relative reference; its first segment has no colon. */
    private static final String RELATIVE = "(?:" + AUTHORITY + "|" + ABSOLUTE_PATH + "|(?:[A-Za-z0-9._~!$&'()*+,;=@-]|"
            + PERCENT + ")+(?:/" + PATH_CHAR + "*)*)?" + REST;

    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final String LOCAL = "(?:" + ATOM + "(?:\\." + ATOM + ")*|\"(?:[ !#-\\[\\]-~]|\\\\[ -~])*\")";
    private static final String POINTER = "(?:/(?:[^~/]|~[01])*)*";
    private static final int MAX_HOST = 253;
    private static final int MAX_MAIL = 254;

    private static final Map<String, String> EXPRESSIONS = Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("date-time", DATE + "[Tt]" + TIME),
            Map.entry("duration", duration()),
            Map.entry("uuid", "[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"),
            Map.entry("email", LOCAL + "@(?:" + HOST + "|\\[" + IPV4 + "\\]|\\[[Ii][Pp][Vv]6:" + ipv6() + "\\])"),
            Map.entry("hostname", HOST),
            Map.entry("ipv4", IPV4),
            Map.entry("ipv6", ipv6()),
            Map.entry("uri", URI),
            Map.entry("uri-reference", "(?:" + URI + "|" + RELATIVE + ")"),
            Map.entry("json-pointer", POINTER),
            Map.entry("relative-json-pointer", "(?:0|[1-9][0-9]*)(?:#|" + POINTER + ")"));

    /** Formats of which the expression says exactly what they are, so that its complement is what they are not. */
    private static final Set<String> EXACT = Set.of("date", "uuid", "ipv4", "ipv6", "duration", "json-pointer");

    private static final Map<String, CharAutomaton> AUTOMATA = new ConcurrentHashMap<>();

    private StringFormats() {}

    static boolean known(String format) {
        return EXPRESSIONS.containsKey(format);
    }

    static String names() {
        return String.join(", ", EXPRESSIONS.keySet().stream().sorted().toList());
    }

    /** An expression for a format's texts and no others, or null. */
    static String exactly(String format) {
        return EXACT.contains(format) ? EXPRESSIONS.get(format) : null;
    }

    /** The most characters of a format's text, or -1. */
    static int maxLength(String format) {
        return format.equals("hostname") ? MAX_HOST : format.equals("email") ? MAX_MAIL : -1;
    }

    /** The texts of a known format, but for their greatest length. The same object each time. */
    static CharAutomaton automaton(String format, CompileBudget budget) {
        CharAutomaton known = AUTOMATA.get(format);
        if (known == null) {
            known = RegexParser.parse(EXPRESSIONS.get(format), budget).automaton(budget);
            if (format.equals("email")) {
                String short64 = "(?:[^\"@]{1,64}|\"[^\"]{0,62}\"|\"(?:[^\"\\\\]|\\\\.){0,30}\")@[^@]*";
                known = known.intersect(RegexParser.parse(short64, budget).automaton(budget), budget);
            }
            AUTOMATA.put(format, known);
        }
        budget.states(known.states());
        return known;
    }

    /** The last second of a day that has one more, in UTC and where the offset is of whole hours. */
    private static String leapSeconds() {
        StringBuilder forms = new StringBuilder("(?:23:59:60(?:\\.[0-9]+)?[Zz]");
        for (int offset = 0; offset < 24; offset++) {
            forms.append(String.format("|%02d:59:60(?:\\.[0-9]+)?\\+%02d:00", (23 + offset) % 24, offset));
            forms.append(String.format("|%02d:59:60(?:\\.[0-9]+)?-%02d:00", 23 - offset, offset));
        }
        return forms.append(')').toString();
    }

    private static String duration() {
        String digits = "[0-9]+";
        String time = "T(?:" + digits + "H(?:" + digits + "M(?:" + digits + "S)?)?|" + digits + "M(?:" + digits + "S)?|"
                + digits + "S)";
        String date = "(?:" + digits + "D|" + digits + "M(?:" + digits + "D)?|" + digits + "Y(?:" + digits + "M(?:"
                + digits + "D)?)?)";
        return "P(?:" + date + "(?:" + time + ")?|" + time + "|" + digits + "W)";
    }

    /**
     * One label of a host's name. One that begins with {@code xn--} stands for characters beyond ASCII: it must hold
     * at least one whole number of Punycode (RFC 3492), of which the first two digits go on and the last one ends it.
     */
    private static String label() {
        String alnum = "[A-Za-z0-9]";
        String any = "[A-Za-z0-9-]";
        String encoded = "(?:" + any + "{0,50}-)?[B-Zb-z0-9]{2}[0-9]{0,3}[A-Za-z](?:[A-Za-z0-9]{0,8})";
        String afterXnHyphen = "(?:" + alnum + "(?:" + any + "{0,58}" + alnum + ")?|-" + encoded + ")";
        String afterXn = "(?:" + alnum + "(?:" + any + "{0,59}" + alnum + ")?|-" + afterXnHyphen + ")?";
        String afterX = "(?:[A-MO-Za-mo-z0-9]|[A-MO-Za-mo-z0-9-]" + any + "{0,60}" + alnum + "|[Nn]" + afterXn + ")?";
        return "(?:[A-WYZa-wyz0-9](?:" + any + "{0,61}" + alnum + ")?|[Xx]" + afterX + ")";
    }

    /** All eight groups, or a run of zero groups left out at each place where it may be; IPv4 may be the last two. */
    private static String ipv6() {
        String group = "[0-9A-Fa-f]{1,4}";
        StringBuilder forms = new StringBuilder("(?:(?:" + group + ":){7}" + group + "|(?:" + group + ":){6}" + IPV4);
        for (int before = 0; before <= 7; before++) {
            String head = before == 0 ? "" : "(?:" + group + ":){" + (before - 1) + "}" + group;
            int left = 7 - before;
            String groups = left == 0 ? "" : "(?:" + group + "(?::" + group + "){0," + (left - 1) + "})?";
            String mapped = left < 2 ? "" : "|(?:" + group + ":){0," + (left - 2) + "}" + IPV4;
            forms.append('|')
                    .append(head)
                    .append("::(?:")
                    .append(groups)
                    .append(mapped)
                    .append(')');
        }
        return forms.append(')').toString();
    }
}
