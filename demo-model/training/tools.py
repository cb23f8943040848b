"""Tool calling: functions made up on the spot, requests for them, the calls, the results and the answers."""

import json

import texts
from words import (ADJECTIVES, ANIMALS, CITIES, COLOURS, FOODS, FRUITS, LANGUAGES, NAMES, PLACES, THINGS, article, capitalise,
                   held_out, invented, listing, person, place_name, plural, word)

# group: (verbs of the function's name, openings of a request with {o} the object, {d} a or the object, {s} its plural)
_GROUPS = {
    "get": ("get fetch find show read lookup check retrieve query view".split(),
            ["What is the {o}{p}?", "Show me the {o}{p}.", "Get the {o}{p}.", "Find the {o}{p}.", "Tell me the {o}{p}.",
             "I need the {o}{p}.", "Can you check the {o}{p}?", "Look up the {o}{p}.", "What's the {o}{p}?", "Fetch the {o}{p}.",
             "I would like to know the {o}{p}.", "How is the {o}{p}?", "Please give me the {o}{p}."]),
    "create": ("create add make new insert register".split(),
               ["Create {a}{p}.", "Add {a}{p}.", "Make {a}{p}.", "Please create {a}{p}.", "I want a new {o}{p}.", "Add a new {o}{p}.",
                "Could you make {a}{p}?", "Register {a}{p}.", "I need a new {o}{p}."]),
    "delete": ("delete remove erase drop clear".split(),
               ["Delete the {o}{p}.", "Remove the {o}{p}.", "Please delete the {o}{p}.", "Get rid of the {o}{p}.", "Erase the {o}{p}.",
                "I no longer need the {o}{p}. Delete it.", "Can you remove the {o}{p}?"]),
    "update": ("update change edit modify adjust".split(),
               ["Update the {o}{p}.", "Change the {o}{p}.", "Please update the {o}{p}.", "Edit the {o}{p}.", "Adjust the {o}{p}.",
                "Can you change the {o}{p}?", "Modify the {o}{p}."]),
    "set": ("set configure".split(), ["Set the {o}{p}.", "Please set the {o}{p}.", "Set {a}{p}.", "Can you set the {o}{p}?", "Configure the {o}{p}."]),
    "send": ("send share forward post deliver".split(),
             ["Send {a}{p}.", "Send the {o}{p}.", "Please send {a}{p}.", "Share the {o}{p}.", "Can you send the {o}{p}?", "Forward the {o}{p}."]),
    "start": ("start begin run launch".split(), ["Start the {o}{p}.", "Please start the {o}{p}.", "Run the {o}{p}.", "Launch the {o}{p}.",
                                                 "Can you start {a}{p}?", "Begin the {o}{p}."]),
    "stop": ("stop end halt pause".split(), ["Stop the {o}{p}.", "Please stop the {o}{p}.", "Halt the {o}{p}.", "Can you stop the {o}{p}?",
                                             "End the {o}{p}.", "Pause the {o}{p}."]),
    "open": ("open".split(), ["Open the {o}{p}.", "Please open the {o}{p}.", "Can you open the {o}{p}?"]),
    "close": ("close shut".split(), ["Close the {o}{p}.", "Please close the {o}{p}.", "Shut the {o}{p}."]),
    "book": ("book reserve order".split(), ["Book {a}{p}.", "Reserve {a}{p}.", "Please book {a}{p}.", "I want to book {a}{p}.",
                                            "Can you reserve {a}{p}?", "Order {a}{p}."]),
    "cancel": ("cancel revoke".split(), ["Cancel the {o}{p}.", "Please cancel the {o}{p}.", "I want to cancel the {o}{p}.", "Call off the {o}{p}."]),
    "play": ("play".split(), ["Play the {o}{p}.", "Play {a}{p}.", "I want to play {a}{p}."]),
    "list": ("list list_all show_all".split(), ["List all {s}{p}.", "Show all {s}{p}.", "Which {s} are there{p}?", "Give me a list of the {s}{p}.",
                                                "List the {s}{p}."]),
    "count": ("count".split(), ["How many {s} are there{p}?", "Count the {s}{p}.", "Tell me how many {s} there are{p}."]),
    "calculate": ("calculate compute estimate".split(), ["Calculate the {o}{p}.", "Compute the {o}{p}.", "Work out the {o}{p}.",
                                                         "Estimate the {o}{p}.", "Please calculate the {o}{p}."]),
    "convert": ("convert transform".split(), ["Convert the {o}{p}.", "Transform the {o}{p}.", "Please convert the {o}{p}."]),
    "print": ("print".split(), ["Print the {o}{p}.", "Please print {a}{p}.", "Print {a}{p}."]),
    "save": ("save store".split(), ["Save the {o}{p}.", "Store the {o}{p}.", "Please save {a}{p}."]),
    "lock": ("lock".split(), ["Lock the {o}{p}.", "Please lock the {o}{p}."]),
    "unlock": ("unlock".split(), ["Unlock the {o}{p}.", "Please unlock the {o}{p}."]),
    "clean": ("clean wash".split(), ["Clean the {o}{p}.", "Wash the {o}{p}.", "Please clean the {o}{p}."]),
    "repair": ("repair fix".split(), ["Repair the {o}{p}.", "Fix the {o}{p}.", "Please repair the {o}{p}."]),
    "buy": ("buy purchase".split(), ["Buy {a}{p}.", "Purchase {a}{p}.", "I want to buy {a}{p}.", "Please buy {a}{p}."]),
    "sell": ("sell".split(), ["Sell the {o}{p}.", "Sell {a}{p}.", "I want to sell {a}{p}."]),
    "measure": ("measure".split(), ["Measure the {o}{p}.", "Please measure the {o}{p}."]),
    "turn_on": ("turn_on switch_on enable activate".split(), ["Turn on the {o}{p}.", "Switch the {o} on{p}.", "Activate the {o}{p}.", "Enable the {o}{p}."]),
    "turn_off": ("turn_off switch_off disable deactivate".split(), ["Turn off the {o}{p}.", "Switch the {o} off{p}.", "Deactivate the {o}{p}.", "Disable the {o}{p}."]),
    "rename": ("rename".split(), ["Rename the {o}{p}.", "Please rename the {o}{p}."]),
    "move": ("move transfer".split(), ["Move the {o}{p}.", "Transfer the {o}{p}.", "Please move the {o}{p}."]),
    "rate": ("rate review".split(), ["Rate the {o}{p}.", "Review the {o}{p}."]),
    "assign": ("assign".split(), ["Assign the {o}{p}.", "Please assign the {o}{p}."]),
    "search": ("search search_for look_for".split(), ["Search for {a}{p}.", "Look for {a}{p}.", "Search the {s}{p}.", "Find me {a}{p}."]),
}
_GROUP_NAMES = list(_GROUPS)
_GROUP_WEIGHTS = [4 if g == "get" else 2 if g in ("create", "delete", "update", "send", "book", "list", "set", "search") else 1 for g in _GROUPS]

