package dev.tokamak.grammars;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a schema says of a string's content, as an automaton. */
final class StringAutomata {
    private static final String DATE = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
            + "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
    private static final String TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?"
            + "(?:Z|\\+(?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)"
            + "|-(?:(?:0[1-9]|1[0-3]):[0-5][0-9]|00:(?:0[1-9]|[1-5][0-9])|14:00))";
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String IPV4 = OCTET + "(?:\\." + OCTET + "){3}";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,28}[A-Za-z0-9])?";
    private static final String LONG_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,60}[A-Za-z0-9])?";
    /** Up to eight short labels or four long ones, either of which stays within the 253 characters of a host's name. */
    private static final String HOST =
            "(?:" + LABEL + "(?:\\." + LABEL + "){0,7}|" + LONG_LABEL + "(?:\\." + LONG_LABEL + "){0,3})";
    /** Top-level domains that validators know: those of countries and the common ones. */
    private static final String TOP_LEVEL =
            "a[cdefgilmoqrstuwxz]|b[abdefghijmnorstvwyz]|c[acdfghiklmnoruvwxyz]|d[ejkmoz]"
                    + "|e[cegrstu]|f[ijkmor]|g[abdefghilmnpqrstuwy]|h[kmnrtu]|i[delmnoqrst]|j[emop]|k[eghimnprwyz]|l[abcikrstuvy]"
                    + "|m[acdeghklmnopqrstuvwxyz]|n[acefgilopruz]|om|p[aefghklmnrstwy]|qa|r[eosuw]|s[abcdeghijklmnorstuvxyz]"
                    + "|t[cdfghjklmnortvwz]|u[agksyz]|v[aceginu]|w[fs]|y[et]|z[amw]|com|org|net|edu|gov|mil|int|info|biz|name|pro"
                    + "|dev|app|cloud|online|shop|site|tech|store|blog|email|agency|company|digital|group|health|media|network|news"
                    + "|software|solutions|studio|systems|team|today|tools|world|xyz";

    private static final String ATOM = "[A-Za-z0-9_+-]{1,30}";
    private static final String PATH_CHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
    private static final String QUERY = "(?:\\?(?:" + PATH_CHAR + "|[/?])*)?(?:#(?:" + PATH_CHAR + "|[/?])*)?";
    private static final String AUTHORITY = "//(?:" + HOST + "|" + IPV4 + ")(?::[0-9]{1,4})?(?:/" + PATH_CHAR + "*)*";
    private static final String DIGITS = "[0-9]{1,9}";

    static final Map<String, String> FORMATS = Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("date-time", DATE + "T" + TIME),
            Map.entry("duration", duration()),
            Map.entry("uuid", "[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"),
            Map.entry(
                    "email",
                    ATOM + "(?:\\." + ATOM + "){0,1}@" + LABEL + "(?:\\." + LABEL + "){0,2}\\.(?:" + TOP_LEVEL + ")"),
            Map.entry("hostname", HOST),
            Map.entry("ipv4", IPV4),
            Map.entry("ipv6", ipv6()),
            Map.entry(
                    "uri",
                    "[A-Za-z][A-Za-z0-9+.-]*:(?:" + AUTHORITY + "|" + PATH_CHAR + "+(?:/" + PATH_CHAR + "*)*)" + QUERY),
            Map.entry(
                    "uri-reference",
                    "(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?:" + AUTHORITY + "|/?[A-Za-z0-9._~-]+(?:/" + PATH_CHAR + "*)*)"
                            + QUERY),
            Map.entry("json-pointer", "(?:/(?:[^~/]|~[01])*)*"));

    private StringAutomata() {}

    private static String duration() {
        String time = "T(?:" + DIGITS + "H(?:" + DIGITS + "M(?:" + DIGITS + "S)?)?|" + DIGITS + "M(?:" + DIGITS + "S)?|"
                + DIGITS + "S)";
        String date = "(?:" + DIGITS + "D|" + DIGITS + "M(?:" + DIGITS + "D)?|" + DIGITS + "Y(?:" + DIGITS + "M(?:"
                + DIGITS + "D)?)?)";
        return "P(?:" + date + "(?:" + time + ")?|" + time + "|" + DIGITS + "W)";
    }

    /** All eight groups, or a run of zero groups left out at each place where it may be. */
    private static String ipv6() {
        String group = "[0-9A-Fa-f]{1,4}";
        StringBuilder forms = new StringBuilder("(?:(?:" + group + ":){7}" + group);
        for (int before = 0; before <= 6; before++) {
            String head = before == 0 ? ":" : "(?:" + group + ":){" + before + "}";
            int after = 6 - before;
            String tail = after == 0 ? "" : "(?:" + group + "(?::" + group + "){0," + (after - 1) + "})?";
            forms.append('|').append(head).append(':').append(tail);
        }
        return forms.append(')').toString();
    }

    /** Whether a schema says anything of a string's content. */
    static boolean constrains(JsonObject schema) {
        return schema.containsKey("minLength")
                || schema.containsKey("maxLength")
                || schema.containsKey("pattern")
                || schema.containsKey("format");
    }

    /** Whether characters may be written in any way that JSON allows. */
    static Spelling spelling(JsonObject schema) {
        return schema.containsKey("pattern") || schema.containsKey("format") ? Spelling.JSON_SHORT : Spelling.JSON_ANY;
    }

    static CharAutomaton of(JsonObject schema, String path, CompileBudget budget) {
        List<CharAutomaton> parts = new ArrayList<>();
        for (String pattern : oneOrMore(schema, "pattern", path)) {
            parts.add(pattern(pattern, budget));
        }
        for (String format : oneOrMore(schema, "format", path)) {
            String regex = FORMATS.get(format);
            if (regex == null) {
                throw CompileBudget.refuse("Format '" + format + "' at '" + path + "' is not supported; these are: "
                        + String.join(", ", FORMATS.keySet().stream().sorted().toList()));
            }
            parts.add(RegexParser.parse(regex, budget).automaton(budget));
        }
        int min = JsonSource.count(schema, "minLength", 0, path);
        int max = JsonSource.count(schema, "maxLength", -1, path);
        if (max >= 0 && min > max) {
            return CharAutomaton.literals(List.of(), budget);
        }
        if (parts.isEmpty() || min > 0 || max >= 0) {
            parts.add(CharAutomaton.lengths(min, max, budget));
        }
        CharAutomaton all = parts.get(0);
        for (CharAutomaton part : parts.subList(1, parts.size())) {
            all = all.intersect(part, budget);
        }
        return all;
    }

    /** The texts in which a pattern occurs. */
    static CharAutomaton pattern(String pattern, CompileBudget budget) {
        return RegexParser.parse(pattern, budget).anywhere().automaton(budget);
    }

    /** A keyword's string, or, where schemas were merged, each of its strings. */
    static List<String> oneOrMore(JsonObject schema, String key, String path) {
        JsonValue value = schema.get(key);
        if (value == null) {
            return List.of();
        }
        return value instanceof JsonArray
                ? JsonSource.strings(schema, key, path)
                : List.of(value instanceof JsonString text ? text.getString() : JsonSource.string(schema, key, path));
    }
}
