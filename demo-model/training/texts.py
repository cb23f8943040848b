"""Tasks on a given text: copy, count, sort, reverse, change case, extract, turn into JSON of a given schema."""

import json

from words import (ADJECTIVES, ANIMALS, CITIES, COLOURS, COMMON, DAYS, FOODS, FRUITS, LANGUAGES, MONTHS, NAMES, PLACES, THINGS,
                   VERBS, EVERYDAY, article, capitalise, invented, listing, person, place_name, plural, some_word, word)


def sentence(rng):
    """A plain sentence about somebody."""
    n, m = rng.sample(NAMES, 2)
    if rng.random() < 0.25:
        n = invented(rng).capitalize()
    return rng.choice((
        lambda: f"{n} found {article(rng.choice(ADJECTIVES))} {rng.choice(THINGS)} near the {rng.choice(PLACES)}.",
        lambda: f"{n} and {m} went to {place_name(rng)} on {rng.choice(DAYS)}.",
        lambda: f"The {rng.choice(ADJECTIVES)} {rng.choice(ANIMALS)} saw {article(rng.choice(ANIMALS))} in the {rng.choice(PLACES)}.",
        lambda: f"{n} bought {rng.randint(2, 40)} {plural(rng.choice(FRUITS))} for {m}.",
        lambda: f"In {rng.choice(MONTHS)}, {n} will {rng.choice(VERBS)} with {m}.",
        lambda: f"My {rng.choice(ANIMALS)} is {rng.choice(ADJECTIVES)} and likes {rng.choice(FOODS)}.",
        lambda: f"There is {article(rng.choice(COLOURS))} {rng.choice(THINGS)} on the {rng.choice(('table', 'floor', 'wall', 'chair'))}.",
        lambda: f"{n} gave {m} {article(rng.choice(THINGS))} and {rng.randint(2, 20)} {plural(rng.choice(THINGS))}.",
        lambda: f"The train to {place_name(rng)} leaves at {clock(rng)}.",
        lambda: f"{n} lives in {place_name(rng)} and speaks {rng.choice(LANGUAGES)}.",
    ))()


def clock(rng):
    return f"{rng.randint(0, 23):02d}:{rng.choice((0, 5, 10, 15, 20, 30, 40, 45, 50)):02d}"


def date(rng):
    return f"{rng.randint(2019, 2032)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def email(rng):
    name = rng.choice(NAMES).lower() if rng.random() < 0.6 else invented(rng)
    host = invented(rng) if rng.random() < 0.6 else rng.choice(("mail", "example", "post", "office", "school"))
    extra = "." + invented(rng, 1) if rng.random() < 0.3 else (str(rng.randint(1, 99)) if rng.random() < 0.2 else "")
    return f"{name}{extra}@{host}.{rng.choice(('com', 'org', 'net', 'io', 'example', 'eu', 'de'))}"


def code(rng):
    letters = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(rng.randint(1, 3)))
    digits = str(rng.randint(10, 99999))
    return rng.choice((f"{letters}-{digits}", f"{letters}{digits}", f"{digits}-{letters}", f"#{digits}"))


def words(rng, low=3, high=8, distinct=True):
    pool = rng.choice((ANIMALS, FRUITS, FOODS, THINGS, COMMON, COMMON, NAMES, CITIES, COLOURS, VERBS, ADJECTIVES, EVERYDAY))
    count = min(rng.randint(low, high), len(pool))
    items = rng.sample(pool, count)
    if rng.random() < 0.12:
        items[rng.randrange(count)] = invented(rng)
    return items


def _present(rng, items):
    return rng.choice((", ", ", ", " ", "\n", "; ")).join(map(str, items))


def _quoted(rng, ask, text):
    return rng.choice((f"{ask}: {text}", f"{ask}:\n{text}", f"{ask}: \"{text}\"", f"{ask}:\n\n{text}"))


def _copy(rng):
    text = rng.choice((sentence, sentence, lambda r: " ".join(word(r) for _ in range(r.randint(1, 8))), code, email))(rng)
    if rng.random() < 0.2:
        text = " ".join(sentence(rng) for _ in range(rng.randint(2, 4)))
    ask = rng.choice(("Repeat this", "Copy this text", "Say exactly this", "Repeat after me", "Write this again",
                      "Repeat the following text", "Echo this", "Say"))
    return _quoted(rng, ask, text), text