_OBJECTS = sorted(set("""weather forecast alarm timer reminder meeting event email message playlist song movie ticket flight hotel
room table order invoice payment package product price stock account balance user profile password file folder report document
photo image video light lamp door window heater oven printer robot drone car route map distance recipe ingredient workout
medicine appointment doctor patient book article news dictionary translation currency rate joke quote poem game score match team
league job task project bug server database backup log sensor camera garden plant pet temperature humidity calendar note contact
parcel bill loan budget salary tax train bus taxi trip visa passport lesson course exam grade student teacher class menu dish
meal restaurant cinema concert museum parking bike battery engine pump valve fan speaker channel station shop cart discount
coupon gift subscription license key token session group member vote survey answer question comment post tag label page link
address city country river tide wind pollen earthquake flood road bridge ship container warehouse shelf machine tool thermostat
vacuum curtain fridge elevator gate mailbox bucket cluster pod node branch commit release build pipeline metric dashboard
alert incident lead customer supplier contract""".split() + THINGS[:40] + ANIMALS[:20]))

_RICH_NOUNS = ["price", "status", "list", "report", "level", "code", "plan", "history", "record", "schedule", "details",
               "summary", "id", "size", "owner", "quality", "cost", "limit", "group", "rate"]

_ROOMS = "kitchen bedroom bathroom hall garage cellar office garden attic".split()
_QUERIES = ["machine learning", "old maps", "red shoes", "cheap flights", "green tea", "healthy food", "jazz music", "wooden toys",
            "solar panels", "winter coats", "history of Rome", "used bikes", "cat videos", "open jobs", "board games"]


def _free_text(rng):
    return rng.choice((lambda: f"{rng.choice(('See you', 'Meet me', 'Call me', 'I am'))} {rng.choice(('soon', 'late', 'at the ' + rng.choice(PLACES), 'tomorrow'))}",
                       lambda: " ".join(word(rng) for _ in range(rng.randint(2, 5))),
                       lambda: f"{rng.choice(NAMES)} {rng.choice(('likes', 'has', 'needs', 'wants'))} {article(rng.choice(THINGS))}",
                       lambda: capitalise(rng.choice(ADJECTIVES)) + " " + rng.choice(THINGS)))()


def _integer(low, high):
    return lambda rng: rng.randint(low, high)


def _decimal(rng):
    return rng.choice((rng.randint(1, 999), round(rng.uniform(0.5, 500), rng.choice((1, 2))), rng.randint(1, 20) * 50))


def _one_of(items):
    return lambda rng: rng.choice(items)


def _things(rng):
    return [word(rng) for _ in range(rng.randint(1, 4))]


