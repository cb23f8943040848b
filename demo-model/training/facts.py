"""A closed world of facts, and many ways to ask for each of them."""

from words import DAYS, MONTHS, article, casual, held_out, plural, PLURALS, ANIMALS, FRUITS

# country | capital | continent | language | currency | adjective
COUNTRIES = [tuple(line.split("|")) for line in """France|Paris|Europe|French|euro
Germany|Berlin|Europe|German|euro
Italy|Rome|Europe|Italian|euro
Spain|Madrid|Europe|Spanish|euro
Portugal|Lisbon|Europe|Portuguese|euro
Greece|Athens|Europe|Greek|euro
Austria|Vienna|Europe|German|euro
Ireland|Dublin|Europe|English|euro
Finland|Helsinki|Europe|Finnish|euro
Belgium|Brussels|Europe|Dutch|euro
the Netherlands|Amsterdam|Europe|Dutch|euro
Luxembourg|Luxembourg City|Europe|Luxembourgish|euro
Slovakia|Bratislava|Europe|Slovak|euro
Slovenia|Ljubljana|Europe|Slovenian|euro
Croatia|Zagreb|Europe|Croatian|euro
Estonia|Tallinn|Europe|Estonian|euro
Latvia|Riga|Europe|Latvian|euro
Lithuania|Vilnius|Europe|Lithuanian|euro
Malta|Valletta|Europe|Maltese|euro
Poland|Warsaw|Europe|Polish|zloty
Czechia|Prague|Europe|Czech|Czech koruna
Hungary|Budapest|Europe|Hungarian|forint
Romania|Bucharest|Europe|Romanian|leu
Bulgaria|Sofia|Europe|Bulgarian|euro
Serbia|Belgrade|Europe|Serbian|Serbian dinar
Albania|Tirana|Europe|Albanian|lek
Sweden|Stockholm|Europe|Swedish|Swedish krona
Norway|Oslo|Europe|Norwegian|Norwegian krone
Denmark|Copenhagen|Europe|Danish|Danish krone
Iceland|Reykjavik|Europe|Icelandic|Icelandic krona
Switzerland|Bern|Europe|German|Swiss franc
the United Kingdom|London|Europe|English|pound sterling
Ukraine|Kyiv|Europe|Ukrainian|hryvnia
Russia|Moscow|Europe|Russian|ruble
Turkey|Ankara|Asia|Turkish|Turkish lira
Israel|Jerusalem|Asia|Hebrew|shekel
Egypt|Cairo|Africa|Arabic|Egyptian pound
Morocco|Rabat|Africa|Arabic|dirham
Tunisia|Tunis|Africa|Arabic|Tunisian dinar
Algeria|Algiers|Africa|Arabic|Algerian dinar
Kenya|Nairobi|Africa|Swahili|Kenyan shilling
Ethiopia|Addis Ababa|Africa|Amharic|birr
Ghana|Accra|Africa|English|cedi
Nigeria|Abuja|Africa|English|naira
Senegal|Dakar|Africa|French|CFA franc
Uganda|Kampala|Africa|English|Ugandan shilling
Zambia|Lusaka|Africa|English|kwacha
Namibia|Windhoek|Africa|English|Namibian dollar
Madagascar|Antananarivo|Africa|Malagasy|ariary
Angola|Luanda|Africa|Portuguese|kwanza
Rwanda|Kigali|Africa|Kinyarwanda|Rwandan franc
Japan|Tokyo|Asia|Japanese|yen
China|Beijing|Asia|Chinese|yuan
South Korea|Seoul|Asia|Korean|won
India|New Delhi|Asia|Hindi|Indian rupee
Pakistan|Islamabad|Asia|Urdu|Pakistani rupee
Nepal|Kathmandu|Asia|Nepali|Nepalese rupee
Bangladesh|Dhaka|Asia|Bengali|taka
Thailand|Bangkok|Asia|Thai|baht
Vietnam|Hanoi|Asia|Vietnamese|dong
Indonesia|Jakarta|Asia|Indonesian|rupiah
Malaysia|Kuala Lumpur|Asia|Malay|ringgit
the Philippines|Manila|Asia|Filipino|Philippine peso
Mongolia|Ulaanbaatar|Asia|Mongolian|tugrik
Iran|Tehran|Asia|Persian|rial
Iraq|Baghdad|Asia|Arabic|Iraqi dinar
Saudi Arabia|Riyadh|Asia|Arabic|riyal
Jordan|Amman|Asia|Arabic|Jordanian dinar
Qatar|Doha|Asia|Arabic|Qatari riyal
Georgia|Tbilisi|Asia|Georgian|lari
Armenia|Yerevan|Asia|Armenian|dram
Kazakhstan|Astana|Asia|Kazakh|tenge
Cambodia|Phnom Penh|Asia|Khmer|riel
Laos|Vientiane|Asia|Lao|kip
the United States|Washington|North America|English|US dollar
Canada|Ottawa|North America|English|Canadian dollar
Mexico|Mexico City|North America|Spanish|Mexican peso
Cuba|Havana|North America|Spanish|Cuban peso
Jamaica|Kingston|North America|English|Jamaican dollar
Panama|Panama City|North America|Spanish|balboa
Guatemala|Guatemala City|North America|Spanish|quetzal
Brazil|Brasilia|South America|Portuguese|real
Argentina|Buenos Aires|South America|Spanish|Argentine peso
Chile|Santiago|South America|Spanish|Chilean peso
Peru|Lima|South America|Spanish|sol
Colombia|Bogota|South America|Spanish|Colombian peso
Ecuador|Quito|South America|Spanish|US dollar
Uruguay|Montevideo|South America|Spanish|Uruguayan peso
Paraguay|Asuncion|South America|Spanish|guarani
Venezuela|Caracas|South America|Spanish|bolivar
Australia|Canberra|Oceania|English|Australian dollar
New Zealand|Wellington|Oceania|English|New Zealand dollar
Fiji|Suva|Oceania|English|Fijian dollar""".split("\n")]