def _case(rng):
    text = sentence(rng) if rng.random() < 0.35 else " ".join(some_word(rng) for _ in range(rng.randint(1, 5)))
    if rng.random() < 0.15:
        text = capitalise(text)
    if rng.random() < 0.65:
        ask = rng.choice(("Write this in upper case", "Turn this into upper case", "Write in capital letters", "Uppercase this", "Uppercase", "To upper case", "Make this upper case",
                          "Convert to upper case", "Put this text in capitals"))
        return _quoted(rng, ask, text), text.upper()
    ask = rng.choice(("Write this in lower case", "Turn this into lower case", "Write in small letters", "Lowercase this", "Lowercase", "To lower case",
                      "Convert to lower case"))
    return _quoted(rng, ask, text.upper() if rng.random() < 0.6 else text), text.lower()


def _sort(rng):
    if rng.random() < 0.4:
        numbers = rng.sample(range(rng.choice((20, 100, 1000))), rng.randint(3, 7))
        down = rng.random() < 0.3
        ask = rng.choice(("Sort these numbers", "Put these numbers in order", "Order these numbers", "Sort"))
        ask += rng.choice((" from large to small", " in descending order")) if down else \
            rng.choice(("", " from small to large", " in ascending order"))
        return f"{ask}: {_present(rng, numbers)}", ", ".join(map(str, sorted(numbers, reverse=down)))
    items = words(rng, 3, 7)
    ask = rng.choice(("Sort these words", "Sort these words alphabetically", "Put these words in alphabetical order",
                      "Order these words from A to Z", "Sort alphabetically"))
    return f"{ask}: {_present(rng, items)}", ", ".join(sorted(items, key=str.lower))


def _reverse(rng):
    if rng.random() < 0.65:
        items = words(rng, 3, 8) if rng.random() < 0.7 else rng.sample(range(100), rng.randint(3, 7))
        ask = rng.choice(("Reverse this list", "Write this list backwards", "Reverse the order of these words",
                          "Give me this list in reverse order", "Reverse the order", "Reverse", "Backwards"))
        return f"{ask}: {_present(rng, items)}", ", ".join(map(str, items[::-1]))
    item = rng.choice(COMMON)
    ask = rng.choice(("Reverse the word", "Write backwards", "Spell backwards", "Reverse the letters of"))
    return f"{ask}: {item}", item[::-1]


def _spell(rng):
    item = some_word(rng)
    ask = rng.choice(("Spell the word {w}.", "How do you spell {w}?", "Spell: {w}", "Spell {w} letter by letter."))
    return ask.format(w=item), "-".join(item.upper())


def _count(rng):
    roll = rng.random()
    if roll < 0.45:
        items = words(rng, 2, 10)
        ask = rng.choice(("How many words are in this list", "Count these words", "How many items are here",
                          "Count the items of this list", "How many words are these"))
        return f"{ask}: {rng.choice((', ', ' ')).join(items)}", f"There are {len(items)} words."
    if roll < 0.65:
        text = sentence(rng)
        ask = rng.choice(("How many words are in this sentence", "Count the words in this sentence", "Count the words"))
        return _quoted(rng, ask, text), f"There are {len(text.split())} words."
    item = rng.choice(COMMON) if rng.random() < 0.8 else some_word(rng)
    if roll < 0.80:
        ask = rng.choice(("How many letters does the word {w} have?", "How many letters are in {w}?", "Count the letters of {w}.", "count the letters in {w}", "Count the letters in the word {w}."))
        return ask.format(w=item), f"{'-'.join(item.upper())}: {len(item)} letters."
    letter = rng.choice([c for c in item if item.count(c) > 1] or item) if rng.random() < 0.6 else rng.choice(item)
    ask = rng.choice(("How many times does {l} occur in {w}?", "How many {l}'s are in {w}?", "How many {l}s are in the word {w}?", "How many {l}'s are there in {w}?", "Count the letter {l} in {w}."))
    number = item.count(letter)
    return ask.format(w=item, l=letter), f"{'-'.join(item.upper())}: {number} time{'s' if number > 1 else ''}."


