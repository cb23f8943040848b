"""The closed vocabulary the corpus is written in, and generators of invented words."""

import zlib


def held_out(kind, key, one_in):
    """True for the share 1/one_in of the keys that only the evaluation set may use."""
    return zlib.crc32(f"{kind}:{key}".encode()) % one_in == 0


NAMES = """Ada Ben Clara David Emma Felix Grace Hugo Iris Jonas Karin Leo Maria Nora Oscar Paula Quinn Rosa Sam Tina
Uma Victor Wendy Xavier Yara Zoe Alice Bruno Carla Dora Erik Fatima George Hanna Ivan Julia Kenji Lena Marco Nadia
Omar Petra Ravi Sara Tom Ursula Vera Walter Yusuf Anna Boris Chen Diego Elena Frank Gina Henry Ines Jack Kira Luis
Mina Nils Olga Pablo Rita Simon Theo Viktor Will Amir Bella Cora Dana Eli Finn Hana Igor Jana Karl Lara Max Nina Otto
Pia Rolf Sofia Tariq Vivian Wanda Yuki Zara John Mary Peter Susan Robert Linda Michael Laura James Kate""".split()

SURNAMES = """Smith Miller Novak Rossi Garcia Silva Tanaka Meyer Brown Kowalski Jensen Berg Costa Dubois Ivanova Khan
Lopez Moreau Nguyen Olsen Park Quist Romano Schmidt Taylor Ueda Vogel Weber Young Zimmer Adams Baker Clark Davis Evans
Fischer Green Hall Jones King Lee Martin Nelson Owens Perez Reed Scott Turner Walker Wood""".split()

ANIMALS = """fox owl bear rabbit cat dog horse mouse wolf deer frog turtle duck goose swan crow eagle hedgehog squirrel
badger otter beaver lion tiger elephant monkey zebra giraffe camel goat sheep pig cow hen donkey penguin seal whale
dolphin shark salmon crab snail bee ant spider butterfly bat parrot""".split()

FRUITS = """apple banana cherry grape lemon lime mango orange peach pear plum melon fig kiwi coconut apricot strawberry
blueberry raspberry pineapple""".split()

FOODS = """bread cheese butter milk rice pasta soup salad egg honey sugar salt pepper onion garlic potato tomato carrot
cabbage bean pea corn mushroom spinach cake cookie pie jam tea coffee juice water flour oil yogurt chocolate noodle
sausage pizza sandwich""".split()

THINGS = """lantern key map book bell coin ring rope basket candle mirror clock boat kite drum flute hat coat boot
umbrella ladder hammer nail saw bucket broom pillow blanket chair table lamp door window box bag bottle cup plate spoon
fork knife pot pan letter pencil paper stone shell feather leaf flower tree seed ball doll puzzle camera radio phone
wheel cart wagon bridge tower gate wall garden fountain whistle compass telescope brush needle thread button glove scarf
crown sword shield chest jar barrel sack net pin stamp card ticket poster magnet battery cable engine mask marble
ribbon statue violin guitar trumpet piano""".split()

PLACES = """forest village castle harbour market garden mountain river meadow island desert valley lake cave farm mill
library school station bakery tower city beach hill museum theatre park bridge workshop hospital kitchen hotel""".split()

ADJECTIVES = """small large old new bright dark quiet loud warm cold soft hard happy sad brave shy clever kind gentle
proud tired hungry curious lazy quick slow strong weak tall short long wide narrow deep shallow heavy light clean dirty
dry wet empty full rich poor sharp smooth rough round square simple strange golden silver wooden red blue green yellow
white black grey brown purple pink orange fresh sweet sour bitter early late busy calm careful cheerful polite
honest""".split()

VERBS = """run walk jump swim sing dance read write draw paint cook bake eat drink sleep wake build break carry lift push
pull throw catch find lose open close start stop help ask answer talk listen look watch play work rest travel visit buy
sell give take send bring keep hide show learn teach think dream laugh cry smile climb fall fly sail drive ride wait
hurry plant grow cut dig wash dry fix mend count measure""".split()

CITIES = """Paris London Berlin Madrid Rome Vienna Lisbon Oslo Prague Warsaw Dublin Athens Budapest Helsinki Stockholm
Copenhagen Brussels Amsterdam Zurich Geneva Milan Naples Venice Munich Hamburg Cologne Lyon Nice Porto Seville Valencia
Barcelona Kyoto Tokyo Osaka Seoul Beijing Shanghai Delhi Mumbai Bangkok Hanoi Manila Jakarta Sydney Melbourne Perth
Auckland Cairo Nairobi Lagos Accra Tunis Casablanca Toronto Montreal Vancouver Boston Chicago Denver Seattle Austin
Dallas Miami Atlanta Portland Phoenix Houston Lima Bogota Quito Santiago Havana Dubai Doha Istanbul Ankara Kiev Riga
Vilnius Tallinn Zagreb Belgrade Sofia Bucharest""".split() + [
    "New York", "Los Angeles", "San Francisco", "Buenos Aires", "Rio de Janeiro", "Cape Town", "Mexico City",
    "Hong Kong", "Tel Aviv", "New Delhi", "St. Gallen", "San Diego", "Las Vegas", "Salt Lake City", "Kuala Lumpur",
    "São Paulo", "Zürich", "Málaga", "Köln", "Bogotá", "Kraków", "Québec", "Łódź", "Reykjavík", "Düsseldorf"]

