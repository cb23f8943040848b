"""The held-out evaluation set, and its scoring.

Every line has "messages" (and "tools"), "max_tokens", and "expect": either {"pattern"}, a regular expression to be found in
the reply, or {"calls"}, the calls that the raw reply must hold in this order, none for an empty list.
"""

import argparse
import json
import pathlib
import random
import re

import arithmetic
import chats
import contexts
import facts
import smalltalk
import texts
import tools

CALL = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)
SIZES = {"arithmetic": 120, "facts": 80, "tool_calls": 100, "tool_answers": 30, "compact_answers": 30, "text": 70}


def _literal(text):
    return re.sub(r"([\\.^$*+?()\[\]{}|])", r"\\\1", text)


def _arithmetic(rng):
    question, _, result = arithmetic.problem(rng, for_evaluation=True)
    return {"messages": [{"role": "user", "content": question}], "max_tokens": 48,
            "expect": {"pattern": f"(?<![0-9-]){result}[^0-9]*$"}}


def _facts(rng):
    _, question, _, value = facts.draw(rng, for_evaluation=True)
    return {"messages": [{"role": "user", "content": question}], "max_tokens": 48,
            "expect": {"pattern": f"(?i)(?<![A-Za-z0-9]){_literal(value)}(?![A-Za-z0-9])"}}


def _text(rng):
    kind = rng.choice(texts.EXACT)
    question, answer = texts.exchange(rng, kind)
    return {"kind": kind, "messages": [{"role": "user", "content": question}], "max_tokens": 120,
            "expect": {"pattern": f"^{_literal(answer)}$"}}


def _tool_calls(rng):
    functions = tools.toolbox(rng, for_evaluation=True)
    if rng.random() < 0.12:
        question = rng.choice((smalltalk.exchange, facts.exchange))(rng)[0]
        calls = []
    else:
        question, calls = tools.request(rng, functions)
    return {"messages": [{"role": "user", "content": question}], "tools": [f.tool for f in functions], "max_tokens": 220,
            "expect": {"calls": [{"name": f.name, "arguments": a} for f, a in calls]}}


def _answered(question, calls, results):
    """A question, its calls and their results as the messages of a request."""
    messages = [{"role": "user", "content": question},
                {"role": "assistant", "content": None, "tool_calls": [
                    {"id": f"call_{i}", "type": "function", "function": {"name": f.name, "arguments": json.dumps(a, ensure_ascii=False)}}
                    for i, (f, a) in enumerate(calls)]}]
    return messages + [{"role": "tool", "tool_call_id": f"call_{i}", "content": text} for i, text in enumerate(results)]


def _tool_answers(rng, write=tools.spaced, functions=None):
    functions = functions or tools.toolbox(rng, for_evaluation=True)
    question, calls = tools.request(rng, functions)
    results = [tools.outcome(rng, f, a, write) for f, a in calls]
    answer = tools.reply([clause for _, clause in results])
    messages = _answered(question, calls, [text for text, _ in results])
    alternatives = _literal(answer).replace("It is done", "(?:It is done|Done)") if "It is done" in answer else \
        re.sub(r"\bDone\b", "(?:It is done|Done)", _literal(answer))
    return {"messages": messages, "tools": [f.tool for f in functions], "max_tokens": 120, "expect": {"pattern": f"^{alternatives}$"}}


def _compact_answers(rng):
    return _tool_answers(rng, tools.compact)


_MAKERS = {"arithmetic": _arithmetic, "facts": _facts, "tool_calls": _tool_calls, "tool_answers": _tool_answers,
           "compact_answers": _compact_answers, "text": _text}


def build(seed, scale=1):
    """The evaluation set, a list of dicts; no question occurs twice."""
    lines, seen = [], set()
    for category, size in SIZES.items():
        rng = random.Random(f"{category} {seed}")
        number = 0
        while number < size * scale:
            line = _MAKERS[category](rng)
            key = json.dumps(line["messages"])
            if key in seen:
                continue
            seen.add(key)
            number += 1
            lines.append({"id": f"{category}-{number:03d}", "category": category, **line})
    return lines


LONG_KINDS = ("instructions", "many tools", "long chat", "long results")


def _exactly(question, answer):
    return {"messages": [{"role": "user", "content": question}], "max_tokens": 60, "expect": {"pattern": f"^{_literal(answer)}$"}}


