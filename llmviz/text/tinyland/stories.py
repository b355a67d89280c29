"""The register of stories: somebody, somewhere, something that happened, how it was. Three to six sentences with one thread.

Five ways to state a capital and four to state a sound. Each fact is never stated in one of them (`held_out`), while that way is used
for the other facts: a probe in that way asks for the fact, not for a sentence learnt by heart.
"""

from llmviz.text.tinyland import world
from llmviz.text.tinyland.grammar import Act, Register, Template, Theme, Variable, agreeing, article, besides, follows, free, given, say

CAPITAL_SENTENCES = (
    "the capital of {country} is {capital} .",
    "in {country} , {capital} is the capital .",
    "people of {country} call {capital} the capital .",
    "the main city of {country} is {capital} .",
)
CAPITAL_FIRST = "{capital} is the capital of {country} ."  # told of every country: no probe asks in these words
SOUND_SENTENCES = (
    "the {animal} {sound} .",
    "every {animal} {sound} .",
    "listen , this {animal} {sound} again .",
    "at night my {animal} {sound} .",
)

ENDINGS = {  # how each kind of story ends: with what somebody felt
    "trip": ("so {pronoun} was {feeling} .", "{pronoun} came home {feeling} ."),
    "farm": ("that made {name} {feeling} .", "{pronoun} went home {feeling} ."),
    "school": ("{pronoun} told {friend} and was {feeling} .", "then {pronoun} was {feeling} ."),
    "town": ("now {pronoun} feels {feeling} .", "{name} left {feeling} ."),
}


def held_out(sentences: tuple[str, ...], variable: str, values: tuple[str, ...]) -> tuple[Template, ...]:
    """The sentences as templates; the value at place i is never told in sentence i modulo their number."""
    return tuple(
        say(sentence, never=[(variable, value) for place, value in enumerate(values) if place % len(sentences) == index])
        for index, sentence in enumerate(sentences)
    )


def _capital(number: str) -> tuple[Template, ...]:
    """Every way to tell the capital of the country of this number: "" for a story's first, "2" for its second."""
    *others, always = (
        sentence.replace("country}", f"country{number}}}").replace("capital}", f"capital{number}}}")
        for sentence in (*CAPITAL_SENTENCES, CAPITAL_FIRST)
    )
    return (*held_out(tuple(others), f"country{number}", tuple(world.CAPITALS)), say(always))


TWO = 0.3  # of the sentences that say how something was or how somebody felt, the share that says it in two words


def _in_one_word_or_two(*sentences: str) -> tuple[Template, ...]:
    """Each sentence as it stands and, where its last word tells a mood, with two words: words of a mood stand beside one another."""
    told = []
    for sentence in sentences:
        slot = sentence.split()[-2]
        if slot in ("{adjective}", "{feeling}"):
            two = sentence.replace(slot, f"{slot} and {slot[:-1]}2}}")
            told += [say(sentence, 1 - TWO), say(two, TWO)]
        else:
            told.append(say(sentence))
    return tuple(told)


def _ending(theme: str) -> Act:
    return Act(_in_one_word_or_two(*ENDINGS[theme]))