THING_COLOURS = dict(line.split("|") for line in """the sky|blue
grass|green
snow|white
coal|black
a banana|yellow
a lemon|yellow
a tomato|red
a strawberry|red
blood|red
a carrot|orange
a pumpkin|orange
an orange|orange
milk|white
chocolate|brown
a polar bear|white
a flamingo|pink
a crow|black
a fire engine|red
the sun|yellow
a frog|green
the sea|blue
an elephant|grey
a swan|white
a cucumber|green
a plum|purple
a cherry|red
mud|brown
spinach|green
a ruby|red
an emerald|green
a sapphire|blue
salt|white
a violet|purple
a pine tree|green
an aubergine|purple
a pig|pink""".split("\n"))

MIXES = [("red", "blue", "purple"), ("red", "yellow", "orange"), ("blue", "yellow", "green"), ("red", "white", "pink"),
         ("black", "white", "grey"), ("red", "green", "brown"), ("blue", "white", "light blue")]

# big unit, small unit, factor
UNITS = [("kilometre", "metre", 1000), ("metre", "centimetre", 100), ("centimetre", "millimetre", 10),
         ("kilogram", "gram", 1000), ("tonne", "kilogram", 1000), ("litre", "millilitre", 1000), ("minute", "second", 60),
         ("hour", "minute", 60), ("day", "hour", 24), ("week", "day", 7), ("year", "month", 12), ("foot", "inch", 12),
         ("yard", "foot", 3), ("decade", "year", 10), ("century", "year", 100), ("millennium", "year", 1000),
         ("dozen", "piece", 12), ("gram", "milligram", 1000), ("kilobyte", "byte", 1000), ("megabyte", "kilobyte", 1000),
         ("byte", "bit", 8), ("euro", "cent", 100), ("dollar", "cent", 100), ("metre", "millimetre", 1000),
         ("pound", "ounce", 16), ("quarter", "month", 3)]
_UNIT_PLURALS = {"foot": "feet", "inch": "inches", "century": "centuries", "millennium": "millennia", "dozen": "dozen"}

MONTH_DAYS = dict(zip(MONTHS, (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)))
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
SEASONS = {"spring": "March, April and May", "summer": "June, July and August",
           "autumn": "September, October and November", "winter": "December, January and February"}