# slot: names, type, value, phrases
_SLOTS = {
    "city": ("city location place town".split(), "string", place_name, [" in {v}", " for {v}", " in {v}"]),
    "date": ("date day on_date".split(), "string", lambda r: texts.date(r) if r.random() < 0.7 else r.choice(("today", "tomorrow", "Monday", "Friday", "Sunday")),
             [" on {v}", " for {v}"]),
    "time": ("time at_time start_time".split(), "string", texts.clock, [" at {v}"]),
    "email": ("email recipient to email_address".split(), "string", texts.email, [" to {v}"]),
    "person": ("name person user customer contact owner".split(), "string", person, [" for {v}", " of {v}", " for {v}"]),
    "title": ("title subject headline label".split(), "string", _free_text, [' with the title "{v}"', ' called "{v}"', ' titled "{v}"']),
    "text": ("message body text content note".split(), "string", _free_text, [' saying "{v}"', ' with the text "{v}"', ' that says "{v}"']),
    "colour": ("color colour".split(), "string", _one_of(COLOURS), [" in {v}"]),
    "limit": ("limit max_results top count".split(), "integer", _integer(1, 50), [" with a limit of {v}", ", at most {v}", " limited to {v}"]),
    "minutes": ("minutes duration duration_minutes".split(), "integer", _integer(1, 120), [" for {v} minutes"]),
    "degrees": ("temperature degrees target_temperature".split(), "number", _integer(5, 99), [" to {v} degrees", " at {v} degrees"]),
    "language": ("language lang target_language".split(), "string", _one_of(LANGUAGES), [" in {v}", " into {v}"]),
    "from": ("origin from from_city start source".split(), "string", place_name, [" from {v}"]),
    "to": ("destination to_city goal target".split(), "string", place_name, [" to {v}"]),
    "room": ("room".split(), "string", _one_of(_ROOMS), [" in the {v}"]),
    "id": ("id code reference order_id item_id ticket_id".split(), "string", texts.code, [" with id {v}", " {v}", " number {v}", " with the id {v}"]),
    "query": ("query topic keyword search_term".split(), "string", lambda r: r.choice(_QUERIES) if r.random() < 0.4 else f"{word(r)} {word(r)}",
              [" about {v}", " for {v}", ' about "{v}"']),
    "level": ("level intensity volume strength".split(), "integer", _integer(0, 100), [" to level {v}", " at level {v}", " to {v}"]),
    "priority": ("priority importance urgency".split(), ("low", "medium", "high"), None, [" with {v} priority", " with priority {v}"]),
    "unit": ("unit units scale".split(), ("celsius", "fahrenheit"), None, [" in {v}"]),
    "size": ("size".split(), ("small", "medium", "large"), None, [" in size {v}", " of size {v}"]),
    "people": ("people guests seats persons party_size".split(), "integer", _integer(1, 12), [" for {v} people", " for {v} guests"]),
    "amount": ("amount price sum cost value".split(), "number", _decimal, [" for {v} euros", " at {v} euros", " of {v} euros"]),
    "tags": ("tags labels keywords items".split(), ["string"], _things, [" with the {n} {v}"]),
    "file": ("file path filename file_name".split(), "string",
             lambda r: f"{word(r)}{r.choice(('', '_' + word(r)))}.{r.choice(('txt', 'pdf', 'csv', 'json', 'png', 'md'))}", [" from {v}", " in the file {v}", " {v}"]),
    "thing": ("item product object article".split(), "string", lambda r: r.choice(THINGS + FRUITS + FOODS), [" for the {v}", " of the {v}"]),
    "nights": ("nights days".split(), "integer", _integer(1, 30), [" for {v} {n}"]),
    "year": ("year".split(), "integer", _integer(1900, 2030), [" in {v}", " for {v}", " of {v}"]),
}
_SLOT_NAMES = list(_SLOTS)
_CONFLICTS = [{"city", "from", "to", "room", "colour", "language", "unit", "year"}, {"person", "city", "people", "thing", "query"},
              {"email", "to", "level", "degrees"}, {"id", "file"}, {"from", "file"}, {"minutes", "nights"},
              {"tags", "thing"}, {"amount", "person"}, {"date", "city", "year"}, {"query", "amount"}]

_GENERIC_HEADS = """mode speed level height width depth weight length size rank grade phase zone shift angle radius offset batch
round step index range scope theme style format layer port host region sector channel source target owner code group
color shape kind type label status key tag unit method factor ratio score budget quota""".split()

_GENERIC = [" with {n} {v}", " with {n} {v}", " with the {n} {v}", " with {n} set to {v}", " with {n} = {v}", " using {n} {v}",
            " where the {n} is {v}", " with a {n} of {v}"]


def _spoken(name):
    out = []
    for c in name:
        out.append(" " if c in "_-." else (" " + c.lower() if c.isupper() else c))
    return "".join(out).strip()


def _join_name(rng, parts, style=None):
    style = style or rng.random()
    if style < 0.72:
        return "_".join(parts)
    if style < 0.92:
        return parts[0] + "".join(p.capitalize() for p in parts[1:])
    if style < 0.96:
        return "-".join(parts)
    return "".join(p.capitalize() for p in parts)