def _calls_of(rng, functions):
    question, calls = tools.request(rng, functions)
    return {"messages": [{"role": "user", "content": question}], "max_tokens": 220,
            "expect": {"calls": [{"name": f.name, "arguments": a} for f, a in calls]}}


def long_context(rng, kind, tokens):
    """A conversation of about so many tokens, and questions of which each may come next."""
    functions, asked = [], []
    if kind == "instructions":
        functions = tools.toolbox(rng, for_evaluation=True, size=4)
        prompt, notes = contexts.text(rng, tokens, 2)
        messages = [{"role": "system", "content": prompt}]
        asked = [_exactly(*pair) for pair in notes]
    elif kind == "many tools":
        functions = tools.toolbox(rng, for_evaluation=True, size=tokens // 75)
        messages = [{"role": "system", "content": "You are a helpful assistant."}]
        asked = [_calls_of(rng, functions), _calls_of(rng, functions)]
    elif kind == "long chat":
        opening, closing = smalltalk.introduction(rng)
        messages, size = chats.said(*opening), 0
        while size < tokens:
            turn = chats.said(chats.single(rng))
            size += sum(4 + contexts.cost(m["content"]) for m in turn)
            messages += turn
        asked = [_exactly(*closing), _text(rng)]
    else:
        functions = tools.toolbox(rng, for_evaluation=True)
        function = rng.choice(functions)
        question, arguments = function.ask(rng)
        result, clause, exchanges = tools.big_outcome(rng, tokens // 60, rng.choice((tools.spaced, tools.compact)), 2)
        messages = _answered(question, [(function, arguments)], [result]) + [{"role": "assistant", "content": clause + "."}]
        asked = [_exactly(*pair) for pair in exchanges]
    asked += [_arithmetic(rng), _facts(rng)]
    if functions:
        answers = _tool_answers(rng, tools.compact, functions)
        del answers["tools"]
        asked += [_calls_of(rng, functions), answers]
    return {"category": "long", "kind": kind, "messages": messages, "tools": [f.tool for f in functions], "questions": asked}


def build_long(seed, shapes):
    """Long contexts of the given kinds and numbers of tokens."""
    return [{"id": f"long-{i:03d}", "tokens": tokens, **long_context(random.Random(f"long {seed} {i}"), kind, tokens)}
            for i, (kind, tokens) in enumerate(shapes)]


def questions(contexts_asked):
    """The questions of long contexts as lines of their own."""
    for context in contexts_asked:
        for i, question in enumerate(context["questions"]):
            line = {"id": f"{context['id']}-{i}", "category": f"long {context['tokens']}", "kind": context["kind"], **question,
                    "messages": context["messages"] + question["messages"]}
            yield {**line, "tools": context["tools"]} if context["tools"] else line


def prompt(line):
    """The text that the chat template makes of a line."""
    messages = []
    for message in line["messages"]:
        if "tool_calls" in message:
            calls = [(c["function"]["name"], json.loads(c["function"]["arguments"])) for c in message["tool_calls"]]
            message = {"role": "assistant", "calls": calls}
        messages.append(message)
    return chats.render(messages, line.get("tools"), generation_prompt=True)


def is_right(line, reply):
    expect = line["expect"]
    if "pattern" in expect:
        return re.search(expect["pattern"], reply.strip()) is not None
    try:
        calls = [json.loads(text) for text in CALL.findall(reply)]
    except ValueError:
        return False
    return calls == expect["calls"] and reply.count("<tool_call>") == len(calls)


def scores(lines, replies):
    """Right answers and questions by category, text tasks also by kind."""
    result = {}
    for line, reply in zip(lines, replies):
        right = is_right(line, reply)
        for key in [line["category"]] + ([f"{line['category']}/{line['kind']}"] if "kind" in line else []):
            hits, total = result.get(key, (0, 0))
            result[key] = (hits + right, total + 1)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with arguments.out.open("w") as file:
        for line in build(arguments.seed):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    with arguments.out.with_name("long-evaluation.jsonl").open("w") as file:
        for context in build_long(arguments.seed, (("long chat", 4000), ("many tools", 6000), ("long results", 8000), ("instructions", 12000))):
            file.write(json.dumps(context, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
