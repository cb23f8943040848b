"""Chats of every kind, mixed, and their rendering: the same text that the chat template in tokenizer_config.json makes."""

import json

import arithmetic
import facts
import smalltalk
import stories
import texts
import tools
from words import invented

TOOLS_OPEN = "You can call these functions:\n<tools>\n"
TOOLS_CLOSE = "\n</tools>\nTo call one, write its name and arguments as JSON between <tool_call> and </tool_call>."

SYSTEM_PROMPTS = ["You are a helpful assistant.", "You are a helpful assistant", "You are a friendly assistant. Be brief.",
                  "Answer briefly.", "You are a helpful AI.", "You answer questions of our customers.",
                  "You are a kind teacher.", "Be polite and short.", "You are an assistant inside an app.", "Help the user.",
                  "You are a chat bot on a web page.", "You are Tokamak's demo model.", "Today is Monday.",
                  "You are a helpful, respectful and honest assistant.", "You are a concise assistant.", "Answer in English.",
                  "You are a helpful assistant with access to functions.", "Use the functions when they help."]


def render(messages, tools_list=None, generation_prompt=False):
    """Text of a chat. An assistant message is {"content"} or {"calls": [(name, arguments)...], "content"?}."""
    parts = []
    first = 0
    if tools_list:
        system = ""
        if messages[0]["role"] == "system":
            system, first = messages[0]["content"] + "\n\n", 1
        parts.append(f"<|im_start|>system\n{system}{TOOLS_OPEN}" +
                     "\n".join(json.dumps(t, ensure_ascii=False) for t in tools_list) + f"{TOOLS_CLOSE}<|im_end|>\n")
    for message in messages[first:]:
        role = message["role"]
        content = message.get("content") or ""
        if role == "tool":
            content = f"<tool_response>\n{content}\n</tool_response>"
        elif "calls" in message:
            called = tools.call_text(message["calls"])
            content = content + "\n" + called if content else called
        parts.append(f"<|im_start|>{role}\n{content}<|im_end|>\n")
    if generation_prompt:
        parts.append("<|im_start|>assistant\n")
    return "".join(parts)


_SINGLE = [(arithmetic.exchange, 10), (facts.exchange, 5), (smalltalk.exchange, 3), (texts.exchange, 7), (stories.exchange, 0.9)]
_SINGLE_KINDS = [kind for kind, _ in _SINGLE]
_SINGLE_WEIGHTS = [weight for _, weight in _SINGLE]


def _single(rng):
    return rng.choices(_SINGLE_KINDS, _SINGLE_WEIGHTS)[0](rng)


def _plain(rng, long):
    turns = rng.choices((1, 2, 3, 4, 6), (64, 18, 9, 5, 4))[0]
    if long:
        turns = rng.randint(8, 30)
    messages = []

    def say(question, answer):
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": answer})

    if turns > 1 and rng.random() < 0.2:
        opening, closing = smalltalk.introduction(rng)
        for pair in opening:
            say(*pair)
        for _ in range(turns - 2):
            say(*_single(rng))
        say(*closing)
    else:
        for _ in range(turns):
            say(*_single(rng))
    return messages


def _with_tools(rng):
    functions = tools.toolbox(rng)
    messages = []
    turns = 1 if rng.random() < 0.85 else rng.randint(2, 3)
    for _ in range(turns):
        roll = rng.random()
        if roll < 0.10:
            exchange = rng.choices((smalltalk.exchange, facts.exchange, arithmetic.exchange, texts.exchange), (3, 3, 2, 2))[0](rng)
            if any(text in exchange[1] for text in ("tool", "clock")):
                exchange = ("Hello!", "Hello! How can I help you?")
        elif roll < 0.14:
            exchange = tools.absent(rng, functions)
        elif roll < 0.17:
            exchange = tools.missing(rng, functions)
        else:
            exchange = None
        if exchange:
            messages.append({"role": "user", "content": exchange[0]})
            messages.append({"role": "assistant", "content": exchange[1]})
            continue
        question, calls = tools.request(rng, functions)
        roll = rng.random()
        if roll < 0.05:
            question = rng.choice(("Hi! ", "Hello, ", "Please help me. ", "I have a request. ")) + question
        elif roll < 0.10:
            question += rng.choice((" Thanks!", " Thank you.", " Please."))
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "calls": [(f.name, a) for f, a in calls]})
        if rng.random() < 0.5:
            continue
        clauses = []
        for function, arguments in calls:
            result, clause = tools.outcome(rng, function, arguments)
            messages.append({"role": "tool", "content": result})
            clauses.append(clause)
        messages.append({"role": "assistant", "content": tools.reply(clauses)})
    return messages, [f.tool for f in functions]


def _raw(rng):
    """Plain text without chat, for the completions endpoint."""
    roll = rng.random()
    if roll < 0.4:
        return stories.tell(rng)
    if roll < 0.6:
        return " ".join(facts.statement(rng) for _ in range(rng.randint(1, 6)))
    if roll < 0.8:
        return rng.choice(("\n", " ")).join(arithmetic.statement(rng) for _ in range(rng.randint(1, 6)))
    return texts.paragraph(rng)


def document(rng):
    """One document of the corpus as text; a chat begins with <|im_start|>, plain text ends with <|endoftext|>."""
    roll = rng.random()
    if roll < 0.03:
        return _raw(rng) + "<|endoftext|>"
    if roll < 0.34:
        messages, functions = _with_tools(rng)
        if rng.random() < 0.35:
            messages.insert(0, {"role": "system", "content": rng.choice(SYSTEM_PROMPTS)})
        return render(messages, functions)
    messages = _plain(rng, roll > 0.994)
    if rng.random() < 0.25:
        messages.insert(0, {"role": "system", "content": rng.choice(SYSTEM_PROMPTS)})
    return render(messages)