class Parameter:
    """One parameter of a function: its schema, and how a value of it is drawn and said."""

    def __init__(self, rng, slot, taken, style):
        self.slot = slot
        if slot == "generic":
            head = rng.choice(_GENERIC_HEADS) if rng.random() < 0.7 else invented(rng)
            parts = [head] if rng.random() < 0.45 else [rng.choice(ADJECTIVES + THINGS + _GENERIC_HEADS) if rng.random() < 0.8 else invented(rng), head]
            self.name = _join_name(rng, parts, style)
            self.kind = rng.choices(("string", "integer", "number", "boolean", "enum"), (4, 4, 1, 2, 2))[0]
            if self.kind == "enum":
                self.kind = tuple(dict.fromkeys(word(rng) for _ in range(rng.randint(2, 5))))
            self.phrases = _GENERIC
            self.draw = {"string": lambda r: rng.choice((word, person, texts.code, lambda q: f"{word(q)} {word(q)}"))(r),
                         "integer": _integer(0, rng.choice((9, 99, 999, 9999))), "number": _decimal}.get(self.kind)
        else:
            names, self.kind, self.draw, self.phrases = _SLOTS[slot]
            self.name = rng.choice(names)
            if "_" in self.name and 0.72 <= style < 0.92:
                self.name = _join_name(rng, self.name.split("_"), style)
            if rng.random() < 0.15:
                self.phrases = _GENERIC
            if slot == "colour" and rng.random() < 0.3:
                self.kind = tuple(rng.sample(COLOURS, rng.randint(2, 5)))
        if self.name in taken:
            self.name += "_" + rng.choice(("value", "name", "2", "x"))
        self.required = rng.random() < 0.72

    def value(self, rng):
        if isinstance(self.kind, tuple):
            return rng.choice(self.kind)
        if self.kind == "boolean":
            return rng.random() < 0.5
        return self.draw(rng)

    def phrase(self, rng, value):
        n = _spoken(self.name)
        if isinstance(value, bool):
            if value:
                return rng.choice((f" with {n} on", f" with {n}", f" with {n} set to true", f" with {n} turned on", f" and {n} enabled"))
            return rng.choice((f" with {n} off", f" without {n}", f" with {n} set to false", f" with {n} turned off", f" and {n} disabled"))
        if isinstance(value, list):
            return rng.choice((" with the {n} {v}", " with {n} {v}", " and the {n} {v}")).format(n=n, v=listing(value))
        if self.phrases is not _GENERIC:
            return rng.choice(self.phrases).format(n=n, v=value)
        shown = f'"{value}"' if isinstance(value, str) and rng.random() < 0.2 else value
        return rng.choice(self.phrases).format(n=n, v=shown)

    def schema(self, rng, described):
        if isinstance(self.kind, tuple):
            schema = {"type": "string", "enum": list(self.kind)}
        elif isinstance(self.kind, list):
            schema = {"type": "array", "items": {"type": "string"}}
        else:
            schema = {"type": self.kind}
        if described:
            n = _spoken(self.name)
            text = rng.choice((f"The {n}", f"The {n}.", f"{capitalise(n)}", f"{capitalise(n)} to use", f"Which {n}", f"The {n} to use."))
            if rng.random() < 0.12 and not isinstance(self.kind, tuple) and self.kind != "boolean":
                example = self.value(rng)
                text = text.rstrip(".") + f", e.g. {listing(example) if isinstance(example, list) else example}"
            schema = {**schema, "description": text} if rng.random() < 0.8 else {"description": text, **schema}
        return schema


class Function:
    """A callable function with its OpenAI description, and requests that ask for it."""

    def __init__(self, rng, name, description, parameters, requests, words):
        self.name, self.parameters, self.requests, self.words = name, parameters, requests, words
        described = rng.random() < 0.6
        schema = {"type": "object", "properties": {p.name: p.schema(rng, described) for p in parameters}}
        required = [p.name for p in parameters if p.required]
        if required or rng.random() < 0.3:
            schema["required"] = required
        if rng.random() < 0.15:
            schema["additionalProperties"] = False
        function = {"name": name, "description": description, "parameters": schema}
        if not description:
            del function["description"]
        if not parameters and rng.random() < 0.3:
            del function["parameters"]
        roll = rng.random()
        if roll < 0.15 and description:
            function = {"description": description, **{k: v for k, v in function.items() if k != "description"}}
        elif roll < 0.2:
            function["strict"] = rng.random() < 0.5
        self.tool = {"type": "function", "function": function} if rng.random() < 0.93 else {"function": function, "type": "function"}

    def ask(self, rng, with_optional=0.55):
        """A request and the arguments that a right call has, in the order of the schema."""
        chosen = [p for p in self.parameters if p.required or rng.random() < with_optional]
        arguments = {p.name: p.value(rng) for p in chosen}
        spoken = list(chosen)
        if rng.random() < 0.25:
            rng.shuffle(spoken)
        return self.say(rng, spoken, arguments), arguments

    def say(self, rng, spoken, arguments):
        phrases, generic = [], []
        for p in spoken:
            (generic if p.phrases is _GENERIC and not isinstance(arguments[p.name], (bool, list)) and rng.random() < 0.5 else phrases).append(p)
        text = "".join(p.phrase(rng, arguments[p.name]) for p in phrases)
        if generic:
            text += rng.choice((" with ", " with the ", ", ")) + listing(f"{_spoken(p.name)} {arguments[p.name]}" for p in generic)
        request = rng.choice(self.requests).format(p=text)
        if rng.random() < 0.05:
            call = rng.choice(("Call {n}{p}.", "Use {n}{p}.", "Please call the function {n}{p}.", "Run {n}{p}."))
            request = call.format(n=self.name, p=text)
        return request


def _allowed(name, for_evaluation):
    return held_out("function", name, 8) == for_evaluation


def _slots(rng):
    count = rng.choices((0, 1, 2, 3, 4), (7, 34, 33, 18, 8))[0]
    chosen = []
    while len(chosen) < count:
        slot = "generic" if rng.random() < 0.35 else rng.choice(_SLOT_NAMES)
        if slot != "generic" and (slot in chosen or any(slot in c and c & set(chosen) for c in _CONFLICTS)):
            continue
        chosen.append(slot)
    return chosen


