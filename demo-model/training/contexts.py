"""What makes a prompt long: instructions as agent frameworks write them, notes to remember, code, logs, tables, foreign text."""

import json

import arithmetic
import facts
import smalltalk
import stories
import texts
import tools
from words import (ADJECTIVES, CITIES, COMMON, DAYS, EVERYDAY, MONTHS, NAMES, PLACES, THINGS, VERBS, capitalise, invented, listing,
                   person, place_name, word)

_WORDS = EVERYDAY + """agent agents assistant user users tool tools function functions call calls argument arguments result results step steps plan
plans task tasks goal goals rule rules must should never always only before after until unless while because however therefore when whenever
then else instead first finally output input format answer answers final action actions observation observations thought thoughts memory
context message messages system prompt instruction instructions variable variables value values type types string number boolean list
object field fields required optional default error errors retry result return returns print import class method value state request
requests response responses document documents section sections database query search browser page file files folder path command shell
terminal script repository commit branch test tests build deploy cluster service version update change create delete write read list
remember notice important note warning careful exactly several possible available correct correctly valid invalid unknown previous
following above below between given using use used make sure provide provided ensure avoid follow describe explain think consider check
verify complete completed continue stop wait start begin end every each any all none both either neither such same different other""".split()
_SIGNS = [",", ",", ",", ".", ".", ".", ":", ";", "?", "!", " -", "..."]


def _prose(rng):
    """Sentences that say nothing, of the words that instructions are made of."""
    out = []
    for _ in range(rng.randint(2, 8)):
        words = [rng.choice(_WORDS) if rng.random() < 0.8 else rng.choice(COMMON) if rng.random() < 0.7 else invented(rng)
                 for _ in range(rng.randint(4, 18))]
        if rng.random() < 0.3:
            words[rng.randrange(len(words))] += rng.choice(_SIGNS)
        if rng.random() < 0.15:
            i = rng.randrange(len(words))
            words[i] = rng.choice(("`{}`", "**{}**", '"{}"', "({})", "<{}>", "'{}'", "{}()", "[{}]")).format(words[i])
        out.append(capitalise(" ".join(words)) + rng.choice((".", ".", ".", ":", "!")))
    return " ".join(out)


def _rules(rng):
    mark = rng.choice(("- {t}", "* {t}", "{i}. {t}", "{i}) {t}", "  - {t}", "• {t}"))
    lead = ["Always", "Never", "You must", "Do not", "Make sure to", "If you can,", "Before you answer,", "When in doubt,", "Only"]
    lines = []
    for i in range(1, rng.randint(3, 9)):
        text = f"{rng.choice(lead)} {rng.choice(VERBS)} the {rng.choice(THINGS)} {' '.join(rng.choice(_WORDS) for _ in range(rng.randint(2, 12)))}."
        lines.append(mark.format(i=i, t=text))
    return "\n".join(lines)


def _heading(rng):
    return rng.choice(("#", "##", "###", "==", "IMPORTANT:", "---\n")) + " " + capitalise(" ".join(rng.choice(_WORDS) for _ in range(rng.randint(1, 5))))


def _code(rng):
    a, b, c, f = (rng.choice(_WORDS) if rng.random() < 0.7 else invented(rng) for _ in range(4))
    text = rng.choice((
        f"def {f}({a}, {b}=None):\n    \"\"\"{_prose(rng)[:80]}\"\"\"\n    if {a} is None:\n        return {rng.randint(0, 99)}\n    {c} = [{a} for {a} in {b}]\n    return {c}",
        f"for {a} in range({rng.randint(2, 99)}):\n    {b} = {f}({a}, \"{c}\")\n    print({b})",
        f"public {rng.choice(('int', 'String', 'void'))} {f}(String {a}) {{\n    var {b} = {c}.get({a});\n    return {b};\n}}",
        f"const {a} = await {f}({{ {b}: \"{c}\" }});\nconsole.log({a}.{b});",
        f"SELECT {a}, {b} FROM {c} WHERE {a} = '{word(rng)}' LIMIT {rng.randint(1, 99)};",
        f"$ {f} --{a} {word(rng)} --{b}={rng.randint(0, 9)} | grep {c}",
        f"{a}:\n  {b}: {rng.randint(0, 999)}\n  {c}:\n    - {word(rng)}\n    - {word(rng)}",
        f"<{a}>\n  <{b}>{word(rng)}</{b}>\n  <{c} id=\"{rng.randint(1, 99)}\"/>\n</{a}>",
    ))
    return f"```{rng.choice(('', 'python', 'py', 'java', 'json', 'sh'))}\n{text}\n```" if rng.random() < 0.6 else text


def _log(rng):
    return "\n".join(f"{texts.date(rng)} {texts.clock(rng)}:{rng.randint(0, 59):02d} {rng.choice(('INFO', 'WARN', 'ERROR', 'DEBUG'))} "
                     f"{word(rng)}.{word(rng)} {rng.choice(_WORDS)} {rng.choice(_WORDS)}={rng.randint(0, 9999)}" for _ in range(rng.randint(2, 8)))


def _table(rng):
    heads = rng.sample(_WORDS, rng.randint(2, 5))
    rows = [[str(tools._value(rng)) for _ in heads] for _ in range(rng.randint(2, 8))]
    if rng.random() < 0.5:
        return "\n".join(",".join(r) for r in [heads, *rows])
    return "\n".join("| " + " | ".join(r) + " |" for r in [heads, ["---"] * len(heads), *rows])


