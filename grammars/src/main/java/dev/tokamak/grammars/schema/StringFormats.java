package dev.tokamak.grammars.schema;

import dev.tokamak.grammars.limits.CompileBudget;
import dev.tokamak.grammars.regex.CharAutomaton;
import dev.tokamak.grammars.regex.RegexParser;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The string formats that are enforced, each as its RFC has it: RFC 3339 for dates, times and durations, 3986 for URIs,
 * 3987 for IRIs, 6570 for templates, 4122, 4291 and 1123 for UUIDs, addresses and hosts, 5321 for mail, 6901 for JSON
 * pointers. What no automaton can say
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
    /** Characters beyond ASCII that RFC 3987 allows. */
    private static final String BEYOND_ASCII = beyondAscii();

    /** Characters of private use, which a query may have beside these. */
    private static final String PRIVATE = "\\uE000-\\uF8FF\\x{F0000}-\\x{FFFFD}\\x{100000}-\\x{10FFFD}";

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
            Map.entry("uri", uri("", "")),
            Map.entry("iri", uri(BEYOND_ASCII, PRIVATE)),
            Map.entry("uri-reference", "(?:" + uri("", "") + "|" + relative("", "") + ")"),
            Map.entry(
                    "iri-reference", "(?:" + uri(BEYOND_ASCII, PRIVATE) + "|" + relative(BEYOND_ASCII, PRIVATE) + ")"),
            Map.entry("uri-template", template()),
            Map.entry("regex", regex()),
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

    private static String characters(String set) {
        return "(?:[" + set + "-]|" + PERCENT + ")";
    }

    private static String segments(String more) {
        return "(?:/" + characters("A-Za-z0-9._~!$&'()*+,;=:@" + more) + "*)*";
    }

    /** An authority and the path behind it, or a path of its own that begins with a slash. */
    private static String rooted(String more) {
        String host = "\\[(?:" + ipv6() + "|[vV][0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\\]|"
                + characters("A-Za-z0-9._~!$&'()*+,;=" + more) + "*";
        String user = characters("A-Za-z0-9._~!$&'()*+,;=:" + more) + "*@";
        String first = characters("A-Za-z0-9._~!$&'()*+,;=:@" + more) + "+";
        return "//(?:" + user + ")?(?:" + host + ")(?::[0-9]*)?" + segments(more) + "|/(?:" + first + segments(more)
                + ")?";
    }

    private static String query(String more, String inQuery) {
        String behind = "A-Za-z0-9._~!$&'()*+,;=:@/?" + more;
        return "(?:\\?" + characters(behind + inQuery) + "*)?(?:#" + characters(behind) + "*)?";
    }

    private static String uri(String more, String inQuery) {
        String rootless = characters("A-Za-z0-9._~!$&'()*+,;=:@" + more) + "+" + segments(more);
        return "[A-Za-z][A-Za-z0-9+.-]*:(?:" + rooted(more) + "|" + rootless + ")?" + query(more, inQuery);
    }

    /** A relative reference; its first segment has no colon. */
    private static String relative(String more, String inQuery) {
        String rootless = characters("A-Za-z0-9._~!$&'()*+,;=@" + more) + "+" + segments(more);
        return "(?:" + rooted(more) + "|" + rootless + ")?" + query(more, inQuery);
    }

    private static String beyondAscii() {
        StringBuilder set = new StringBuilder("\\xA0-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFEF");
        for (int plane = 1; plane < 14; plane++) {
            set.append(String.format("\\x{%X0000}-\\x{%XFFFD}", plane, plane));
        }
        return set.append("\\x{E1000}-\\x{EFFFD}").toString();
    }

    private static String template() {
        String literal = "[!#$&'()*+,./0-9:;=?@A-Z\\[\\]_a-z~" + BEYOND_ASCII + PRIVATE + "-]";
        String name = "(?:[A-Za-z0-9_]|" + PERCENT + ")+";
        String variable = name + "(?:\\." + name + ")*(?::[1-9][0-9]{0,3}|\\*)?";
        return "(?:" + literal + "|" + PERCENT + "|\\{[+#./;?&=,!@|]?" + variable + "(?:," + variable + ")*\\})*";
    }

    /**
     * Regular expressions as every dialect reads them: no automaton can say which are well-formed, so groups nest
     * three deep, ranges are of letters or digits, and there is no looking around and no reference back.
     */
    private static String regex() {
        String escape = "\\\\(?:[dDwWsSnrtfv]|[^A-Za-z0-9\\s_\\x80-\\x{10FFFF}])";
        String item = "(?:[ !\"#$%'()*+,./0-9:;<=>?@A-Z_`a-z{|}]|[A-Z]-Z|[a-z]-z|[0-9]-9|A-[A-Z]|a-[a-z]|0-[0-9]|"
                + escape + ")";
        String single = "(?:[^\\\\^$.*+?()\\[\\]{}|\\x00-\\x1F]|\\.|" + escape + "|\\[\\^?" + item + "+-?\\])";
        String bounds = "\\{(?:[0-9]{1,3},?|0,[0-9]|1,[1-9]|2,[2-9]|3,[3-9]|4,[4-9]|5,[5-9]|[0-9],[1-9][0-9]{1,2})\\}";
        String times = "(?:(?:[*+?]|" + bounds + ")\\??)?";
        String inner = "(?:" + single + times + ")+";
        for (int depth = 0; depth < 3; depth++) {
            String alternatives = inner + "(?:\\|" + inner + ")*";
            inner = "(?:(?:" + single + "|\\((?:\\?:)?" + alternatives + "\\))" + times + ")+";
        }
        String sequence = "\\^?(?:" + inner + ")?\\$?";
        return sequence + "(?:\\|" + sequence + ")*";
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
