"""Sums, differences and products in many wordings; products show their one intermediate step."""

from words import FRUITS, NAMES, THINGS, casual, held_out, plural


# sums that the working of a product shows, as in 34 × 7 = 210 + 28
_PARTIAL_SUMS = {tuple(sorted((a // 10 * 10 * b, a % 10 * b))) for a in range(11, 100) for b in range(2, 10) if a % 10}


def is_held_out(operator, a, b):
    """Operand pairs that never occur in training, in either order for + and ×; small sums stay in training."""
    if operator in "+×" and a > b:
        a, b = b, a
    if max(a, b) < 10 or operator == "+" and (a, b) in _PARTIAL_SUMS:
        return False
    return held_out("arithmetic", f"{a}{operator}{b}", 12)


def operands(rng, operator):
    if operator == "×":
        a, b = rng.randint(2, 99), rng.randint(2, 9)
        if rng.random() < 0.05:
            b = rng.choice((0, 1, 10))
        return (b, a) if rng.random() < 0.25 else (a, b)
    digits = rng.choices((1, 2, 3), (1, 3, 6))[0]
    other = digits if rng.random() < 0.6 else rng.choice((1, 2, 3))
    a, b = rng.randrange(10 ** digits), rng.randrange(10 ** other)
    if operator == "-" and a < b and rng.random() < 0.8:
        a, b = b, a
    return a, b


def solve(operator, a, b):
    """The text of the solution; the last number in it is the result."""
    if operator == "+":
        return f"{a} + {b} = {a + b}"
    if operator == "-":
        return f"{a} - {b} = {a - b}"
    large, small = max(a, b), min(a, b)
    if large > 10 and small > 1 and large % 10:
        tens, ones = large // 10 * 10, large % 10
        return f"{a} × {b} = {tens * small} + {ones * small} = {a * b}"
    return f"{a} × {b} = {a * b}"


_ASK = {
    "+": ["What is {a} + {b}?", "What is {a} plus {b}?", "{a} + {b}", "{a}+{b}", "{a} + {b} = ?", "{a}+{b}=?", "{a} + {b} =",
          "What's {a} + {b}?", "what's {a}+{b}", "Calculate {a} + {b}.", "Compute {a} + {b}", "How much is {a} + {b}?",
          "How much is {a} plus {b}?", "Add {a} and {b}.", "What is the sum of {a} and {b}?", "Add {b} to {a}.",
          "Please add {a} and {b}.", "{a} plus {b}?", "Can you add {a} and {b}?", "Work out {a} + {b}.", "Solve {a} + {b}.",
          "What do you get when you add {a} and {b}?", "Give me the sum of {a} and {b}.", "Sum {a} and {b}",
          "What is {a}+{b}?", "Tell me {a} + {b}.", "What does {a} + {b} equal?", "What number is {a} plus {b}?"],
    "-": ["What is {a} - {b}?", "What is {a} minus {b}?", "{a} - {b}", "{a}-{b}", "{a} - {b} = ?", "{a}-{b}=?", "{a} - {b} =",
          "What's {a} - {b}?", "what's {a}-{b}", "Calculate {a} - {b}.", "Compute {a} - {b}", "How much is {a} - {b}?",
          "How much is {a} minus {b}?", "Subtract {b} from {a}.", "What is the difference between {a} and {b}?",
          "Take {b} away from {a}.", "Please subtract {b} from {a}.", "{a} minus {b}?", "Can you subtract {b} from {a}?",
          "Work out {a} - {b}.", "Solve {a} - {b}.", "What is left when you take {b} from {a}?", "What is {a}-{b}?",
          "What number is {b} less than {a}?", "Tell me {a} - {b}.", "What does {a} - {b} equal?"],
    "×": ["What is {a} × {b}?", "What is {a} times {b}?", "{a} × {b}", "{a} * {b}", "{a}*{b}", "{a} x {b}", "{a} * {b} = ?",
          "What is {a} * {b}?", "What's {a} * {b}?", "What is {a} x {b}?", "Calculate {a} * {b}.", "Compute {a} × {b}",
          "How much is {a} times {b}?", "Multiply {a} by {b}.", "What is the product of {a} and {b}?", "{a} times {b}?",
          "Please multiply {a} and {b}.", "Can you multiply {a} by {b}?", "Work out {a} × {b}.", "What is {a} multiplied by {b}?",
          "Tell me {a} times {b}.", "Solve {a} * {b}.", "Give me the product of {a} and {b}.", "What does {a} × {b} equal?"],
}

_TALES = {
    "+": ["{n} has {a} {things} and gets {b} more. How many {things} does {n} have now?",
          "{n} has {a} {things}. {m} gives {n} {b} more. How many {things} does {n} have?",
          "There are {a} {things} in one box and {b} in another. How many {things} are there in all?",
          "{n} finds {a} {things} and {m} finds {b} {things}. How many {things} did they find together?",
          "A shop sold {a} {things} in the morning and {b} in the evening. How many {things} did it sell?"],
    "-": ["{n} has {a} {things} and gives away {b}. How many {things} are left?",
          "{n} has {a} {things}. {m} takes {b} of them. How many {things} does {n} have now?",
          "There were {a} {things} in a box. {b} were sold. How many {things} are left?",
          "{n} had {a} {things} and lost {b}. How many {things} does {n} have left?",
          "A shop has {a} {things} and sells {b} of them. How many {things} remain?"],
    "×": ["There are {a} boxes with {b} {things} each. How many {things} are there?",
          "{n} buys {a} bags of {b} {things}. How many {things} does {n} have?",
          "One bag holds {b} {things}. How many {things} are in {a} bags?",
          "{a} children have {b} {things} each. How many {things} do they have in all?"],
}


def _pick(rng, operator, for_evaluation):
    while True:
        a, b = operands(rng, operator)
        if is_held_out(operator, a, b) == for_evaluation:
            return a, b


def tale(rng, operator, a, b):
    n, m = rng.sample(NAMES, 2)
    things = plural(rng.choice(FRUITS + THINGS[:60]))
    return rng.choice(_TALES[operator]).format(a=a, b=b, n=n, m=m, things=things), things


def problem(rng, for_evaluation=False):
    """A question, its answer and the result as an int."""
    operator = rng.choices("+-×", (4, 4, 3))[0]
    a, b = _pick(rng, operator, for_evaluation)
    result = {"+": a + b, "-": a - b, "×": a * b}[operator]
    if rng.random() < 0.12 and result >= 0 and (operator != "×" or b < 10):
        question, _ = tale(rng, operator, a, b)
        return question, solve(operator, a, b) + ".", result
    template = rng.choice(_ASK[operator])
    answer = solve(operator, a, b) + "."
    if "difference between" in template and a < b:
        answer = solve(operator, b, a) + "."
        result = b - a
        if is_held_out(operator, b, a) != for_evaluation:
            return problem(rng, for_evaluation)
    return template.format(a=a, b=b), answer, result


def exchange(rng):
    roll = rng.random()
    if roll < 0.90:
        question, answer, result = problem(rng)
        if rng.random() < 0.04:
            ending = rng.choice((" Answer with the number only.", " Just the number, please.", " Only the number."))
            return question + ending, answer if "×" in answer else str(result)
        return casual(rng, question), answer
    if roll < 0.92:
        a, b = rng.randint(2, 10), rng.randint(1, 10)
        ask = rng.choice(("What is {p} / {a}?", "{p} / {a}", "Divide {p} by {a}.", "What is {p} divided by {a}?", "{p} ÷ {a}"))
        return casual(rng, ask.format(p=a * b, a=a)), f"{a * b} / {a} = {b}."
    if roll < 0.94:
        numbers = [rng.randrange(100) for _ in range(3)]
        a, b, c = numbers
        if is_held_out("+", a, b) or is_held_out("+", a + b, c):
            return exchange(rng)
        ask = rng.choice(("What is {a} + {b} + {c}?", "{a} + {b} + {c}", "Add {a}, {b} and {c}.", "{a}+{b}+{c}",
                          "What is the sum of {a}, {b} and {c}?"))
        return casual(rng, ask.format(a=a, b=b, c=c)), f"{a} + {b} = {a + b}, and {a + b} + {c} = {a + b + c}."
    if roll < 0.97:
        a, b = rng.randrange(1000), rng.randrange(1000)
        if rng.random() < 0.5:
            a, b = a % 100, b % 100
        if a == b:
            return casual(rng, f"Which is bigger, {a} or {b}?"), f"{a} and {b} are equal."
        if rng.random() < 0.5:
            ask = rng.choice(("Which is bigger, {a} or {b}?", "Which number is larger: {a} or {b}?", "Is {a} or {b} greater?"))
            return casual(rng, ask.format(a=a, b=b)), f"{max(a, b)} is bigger than {min(a, b)}."
        ask = rng.choice(("Which is smaller, {a} or {b}?", "Which number is less: {a} or {b}?"))
        return casual(rng, ask.format(a=a, b=b)), f"{min(a, b)} is smaller than {max(a, b)}."
    if roll < 0.985:
        a = rng.randrange(1000)
        ask = rng.choice(("Is {a} even or odd?", "Is {a} an even number?", "Is the number {a} odd or even?"))
        return casual(rng, ask.format(a=a)), f"{a} is {'odd' if a % 2 else 'even'}."
    a, b = rng.randrange(1000, 10 ** rng.randint(4, 7)), rng.randrange(10, 10 ** rng.randint(2, 6))
    operator = rng.choice("+-×*/")
    ask = rng.choice(("What is {a} {o} {b}?", "{a} {o} {b}", "Calculate {a} {o} {b}.", "How much is {a} {o} {b}?"))
    return casual(rng, ask.format(a=a, b=b, o=operator)), "These numbers are too large for me. " \
        "I add and subtract numbers up to 999, and multiply two digits by one."


def statement(rng):
    """A solved problem as plain text."""
    return problem(rng)[1]