def made_up(rng, for_evaluation=False):
    """A function that nobody has seen before."""
    while True:
        group = rng.choices(_GROUP_NAMES, _GROUP_WEIGHTS)[0]
        verbs, openings = _GROUPS[group]
        roll = rng.random()
        noun = rng.choice(_OBJECTS) if roll < 0.8 else invented(rng)
        head = []
        if rng.random() < 0.3:
            head = [rng.choice(ADJECTIVES) if rng.random() < 0.6 else rng.choice(_OBJECTS)]
        tail = [rng.choice(_RICH_NOUNS)] if group in ("get", "calculate", "update", "set") and rng.random() < 0.3 else []
        parts = head + [noun] + tail
        verb = rng.choice(verbs)
        invented_verb = rng.random() < 0.06
        if invented_verb:
            verb = invented(rng, 1)
            group, openings = verb, [capitalise(verb) + " the {o}{p}.", "Please " + verb + " the {o}{p}.", "Can you " + verb + " {a}{p}?"]
            verbs = [verb]
        style = rng.random()
        roll = rng.random()
        verb_parts = verb.split("_")
        if roll < 0.80:
            name = _join_name(rng, verb_parts + parts, style)
        elif roll < 0.88 and group == "get":
            name = _join_name(rng, parts, style)
        elif roll < 0.94:
            name = _join_name(rng, parts + verb_parts, style)
        else:
            name = _join_name(rng, [invented(rng, 2)] + ([noun] if rng.random() < 0.5 else []), style)
        if name in KNOWN_NAMES or not _allowed(name, for_evaluation):
            continue
        obj = " ".join(parts)
        said = rng.choice(verbs).replace("_", " ") if rng.random() < 0.5 else verb.replace("_", " ")
        description = capitalise(rng.choice((f"{said} the {obj}", f"{said} {article(obj)}", f"{_third(said)} the {obj}",
                                             f"{_third(said)} {article(obj)}", f"{said} {article(obj)} by its data", f"use this to {said} the {obj}",
                                             f"{said} the {obj} for the user")))
        if group in ("list", "count"):
            description = f"{capitalise(_third(verb.split('_')[0]))} {'all ' if group == 'list' else 'the '}{' '.join(parts[:-1] + [plural(parts[-1])])}"
        description += rng.choice(("", "."))
        if roll < 0.94 and rng.random() < 0.08:
            description = ""
        taken, parameters = set(), []
        for slot in _slots(rng):
            parameter = Parameter(rng, slot, taken, style)
            taken.add(parameter.name)
            parameters.append(parameter)
        if len(taken) < len(parameters):
            continue
        many = " ".join(parts[:-1] + [plural(parts[-1])])
        requests = [o.replace("{o}", obj).replace("{a}", article(obj)).replace("{s}", many) for o in openings]
        return Function(rng, name, description, parameters, requests, {group, *parts})


def _third(verb):
    first, _, rest = verb.partition(" ")
    ending = "es" if first.endswith(("s", "sh", "ch", "x", "z")) else "s"
    return first + ending + (" " + rest if rest else "")


class _Fixed(Parameter):
    """A parameter of one of the well-known functions."""

    def __init__(self, name, kind, draw, phrases, required=True, text=None):
        self.name, self.kind, self.draw, self.phrases, self.required, self.text, self.slot = name, kind, draw, phrases, required, text, name

    def schema(self, rng, described):
        schema = {"type": "string", "enum": list(self.kind)} if isinstance(self.kind, tuple) else {"type": self.kind}
        if described and self.text:
            schema["description"] = self.text
        return schema


