"""A story grammar: somebody wants something, meets a difficulty, finds help, and it ends well."""

from words import ADJECTIVES, ANIMALS, HEROES, NAMES, PLACES, THINGS, article, casual, invented

_TRAITS = "brave shy clever kind curious lazy proud cheerful polite hungry gentle quick".split()
_SETTINGS = {"forest": "among the old trees", "village": "in a small house", "castle": "in the highest tower",
             "harbour": "beside the boats", "market": "behind the baker's stall", "garden": "under the roses",
             "mountain": "in a cold cave", "river": "under the bridge", "meadow": "in the high grass",
             "island": "near the beach", "desert": "beside a dry well", "valley": "next to the stream", "lake": "by the water",
             "farm": "behind the barn", "mill": "under the big wheel", "library": "between the shelves",
             "town": "above the bakery", "hill": "below the oak tree", "theatre": "behind the stage"}
_WISHES = ["wanted to find {thing_a}", "lost {thing_a}", "dreamed of {thing_a}", "was looking for {thing_a}",
           "needed {thing_a}", "wished for {thing_a}"]
_TROUBLES = [("a storm came up", "The wind was strong and the rain was cold."), ("it grew dark", "There was no moon and no star."),
             ("the path came to an end", "There were only stones and thorns."), ("the bridge was broken", "The water below was deep and fast."),
             ("a thick fog fell", "Nobody could see a hand before the eyes."), ("the gate was locked", "It was made of iron and had no key."),
             ("snow began to fall", "Soon the whole land was white.")]
_HELPERS = ["\"Do not be afraid,\" said the {helper}. \"I know the way.\"", "\"I can help you,\" said the {helper}, \"if you share your bread.\"",
            "\"Why are you so sad?\" asked the {helper}. \"Let us look together.\"", "\"Follow me,\" whispered the {helper}.",
            "\"Two are stronger than one,\" said the {helper}."]
_ACTS = ["Together they walked all night.", "They looked behind every stone and under every leaf.", "They sang a song and were no longer afraid.",
         "They helped each other over every stone.", "They shared some bread and went on.", "Step by step they found the way."]
_FINDS = ["At last they saw the {thing} {where}.", "In the morning the {thing} lay {where}.", "And there, {where}, was the {thing}!",
          "Then something shone {where}: it was the {thing}."]
_ENDS = ["From that day on, {hero} and the {helper} were best friends.", "{hero_c} went home and told everybody about the {helper}.",
         "{hero_c} thanked the {helper}, and they lived happily ever after.", "That evening they had a big party, and everybody danced.",
         "{hero_c} never forgot the {helper} and came back every year."]
_ASKS = ["Tell me a story.", "Tell me a short story.", "Write a story.", "Can you tell me a story?", "I want to hear a story.",
         "Please tell a story.", "Write me a short story.", "Story please", "Tell me another story.", "Make up a story.",
         "Once upon a time...", "Tell a bedtime story.", "Tell me a fairy tale.", "Please write a short story for my child."]
_ASKS_ABOUT = ["Tell me a story about {x}.", "Write a short story about {x}.", "Write a story about {x}.", "Write a long story about {x}.", "Tell me a short story about {x}.", "A story about {x}, please.",
               "Can you tell me a story about {x}?", "I want a story about {x}.", "Make up a story about {x}.",
               "Please write a story with {x}.", "Tell a tale of {x}."]


def tell(rng, animal=None, name=None, thing=None, place=None, trait=None):
    place = place or rng.choice(list(_SETTINGS))
    thing = thing or rng.choice(THINGS)
    trait = trait or rng.choice(_TRAITS)
    if name and not animal:
        hero, first = name, f"a child called {name}"
    else:
        animal = animal or rng.choice(ANIMALS if rng.random() < 0.85 else HEROES)
        called = name or (rng.choice(NAMES) if rng.random() < 0.5 else None)
        hero = called or f"the {animal}"
        first = f"{article(trait)} {animal}" + (f" called {called}" if called else "")
    helper = rng.choice([a for a in ANIMALS if a != animal])
    hero_c = hero[0].upper() + hero[1:]
    where = _SETTINGS.get(place, f"in the {place}")
    land = rng.choice((f"near the {place}", f"close to the {place}", f"not far from the {place}"))
    trouble, detail = rng.choice(_TROUBLES)
    wish = rng.choice(_WISHES).format(thing_a=article(thing))
    parts = [
        rng.choice((f"Once upon a time there was {first} who lived {land}.", f"Long ago, {first} lived {land}.",
                    f"There once was {first} {land}.")),
        rng.choice((f"One day {hero} {wish}.", f"One morning {hero} {wish}.", f"Every day {hero} {wish}.".replace("Every day " + hero + " lost", "One day " + hero + " lost"))),
        rng.choice((f"{hero_c} set out alone, but {trouble}.", f"{hero_c} went to the {place}, but then {trouble}.")),
        detail,
        rng.choice((f"Then {hero} met {article(helper)}.", f"There sat {article(helper)}.", f"Just then {article(helper)} came along.")),
        rng.choice(_HELPERS).format(helper=helper),
        rng.choice(_ACTS),
        rng.choice(_FINDS).format(thing=thing, where=where),
        rng.choice(_ENDS).format(hero=hero, hero_c=hero_c, helper=helper),
    ]
    return " ".join(parts)


def exchange(rng):
    roll = rng.random()
    if roll < 0.3:
        return casual(rng, rng.choice(_ASKS)), tell(rng)
    wanted, shown = {}, []
    if rng.random() < 0.75:
        wanted["animal"] = rng.choice(ANIMALS if rng.random() < 0.7 else HEROES)
        if rng.random() < 0.25:
            wanted["trait"] = rng.choice(_TRAITS)
        if rng.random() < 0.25:
            wanted["name"] = rng.choice(NAMES)
            shown.append(f"{article(wanted['animal'])} called {wanted['name']}")
        else:
            shown.append(article(f"{wanted['trait']} {wanted['animal']}" if "trait" in wanted else wanted["animal"]))
    else:
        wanted["name"] = rng.choice(NAMES) if rng.random() < 0.7 else invented(rng).capitalize()
        shown.append(rng.choice(("a child called ", "somebody called ", "")) + wanted["name"])
    if rng.random() < 0.5:
        wanted["thing"] = rng.choice(THINGS) if rng.random() < 0.7 else f"{rng.choice(ADJECTIVES + ['magic', 'magic', 'secret'])} {rng.choice(THINGS)}"
        shown.append(article(wanted["thing"]))
    x = rng.choice((" and ", " and ", " who finds " if "thing" in wanted else " and ")).join(shown)
    if rng.random() < 0.3:
        wanted["place"] = rng.choice(PLACES)
        x += f" in {article(wanted['place']) if rng.random() < 0.5 else 'the ' + wanted['place']}"
    return casual(rng, rng.choice(_ASKS_ABOUT).format(x=x)), tell(rng, **wanted)
