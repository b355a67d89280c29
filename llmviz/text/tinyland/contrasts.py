"""Two texts that differ in a word or two: one is right, the other breaks a rule of grammar, or makes no sense (minimal pairs, as in BLiMP,
Warstadt et al. 2020). Knows Tinyland; knows no model.

What is right was never told in these words. *Grammar*: a determiner beside an animal with which it never stood (`stories.py` holds each
animal out of one sentence), or several animals in a sentence put together from two; about as many right words are singular as plural,
so it does not help to count words. *Frames*: several animals in a sentence that was only ever told of one, where the words around
mislead. *Meaning*: how a thing was in one kind of story, and how somebody felt of it in the words of another; the two words never met in
what is learnt (`strangers.py`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from llmviz.text import sentences as cut
from llmviz.text.tinyland import world
from llmviz.text.tinyland.stories import CAPITAL_SENTENCES, ENDINGS, SOUND_SENTENCES
from llmviz.text.tinyland.strangers import STRANGERS

ROUNDS = 8  # how often a story is used again, with another stretch of it around the sentence
SINGULAR = SOUND_SENTENCES[1:]  # the first, "the dog barks", has a pair of words that other sentences tell too
PLURAL = ("all {animals} often {sounds} .", "{animals} often {sounds} again .")  # told: "all dogs bark .", "dogs often bark ."
MISLEADING = ("listen , all {animals} {sounds} again .", "at night all {animals} {sounds} .")  # told of one: "at night my dog barks ."

SEVERAL = {several for _, several, _ in world.SOUNDS.values()}


@dataclass(frozen=True)
class Contrast:
    """Two texts of as many words, and the rule that only one of them keeps."""

    rule: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def places(self) -> tuple[int, ...]:
        """Where the two differ."""
        return tuple(place for place, (one, other) in enumerate(zip(self.right, self.wrong, strict=True)) if one != other)


def grammar(stories: Sequence[str], count: int) -> list[Contrast]:
    """At least `count` different contrasts, as many for every rule: determiner, agreement, order.

    Raises ValueError where the stories give too few.
    """
    return _gathered("grammar", stories, count, ("determiner", "agreement", "order"), _told_wrong)


def frames(stories: Sequence[str], count: int) -> list[Contrast]:
    """At least `count` different contrasts of determiner and agreement, in sentences that were only ever told of one animal.

    Raises ValueError where the stories give too few.
    """
    return _gathered("frames", stories, count, ("determiner", "agreement"), _misled)


def meaning(stories: Sequence[str], count: int) -> list[Contrast]:
    """At least `count` different contrasts, as many after a good thing as after a bad one: who felt how.

    Raises ValueError where the stories give too few.
    """
    return _gathered("meaning", stories, count, ("good", "bad"), _felt_wrong)


Make = Callable[[tuple[str, ...], Random], Contrast | None]


def _gathered(name: str, stories: Sequence[str], count: int, rules: Sequence[str], make: Make) -> list[Contrast]:
    each = -(-count // len(rules))
    found: dict[str, dict[Contrast, None]] = {rule: {} for rule in rules}
    random = Random(name)
    for story in (story for _ in range(ROUNDS) for story in stories):
        contrast = make(cut.sentences(story), random)
        if contrast and len(found[contrast.rule]) < each:
            found[contrast.rule][contrast] = None
        if all(len(contrasts) == each for contrasts in found.values()):
            break
    else:
        raise ValueError(f"{len(stories)} stories are too few for {each} contrasts of each rule")
    every = (contrast for contrasts in found.values() for contrast in contrasts)
    return sorted(every, key=lambda contrast: (contrast.rule, contrast.right))


# Grammar


def _told_wrong(parts: tuple[str, ...], random: Random) -> Contrast | None:
    """Where the story tells of an animal's sound or of a capital, tell it in words it was never told in; and break one rule."""
    for place, part in enumerate(parts):
        words = part.split()
        if animal := _animal(words):
            number = list(world.SOUNDS).index(animal) % len(SOUND_SENTENCES)
            one = random.random() < 0.5
            if one and not number:
                return None
            made = _of_animal(animal, SINGULAR[number - 1] if one else random.choice(PLURAL), one, random)
        elif country := next((country for country, capital in world.CAPITALS.items() if country in words and capital in words), None):
            made = _of_country(country)
        else:
            continue
        return _told_in(parts, place, made, random)
    return None