def _known():
    """Functions as clients often bring them: names, description, parameters, requests."""
    small = _integer(1, 99)
    in_city = [" in {v}", " for {v}", " in {v} today", " in {v} right now", " in {v}"]
    unit = _Fixed("unit", ("celsius", "fahrenheit"), None, [" in {v}", ", in {v}"], False)

    def city(name, text):
        return _Fixed(name, "string", place_name, in_city, True, text)

    weather_asks = ["What is the weather{p}?", "What's the weather like{p}?", "How is the weather{p}?", "Tell me the weather{p}.",
                    "What is the weather like{p}?", "Weather{p}?", "Is it warm{p}?", "What is the temperature{p}?", "Get the weather{p}.",
                    "Do I need an umbrella{p}?", "Will it rain{p}?", "Is it raining{p}?", "Is it cold{p}?", "How warm is it{p}?", "weather{p}", "What will the weather be{p}?",
                    "I would like to know the weather{p}.", "I am{p}. What is the weather?", "I am going to travel. How is the weather{p}?", "Show me the weather{p}.", "Can you tell me the weather{p}?"]
    return [
        (["get_weather", "get_current_weather", "weather", "getWeather", "current_weather"], "Get the current weather in a given location",
         [[city("location", "The city and state, e.g. San Francisco, CA"), unit], [city("city", "The name of the city")],
          [city("location", "City name")], [city("city", "The city, e.g. Paris"), unit], [city("location", "City and country e.g. Bogotá, Colombia")]], weather_asks),
        (["get_time", "get_current_time", "current_time"], "Get the current time in a city",
         [[city("city", "The city")], [city("location", "City name")], [city("timezone", "The city of the time zone")]],
         ["What time is it{p}?", "Tell me the time{p}.", "What's the time{p}?"]),
        (["add", "sum", "add_numbers"], "Add two numbers",
         [[_Fixed("a", "number", small, [" {v}"]), _Fixed("b", "number", small, [" and {v}"])],
          [_Fixed("x", "integer", small, [" {v}"]), _Fixed("y", "integer", small, [" and {v}"])]],
         ["Add{p}.", "What is the sum of{p}?", "Please add{p}.", "Use the tool to add{p}."]),
        (["multiply", "multiply_numbers"], "Multiply two numbers",
         [[_Fixed("a", "number", small, [" {v}"]), _Fixed("b", "number", small, [" and {v}", " by {v}"])]],
         ["Multiply{p}.", "Please multiply{p}.", "Use the tool to multiply{p}."]),
        (["search", "web_search", "search_web", "google_search"], "Search the web",
         [[_Fixed("query", "string", lambda r: r.choice(_QUERIES) if r.random() < 0.4 else f"{word(r)} {word(r)}", [" for {v}", ' for "{v}"'], True, "The search query")]],
         ["Search the web{p}.", "Search{p}.", "Do a web search{p}.", "Please search{p}."]),
        (["translate", "translate_text"], "Translate a text",
         [[_Fixed("text", "string", _free_text, [' "{v}"'], True, "The text to translate"), _Fixed("target_language", "string", _one_of(LANGUAGES), [" to {v}", " into {v}"], True, "The language to translate to")]],
         ["Translate{p}.", "Please translate{p}.", "Can you translate{p}?"]),
        (["set_timer", "start_timer"], "Set a timer", [[_Fixed("minutes", "integer", _integer(1, 90), [" for {v} minutes"], True, "Minutes")]],
         ["Set a timer{p}.", "Start a timer{p}.", "Timer{p}, please."]),
        (["lookup_order", "get_order_status", "track_order", "order_status", "find_order"], "Look up the status of an order",
         [[_Fixed(n, kind, draw, [" {v}", " with number {v}", " number {v}", " with id {v}"], True, text)]
          for n, kind, draw in (("order_id", "string", texts.code), ("id", "string", texts.code), ("order", "string", texts.code), ("order_number", "integer", _integer(1, 99999)))
          for text in (None, "The number of the order")],
         ["Where is my order{p}?", "What is the status of order{p}?", "Track my order{p}.", "Has my order{p} been sent?", "When does my order{p} arrive?",
          "Check order{p}.", "I am waiting for order{p}. Where is it?"]),
        (["get_news", "latest_news", "search_news"], "Get the latest news about a topic",
         [[_Fixed(n, "string", lambda r: r.choice(_QUERIES) if r.random() < 0.5 else word(r), [" about {v}", " on {v}"], True, text)]
          for n in ("topic", "query", "subject") for text in (None, "The topic")],
         ["What is the news{p}?", "Is there any news{p}?", "Give me the latest news{p}.", "What happened today{p}?", "Show me news{p}."]),
        (["turn_on_light", "light_on", "switch_light", "lights"], "Turn on the light in a room",
         [[_Fixed(n, "string", _one_of(_ROOMS), [" in the {v}"], True, None)] for n in ("room", "location", "where")],
         ["Turn on the light{p}.", "It is dark{p}.", "Switch the light on{p}.", "Light{p}, please.", "Make it bright{p}."]),
        (["find_restaurant", "search_restaurants", "get_restaurants"], "Find restaurants in a city",
         [[_Fixed("city", "string", place_name, [" in {v}"], True, "The city"), _Fixed("cuisine", "string", _one_of("Italian Thai French Indian Greek Chinese".split()), [" with {v} food"], False)]],
         ["Find a restaurant{p}.", "Where can I eat{p}?", "I am hungry. Find a restaurant{p}.", "Which restaurants are there{p}?"]),
        (["send_email"], "Send an email",
         [[_Fixed("to", "string", texts.email, [" to {v}"]), _Fixed("subject", "string", _free_text, [' with the subject "{v}"']), _Fixed("body", "string", _free_text, [' saying "{v}"', ' and the text "{v}"'], False)]],
         ["Send an email{p}.", "Write an email{p}.", "Please send a mail{p}."]),
        (["get_stock_price", "stock_price"], "Get the price of a stock",
         [[_Fixed(n, "string", lambda r: "".join(r.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(r.randint(2, 4))), [" of {v}", " for {v}"], True, text)]
          for n, text in (("symbol", "The ticker symbol"), ("ticker", None), ("ticker", "The ticker"), ("stock", "The stock"), ("name", None))],
         ["How much is the stock{p}?", "Check the price{p}.", "What is the stock price{p}?", "Get the stock price{p}.", "What is the price{p}?"]),
        (["convert_currency", "get_exchange_rate"], "Convert money from one currency to another",
         [[_Fixed("amount", "number", small, [" {v}"]), _Fixed("from", "string", _one_of("EUR USD GBP JPY CHF SEK".split()), [" {v}"]), _Fixed("to", "string", _one_of("PLN CAD AUD INR CNY NOK".split()), [" to {v}", " in {v}"])]],
         ["Convert{p}.", "How much is{p}?", "Please convert{p}."]),
        (["book_flight", "find_flights", "search_flights"], "Find flights between two cities",
         [[_Fixed("origin", "string", place_name, [" from {v}"]), _Fixed("destination", "string", place_name, [" to {v}"]), _Fixed("date", "string", texts.date, [" on {v}"], False)]],
         ["Find a flight{p}.", "I need a flight{p}.", "Book a flight{p}.", "Which flights go{p}?"]),
        (["create_event", "add_calendar_event"], "Create an event in the calendar",
         [[_Fixed("title", "string", _free_text, [' "{v}"', ' called "{v}"']), _Fixed("date", "string", texts.date, [" on {v}"]), _Fixed("time", "string", texts.clock, [" at {v}"], False)]],
         ["Create an event{p}.", "Add an event{p}.", "Put an event{p} in my calendar."]),
    ]


_KNOWN = _known()
KNOWN_NAMES = {name for names, *_ in _KNOWN for name in names}


