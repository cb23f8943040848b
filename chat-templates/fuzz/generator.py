"""Random templates and the variables to render them with. All randomness comes from the given generator."""

NAMES = ["a", "b", "c", "x", "y", "messages", "tools", "text", "number", "missing", "flag"]
KEYS = ["role", "content", "name", "items", "a", "x", "Ünï", "id"]
TEXTS = [
    "", " ", "a", "Hello, World", "  padded\t", "line1\nline2\r\n\nline4", "it's", 'say "hi"', "both ' and \"",
    "ünï¢ødé ß ΣΑΣ", "emoji 😀👩‍💻!", "<tag a=\"1\">&amp;</tag>", "a,b,,c", "x=1;y=2", "UPPER lower Title-case_word",
    "back\\slash", "tab\there", "\x07bell\x1f", "{}", "{0} {a}", "%s %d", "123", "-4.5e3", "  42 ", "ǆ ﬁ ŉ", "\u2028sep\u00a0nb",
    "<|im_start|>", "user", "assistant", "system", "tool", "<think>why</think>so", "a.b.c", "\ud7ff\ue000\U00010000",
]
SPACES = ["", "", " ", "\n", "\n\n", "  \n", "\n  ", " \t", "text", "Text \n  more", "\nend\n", "} {", "{ {", "#", "%", "<|x|>\n"]
STRING_METHODS = [
    ".upper()", ".lower()", ".title()", ".capitalize()", ".swapcase()", ".strip()", ".lstrip()", ".rstrip()",
    ".strip('a ')", ".lstrip('<|H')", ".rstrip('\\n!')", ".replace('a', 'bb')", ".replace('', '-')", ".replace('l', '', 1)",
    ".zfill(7)", ".center(9)", ".center(8, '*')", ".ljust(6, '.')", ".rjust(6)", ".expandtabs(4)", ".removeprefix('<')",
    ".removesuffix('t')", ".format(1, a='z')", ".casefold()",
]
STRING_TO_INT = [".find('a')", ".rfind('l')", ".count('l')", ".count('')", ".find('a', 2)", ".find('l', -3, 9)", ".index('e')"]
STRING_TO_BOOL = [
    ".startswith('a')", ".endswith('d')", ".startswith(('a', '<'))", ".startswith('l', 2)", ".isdigit()", ".isalpha()",
    ".isalnum()", ".isspace()", ".isupper()", ".islower()", ".istitle()", ".isnumeric()", ".isdecimal()", ".isascii()",
    ".isidentifier()", ".isprintable()",
]
STRING_TO_LIST = [
    ".split()", ".split(',')", ".split(' ', 1)", ".split(none, 1)", ".rsplit(' ', 1)", ".rsplit(none, 2)", ".splitlines()",
    ".splitlines(true)", ".partition('=')", ".rpartition('l')", ".split('</think>')[-1:]", ".rsplit(',')", ".split(maxsplit=2)",
]
STRING_FILTERS = [
    "|upper", "|lower", "|title", "|capitalize", "|trim", "|trim('a')", "|replace('a', 'b')", "|replace('l', 'L', 1)",
    "|indent", "|indent(2, true)", "|indent('> ', blank=true)", "|indent(width=3, first=true)", "|center(11)", "|string",
    "|e", "|safe", "|tojson", "|truncate(8)", "|truncate(5, true, '')", "|truncate(7, leeway=0)", "|reverse", "|striptags",
    "|urlencode", "|default('d')", "|default('d', true)", "|forceescape", "|wordwrap(7)", "|wordwrap(5, false)", "|format",
]
FORMATS = [
    ("'%s'", 1), ("'%r'", 1), ("'%5s|'", 1), ("'%-5s|'", 1), ("'%.2s'", 1), ("'%s-%s'", 2), ("'%a'", 1), ("'%%%s'", 1),
]
NUMBER_FORMATS = [
    "'%d'", "'%5d'", "'%05d'", "'%+d'", "'%x'", "'%X'", "'%o'", "'%#x'", "'%.3f'", "'%8.2f'", "'%e'", "'%g'", "'%G'", "'%-6d|'",
    "'% d'", "'%i'", "'%.3d'", "'%c'",
]
BRACES = [
    "'{}'", "'{:>8}'", "'{:<8}|'", "'{:^9}'", "'{!r}'", "'{0}{0}'", "'{:*^7}'", "'{!s:>4}'", "'{:5}|'", "'{:.1}'",
]
NUMBER_BRACES = [
    "'{:d}'", "'{:,}'", "'{:05d}'", "'{:+}'", "'{:x}'", "'{:#b}'", "'{:.2f}'", "'{:e}'", "'{:g}'", "'{:%}'", "'{:_}'", "'{:>6}'",
    "'{:08.3f}'", "'{:10,.1f}'", "'{:.3}'", "'{: d}'", "'{:o}'", "'{:X}'",
]
TESTS = [
    "defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping", "sequence", "iterable",
    "true", "false", "callable", "lower", "upper", "odd", "even", "escaped", "divisibleby 3", "divisibleby(2)", "in 'abc'",
    "in [1, 2]", "eq 1", "equalto('a')", "ne 2", "gt 1", "lt(2)", "ge 0", "le 1", "sameas none", "sameas true", "filter", "test",
]
JSON_OPTIONS = [
    "", "()", "(indent=2)", "(indent=4, ensure_ascii=true)", "(separators=(',', ':'))", "(sort_keys=true)", "(indent=0)",
    "(true)", "(indent='\t')", "(ensure_ascii=False, indent=none)", "(indent=1, separators=(',', ': '), sort_keys=True)",
]
SLICES = ["[1:]", "[:-1]", "[::-1]", "[::2]", "[-3:]", "[1:3]", "[:2]", "[5:1:-2]", "[-1::-1]", "[:0]", "[10:]", "[-2:5:1]", "[1::-1]"]
LOOPS = [
    "loop.index", "loop.index0", "loop.revindex", "loop.revindex0", "loop.first", "loop.last", "loop.length", "loop.depth",
    "loop.depth0", "loop.previtem", "loop.nextitem", "loop.cycle('p', 'q', 'r')", "loop.changed(x)", "loop.changed(loop.index // 2)",
    "loop.previtem is defined", "loop.nextitem is undefined", "(loop.nextitem|default('none'))", "loop.missing", "loop",
]