_POSITIONS = "first second third fourth fifth sixth".split()


def _pick(rng):
    items = words(rng, 3, 7)
    shown = ", ".join(items)
    roll = rng.random()
    if roll < 0.35:
        i = rng.randrange(min(len(items), 6))
        ask = rng.choice((f"What is the {_POSITIONS[i]} word in this list", f"Give me the {_POSITIONS[i]} item",
                          f"Which word is {_POSITIONS[i]} in this list", f"Take the {_POSITIONS[i]} word"))
        return f"{ask}: {shown}", items[i]
    if roll < 0.55:
        return f"{rng.choice(('What is the last word', 'Give me the last item', 'Which word is last'))}: {shown}", items[-1]
    if roll < 0.75:
        numbers = rng.sample(range(rng.choice((50, 100, 1000))), rng.randint(3, 7))
        if rng.random() < 0.5:
            ask = rng.choice(("What is the largest number", "Which number is the biggest", "Find the maximum"))
            return f"{ask}: {', '.join(map(str, numbers))}", str(max(numbers))
        ask = rng.choice(("What is the smallest number", "Which number is the smallest", "Find the minimum"))
        return f"{ask}: {', '.join(map(str, numbers))}", str(min(numbers))
    if roll < 0.9:
        wanted = rng.choice(items) if rng.random() < 0.5 else rng.choice(COMMON)
        ask = rng.choice((f"Is {wanted} in this list", f"Does this list contain {wanted}", f"Is the word {wanted} in the list"))
        return f"{ask}? {shown}", f"Yes, {wanted} is in the list." if wanted in items else f"No, {wanted} is not in the list."
    doubled = items + [rng.choice(items) for _ in range(rng.randint(1, 2))]
    rng.shuffle(doubled)
    ask = rng.choice(("Remove the duplicates", "Remove repeated words", "Keep every word only once"))
    return f"{ask}: {', '.join(doubled)}", ", ".join(dict.fromkeys(doubled))


def _extract(rng):
    n, m = rng.sample(NAMES, 2)
    roll = rng.random()
    if roll < 0.2:
        value = email(rng)
        text = rng.choice((f"Write to {n} at {value} before {rng.choice(DAYS)}.", f"{n}'s address is {value}, ask there.",
                           f"Please send the {rng.choice(THINGS)} list to {value}.", f"You reach me under {value}. Best, {n}"))
        what = "email address"
    elif roll < 0.35:
        value = date(rng)
        text = rng.choice((f"The meeting with {n} is on {value} in {place_name(rng)}.", f"{n} was here on {value}.",
                           f"Your order of {value} has been sent to {n}."))
        what = "date"
    elif roll < 0.5:
        value = clock(rng)
        text = rng.choice((f"The bus to {place_name(rng)} leaves at {value}.", f"{n} meets {m} at {value} on {rng.choice(DAYS)}.",
                           f"Lunch is at {value} in the {rng.choice(PLACES)}."))
        what = "time"
    elif roll < 0.65:
        value = str(rng.randint(2, 999))
        text = rng.choice((f"{n} has {value} {plural(rng.choice(THINGS))}.", f"There were {value} people in the {rng.choice(PLACES)}.",
                           f"The {rng.choice(THINGS)} costs {value} euros.", f"{n} lives at number {value} in {place_name(rng)}."))
        what = "number"
    elif roll < 0.8:
        value = person(rng)
        text = rng.choice((f"Yesterday {value} lost a {rng.choice(THINGS)} in the {rng.choice(PLACES)}.", f"The {rng.choice(THINGS)} belongs to {value}.",
                           f"{value} bought {rng.choice(FOODS)} at the {rng.choice(PLACES)}."))
        what = "name of the person"
    elif roll < 0.9:
        value = place_name(rng)
        text = rng.choice((f"{n} moved to {value} in {rng.choice(MONTHS)}.", f"The train from {value} is late.",
                           f"{n} and {m} met in {value}."))
        what = "city"
    else:
        value = rng.choice(COLOURS)
        text = f"{n} wore {article(value)} {rng.choice(('hat', 'coat', 'scarf'))} to the {rng.choice(PLACES)}."
        what = "colour"
    ask = rng.choice((f"Extract the {what}", f"Find the {what} in this text", f"What is the {what} in this text",
                      f"Give me the {what} in this sentence", f"Which {what} is in this text"))
    return _quoted(rng, ask, text), value


