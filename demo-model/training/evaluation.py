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
import facts
import smalltalk
import texts
import tools

CALL = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)
SIZES = {"arithmetic": 120, "facts": 80, "tool_calls": 100, "tool_answers": 30, "text": 70}


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


def _tool_answers(rng):
    functions = tools.toolbox(rng, for_evaluation=True)
    question, calls = tools.request(rng, functions)
    results = [tools.outcome(rng, f, a) for f, a in calls]
    answer = tools.reply([clause for _, clause in results])
    messages = [{"role": "user", "content": question},
                {"role": "assistant", "content": None, "tool_calls": [
                    {"id": f"call_{i}", "type": "function", "function": {"name": f.name, "arguments": json.dumps(a, ensure_ascii=False)}}
                    for i, (f, a) in enumerate(calls)]}]
    messages += [{"role": "tool", "tool_call_id": f"call_{i}", "content": text} for i, (text, _) in enumerate(results)]
    alternatives = _literal(answer).replace("It is done", "(?:It is done|Done)") if "It is done" in answer else \
        re.sub(r"\bDone\b", "(?:It is done|Done)", _literal(answer))
    return {"messages": messages, "tools": [f.tool for f in functions], "max_tokens": 120, "expect": {"pattern": f"^{alternatives}$"}}


_MAKERS = {"arithmetic": _arithmetic, "facts": _facts, "tool_calls": _tool_calls, "tool_answers": _tool_answers, "text": _text}


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
        for key in [line["category"]] + ([f"text/{line['kind']}"] if "kind" in line else []):
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


if __name__ == "__main__":
    main()