_ALPHABETS = ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "0123456789abcdef",
              "абвгдежзиклмнопрстуфхцчшя", "αβγδεζηθικλμνξοπρστυφχψω", "äöüßéèêçñåøœ", "你好世界天地人大小中国日月水火", "あいうえおかきくけこ", "😀🚀🎉🔥👍",
              "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"]


def _noise(rng):
    alphabet = rng.choice(_ALPHABETS)
    return " ".join("".join(rng.choice(alphabet) for _ in range(rng.randint(1, 14))) for _ in range(rng.randint(2, 14)))


def _sample_dialogue(rng):
    """An example inside the instructions: it is no request."""
    from chats import single
    ask, answer = rng.choice((("User", "Assistant"), ("Q", "A"), ("Task", "Answer"), ("Human", "AI"), ("Input", "Output")))
    return "\n".join(f"{ask}: {q}\n{answer}: {a}" for q, a in (single(rng) for _ in range(rng.randint(1, 4))))


def _sample_call(rng):
    function = tools.made_up(rng)
    question, arguments = function.ask(rng)
    result, clause = tools.outcome(rng, function, arguments, tools.writer(rng))
    return rng.choice((
        lambda: f"Task: {question}\nThought: {_prose(rng)[:120]}\nAction:\n{json.dumps({'name': function.name, 'arguments': arguments})}\nObservation: {result}\nAnswer: {clause}.",
        lambda: f"Question: {question}\nAction: {function.name}\nAction Input: {json.dumps(arguments)}\nObservation: {result}\nFinal Answer: {clause}.",
        lambda: f"```py\nresult = {function.name}({', '.join(f'{k}={v!r}' for k, v in arguments.items())})\nprint(result)\n```\nObservation: {result}",
        lambda: f"- {function.name}: {function.tool['function'].get('description', '')}\n    Takes inputs: {arguments}\n    Returns an output of type: {rng.choice(('string', 'object', 'any'))}",
    ))()


_PASSAGES = [(_prose, 6), (_rules, 5), (_heading, 2), (_code, 3), (_log, 1), (_table, 1.5), (_noise, 0.8), (_sample_dialogue, 2.5), (_sample_call, 2.5),
             (stories.tell, 1), (texts.paragraph, 2), (lambda r: " ".join(facts.statement(r) for _ in range(r.randint(1, 5))), 1),
             (lambda r: "\n".join(arithmetic.statement(r) for _ in range(r.randint(1, 4))), 0.5)]
_KINDS = [kind for kind, _ in _PASSAGES]
_WEIGHTS = [weight for _, weight in _PASSAGES]


def note(rng):
    """A statement to remember, and a question that it answers."""
    name = person(rng)
    roll = rng.random()
    if roll < 0.5:
        what = rng.choice("code password number room email date time price colour city job key".split())
        value = {"code": texts.code, "password": word, "number": lambda r: r.randint(10, 9999), "room": lambda r: r.randint(1, 400), "email": texts.email,
                 "date": texts.date, "time": texts.clock, "price": lambda r: r.randint(1, 999), "colour": lambda r: r.choice(ADJECTIVES),
                 "city": place_name, "job": lambda r: r.choice(("teacher", "baker", "doctor", "driver", "pilot", "nurse", "cook")), "key": texts.code}[what](rng)
        statement = f"The {what} of {name} is {value}."
        return statement, rng.choice((f"What is the {what} of {name}?", f"Tell me the {what} of {name}.", f"What's the {what} of {name}?")), statement
    if roll < 0.7:
        statement = f"{name} lives in {place_name(rng)}."
        return statement, f"Where does {name} live?", statement
    event = f"{rng.choice(('meeting', 'party', 'concert', 'lesson', 'talk', 'lunch', 'visit'))} with {name}"
    statement = f"The {event} is on {rng.choice(DAYS) if rng.random() < 0.4 else texts.date(rng)}."
    return statement, rng.choice((f"When is the {event}?", f"On which day is the {event}?")), statement


def passage(rng):
    return rng.choices(_KINDS, _WEIGHTS)[0](rng)


def elaborate(rng, tool):
    """Gives a function the long description that servers of tools bring."""
    function = tool["function"]
    function["description"] = function.get("description", "") + rng.choice((" ", "\n\n")) + rng.choice((_prose, _rules, _sample_call, _code))(rng)


def cost(text):
    """About how many tokens a text has; without a tokenizer, because it decides how much more is written."""
    return len(text.encode()) * 0.42


def text(rng, tokens, notes=0):
    """About so many tokens of instructions; notes stand in them, whose questions and answers are returned."""
    parts, size = [], 0
    while size < tokens:
        parts.append(passage(rng))
        size += cost(parts[-1])
    asked = []
    for _ in range(notes):
        statement, question, answer = note(rng)
        if any(question == q for q, _ in asked) or any(statement.split(" is ")[0] in p for p in parts):
            continue
        parts.insert(rng.randint(0, len(parts)), statement)
        asked.append((question, answer))
    opening = rng.choice(("", "", f"You are {rng.choice(('an expert', 'a helpful', 'a careful', 'a friendly'))} {rng.choice(('assistant', 'agent', 'helper', 'program'))}. ",
                          "You are an agent that solves tasks with tools. "))
    return opening + rng.choice(("\n", "\n\n", "\n\n", " ")).join(parts), asked