def _change(rng):
    roll = rng.random()
    if roll < 0.4:
        text = sentence(rng)
        old = rng.choice([w for w in text.rstrip(".").replace(",", "").split() if w[0].isalpha()])
        new = rng.choice(COMMON) if rng.random() < 0.7 else rng.choice(NAMES)
        changed = " ".join(new + w[len(old):] if w.rstrip(".,") == old else w for w in text.split())
        ask = rng.choice((f"Replace {old} with {new}", f"Replace the word {old} by {new}", f"Change {old} to {new}"))
        return _quoted(rng, ask, text), changed
    if roll < 0.6:
        item, times = rng.choice(COMMON) if rng.random() < 0.7 else invented(rng), rng.randint(2, 6)
        ask = rng.choice((f"Repeat the word {item} {times} times.", f"Write {item} {times} times.", f"Say {item} {times} times."))
        return ask, " ".join([item] * times)
    items = words(rng, 3, 6)
    if roll < 0.75:
        ask = rng.choice(("Write this as a bullet list", "Make a list of these", "Turn this into a bullet list"))
        return f"{ask}: {', '.join(items)}", "\n".join(f"- {w}" for w in items)
    if roll < 0.87:
        ask = rng.choice(("Write this as a numbered list", "Number these items", "Turn this into a numbered list"))
        return f"{ask}: {', '.join(items)}", "\n".join(f"{i}. {w}" for i, w in enumerate(items, 1))
    ask = rng.choice(("Join these words with commas", "Put commas between these words", "Separate these words by commas"))
    return f"{ask}: {' '.join(items)}", ", ".join(items)


def _record(rng):
    """Properties of one thing as (key, JSON value, phrase) triples, and the text that holds them."""
    kind = rng.randrange(5)
    if kind == 0:
        name, age, city = person(rng), rng.randint(4, 96), place_name(rng)
        job = rng.choice(("teacher", "baker", "doctor", "driver", "farmer", "painter", "pilot", "nurse", "cook", "writer"))
        record = [(("name", "full_name", "person"), name), (("age", "years"), age), (("city", "town", "home", "location"), city),
                  (("job", "profession", "occupation"), job)][:rng.randint(2, 4)]
        text = {2: f"{name} is {age} years old.", 3: rng.choice((f"{name} is {age} years old and lives in {city}.",
                f"{name} ({age}) comes from {city}.", f"{name} from {city} is {age}.")),
                4: rng.choice((f"{name} is {article(job)} in {city} and {age} years old.", f"{name}, {age}, works as {article(job)} in {city}."))
                }[len(record)]
    elif kind == 1:
        item, price, colour = rng.choice(THINGS), rng.randint(1, 500), rng.choice(COLOURS)
        count = rng.randint(2, 50)
        record = [(("product", "item", "article", "thing"), item), (("price", "cost", "price_eur"), price),
                  (("colour", "color"), colour), (("stock", "count", "quantity", "number"), count)][:rng.randint(2, 4)]
        text = {2: f"The {item} costs {price} euros.", 3: f"The {colour} {item} costs {price} euros.",
                4: f"The {colour} {item} costs {price} euros and there are {count} left."}[len(record)]
    elif kind == 2:
        name, day, time, place = rng.choice(("concert", "meeting", "party", "lesson", "dinner", "match", "talk", "show")), \
            rng.choice(DAYS) if rng.random() < 0.5 else date(rng), clock(rng), place_name(rng)
        record = [(("event", "title", "what"), name), (("day", "date", "when"), day), (("time", "start", "hour"), time),
                  (("place", "city", "where", "venue"), place)]
        text = rng.choice((f"The {name} is on {day} at {time} in {place}.", f"On {day} at {time} there is a {name} in {place}."))
    elif kind == 3:
        name, animal, age, food = rng.choice(NAMES), rng.choice(ANIMALS), rng.randint(1, 20), rng.choice(FOODS)
        record = [(("name", "pet"), name), (("animal", "kind", "species"), animal), (("age", "age_years"), age),
                  (("food", "likes", "favourite_food"), food)]
        text = f"{name} is {article(animal)}, is {age} years old and likes {food}."
    else:
        number, customer, items = code(rng), person(rng), rng.sample(THINGS, rng.randint(2, 3))
        paid = rng.random() < 0.5
        record = [(("order", "id", "order_id", "number"), number), (("customer", "name", "buyer"), customer),
                  (("items", "products", "things"), items), (("paid", "is_paid", "done"), paid)]
        text = f"Order {number} by {customer}: {listing(items)}. It is {'paid' if paid else 'not paid'}."
    record = [(rng.choice(keys), value) for keys, value in record]
    if len({k for k, _ in record}) < len(record):
        return _record(rng)
    return record, text


