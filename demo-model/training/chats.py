"""Chats of every kind, mixed, and their rendering: the same text that the chat template in tokenizer_config.json makes."""

import json

import arithmetic
import contexts
import facts
import smalltalk
import stories
import texts
import tools

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


def single(rng):
    """A question without tools, and its answer."""
    return rng.choices(_SINGLE_KINDS, _SINGLE_WEIGHTS)[0](rng)


def said(*exchanges):
    """Questions and answers as messages."""
    return [m for question, answer in exchanges for m in ({"role": "user", "content": question}, {"role": "assistant", "content": answer})]


def _plain(rng, turns):
    if turns > 1 and rng.random() < 0.2:
        opening, closing = smalltalk.introduction(rng)
        return said(*opening, *(single(rng) for _ in range(turns - 2)), closing)
    return said(*(single(rng) for _ in range(turns)))


def _tool_turn(rng, functions, big=0):
    """One turn with tools at hand: mostly a request, its calls, and often their results and the answer; big results have so many entries."""
    roll = rng.random()
    exchange = None
    if roll < 0.10:
        exchange = rng.choices((smalltalk.exchange, facts.exchange, arithmetic.exchange, texts.exchange), (3, 3, 2, 2))[0](rng)
        if any(text in exchange[1] for text in ("tool", "clock")):
            exchange = ("Hello!", "Hello! How can I help you?")
    elif roll < 0.14 and len(functions) < 8:
        exchange = tools.absent(rng, functions)
    elif roll < 0.17:
        exchange = tools.missing(rng, functions)
    if exchange:
        return said(exchange)
    question, calls = tools.request(rng, functions)
    roll = rng.random()
    if roll < 0.05:
        question = rng.choice(("Hi! ", "Hello, ", "Please help me. ", "I have a request. ")) + question
    elif roll < 0.10:
        question += rng.choice((" Thanks!", " Thank you.", " Please."))
    messages = [{"role": "user", "content": question}, {"role": "assistant", "calls": [(f.name, a) for f, a in calls]}]
    if not big and rng.random() < 0.4:
        return messages
    clauses, follow_up = [], []
    write = tools.writer(rng)
    for function, arguments in calls:
        if big:
            result, clause, follow_up = tools.big_outcome(rng, max(2, big // len(calls)), write, rng.randint(1, 3))
        else:
            kind = tools.outcome if rng.random() < 0.85 else tools.rich_outcome
            result, clause = kind(rng, function, arguments, write)
        messages.append({"role": "tool", "content": result})
        clauses.append(clause)
    return messages + said((None, tools.reply(clauses)), *follow_up)[1:]


def _with_tools(rng):
    functions = tools.toolbox(rng)
    turns = 1 if rng.random() < 0.85 else rng.randint(2, 3)
    big = rng.randint(2, 12) if rng.random() < 0.08 else 0
    return [m for _ in range(turns) for m in _tool_turn(rng, functions, big)], [f.tool for f in functions]


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


def _system(rng, messages, share):
    """Puts a system message before the others, now and then one with instructions and notes, whose questions are asked at the end."""
    if rng.random() < share:
        if rng.random() < 0.7:
            prompt, asked = rng.choice(SYSTEM_PROMPTS), []
        else:
            prompt, asked = contexts.text(rng, rng.choice((20, 60, 150)), rng.choice((0, 1, 1, 2)))
        messages = [{"role": "system", "content": prompt}, *messages, *said(*asked)]
    return messages


def document(rng):
    """One document of the corpus as text; a chat begins with <|im_start|>, plain text ends with <|endoftext|>."""
    roll = rng.random()
    if roll < 0.03:
        return _raw(rng) + "<|endoftext|>"
    if roll < 0.34:
        messages, functions = _with_tools(rng)
        return render(_system(rng, messages, 0.35), functions)
    turns = rng.randint(8, 30) if roll > 0.994 else rng.choices((1, 2, 3, 4, 6), (64, 18, 9, 5, 4))[0]
    return render(_system(rng, _plain(rng, turns), 0.25))


LONG_KINDS = ["instructions", "instructions with tools", "many tools", "long chat", "long results", "long text"]


def long_conversation(rng, kind, tokens):
    """Messages and tools of about so many tokens."""
    functions, messages = [], []
    turns = rng.randint(3, 14)
    if kind == "instructions":
        prompt, asked = contexts.text(rng, tokens, rng.randint(1, 6))
        messages = [{"role": "system", "content": prompt}, *_plain(rng, turns), *said(*asked)]
    elif kind == "instructions with tools":
        functions = tools.toolbox(rng, size=rng.randint(1, 12))
        prompt, asked = contexts.text(rng, tokens, rng.randint(0, 3))
        messages = [{"role": "system", "content": prompt}, *(m for _ in range(turns) for m in _tool_turn(rng, functions)), *said(*asked)]
    elif kind == "many tools":
        elaborate = rng.random() < 0.5
        functions = tools.toolbox(rng, size=max(8, tokens // (160 if elaborate else 80)))
        for function in functions if elaborate else []:
            contexts.elaborate(rng, function.tool)
        if rng.random() < 0.5:
            messages = [{"role": "system", "content": contexts.text(rng, rng.randint(20, 600))[0]}]
        messages += [m for _ in range(turns) for m in _tool_turn(rng, functions)]
    elif kind == "long chat":
        opening, closing = smalltalk.introduction(rng)
        functions = tools.toolbox(rng) if rng.random() < 0.3 else []
        messages, size = said(*opening), 0
        while size < tokens:
            turn = _tool_turn(rng, functions) if functions and rng.random() < 0.6 else said(single(rng))
            size += sum(4 + contexts.cost(m.get("content") or str(m)) for m in turn)
            messages += turn
        messages += said(closing)
    elif kind == "long results":
        functions = tools.toolbox(rng)
        share = rng.randint(1, 4)
        messages = [m for _ in range(share) for m in _tool_turn(rng, functions, max(2, tokens // share // 45))]
        messages += [m for _ in range(turns // 2) for m in _tool_turn(rng, functions)]
    else:
        prompt, asked = contexts.text(rng, tokens, rng.randint(2, 6))
        (question, answer), *others = asked or [single(rng)]
        messages = said((f"{prompt}\n\n{question}" if rng.random() < 0.5 else f"{question}\n\n{prompt}", answer), *others, *(single(rng) for _ in range(turns)))
    return messages, [f.tool for f in functions]


def long_document(rng):
    """A document of 1,500 to 16,000 tokens."""
    tokens = rng.randint(8000, 14000) if rng.random() < 0.3 else int(1400 * 10 ** rng.random())
    messages, functions = long_conversation(rng, rng.choice(LONG_KINDS), tokens)
    if messages[0]["role"] != "system" and rng.random() < 0.4:
        messages = [{"role": "system", "content": rng.choice(SYSTEM_PROMPTS)}, *messages]
    return render(messages, functions)