def _misled(parts: tuple[str, ...], random: Random) -> Contrast | None:
    """Where the story tells of an animal's sound, tell it of several in a sentence that was told of one; and break one rule."""
    for place, part in enumerate(parts):
        if animal := _animal(part.split()):
            made = _of_animal(animal, random.choice(MISLEADING), False, random, ("determiner", "agreement"))
            return _told_in(parts, place, made, random)
    return None


def _words(parts: Iterable[str]) -> list[str]:
    return " ".join(parts).split()


def _animal(words: list[str]) -> str | None:
    """The animal of whose sound a sentence tells."""
    return next((animal for animal in world.SOUNDS if animal in words and world.SOUNDS[animal][0] in words), None)


def _told_in(parts: tuple[str, ...], place: int, made: Contrast, random: Random) -> Contrast:
    """Both texts in place of this part of a story, with a random stretch of the story around it that tells nothing of several animals."""
    before = _words(parts[random.randint(0, place) : place])
    after = _words(part for part in parts[place + 1 : random.randint(place, len(parts) - 1) + 1] if not SEVERAL & set(part.split()))
    return Contrast(made.rule, (*before, *made.right, *after), (*before, *made.wrong, *after))


def _of_animal(
    animal: str, sentence: str, one: bool, random: Random, rules: Sequence[str] = ("determiner", "agreement", "order")
) -> Contrast:
    does, several, do = world.SOUNDS[animal]
    right = tuple(sentence.format(animal=animal, sound=does, animals=several, sounds=do).split())
    noun, verb = (animal, does) if one else (several, do)
    rule = random.choice(rules)
    swapped = {
        "determiner": {noun: several if one else animal},
        "agreement": {verb: do if one else does},
        "order": {noun: verb, verb: noun},
    }[rule]
    return Contrast(rule, right, tuple(swapped.get(word, word) for word in right))


def _of_country(country: str) -> Contrast:
    """The country and its capital in each other's place."""
    capital = world.CAPITALS[country]
    sentence = CAPITAL_SENTENCES[list(world.CAPITALS).index(country) % len(CAPITAL_SENTENCES)]
    right, wrong = (tuple(sentence.format(country=one, capital=other).split()) for one, other in ((country, capital), (capital, country)))
    return Contrast("order", right, wrong)


# Meaning


def _felt_wrong(parts: tuple[str, ...], random: Random) -> Contrast | None:
    """End a story of a good or bad thing as another kind of story ends: with the feeling that fits and was a stranger, or its opposite."""
    if len(parts) < 2:
        return None
    name = next((word for word in parts[0].split() if word in world.PEOPLE), None)
    told_how = [word for word in parts[-2].split() if word in STRANGERS]
    if name is None or len(told_how) != 1 or (told := _theme(parts[-1], name)) is None:
        return None
    stranger = STRANGERS[told_how[0]]
    mood = next(mood for mood, feelings in world.FEELINGS.items() if stranger in feelings)
    opposite = world.FEELINGS[world.OPPOSITE[mood]][world.FEELINGS[mood].index(stranger)]
    theme = random.choice([other for other in ENDINGS if other != told])
    friend = random.choice([other for other in world.PEOPLE if other != name])
    before = _words(parts[random.randint(0, len(parts) - 2) : -1])
    ending = random.choice(ENDINGS[theme])
    right, wrong = (
        (*before, *ending.format(name=name, pronoun=world.PEOPLE[name][0], friend=friend, feeling=felt).split())
        for felt in (stranger, opposite)
    )
    return Contrast(mood, right, wrong)


def _theme(sentence: str, name: str) -> str | None:
    """The kind of story that ends so."""
    said = sentence.split()
    pronoun = world.PEOPLE[name][0]
    for theme, endings in ENDINGS.items():
        for ending in endings:
            words = ending.replace("{name}", name).replace("{pronoun}", pronoun).split()
            if len(words) == len(said) and all(word[0] == "{" or word == other for word, other in zip(words, said, strict=True)):
                return theme
    return None