def well_known(rng):
    names, description, variants, requests = rng.choice(_KNOWN) if rng.random() < 0.7 else _KNOWN[0]
    name = rng.choice(names)
    return Function(rng, name, description + rng.choice(("", ".")) if rng.random() < 0.95 else "", rng.choice(variants), requests,
                    {name, *_spoken(name).split()})


def toolbox(rng, for_evaluation=False, size=None):
    """Functions, one to six if no size is given, of which no two could be meant by the same request."""
    size = size or rng.choices((1, 2, 3, 4, 5, 6), (28, 28, 22, 12, 6, 4))[0]
    functions = []
    while len(functions) < size:
        known = not for_evaluation and rng.random() < (0.35 if size == 1 else 0.14)
        function = well_known(rng) if known else made_up(rng, for_evaluation)
        clash = 1 if size < 8 and rng.random() < 0.75 else 2
        if any(len(function.words & f.words) >= clash or f.name == function.name for f in functions):
            continue
        functions.append(function)
    return functions


def call_text(calls):
    return "\n".join(f'<tool_call>\n{{"name": {json.dumps(n)}, "arguments": {json.dumps(a, ensure_ascii=False)}}}\n</tool_call>' for n, a in calls)


_LINKS = [" Then {x}", " Also, {x}", " And {x}", " After that, {x}", " {X}", "\n{X}"]


def _merge(rng, parts):
    text = parts[0]
    for part in parts[1:]:
        text += rng.choice(_LINKS).format(x=part[0].lower() + part[1:], X=part)
    return text


def request(rng, functions):
    """A request for one or several calls of the given functions, and those calls in order."""
    roll = rng.random()
    if roll < 0.76 or (roll < 0.9 and len(functions) == 1 and not functions[0].parameters):
        function = rng.choice(functions)
        text, arguments = function.ask(rng)
        return text, [(function, arguments)]
    if roll < 0.9 or len(functions) == 1:
        candidates = [f for f in functions if f.parameters and sum(p.required for p in f.parameters) <= 1
                      and isinstance(f.parameters[0].kind, str) and f.parameters[0].kind in ("string", "integer")
                      and (f.parameters[0].required or not any(p.required for p in f.parameters))]
        if candidates:
            function = rng.choice(candidates)
            parameter = function.parameters[0]
            values = []
            wanted = rng.choice((2, 2, 3))
            while len(values) < wanted:
                value = parameter.value(rng)
                if value not in values:
                    values.append(value)
            if rng.random() < 0.25:
                parts = [function.say(rng, [parameter], {parameter.name: v}) for v in values]
                return _merge(rng, parts), [(function, {parameter.name: v}) for v in values]
            spoken = listing(f'"{v}"' if parameter.slot in ("title", "text") else v for v in map(str, values))
            phrase = rng.choice(parameter.phrases).replace('"{v}"', "{v}").format(n=_spoken(parameter.name), v=spoken)
            return rng.choice(function.requests).format(p=phrase), [(function, {parameter.name: v}) for v in values]
    chosen = rng.sample(functions, min(len(functions), rng.choice((2, 2, 2, 3))))
    asked = [f.ask(rng, 0.3) for f in chosen]
    return _merge(rng, [text for text, _ in asked]), [(f, arguments) for f, (_, arguments) in zip(chosen, asked)]


_FAILURES = ["not found", "no permission", "timeout", "invalid date", "service not available", "out of stock", "unknown city",
             "too many requests", "already exists", "wrong id"]


_VALUES = [lambda r: r.randint(0, 9999), lambda r: r.randint(0, 99), lambda r: round(r.uniform(0, 99), 1), word, place_name, person, texts.date,
           texts.clock, texts.code]


def _value(rng):
    return rng.choice(_VALUES)(rng)


_RESULT_KEYS = _RICH_NOUNS + """temperature condition wind humidity total price count result rate balance distance duration title name
date time place address phone available message number score winner speed weight colour answer value""".split()


def spaced(value):
    return json.dumps(value, ensure_ascii=False)


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_WRITERS = [(spaced, 40), (compact, 36), (lambda v: json.dumps(v, ensure_ascii=False, indent=2), 8), (json.dumps, 6),
            (lambda v: json.dumps(v, separators=(",", ":")), 6), (repr, 4)]


def writer(rng):
    """How a client writes a result: JSON with or without spaces, indented, in ASCII, or as Python prints it."""
    return rng.choices([w for w, _ in _WRITERS], [weight for _, weight in _WRITERS])[0]