COLOURS = "red blue green yellow orange purple pink brown black white grey".split()

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

MONTHS = "January February March April May June July August September October November December".split()

LANGUAGES = """English French German Spanish Italian Portuguese Dutch Swedish Norwegian Danish Finnish Polish Czech
Hungarian Greek Turkish Russian Arabic Hebrew Hindi Chinese Japanese Korean Thai Vietnamese Swahili""".split()

PLURALS = {"box": "boxes", "mouse": "mice", "wolf": "wolves", "goose": "geese", "sheep": "sheep", "deer": "deer",
           "fox": "foxes", "knife": "knives", "leaf": "leaves", "brush": "brushes", "butterfly": "butterflies",
           "cherry": "cherries", "peach": "peaches", "strawberry": "strawberries", "blueberry": "blueberries",
           "raspberry": "raspberries", "mango": "mangoes", "potato": "potatoes", "tomato": "tomatoes",
           "donkey": "donkeys", "monkey": "monkeys", "torch": "torches", "bus": "buses", "city": "cities",
           "baby": "babies", "tooth": "teeth", "foot": "feet", "child": "children", "woman": "women", "man": "men",
           "berry": "berries", "story": "stories", "country": "countries", "dish": "dishes", "watch": "watches",
           "bench": "benches", "compass": "compasses", "sandwich": "sandwiches", "radio": "radios"}


def plural(noun):
    return PLURALS.get(noun, noun + "s")


def article(word):
    return ("an " if word[0].lower() in "aeiou" else "a ") + word


HEROES = """dragon princess wizard robot knight king queen pirate witch giant dwarf fairy prince farmer sailor baker""".split()

EVERYDAY = """hello world good morning evening night day week month year time people man woman child friend family house home
street school water fire earth air sun moon star sky rain snow wind summer winter spring autumn food lunch dinner breakfast
hand foot head eye ear nose mouth heart body word letter number name story question answer idea problem reason thing place
part way life love peace war money job office computer phone screen keyboard code data file test example simple easy hard
right wrong left up down under over first second third last next new old nice fine great best better more less many few some
this that these those here there today tomorrow yesterday always never often sometimes and or not but with without my your
our their they we you one two three four five six seven eight nine ten java server model token engine text line page
quick brown lazy jumps fast the is are was has have can will please thanks welcome sorry yes no maybe""".split()

COMMON = sorted(set(ANIMALS + FRUITS + FOODS + THINGS + PLACES + ADJECTIVES + VERBS))

_ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl kr l m n p pl pr qu r s sh sk sl sm sn sp st str t th tr " \
          "v w x y z".split() + ["", ""]
_NUCLEI = "a e i o u a e i o u ai ea ee oo ou ia io".split()
_CODAS = "b ck d f g k l ll m n nd ng nk nt p r rd rk rn rt s sh sk st t th x z".split() + [""] * 22


def invented(rng, syllables=None):
    """A pronounceable lower-case word that is (almost surely) in no dictionary."""
    count = syllables or rng.choice((1, 2, 2, 2, 3, 3))
    word = "".join(rng.choice(_ONSETS) + rng.choice(_NUCLEI) + rng.choice(_CODAS) for _ in range(count))
    return word if len(word) > 2 else word + "n" + rng.choice(_NUCLEI)


def some_word(rng):
    """A word of everyday English, in any case."""
    roll = rng.random()
    item = rng.choice(EVERYDAY) if roll < 0.4 else rng.choice(COMMON) if roll < 0.7 else invented(rng)
    return item


def person(rng):
    roll = rng.random()
    if roll < 0.55:
        return rng.choice(NAMES)
    if roll < 0.75:
        return invented(rng).capitalize()
    return f"{rng.choice(NAMES)} {rng.choice(SURNAMES) if rng.random() < 0.6 else invented(rng).capitalize()}"


def place_name(rng):
    return rng.choice(CITIES) if rng.random() < 0.65 else invented(rng, 2).capitalize()


def word(rng):
    return rng.choice(COMMON) if rng.random() < 0.7 else invented(rng)


def listing(items, last="and"):
    items = list(items)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + f" {last} " + items[-1]


def capitalise(text):
    return text[:1].upper() + text[1:]


def casual(rng, text):
    """The same request as a hurried person types it."""
    roll = rng.random()
    if roll < 0.10:
        text = text.lower()
    elif roll < 0.14:
        text = text[:1].lower() + text[1:]
    if rng.random() < 0.15 and text[-1:] in ".?":
        text = text[:-1]
    roll = rng.random()
    if roll < 0.03:
        text = rng.choice(("Hi! ", "Hello! ", "Hey, ", "Hello, ", "Hi, ")) + text
    elif roll < 0.06:
        text = rng.choice(("Please tell me: ", "Quick question: ", "I have a question. ", "Can you help me? ")) + text
    elif roll < 0.08:
        text = text + rng.choice((" Thanks!", " Thank you!", " Thanks."))
    return text
