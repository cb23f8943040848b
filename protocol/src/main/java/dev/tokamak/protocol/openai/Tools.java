package dev.tokamak.protocol.openai;

import dev.tokamak.api.StructuredOutput;
import dev.tokamak.engine.plugin.PluginKind;
import dev.tokamak.protocol.ProtocolException;
import dev.tokamak.protocol.json.Fields;
import dev.tokamak.spi.toolparser.ToolChoice;
import dev.tokamak.spi.toolparser.ToolChoice.Mode;
import dev.tokamak.spi.toolparser.ToolDefinition;
import dev.tokamak.spi.toolparser.ToolParser;
import dev.tokamak.spi.toolparser.ToolParserProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The tools of a chat request, and which of them the model may call.
 *
 * @param definitions what a tool parser is made with
 * @param forTemplate what the chat template is told; none where the model must not call
 * @param choice how free the model is
 * @param parser the format of its calls, where calls are looked for
 */
record Tools(
        List<ToolDefinition> definitions,
        List<Map<String, Object>> forTemplate,
        ToolChoice choice,
        Optional<ToolParserProvider> parser) {
    private static final int MAX_TOOLS = 512;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,64}");
    private static final String NAME_RULE = "from 1 to 64 letters, digits, '_', '.' or '-'";

    private static final Tools NONE =
            new Tools(List.of(), List.of(), new ToolChoice(Mode.NONE, "", true), Optional.empty());

    static Tools read(Fields fields, Serving serving) {
        boolean parallel = fields.bool("parallel_tool_calls", true);
        List<Map<String, Object>> raw = new ArrayList<>();
        List<ToolDefinition> definitions = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fields tool : fields.objects("tools", MAX_TOOLS)) {
            ToolDefinition definition = definition(tool);
            if (!names.add(definition.name())) {
                throw ProtocolException.invalidValue(
                        tool.path("function.name"),
                        tool.path("function.name") + " \"" + definition.name() + "\" is there twice");
            }
            definitions.add(definition);
            raw.add(tool.map());
        }
        ToolChoice choice = choice(fields, definitions, parallel);
        if (definitions.isEmpty() || choice.mode() == Mode.NONE) {
            return NONE;
        }
        checkOptions(choice, serving);
        return new Tools(List.copyOf(definitions), List.copyOf(raw), choice, serving.toolParser());
    }

    private static void checkOptions(ToolChoice choice, Serving serving) {
        boolean auto = choice.mode() == Mode.AUTO;
        if (serving.toolParser().isEmpty() || auto && !serving.options().autoToolChoice()) {
            String missing = serving.toolParser().isEmpty()
                    ? auto ? "--enable-auto-tool-choice and --tool-call-parser" : "--tool-call-parser"
                    : "--enable-auto-tool-choice";
            throw ProtocolException.unsupported(
                    auto ? "tools" : "tool_choice",
                    "this server was started without " + missing + ", which tool_choice \""
                            + choice.mode().name().toLowerCase(Locale.ROOT) + "\" needs");
        }
    }

    private static ToolDefinition definition(Fields tool) {
        String type = tool.requiredString("type");
        if (!type.equals("function")) {
            throw ProtocolException.invalidValue(
                    tool.path("type"), tool.path("type") + " must be \"function\", got " + Fields.describe(type));
        }
        Fields function = tool.object("function").orElseThrow(() -> ProtocolException.missing(tool.path("function")));
        String name = function.requiredString("name");
        if (!NAME.matcher(name).matches()) {
            throw ProtocolException.invalidValue(
                    function.path("name"),
                    function.path("name") + " must have " + NAME_RULE + ", got " + Fields.describe(name));
        }
        return new ToolDefinition(
                name,
                function.string("description").orElse(""),
                function.object("parameters").map(Fields::map).orElse(Map.of()),
                function.bool("strict", false));
    }

    private static ToolChoice choice(Fields fields, List<ToolDefinition> definitions, boolean parallel) {
        Object value = fields.any("tool_choice").orElse(definitions.isEmpty() ? "none" : "auto");
        if (value instanceof String mode) {
            return switch (mode) {
                case "none" -> new ToolChoice(Mode.NONE, "", parallel);
                case "auto" -> new ToolChoice(Mode.AUTO, "", parallel);
                case "required" -> {
                    requireTools(definitions);
                    yield new ToolChoice(Mode.REQUIRED, "", parallel);
                }
                default ->
                    throw ProtocolException.invalidValue(
                            "tool_choice",
                            "tool_choice must be none, auto, required or a function's name in an object, got "
                                    + Fields.describe(mode));
            };
        }
        Fields named = Fields.object("tool_choice", value);
        String type = named.requiredString("type");
        if (!type.equals("function")) {
            throw ProtocolException.invalidValue(
                    named.path("type"), named.path("type") + " must be \"function\", got " + Fields.describe(type));
        }
        Fields function = named.object("function").orElseThrow(() -> ProtocolException.missing(named.path("function")));
        String name = function.requiredString("name");
        requireTools(definitions);
        if (definitions.stream().noneMatch(tool -> tool.name().equals(name))) {
            throw ProtocolException.invalidValue(
                    function.path("name"),
                    function.path("name") + " must be the name of one of the tools, got " + Fields.describe(name));
        }
        return new ToolChoice(Mode.NAMED, name, parallel);
    }

    private static void requireTools(List<ToolDefinition> definitions) {
        if (definitions.isEmpty()) {
            throw ProtocolException.invalidValue("tool_choice", "tool_choice needs tools, and there are none");
        }
    }

    /** Whether the model is held to a call by a grammar. */
    boolean forced() {
        return choice.mode() == Mode.REQUIRED || choice.mode() == Mode.NAMED;
    }

    /** The grammar of a forced call, in the parser's own format. */
    StructuredOutput grammar() {
        ToolParserProvider format = parser.orElseThrow();
        return format.grammar(definitions, choice)
                .orElseThrow(() -> ProtocolException.unsupported(
                        "tool_choice",
                        "the tool format " + format.name() + " has no grammar that could hold the model to a call; use"
                                + " tool_choice auto"));
    }

    /** The grammar that leaves the text free and holds calls of strict tools to their schemas, where the format has one. */
    Optional<StructuredOutput> strictGrammar() {
        boolean strict = choice.mode() == Mode.AUTO && definitions.stream().anyMatch(ToolDefinition::strict);
        return strict ? parser.flatMap(format -> format.autoGrammar(definitions, choice.parallel())) : Optional.empty();
    }

    /** A parser for one completion that is told which of its text are tokens, where calls are looked for. */
    Optional<ToolParser> newParser(Predicate<String> marks) {
        return parser.map(format -> PluginKind.TOOL_PARSER.made(format, format.create(definitions, marks)));
    }

    /** A parser for one completion, where calls are looked for. */
    Optional<ToolParser> newParser() {
        return parser.map(format -> PluginKind.TOOL_PARSER.made(format, format.create(definitions)));
    }
}