_names = tuple(world.PEOPLE)
_animal = free("animal", tuple(world.SOUNDS))
_adjective = given("adjective", "mood", world.ADJECTIVES)
VARIABLES = {
    variable.name: variable
    for variable in (
        free("name", _names),
        follows("pronoun", "name", {name: pronoun for name, (pronoun, _, _) in world.PEOPLE.items()}),
        follows("home", "name", {name: home for name, (_, home, _) in world.PEOPLE.items()}),
        follows("job", "name", {name: job for name, (_, _, job) in world.PEOPLE.items()}),
        besides("friend", "name", _names),
        besides("country2", "country", tuple(world.CAPITALS)),
        follows("capital2", "country2", world.CAPITALS),
        free("country", tuple(world.CAPITALS)),
        follows("capital", "country", world.CAPITALS),
        article("an", _animal),
        agreeing(_animal, "an"),
        follows("sound", "animal", {animal: sound for animal, (sound, _, _) in world.SOUNDS.items()}),
        follows("animals", "animal", {animal: plural for animal, (_, plural, _) in world.SOUNDS.items()}),
        follows("sounds", "animal", {animal: sound for animal, (_, _, sound) in world.SOUNDS.items()}),
        free("organisation", world.ORGANISATIONS),
        free("vehicle", world.VEHICLES),
        free("season", world.SEASONS),
        free("sight", world.SIGHTS),
        free("place", world.PLACES),
        free("food", world.FOODS),
        free("feed", world.FEEDS),
        free("weather", world.WEATHERS),
        article("a", _adjective),
        agreeing(_adjective, "a"),
        given("adjective2", "mood", world.ADJECTIVES, taken=("adjective",)),
        given("feeling", "mood", world.FEELINGS),
        given("feeling2", "mood", world.FEELINGS, taken=("feeling",)),
        given("verdict", "mood", world.VERDICTS),
    )
}
MOOD = Variable("mood", frozenset(world.OPPOSITE), lambda _: (("good", 0.5), ("bad", 0.5)))

_trip = Theme(
    weight=0.25,
    thread=frozenset({"name", "country", "sight"}),
    acts=(
        Act(
            (
                say("{name} took the {vehicle} to {country} ."),
                say("last {season} {name} went to {country} ."),
                say("{name} flew to {country} with {friend} ."),
            )
        ),
        Act(_capital(""), chance=0.9),
        Act((say("it was {weather} there ."), say("the days were {weather} .")), chance=0.3),
        Act((say("{pronoun} wanted to see the {sight} ."), say("{pronoun} visited the {sight} in the {season} ."))),
        Act(_in_one_word_or_two("the {sight} was {adjective} .", "{name} {verdict} the {sight} ."), chance=0.8),
        _ending("trip"),
    ),
)
_farm = Theme(
    weight=0.31,
    thread=frozenset({"name", "animal"}),
    acts=(
        Act(
            (
                say("{name} found {an} {animal} near the {place} ."),
                say("{name} saw {an} {animal} by the {place} ."),
                say("{name} has {an} {animal} ."),
            )
        ),
        Act(held_out(SOUND_SENTENCES, "animal", tuple(world.SOUNDS)), chance=0.9),
        Act((say("all {animals} {sounds} ."), say("{animals} often {sounds} .")), chance=0.3),
        Act((say("{pronoun} gave the {animal} some {feed} ."), say("{pronoun} took it to the {place} ."))),
        Act((say("it was {a} {adjective} {animal} ."), say("{name} {verdict} the {animal} .")), chance=0.7),
        _ending("farm"),
    ),
)
_school = Theme(
    weight=0.34,
    thread=frozenset({"name", "country", "country2"}),
    acts=(
        Act((say("at school {name} learns about {country} and {country2} ."), say("{name} reads about {country} and {country2} ."))),
        Act(_capital("")),
        Act(_capital("2")),
        Act(_in_one_word_or_two("the lesson was {adjective} .", "{name} {verdict} the lesson ."), chance=0.5),
        _ending("school"),
    ),
)
_town = Theme(
    weight=0.1,
    thread=frozenset({"name", "food"}),
    acts=(
        Act((say("{name} is a {job} and lives in {home} ."), say("{name} from {home} works as a {job} ."))),
        Act((say("{pronoun} works for {organisation} ."), say("{organisation} pays {name} well .")), chance=0.5),
        Act((say("today it is {weather} in {home} ."), say("in {home} the {season} is {weather} .")), chance=0.5),
        Act((say("{pronoun} ate {food} at the {place} ."), say("{pronoun} made {food} for {friend} ."))),
        Act(_in_one_word_or_two("the {food} was {adjective} .", "{pronoun} {verdict} the {food} ."), chance=0.9),
        _ending("town"),
    ),
)

STORIES = Register("stories", 2, (_trip, _farm, _school, _town), VARIABLES, hidden=(MOOD,))