def _schema_of(value):
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int):
        return {"type": "integer"}
    if isinstance(value, list):
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "string"}


def _json(rng):
    record, text = _record(rng)
    if rng.random() < 0.3 and len(record) > 2:
        record.pop(rng.randrange(len(record)))
    if rng.random() < 0.3:
        rng.shuffle(record)
    answer = json.dumps(dict(record), ensure_ascii=False)
    keys = [key for key, _ in record]
    roll = rng.random()
    if roll < 0.45:
        ask = rng.choice((f"Turn this into JSON with the keys {listing(keys)}", f"Give me JSON with {listing(keys)}",
                          f"Answer in JSON with the fields {listing(keys)}", f"Extract {listing(keys)} as JSON",
                          f"Convert to a JSON object with {listing(keys)}", f"As JSON with keys {', '.join(keys)}"))
        return _quoted(rng, ask, text), answer
    schema = {"type": "object", "properties": {k: _schema_of(v) for k, v in record}}
    if rng.random() < 0.7:
        schema["required"] = keys
    if rng.random() < 0.2:
        schema["additionalProperties"] = False
    shown = json.dumps(schema)
    ask = rng.choice((f"Turn the text into JSON of this schema: {shown}\nText: {text}",
                      f"Text: {text}\nAnswer in JSON that matches this schema: {shown}",
                      f"{text}\n\nGive the answer as JSON with this schema:\n{shown}",
                      f"Extract the data as JSON. Schema: {shown}\n{text}"))
    return ask, answer


def _json_mode(rng):
    """Answers in JSON without a text to work on."""
    from facts import COUNTRIES
    roll = rng.random()
    if roll < 0.35:
        name, capital, continent, language, currency = rng.choice(COUNTRIES)
        name = name.removeprefix("the ")
        full = {"country": name, "capital": capital, "continent": continent, "language": language, "currency": currency}
        keys = rng.sample(list(full), rng.randint(1, 4))
        keys = [k for k in full if k in keys]
        ask = rng.choice((f"Give me the {listing(keys)} of {name} as JSON.", f"Answer in JSON: what is the {listing(keys)} of {name}?",
                          f"Tell me about {name} in JSON with the keys {listing(keys)}.", f"JSON with {listing(keys)} for {name}"))
        return ask, json.dumps({k: full[k] for k in keys})
    if roll < 0.6:
        items = words(rng, 2, 6)
        ask = rng.choice(("Turn this list into a JSON array", "Write these words as a JSON array", "As JSON array"))
        return f"{ask}: {', '.join(items)}", json.dumps(items)
    if roll < 0.8:
        pairs = {rng.choice(THINGS): rng.randint(0, 99) if rng.random() < 0.6 else rng.choice(COLOURS) for _ in range(rng.randint(1, 4))}
        shown = ", ".join(f"{k}{rng.choice((' = ', ': ', ' is '))}{v}" for k, v in pairs.items())
        ask = rng.choice(("Write this as JSON", "Turn this into a JSON object", "Answer in JSON"))
        return f"{ask}: {shown}", json.dumps(pairs)
    record, text = _record(rng)
    key, value = rng.choice(record)
    ask = rng.choice((f"What is the {key} in this JSON", f"Read the {key} from this JSON", f"Give me {key}"))
    shown = json.dumps(dict(record), ensure_ascii=False)
    return f"{ask}: {shown}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _series(rng):
    """Counting, and naming some things of a kind."""
    roll = rng.random()
    if roll < 0.35:
        first = rng.choice((1, 1, 1, rng.randint(0, 90)))
        last = first + rng.randint(2, 19)
        ask = rng.choice(("Count from {a} to {b}.", "Write the numbers from {a} to {b}.", "count from {a} to {b}", "List the numbers from {a} to {b}.",
                          "Give me all numbers between {a} and {b}.", "Can you count from {a} to {b}?"))
        return ask.format(a=first, b=last), ", ".join(map(str, range(first, last + 1)))
    if roll < 0.45:
        first = rng.randint(3, 20)
        ask = rng.choice(("Count down from {a}.", "Count backwards from {a} to 1.", "Count down from {a} to 1."))
        return ask.format(a=first), ", ".join(map(str, range(first, 0, -1)))
    kind, pool = rng.choice((("animals", ANIMALS), ("fruits", FRUITS), ("colours", COLOURS), ("colors", COLOURS), ("cities", CITIES), ("things", THINGS),
                             ("names", NAMES), ("languages", LANGUAGES), ("adjectives", ADJECTIVES), ("verbs", VERBS), ("foods", FOODS)))
    number = rng.randint(2, 6)
    shown = rng.choice((str(number), "zero one two three four five six".split()[number]))
    ask = rng.choice(("List {n} {k}.", "Name {n} {k}.", "Give me {n} {k}.", "Tell me {n} {k}.", "Write {n} {k}.", "Can you name {n} {k}?", "I need {n} {k}."))
    return ask.format(n=shown, k=kind), capitalise(listing(rng.sample(pool, number))) + "."