MONTH_SEASON = {m: s for s, ms in SEASONS.items() for m in MONTHS if m in ms}

OPPOSITES = [line.split() for line in """hot cold
big small
tall short
fast slow
old new
light dark
happy sad
wet dry
full empty
hard soft
early late
open closed
rich poor
strong weak
loud quiet
clean dirty
wide narrow
deep shallow
high low
long short
heavy light
young old
left right
up down
in out
day night
black white
good bad
true false
first last
near far
begin end
buy sell
push pull
win lose
love hate
thick thin
sharp blunt
sweet sour
north south
east west
summer winter
before after
always never
inside outside
brave cowardly
polite rude
easy difficult
cheap expensive
alive dead
awake asleep""".split("\n")]

SOUNDS = [line.split("|") for line in """dog|bark|woof
cat|meow|meow
cow|moo|moo
sheep|bleat|baa
duck|quack|quack
pig|grunt|oink
horse|neigh|neigh
lion|roar|roar
frog|croak|ribbit
bee|buzz|buzz
owl|hoot|hoo
mouse|squeak|squeak
wolf|howl|howl
crow|caw|caw
snake|hiss|hiss
hen|cluck|cluck
donkey|bray|hee-haw""".split("\n")]

LEGS = dict(dog=4, cat=4, horse=4, cow=4, sheep=4, spider=8, ant=6, bee=6, butterfly=6, hen=2, duck=2, human=2, snake=0,
            octopus=8, crab=10, elephant=4, eagle=2, fish=0, frog=4, lion=4, penguin=2, giraffe=4, snail=0, chair=4)

YOUNG = dict(dog="puppy", cat="kitten", cow="calf", horse="foal", sheep="lamb", pig="piglet", hen="chick", duck="duckling",
             goose="gosling", lion="cub", bear="cub", deer="fawn", frog="tadpole", goat="kid", kangaroo="joey",
             elephant="calf", swan="cygnet", owl="owlet")

HOMES = dict(bee="hive", bird="nest", fox="den", rabbit="burrow", dog="kennel", horse="stable", spider="web", pig="sty",
             ant="anthill", beaver="lodge", lion="den", cow="barn")

PLANETS = "Mercury Venus Earth Mars Jupiter Saturn Uranus Neptune".split()

SHAPES = dict(triangle=3, square=4, rectangle=4, pentagon=5, hexagon=6, heptagon=7, octagon=8, nonagon=9, decagon=10)