class Generator:
    def __init__(self, random):
        self.random = random
        self.loops = 0
        self.macros = []
        self.depth = 0

    def pick(self, choices):
        return self.random.choice(choices)

    def chance(self, probability):
        return self.random.random() < probability

    # ---- variables

    def value(self, depth=0):
        kind = self.random.randrange(10 if depth < 3 else 7)
        if kind < 3:
            return self.pick(TEXTS)
        if kind == 3:
            return self.pick([0, 1, 2, 3, -1, 7, 10, 100, -17, 2**31, 2**53 + 1, 2**64, -(2**70)])
        if kind == 4:
            return self.pick([0.0, 1.0, -0.5, 2.5, 1e16, 1e-5, 123456.789, 1 / 3, 1e100, 0.1, -1e-7, 5.684341886080802e-14, 2e23])
        if kind == 5:
            return self.pick([True, False])
        if kind == 6:
            return None
        if kind == 7:
            return [self.value(depth + 1) for _ in range(self.random.randrange(5))]
        return {self.pick(KEYS): self.value(depth + 1) for _ in range(self.random.randrange(5))}

    def message(self):
        made = {"role": self.pick(["system", "user", "assistant", "tool"]), "content": self.pick(TEXTS)}
        if self.chance(0.3):
            made["content"] = [{"type": "text", "text": self.pick(TEXTS)} for _ in range(self.random.randrange(3))]
        if self.chance(0.3):
            made["tool_calls"] = [{"function": {"name": "f", "arguments": {self.pick(KEYS): self.value(2)}}}]
        return made

    def context(self):
        made = {name: self.value() for name in ["a", "b", "x"] if self.chance(0.7)}
        made["messages"] = [self.message() for _ in range(self.random.randrange(5))]
        made["text"] = self.pick(TEXTS)
        made["number"] = self.pick([0, 1, 2, 5, -3, 2.5, 10])
        made["flag"] = self.pick([True, False])
        if self.chance(0.5):
            made["tools"] = [{"name": self.pick(TEXTS), "x": self.value(1)} for _ in range(self.random.randrange(3))]
        return made

    # ---- expressions

    def literal_text(self):
        text = self.pick(TEXTS)
        if self.chance(0.3):
            return self.pick(["'a\\nb'", '"\\u00e9\\x41"', "'\\'q\\''", '"it\'s"', "'a' 'b'", "'\\\\d'", "'\\é'", "'\\101'", "'\\w'"])
        quote = self.pick("'\"")
        escaped = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
        return quote + escaped + quote

    def name(self):
        return self.pick(NAMES)

    def number(self):
        kind = self.random.randrange(15 if self.nested() else 5)
        if kind < 3:
            return self.pick(["0", "1", "2", "3", "7", "10", "1_000", "0x1F", "0b101", "-1", "-3", "2.5", "1e3", "0.1", "1.5e-7", "99999999999999999999"])
        if kind == 3:
            return "number"
        if kind == 4:
            return self.pick(LOOPS[:7]) if self.loops else "number"
        if kind < 10:
            return f"({self.number()} {self.pick(['+', '-', '*', '/', '//', '%', '+', '-', '*'])} {self.number()})"
        if kind == 10:
            return self.text() + self.pick(STRING_TO_INT)
        if kind == 11:
            return "(" + self.pick([self.text, self.list, self.dict, self.any])() + self.pick(["|length", "|count"]) + ")"
        if kind == 12:
            return f"(({self.any()})" + self.pick(["|int", "|float", "|int(7)", "|float(1.5)", "|abs", "|round", "|round(1)", "|round(1, 'floor')", "|round(0, 'ceil')", "|int(0, 16)", "|round(-1)"]) + ")"
        if kind == 13:
            return "(" + self.list() + self.pick(["|sum", "|max", "|min", "|first", "|last", "|sum(start=2)"]) + ")"
        return self.pick(["-", "+"]) + self.number() if self.chance(0.5) else f"({self.number()} ** {self.pick(['2', '3', '0', '-1'])})"

    def text(self):
        kind = self.random.randrange(22 if self.nested() else 5)
        if kind < 3:
            return self.literal_text()
        if kind == 3:
            return "text"
        if kind == 4:
            return self.pick(["messages[0].content", "messages[-1]['role']", "a", "(b|string)", "message.content", "x"])
        if kind < 8:
            return self.text() + self.pick(STRING_METHODS)
        if kind < 11:
            return f"(({self.text()})" + self.pick(STRING_FILTERS) + ")"
        if kind == 11:
            return f"({self.any()} ~ {self.any()})"
        if kind == 12:
            return f"({self.text()} + {self.text()})"
        if kind == 13:
            return f"({self.text()} * {self.pick(['2', '0', '-1', '3', 'true'])})"
        if kind == 14:
            form, count = self.pick(FORMATS)
            return f"({form} % ({', '.join(self.any() for _ in range(count))},))"
        if kind == 15:
            return f"({self.pick(NUMBER_FORMATS)} % {self.number()})"
        if kind == 16:
            return f"{self.pick(BRACES)}.format({self.any()})" if self.chance(0.5) else f"{self.pick(NUMBER_BRACES)}.format({self.number()})"
        if kind == 17:
            return f"(({self.any()})|tojson{self.pick(JSON_OPTIONS)})"
        if kind == 18:
            return self.text() + self.pick(SLICES + ["[0]", "[-1]"])
        if kind == 19:
            return "(" + self.list() + self.pick(["|join", "|join(', ')", "|join('-', attribute='role')", "|map('string')|join('+')", "|map('upper')|join"]) + ")"
        if kind == 20:
            return f"{self.literal_text()}.join({self.list()}|map('string'))"
        return f"({self.text()} if {self.condition()} else {self.text()})"

    def list(self):
        kind = self.random.randrange(20 if self.nested() else 4)
        if kind == 0:
            return "[" + ", ".join(self.any() for _ in range(self.random.randrange(4))) + "]"
        if kind == 1:
            return "messages"
        if kind == 2:
            return self.pick(["range(3)", "range(1, 6, 2)", "range(5, 0, -2)", "(1, 2, 3)", "('a',)", "()", "[3, 1, 2]", "['b', 'A', 'c']", "[[1, 'x'], [2, 'y']]"])
        if kind == 3:
            return self.pick(["tools", "a", "b", "x"])
        if kind < 6:
            return self.text() + self.pick(STRING_TO_LIST)
        if kind < 8:
            return self.list() + self.pick(SLICES)
        if kind == 8:
            return "(" + self.list() + self.pick(["|sort", "|sort(reverse=true)", "|sort(case_sensitive=true)", "|sort(attribute='role')", "|unique|list", "|reverse|list", "|list", "|sort(attribute='role,content')"]) + ")"
        if kind == 9:
            return "(" + self.list() + self.pick(["|map(attribute='role')", "|map('upper')", "|map('length')", "|map(attribute='content', default='?')", "|map('default', 'z')", "|map('tojson')", "|map('string')", "|map(attribute='0')", "|map('trim')"]) + "|list)"
        if kind == 10:
            return "(" + self.list() + self.pick(["|select", "|reject", "|select('string')", "|reject('none')", "|select('odd')", "|selectattr('role', 'equalto', 'user')", "|rejectattr('role', 'in', ['user', 'tool'])", "|selectattr('tool_calls')", "|selectattr('content', 'string')", "|select('gt', 1)", "|selectattr('tool_calls', 'defined')", "|select('mapping')"]) + "|list)"
        if kind == 11:
            return f"({self.list()} + {self.list()})"
        if kind == 12:
            return "(" + self.dict() + self.pick(["|list", ".items()|list", ".keys()|list", ".values()|list", "|items|list", "|dictsort", "|dictsort(by='value')", "|dictsort(reverse=true)", "|dictsort(true)"]) + ")"
        if kind == 13:
            return "(" + self.list() + self.pick(["|batch(2)|list", "|batch(3, 'f')|list", "|slice(2)|list", "|slice(3, 'f')|list"]) + ")"
        if kind == 14:
            return "(messages" + self.pick(["|groupby('role')", "|groupby('role')|map('first')|list", "|groupby('role')|map(attribute='grouper')|list"]) + ")"
        if kind == 15:
            return f"({self.list()} * {self.pick(['2', '0', '-1'])})"
        if kind == 16:
            return self.list() + self.pick([".copy()", ".index(1)", ".count(1)", "|first", "|last", "[0]", "[-1]", ".append(1)", ".pop()", "['x']", "[true]"])
        return f"({self.list()} if {self.condition()} else {self.list()})"

    def dict(self):
        kind = self.random.randrange(6 if self.nested() else 3)
        if kind == 0:
            pairs = [f"{self.literal_text()}: {self.any()}" for _ in range(self.random.randrange(4))]
            return "{" + ", ".join(pairs) + "}"
        if kind == 1:
            return self.pick(["messages[0]", "a", "b", "x", "{'role': 'user', 'items': [1, 2]}", "{1: 'one', none: 2, true: 3}", "{2.0: 'two', (1, 'x'): [none]}"])
        if kind == 2:
            return self.pick(["{}", "{'a': 1, 'b': 'two'}", "dict(a=1, b=2)", "dict([('k', 'v')])", "dict({'x': 1}, y=2)"])
        if kind == 3:
            return f"dict(a={self.any()}, x={self.any()})"
        return f"({self.dict()} if {self.condition()} else {self.dict()})"

    def condition(self):
        kind = self.random.randrange(13 if self.nested() else 3)
        if kind == 0:
            return self.pick(["true", "false", "True", "False", "flag", "none"])
        if kind == 1:
            return f"{self.name()} is {self.pick(['', 'not '])}{self.pick(TESTS[:10])}"
        if kind == 2:
            return self.name()
        if kind == 3:
            return f"({self.any()} is {self.pick(['', 'not '])}{self.pick(TESTS)})"
        if kind == 4:
            return f"({self.number()} {self.pick(['<', '<=', '>', '>=', '==', '!='])} {self.number()})"
        if kind == 5:
            return f"({self.any()} {self.pick(['==', '!='])} {self.any()})"
        if kind == 6:
            return f"({self.any()} {self.pick(['in', 'not in'])} {self.pick([self.list, self.text, self.dict, self.any])()})"
        if kind == 7:
            return f"({self.condition()} {self.pick(['and', 'or'])} {self.condition()})"
        if kind == 8:
            return f"(not {self.condition()})"
        if kind == 9:
            return self.text() + self.pick(STRING_TO_BOOL)
        if kind == 10:
            return f"({self.number()} < {self.number()} <= {self.number()})"
        if kind == 11:
            return f"({self.text()} < {self.text()})"
        return f"({self.list()} {self.pick(['<', '>', '==', '<='])} {self.list()})"

    def any(self):
        if self.loops and self.chance(0.15):
            return self.pick(LOOPS)
        if self.macros and self.chance(0.1):
            return self.call()
        kind = self.random.randrange(9)
        if kind < 2:
            return self.text()
        if kind == 2:
            return self.number()
        if kind == 3:
            return self.list()
        if kind == 4:
            return self.dict()
        if kind == 5:
            return self.condition()
        if kind == 6:
            return self.name()
        if kind == 7:
            path = self.pick([".role", ".content", ".items", "['content']", ".x", "[0]", ".missing", ".name", "['Ünï']", ".tool_calls[0].function.arguments", ".get('a')", ".get('q', 5)"])
            return self.name() + path
        return f"({self.any()} if {self.condition()})" if self.nested() else "none"

    def nested(self):
        self.depth += 1
        return self.random.random() < 0.75 ** (self.depth / 3)

    def expression(self):
        self.depth = 0
        return self.any()

    def call(self):
        name, parameters = self.pick(self.macros)
        given = []
        for _ in range(self.random.randrange(len(parameters) + 2)):
            given.append(self.pick(["1", "'v'", "text", "none", "[1, 2]", "number", "x"]))
        named = [f"{p}={self.pick(['1', text_literal])}" for p in parameters[len(given):] if self.chance(0.4) for text_literal in ["'kw'"]]
        if self.chance(0.05):
            named.append("unknown=1")
        return f"{name}({', '.join(given + named)})"

    # ---- statements

    def open(self, body):
        return "{%" + self.pick(["", "", "-", "", "+", ""]) + " " + body + " " + self.pick(["", "", "-", "", "-", "+"]) + "%}"

    def print(self):
        return "{{" + self.pick(["", "", "", "-", "+"]) + " " + self.expression() + " " + self.pick(["", "", "", "-"]) + "}}"

    def space(self):
        return self.pick(SPACES)

    def body(self, depth):
        return "".join(self.space() + self.statement(depth) + self.space() for _ in range(self.random.randrange(1, 4)))

    def template(self):
        count = self.random.randrange(1, 6)
        return "".join(self.space() + self.statement(0) + self.space() for _ in range(count))

    def target(self):
        return self.pick(["a", "b", "c", "x", "y", "message"])

    def statement(self, depth):
        kind = self.random.randrange(24 if depth < 3 else 8)
        if kind < 6:
            return self.print()
        if kind == 6:
            return self.open(f"set {self.target()} = {self.expression()}")
        if kind == 7:
            return self.pick(["{# comment #}", "{#- c -#}", "{# {{ x }} {% if %} #}", "{#+ c +#}", "{% raw %} {{ x }} {% endraw %}", "{%- raw -%}\n {% if %} {%- endraw -%}", self.open("print 1, text"), "{% raw -%}  \n x {% endraw +%}"])
        if kind < 12:
            return self.conditional(depth)
        if kind < 16:
            return self.loop(depth)
        if kind == 16:
            return self.macro(depth)
        if kind == 17:
            return self.namespace(depth)
        if kind == 18:
            filters = self.pick(["", "", " | upper", " | trim | replace('a', 'b')", " | length"])
            return self.open(f"set {self.target()}{filters}") + self.body(depth + 1) + self.open("endset") + self.print()
        if kind == 19:
            return self.open("filter " + self.pick(["upper", "trim", "indent(2)", "replace('e', 'E') | title", "length", "tojson", "e"])) + self.body(depth + 1) + self.open("endfilter")
        if kind == 20:
            return self.open(f"with {self.target()} = {self.expression()}, y = {self.expression()}") + self.body(depth + 1) + self.open("endwith")
        if kind == 21:
            return self.open("generation") + self.body_outside_loop(depth) + self.open("endgeneration")
        if kind == 22:
            return self.call_block(depth)
        if self.loops and self.breakable:
            return self.open(f"if {self.condition()}") + self.space() + self.open(self.pick(["break", "continue"])) + self.open("endif")
        return self.open("set x, y = " + self.pick(["1, 2", "[text, number]", "messages", "'ab'", "{'p': 1, 'q': 2}", "(1,)"]))

    breakable = False

    def body_outside_loop(self, depth):
        before, self.breakable = self.breakable, False
        made = self.body(depth + 1)
        self.breakable = before
        return made

    def conditional(self, depth):
        self.depth = 0
        made = self.open(f"if {self.condition()}") + self.body(depth + 1)
        if self.chance(0.3):
            self.depth = 0
            made += self.open(f"elif {self.condition()}") + self.body(depth + 1)
        if self.chance(0.4):
            made += self.open("else") + self.body(depth + 1)
        return made + self.open("endif")

    def loop(self, depth):
        self.depth = 0
        kind = self.random.randrange(8)
        if kind == 0:
            head = "for x, y in " + self.pick([self.dict() + ".items()", "[(1, 2), ('a', 'b')]", "messages|groupby('role')", self.dict() + "|dictsort", self.dict() + "|items"])
        elif kind < 4:
            head = "for message in messages"
        else:
            head = f"for {self.target()} in {self.list()}"
        if self.chance(0.25):
            head += f" if {self.condition()}"
        recursive = self.chance(0.1)
        if recursive:
            head = self.pick(["for x in [[1, [2]], [3]]", "for x in [{'c': [{'c': []}]}, {'c': []}]"]) + " recursive"
        self.loops += 1
        before, self.breakable = self.breakable, True
        made = self.open(head) + self.body(depth + 1)
        if recursive:
            made += "{{ loop.depth }}{{ loop(x.c) if x is mapping else (loop(x) if x is not number else x) }}"
        self.breakable = before and not recursive
        self.loops -= 1
        if self.chance(0.25):
            made += self.open("else") + self.body(depth + 1)
        self.breakable = before
        return made + self.open("endfor")

    def macro(self, depth):
        name = self.pick(["m", "macro_two", "n"])
        parameters = self.random.sample(["a", "b", "x"], self.random.randrange(3))
        self.depth = 0
        shown, defaulted = [], False
        for p in parameters:
            defaulted = defaulted or self.chance(0.5)
            shown.append(f"{p}={self.pick(['1', repr('dflt'), 'text', 'a', '[1]'])}" if defaulted else p)
        before, self.loops = self.loops, 0
        extra = self.pick(["", "", "", "{{ varargs }}", "{{ kwargs }}", "{{ caller() if caller is defined else '-' }}", "{{ caller }}"])
        made = self.open(f"macro {name}({', '.join(shown)})") + self.body_outside_loop(depth) + extra + self.open("endmacro")
        self.loops = before
        self.macros.append((name, parameters))
        return made + self.space() + "{{ " + self.call() + " }}"

    def namespace(self, depth):
        made = self.open("set c = namespace(n=0, found=false, s='')")
        change = self.pick(["c.n = c.n + loop.index", "c.found = true", "c.s = c.s ~ x", "c.n = c.n + 1", "c.z = x"])
        return made + self.open(f"for x in {self.pick(['range(4)', 'messages', repr('abc')])}") + self.open("set " + change) + self.open("endfor") + "{{ c.n }} {{ c.found }} {{ c.s|string|length }} {{ c.z }}"

    def call_block(self, depth):
        name = self.pick(["cb", "m"])
        made = self.open(f"macro {name}(x=1)") + "[{{ caller(x) }}|{{ x }}]" + self.open("endmacro")
        return made + self.open(f"call{self.pick(['(y)', '(y=2)', '(y, z=x)'])} {name}({self.pick(['', '5', 'x=text'])})") + self.body_outside_loop(depth) + "{{ y }}" + self.open("endcall")