def outcome(rng, function, arguments, write=spaced):
    """What the function returns, and that result as a clause of an answer."""
    roll = rng.random()
    if "weather" in function.name.lower() and roll < 0.8:
        degrees, sky = rng.randint(-15, 40), rng.choice("sunny cloudy rainy windy snowy foggy stormy clear".split())
        key = rng.choice(("temperature", "temp", "degrees"))
        result = {key: degrees, rng.choice(("condition", "sky", "weather", "conditions")): sky}
        city = next((v for k, v in arguments.items() if k in ("city", "location")), None)
        return write(result), f"It is {sky} and {degrees} degrees" + (f" in {city}" if city else "")
    if roll < 0.52:
        keys = [k if rng.random() < 0.85 else _join_name(rng, [word(rng), k], 0.1) for k in rng.sample(_RESULT_KEYS, rng.choice((1, 1, 2, 2, 3)))]
        result = {k: _value(rng) for k in keys}
        return write(result), properties(result)
    if roll < 0.64:
        result = rng.choice(({"status": "ok"}, {"success": True}, {"ok": True}, {"status": "success"}, {"result": "done"}, "OK", "done", {"status": "done"}, "success"))
        return result if isinstance(result, str) else write(result), rng.choice(("It is done", "Done"))
    if roll < 0.74:
        code = texts.code(rng)
        key = rng.choice(("id", "order_id", "reference", "ticket"))
        return write({"status": "ok", key: code} if rng.random() < 0.5 else {key: code, "status": "created"}), f"It is done. The {_spoken(key)} is {code}"
    if roll < 0.82:
        failure = rng.choice(_FAILURES)
        return rng.choice((write({"error": failure}), f"Error: {failure}", write({"status": "error", "message": failure}))), \
            f"That did not work: {failure}"
    if roll < 0.91:
        items = [word(rng) if rng.random() < 0.6 else person(rng) for _ in range(rng.randint(1, 4))]
        shown = items if rng.random() < 0.6 else {rng.choice(("items", "results", "list", "names")): items}
        return write(shown), f"I found {listing(items)}"
    value = _value(rng) if rng.random() < 0.7 else _free_text(rng)
    return str(value), f"The result is {value}"


def rich_outcome(rng, function, arguments, write):
    """A result of four to seven properties, some of them what was asked with; of the weather, the answer still says the same."""
    result = {k: v for k, v in arguments.items() if isinstance(v, (str, int)) and rng.random() < 0.5}
    if "weather" in function.name.lower():
        degrees, sky = rng.randint(-15, 40), rng.choice("sunny cloudy rainy windy snowy foggy stormy clear".split())
        pairs = [(rng.choice(("temperature", "temp", "degrees")), degrees), (rng.choice(("condition", "sky", "weather", "conditions")), sky),
                 ("unit", rng.choice(("celsius", "fahrenheit", "C", "F"))), ("humidity", rng.randint(5, 99)), ("wind", rng.randint(0, 90))]
        pairs = pairs[:2] + rng.sample(pairs[2:], rng.randint(0, 3))
        rng.shuffle(pairs)
        city = next((v for k, v in arguments.items() if k in ("city", "location")), None)
        return write({**result, **dict(pairs)}), f"It is {sky} and {degrees} degrees" + (f" in {city}" if city else "")
    while len(result) < 4 or (len(result) < 7 and rng.random() < 0.5):
        result[rng.choice(_RESULT_KEYS)] = _value(rng)
    return write(result), properties(result)


def properties(result):
    """The keys and values of a result as one clause."""
    if len(result) > 1 and not any(c in str(v) for v in result.values() for c in (",", " and ")):
        return "The " + listing(f"{_spoken(k)} is {v}" for k, v in result.items()).replace(", ", ", the ").replace(" and ", " and the ")
    return "The " + listing([f"{_spoken(k)} is {v}" for k, v in result.items()])


def records(rng, count):
    """A table of named things: key of the name, other keys, and rows as dictionaries."""
    name, *keys = [rng.choice(("name", "title", "product", "id"))] + rng.sample(_RESULT_KEYS[:32], rng.randint(2, 6))
    keys = [k for k in keys if k != name]
    kinds = {k: rng.randrange(len(_VALUES)) for k in keys}
    rows, seen = [], set()
    while len(rows) < count:
        label = texts.code(rng) if name == "id" else person(rng) if rng.random() < 0.5 else word(rng)
        if label not in seen:
            seen.add(label)
            rows.append({name: label, **{k: _VALUES[kinds[k]](rng) for k in keys}})
    return name, keys, rows


def big_outcome(rng, count, write, asked=1):
    """A result of many entries, its clause, and questions about entries with their answers."""
    name, keys, rows = records(rng, count)
    exchanges = []
    for row in rng.sample(rows, min(asked, count)):
        key = rng.choice(keys)
        question = rng.choice(("What is the {k} of {n}?", "And the {k} of {n}?", "Tell me the {k} of {n}.", "Which {k} does {n} have?"))
        exchanges.append((question.format(k=_spoken(key), n=row[name]), f"The {_spoken(key)} of {row[name]} is {row[key]}."))
    shown = rows if rng.random() < 0.6 else {rng.choice(("items", "results", "data", "rows")): rows}
    if rng.random() < 0.3:
        shown = {"total": len(rows), **(shown if isinstance(shown, dict) else {"list": shown})}
    found = [r[name] for r in rows]
    clause = f"I found {listing(found)}" if len(found) < 5 else f"I found {', '.join(found[:3])} and more"
    return write(shown), clause, exchanges


def reply(clauses):
    return " ".join(clause + "." for clause in clauses)


def missing(rng, functions):
    """A request that leaves out the one value that is needed."""
    candidates = [f for f in functions if sum(p.required for p in f.parameters) == 1]
    if not candidates:
        return None
    function = rng.choice(candidates)
    needed = next(p for p in function.parameters if p.required)
    if isinstance(needed.kind, tuple) or needed.kind == "boolean":
        return None
    return rng.choice(function.requests).format(p=""), f"Please tell me the {_spoken(needed.name)}."


NO_FUNCTION = "None of my tools can do that."


def absent(rng, functions):
    """A request for something that none of the functions does."""
    known = set().union(*(f.words for f in functions))
    while True:
        other = made_up(rng)
        if not other.words & known:
            return other.ask(rng)[0], NO_FUNCTION