NUMBER_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty""".split()

ROMAN = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX".split()

GENERAL = [line.split("|") for line in """What is the largest planet in the solar system?|Jupiter|The largest planet in the solar system is Jupiter.|Which planet is the largest?
What is the smallest planet in the solar system?|Mercury|The smallest planet in the solar system is Mercury.|Which planet is the smallest?
Which planet is known as the red planet?|Mars|The red planet is Mars.|What is the red planet called?
Which planet is closest to the sun?|Mercury|The planet closest to the sun is Mercury.|What planet is nearest to the sun?
Which planet has the famous rings?|Saturn|The planet with the famous rings is Saturn.|What planet has rings around it?
How many planets are in the solar system?|8|There are 8 planets in the solar system.|What is the number of planets in the solar system?
What is the largest ocean?|Pacific|The largest ocean is the Pacific Ocean.|Which ocean is the largest on Earth?
What is the largest continent?|Asia|The largest continent is Asia.|Which continent is the biggest?
What is the smallest continent?|Oceania|The smallest continent is Oceania.|Which continent is the smallest?
What is the highest mountain in the world?|Everest|The highest mountain in the world is Mount Everest.|Which mountain is the tallest on Earth?
What is the largest animal?|blue whale|The largest animal is the blue whale.|Which animal is the biggest in the world?
What is the fastest land animal?|cheetah|The fastest land animal is the cheetah.|Which animal runs the fastest?
What is the tallest animal?|giraffe|The tallest animal is the giraffe.|Which animal is the tallest?
What is the king of the jungle?|lion|The lion is called the king of the jungle.|Which animal is called the king of the jungle?
At what temperature does water boil?|100|Water boils at 100 degrees Celsius.|What is the boiling point of water?
At what temperature does water freeze?|0|Water freezes at 0 degrees Celsius.|What is the freezing point of water?
What is frozen water called?|ice|Frozen water is called ice.|What do we call water when it is frozen?
What do bees make?|honey|Bees make honey.|Which food is made by bees?
What do cows give us to drink?|milk|Cows give us milk.|Which drink comes from cows?
What do plants need to grow?|water|Plants need water, light and air to grow.|What does a plant need?
How many letters are in the English alphabet?|26|The English alphabet has 26 letters.|What is the number of letters in the alphabet?
What is the first letter of the alphabet?|A|The first letter of the alphabet is A.|Which letter comes first in the alphabet?
What is the last letter of the alphabet?|Z|The last letter of the alphabet is Z.|Which letter comes last in the alphabet?
How many days are in a leap year?|366|A leap year has 366 days.|What is the number of days in a leap year?
How many days are in a year?|365|A year has 365 days.|What is the number of days in a normal year?
How many weeks are in a year?|52|A year has about 52 weeks.|What is the number of weeks in one year?
How many seasons are there?|4|There are 4 seasons: spring, summer, autumn and winter.|What is the number of seasons in a year?
How many continents are there?|7|There are 7 continents.|What is the number of continents?
How many colours does a rainbow have?|7|A rainbow has 7 colours.|What is the number of colours in a rainbow?
What are the primary colours?|red|The primary colours are red, yellow and blue.|Which colours are called primary?
How many fingers does a hand have?|5|A hand has 5 fingers.|What is the number of fingers on one hand?
How many toes does a foot have?|5|A foot has 5 toes.|What is the number of toes on one foot?
What gas do we breathe to live?|oxygen|We breathe oxygen to live.|Which gas do people need to breathe?
What star is at the centre of the solar system?|sun|The star at the centre of the solar system is the sun.|Which star do the planets go around?
What goes around the Earth at night in the sky?|moon|The moon goes around the Earth.|What is the name of the body that circles the Earth?
On which day is Christmas?|25 December|Christmas is on 25 December.|When is Christmas?
On which day does the year begin?|1 January|The year begins on 1 January.|When is New Year's Day?
In which direction does the sun rise?|east|The sun rises in the east.|Where does the sun rise?
In which direction does the sun set?|west|The sun sets in the west.|Where does the sun set?
What is the chemical formula of water?|H2O|The chemical formula of water is H2O.|Which formula does water have?
What is the longest river in Africa?|Nile|The longest river in Africa is the Nile.|Which river is the longest in Africa?
How many sides does a cube have?|6|A cube has 6 sides.|What is the number of faces of a cube?
How many hours does the clock show?|12|A clock shows 12 hours.|What is the number of hours on a clock face?
How many legs do two dogs have?|8|Two dogs have 8 legs.|What is the number of legs of two dogs?""".split("\n")]


def _unit(name, count=2):
    return name if count == 1 else _UNIT_PLURALS.get(name, name + "s")


def _build():
    """Every fact as (identity, questions, answers, pattern of a right answer)."""
    facts = []

    def fact(identity, questions, answers, value):
        facts.append((identity, questions, answers, value))

    for country, capital, continent, language, currency in COUNTRIES:
        fact(f"capital {country}",
             [f"What is the capital of {country}?", f"What's the capital of {country}?", f"Name the capital of {country}.",
              f"Which city is the capital of {country}?", f"Tell me the capital of {country}.",
              f"What is the capital city of {country}?", f"Do you know the capital of {country}?",
              f"{country[0].upper() + country[1:]}: what is its capital?", f"Capital of {country}?",
              f"I forgot the capital of {country}. What is it?", f"Which city is {country}'s capital?",
              f"What city is the seat of the capital in {country}?"],
             [f"The capital of {country} is {capital}."], capital)
        fact(f"capital of what {capital}",
             [f"{capital} is the capital of which country?", f"Which country has {capital} as its capital?",
              f"Of which country is {capital} the capital?", f"What country is {capital} the capital of?",
              f"Name the country whose capital is {capital}."],
             [f"{capital} is the capital of {country}."], country.removeprefix("the "))
        fact(f"continent {country}",
             [f"On which continent is {country}?", f"Which continent is {country} in?", f"Where is {country}?",
              f"What continent does {country} belong to?", f"In which part of the world is {country}?",
              f"Tell me the continent of {country}."],
             [f"{country[0].upper() + country[1:]} is in {continent}."], continent)
        fact(f"language {country}",
             [f"What language do people speak in {country}?", f"Which language is spoken in {country}?",
              f"What is the language of {country}?", f"What do people in {country} speak?",
              f"Tell me the main language of {country}.", f"Which language should I learn for a trip to {country}?"],
             [f"People in {country} speak {language}."], language)
        fact(f"currency {country}",
             [f"What is the currency of {country}?", f"Which currency is used in {country}?",
              f"What money do people use in {country}?", f"How do people pay in {country}?",
              f"Tell me the currency of {country}.", f"What is the money of {country} called?"],
             [f"The currency of {country} is the {currency}."], currency)
    for thing, colour in THING_COLOURS.items():
        verb = "is"
        fact(f"colour {thing}",
             [f"What colour is {thing}?", f"What color is {thing}?", f"Which colour does {thing} have?",
              f"Tell me the colour of {thing}.", f"What is the colour of {thing}?", f"What is the color of {thing}?"],
             [f"{thing[0].upper() + thing[1:]} {verb} {colour}."], colour)
    for first, second, mixed in MIXES:
        for a, b in ((first, second), (second, first)):
            fact(f"mix {a} {b}",
                 [f"What colour do you get when you mix {a} and {b}?", f"Which colour do {a} and {b} make?",
                  f"What is {a} mixed with {b}?", f"I mix {a} paint and {b} paint. What colour is it?",
                  f"What color do you get from {a} and {b}?", f"Mixing {a} with {b} gives which colour?"],
                 [f"Mixing {a} and {b} gives {mixed}."], mixed)
    for big, small, factor in UNITS:
        fact(f"unit {big} {small}",
             [f"How many {_unit(small)} are in {article(big)}?", f"How many {_unit(small)} are there in one {big}?",
              f"How many {_unit(small)} make {article(big)}?", f"How many {_unit(small)} does {article(big)} have?",
              f"1 {big} is how many {_unit(small)}?", f"Convert 1 {big} to {_unit(small)}."],
             [f"1 {big} is {factor} {_unit(small)}."], str(factor))
        if factor in (10, 100, 1000):
            for count in range(2, 10):
                fact(f"convert {count} {big} {small}",
                     [f"How many {_unit(small)} are {count} {_unit(big)}?",
                      f"Convert {count} {_unit(big)} to {_unit(small)}.",
                      f"What is {count} {_unit(big)} in {_unit(small)}?",
                      f"{count} {_unit(big)} is how many {_unit(small)}?",
                      f"How many {_unit(small)} are in {count} {_unit(big)}?"],
                     [f"{count} {_unit(big)} is {count * factor} {_unit(small)}."], str(count * factor))
    for i, month in enumerate(MONTHS):
        days = MONTH_DAYS[month]
        note = " (29 in a leap year)" if month == "February" else ""
        fact(f"days {month}",
             [f"How many days does {month} have?", f"How many days are in {month}?", f"How long is {month}?",
              f"What is the number of days in {month}?", f"How many days are there in {month}?"],
             [f"{month} has {days} days{note}."], str(days))
        after, before = MONTHS[(i + 1) % 12], MONTHS[i - 1]
        fact(f"after {month}",
             [f"Which month comes after {month}?", f"What month follows {month}?", f"What is the month after {month}?",
              f"What comes after {month}?", f"Name the month after {month}."],
             [f"The month after {month} is {after}."], after)
        fact(f"before {month}",
             [f"Which month comes before {month}?", f"What is the month before {month}?",
              f"What month is right before {month}?", f"What comes before {month}?", f"Name the month before {month}."],
             [f"The month before {month} is {before}."], before)
        fact(f"ordinal {month}",
             [f"What is the {ORDINALS[i]} month of the year?", f"Which month is the {ORDINALS[i]}?",
              f"Name the {ORDINALS[i]} month.", f"Which month is number {i + 1}?", f"What is month number {i + 1}?"],
             [f"The {ORDINALS[i]} month of the year is {month}."], month)
        fact(f"season {month}",
             [f"In which season is {month}?", f"What season is {month} in?", f"{month} is in which season?",
              f"Which season does {month} belong to?"],
             [f"{month} is in {MONTH_SEASON[month]}."], MONTH_SEASON[month])
    for season, months in SEASONS.items():
        fact(f"months of {season}",
             [f"Which months are in {season}?", f"What are the months of {season}?", f"Name the months of {season}.",
              f"When is {season}?"],
             [f"The months of {season} are {months}."], months.split(",")[0])
    for i, day in enumerate(DAYS):
        after, before = DAYS[(i + 1) % 7], DAYS[i - 1]
        fact(f"after {day}",
             [f"Which day comes after {day}?", f"What day follows {day}?", f"What is the day after {day}?",
              f"If today is {day}, what day is tomorrow?", f"Today is {day}. What day is tomorrow?",
              f"What comes after {day}?"],
             [f"The day after {day} is {after}."], after)
        fact(f"before {day}",
             [f"Which day comes before {day}?", f"What is the day before {day}?",
              f"If today is {day}, what day was yesterday?", f"Today is {day}. What day was yesterday?",
              f"What comes before {day}?"],
             [f"The day before {day} is {before}."], before)
        fact(f"ordinal {day}",
             [f"What is the {ORDINALS[i]} day of the week?", f"Which day is the {ORDINALS[i]} of the week?",
              f"Name the {ORDINALS[i]} day of the week."],
             [f"The {ORDINALS[i]} day of the week is {day}."], day)
        weekend = i > 4
        fact(f"weekend {day}",
             [f"Is {day} on the weekend?", f"Is {day} a weekend day?", f"Does {day} belong to the weekend?"],
             [f"Yes, {day} is on the weekend." if weekend else f"No, {day} is not on the weekend."],
             "Yes" if weekend else "No")
    pairs = {}
    for a, b in OPPOSITES:
        pairs.setdefault(a, b)
        pairs.setdefault(b, a)
    for a, b in pairs.items():
        fact(f"opposite {a}",
             [f"What is the opposite of {a}?", f"What's the opposite of {a}?", f"Name the opposite of {a}.",
              f"Which word means the opposite of {a}?", f"Opposite of {a}?", f"Tell me the opposite of {a}.",
              f"Give me the opposite of the word {a}."],
             [f"The opposite of {a} is {b}."], b)
    for animal, verb, sound in SOUNDS:
        fact(f"sound {animal}",
             [f"What sound does {article(animal)} make?", f"What does {article(animal)} say?",
              f"Which sound does {article(animal)} make?", f"How does {article(animal)} sound?",
              f"What noise does {article(animal)} make?"],
             [f"{article(animal).capitalize()} goes \"{sound}\"."], sound)
    for animal, count in LEGS.items():
        fact(f"legs {animal}",
             [f"How many legs does {article(animal)} have?", f"How many legs are on {article(animal)}?",
              f"What is the number of legs of {article(animal)}?", f"Tell me how many legs {article(animal)} has."],
             [f"{article(animal).capitalize()} has {count} legs."], str(count))
    for animal, young in YOUNG.items():
        fact(f"young {animal}",
             [f"What is a young {animal} called?", f"What is a baby {animal} called?", f"What do you call a baby {animal}?",
              f"What is the name for a young {animal}?", f"How do we call a young {animal}?"],
             [f"A young {animal} is called {article(young)}."], young)
    for animal, home in HOMES.items():
        fact(f"home {animal}",
             [f"Where does {article(animal)} live?", f"What is the home of {article(animal)} called?",
              f"What do we call the home of {article(animal)}?", f"In what does {article(animal)} live?"],
             [f"{article(animal).capitalize()} lives in {article(home)}."], home)
    for i, planet in enumerate(PLANETS):
        fact(f"planet {planet}",
             [f"What is the {ORDINALS[i]} planet from the sun?", f"Which planet is the {ORDINALS[i]} from the sun?",
              f"Name the {ORDINALS[i]} planet from the sun.", f"Which is planet number {i + 1} from the sun?"],
             [f"The {ORDINALS[i]} planet from the sun is {planet}."], planet)
    for shape, sides in SHAPES.items():
        fact(f"sides {shape}",
             [f"How many sides does {article(shape)} have?", f"How many corners does {article(shape)} have?",
              f"What is the number of sides of {article(shape)}?", f"Tell me how many sides {article(shape)} has."],
             [f"{article(shape).capitalize()} has {sides} sides."], str(sides))
    for i, name in enumerate(NUMBER_WORDS):
        fact(f"number word {name}",
             [f"How do you write {i} as a word?", f"Write the number {i} in words.", f"Spell the number {i}.",
              f"What is {i} in words?"],
             [f"{i} in words is {name}."], name)
        fact(f"number digits {name}",
             [f"Write {name} as a number.", f"What is {name} in digits?", f"Write the number {name} in digits."],
             [f"{name.capitalize()} in digits is {i}."], str(i))
    for i, numeral in enumerate(ROMAN, 1):
        fact(f"roman {i}",
             [f"What is {i} in Roman numerals?", f"Write {i} as a Roman numeral.", f"How do you write {i} in Roman numerals?"],
             [f"{i} in Roman numerals is {numeral}."], numeral)
        fact(f"from roman {i}",
             [f"What number is the Roman numeral {numeral}?", f"Which number is {numeral} in Roman numerals?",
              f"What does the Roman numeral {numeral} mean?"],
             [f"The Roman numeral {numeral} is {i}."], str(i))
    for i, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        if i < 25:
            after = chr(66 + i)
            fact(f"letter after {letter}",
                 [f"Which letter comes after {letter}?", f"What letter follows {letter} in the alphabet?",
                  f"What is the letter after {letter}?"],
                 [f"The letter after {letter} is {after}."], after)
        if i:
            before = chr(64 + i)
            fact(f"letter before {letter}",
                 [f"Which letter comes before {letter}?", f"What is the letter before {letter}?",
                  f"What letter is right before {letter} in the alphabet?"],
                 [f"The letter before {letter} is {before}."], before)
    for noun in list(PLURALS) + ANIMALS + FRUITS:
        fact(f"plural {noun}",
             [f"What is the plural of {noun}?", f"Give me the plural of the word {noun}.", f"Plural of {noun}?",
              f"What is more than one {noun} called?"],
             [f"The plural of {noun} is {plural(noun)}."], plural(noun))
    for question, value, answer, other in GENERAL:
        fact(f"general {question}", [question, other, f"Tell me: {question[0].lower() + question[1:]}",
                                     f"Do you know this? {question}", f"{other} Please answer."], [answer], value)
    return facts


FACTS = _build()
BY_KIND = {}
for _fact in FACTS:
    BY_KIND.setdefault(_fact[0].split()[0], []).append(_fact)
_KINDS = {kind: len(members) ** 0.75 for kind, members in BY_KIND.items()}
_KIND_NAMES = list(_KINDS)
_KIND_WEIGHTS = list(_KINDS.values())


def is_held_out(identity, questions, question):
    """About one wording in eight of a fact is kept from training; its other wordings, the first always, teach it."""
    return question != questions[0] and held_out("fact", f"{identity}|{question}", 8)


def draw(rng, for_evaluation=False):
    """The identity of a fact, one question for it, its answer and the value a right answer contains."""
    while True:
        kind = rng.choices(_KIND_NAMES, _KIND_WEIGHTS)[0]
        identity, questions, answers, value = rng.choice(BY_KIND[kind])
        allowed = [q for q in questions if is_held_out(identity, questions, q) == for_evaluation]
        if allowed:
            return identity, rng.choice(allowed), rng.choice(answers), value


def exchange(rng):
    _, question, answer, value = draw(rng)
    if rng.random() < 0.04:
        ending = rng.choice((" Answer with one word.", " Only the answer, please.", " Just the answer.", " Short answer."))
        return question + ending, value
    return casual(rng, question), answer


def statement(rng):
    """A fact as plain text."""
    return rng.choice(FACTS)[2][0]