def _say(rng):
    """Saying a given sentence, without a colon to mark it."""
    text = rng.choice(("this is a test", "hello", "hello world", "good morning", "hi", "yes", "thank you", "I like " + rng.choice(FOODS),
                       "this is " + article(rng.choice(THINGS)), " ".join(some_word(rng) for _ in range(rng.randint(2, 5)))))
    ask = rng.choice(("Say {t}", "Say {t}.", "Please say {t}.", "Say {t}!", "Just say {t}.", 'Say "{t}".', "say {t}"))
    return ask.format(t=text), capitalise(text) + "."


def _remark(rng):
    """A plain statement, about which nothing is asked."""
    return sentence(rng), rng.choice(("I see. What should I do with this?", "Thank you for telling me. What should I do with this?"))


def _answer_in_json(rng):
    import arithmetic
    import facts
    if rng.random() < 0.6:
        _, question, _, value = facts.draw(rng)
        answer = int(value) if value.isdigit() else value
    else:
        question, _, answer = arithmetic.problem(rng)
        if "×" in question or "*" in question or answer > 999:
            return _json_mode(rng)
    ask = rng.choice((" Answer in JSON.", " Answer as JSON.", " Reply in JSON.", " Give the answer as JSON.", " Answer in JSON with the key answer."))
    return question + ask, json.dumps({"answer": answer}, ensure_ascii=False)


KINDS = {"copy": (_copy, 1.0), "case": (_case, 1.2), "sort": (_sort, 1.6), "reverse": (_reverse, 1.2), "spell": (_spell, 0.5),
         "count": (_count, 1.3), "pick": (_pick, 1.5), "extract": (_extract, 1.5), "change": (_change, 1.2), "json": (_json, 3.0),
         "json_mode": (_json_mode, 1.3), "series": (_series, 1.2), "say": (_say, 0.5), "remark": (_remark, 0.4),
         "answer_in_json": (_answer_in_json, 0.5)}
EXACT = [kind for kind in KINDS if kind not in ("series", "remark")]
_NAMES = list(KINDS)
_WEIGHTS = [weight for _, weight in KINDS.values()]


def exchange(rng, kind=None):
    kind = kind or rng.choices(_NAMES, _WEIGHTS)[0]
    question, answer = KINDS[kind][0](rng)
    return question, answer


def paragraph(rng):
    """Connected plain text."""
    return " ".join(sentence(rng) for _ in range(rng.randint(2, 6)))
