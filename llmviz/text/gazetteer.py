"""Names tagged by distant supervision: words of a text are looked up in a list of names, a gazetteer; no person tags the text.

The term is of Mintz et al. 2009 (https://aclanthology.org/P09-1113/). The list is made of the titles of Wikipedia's articles, of their
topics and of the few words that describe each.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import dropwhile, groupby
from typing import NamedTuple

from llmviz.core.tagging import OUTSIDE
from llmviz.text import cleaning, wikipedia
from llmviz.text.splits import place_of, split

TYPES = PERSON, PLACE, ORGANISATION = "PER", "LOC", "ORG"
HELD_OUT = 3  # every third name is in no label
ORDINARY = 10  # a word is no name where it is written small once or more for ten times with a capital: nice, prince, ocean; Chile is one
NAMELESS = 8  # every eighth of the texts without a name is kept: most words of the others are no names either

WORD = re.compile(r"[A-Za-z0-9À-ÿ]+|\S")  # as BERT's tokenizer cuts words, in the letters that cleaning leaves
BRACKET = re.compile(r"\s*\([^()]*\)")  # Prince (musician)
COMMA = re.compile(r",.*")  # Memphis, Egypt
JOINING = re.compile(r"[^\W\d_]{1,3}|[\W\d]+")  # of, the, and, von: small within a name
LINEAGE = re.compile(r"\b(?:[IVX]+|the|of|and|family|brothers|sisters)\b")  # Ramesses II, Ivan the Terrible: the last word is no family's

# The noun that says what an article is about ends its description, or stands before one of these: "Capital and largest city | of Egypt".
ENDING = re.compile(r"\s*[(,;]|\s+(?:based|between|by|created|for|founded|from|in|of|on|primarily|ruled|that|to|which|who|with)\b")
NOUNS = {
    ORGANISATION: re.compile(
        r"(?i:agency|airline|association|band|broadcaster|company|conglomerate|corporation|exchange|institution|league|library|"
        r"manufacturer|museum|newspaper|organi[sz]ation|party|retailer|union|university)"
    ),
    PLACE: re.compile(
        r"(?i:archipelago|caliphate|capital|city|city-state|continent|country|desert|empire|islands?|kingdom|lake|nation|ocean|peninsula|"
        r"province|range|(?:sub)?region|republic|river|sea|state|sultanate|territor(?:y|ies)|town)"
    ),
    PERSON: re.compile(
        r"(?i:\w+(?:ist|ian|er|or)|dictator|empress|general|khan|king|magnate|\w*man|pharaoh|poet|polymath|president|priest|playwright|queen|"
        r"scholar)"
    ),
}
OF_PLACES, OF_PEOPLE, MIXED = "Geography", "People", ("History", "Uncategorized")  # topics; in those mixed the noun decides
YEAR = re.compile(r"\d{3}|BC")

Words = tuple[str, ...]
Place = tuple[int, int]  # of a name: its first word, and that after its last


class Article(NamedTuple):
    """What is known of an article beside its text: its title, its topic, and in a few words what it is about."""

    title: str
    topic: str
    description: str


@dataclass(frozen=True)
class Gazetteer:
    """Names, in words.

    Attributes:
        kinds: of each name its kind, or OUTSIDE for a title that is no name and hides those within it: Nobel Prize.
        families: of each name what is held out together with it: all of one surname.
        ordinary: words, written small, that are no name by themselves, though they begin with a capital here and there.
    """

    kinds: Mapping[Words, str]
    families: Mapping[Words, str]
    ordinary: Set[str]

    @cached_property
    def _lengths(self) -> Mapping[str, Sequence[int]]:
        """By the first word of names, how many words these have, the longest first."""
        lengths: dict[str, set[int]] = {}
        for name in self.kinds:
            lengths.setdefault(name[0], set()).add(len(name))
        return {word: sorted(found, reverse=True) for word, found in lengths.items()}

    def found(self, words: Words) -> Iterator[Place]:
        """Where names stand, from left to right. Of several that begin together the longest counts."""
        place = 0
        while place < len(words):
            ends = (place + length for length in self._lengths.get(words[place], ()))
            end = next((end for end in ends if words[place:end] in self.kinds), place)
            if end > place and self.kinds[words[place:end]] != OUTSIDE and not self._part_of_longer(words, place, end):
                yield place, end
            place = max(end, place + 1)

    def _part_of_longer(self, words: Words, begin: int, end: int) -> bool:
        """Whether a single word seems to belong to a longer name that is not listed: London in London Bridge, Wilson in Robert Wilson."""
        before, after = _capital_beside(words[max(begin - 2, 0) : begin][::-1]), _capital_beside(words[end : end + 2])
        return end - begin == 1 and bool(after or (before and before.lower() not in self.ordinary))

    def tags(self, words: Words, places: Iterable[Place]) -> tuple[str, ...]:
        """The tag of each word, where these places name something."""
        tags = [OUTSIDE] * len(words)
        for begin, end in places:
            kind = self.kinds[words[begin:end]]
            tags[begin:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - begin - 1)]
        return tuple(tags)

    def held_out(self, words: Words, places: Iterable[Place]) -> bool:
        """Whether one of these places names what no label may name."""
        return any(place_of(self.families[words[begin:end]]) % HELD_OUT == 0 for begin, end in places)


def words_of(text: str) -> Words:
    """The words of a text, with its capitals."""
    return tuple(WORD.findall(text))


def kind_of(article: Article) -> str:
    """The kind of what an article is about, as far as its topic and description tell: OUTSIDE for none of TYPES."""
    noun = (ENDING.split(article.description)[0].split() or [""])[-1]
    if NOUNS[ORGANISATION].fullmatch(noun):
        return ORGANISATION
    if article.topic == OF_PEOPLE:
        return PERSON
    last = BRACKET.sub("", article.title).split()[-1]
    if article.topic == OF_PLACES or (article.topic in MIXED and (NOUNS[PLACE].fullmatch(noun) or NOUNS[PLACE].fullmatch(last))):
        return PLACE
    if article.topic in MIXED and NOUNS[PERSON].fullmatch(noun) and YEAR.search(article.description):
        return PERSON
    return OUTSIDE


def listed(articles: Iterable[Article], texts: Iterable[str]) -> Gazetteer:
    """The names among the titles of articles. The texts tell which words are ordinary ones."""
    counts = Counter(word for text in texts for word in words_of(text))
    ordinary = frozenset(word for word in counts if word.islower() and ORDINARY * counts[word] >= counts[word.capitalize()])
    kinds, families, surnames = dict[Words, str](), dict[Words, str](), dict[Words, str]()
    for article, kind in sorted(((each, kind_of(each)) for each in articles), key=lambda each: each[1] == OUTSIDE):  # names first
        title = _plain(article.title, kind)
        name = words_of(title)
        family = title.split()[-1] if kind == PERSON and " " in title and not LINEAGE.search(title) else ""
        for form in (name, name[1:]) if name[:1] == ("The",) else (name,):
            if _is_name(form, ordinary) and (kind != OUTSIDE or len(form) > 1):
                kinds.setdefault(form, kind)
                families.setdefault(form, family or title)
        if family:
            surnames[words_of(family)] = family
    elsewhere = {word for name, kind in kinds.items() if kind in (PLACE, ORGANISATION) for word in name}
    for name, family in surnames.items():
        if _is_name(name, ordinary) and name[-1].lower() not in ordinary and elsewhere.isdisjoint(name):
            kinds.setdefault(name, PERSON)
            families.setdefault(name, family)
    return Gazetteer(kinds, families, ordinary)


def _plain(title: str, kind: str) -> str:
    """A title as running text has it. What follows a comma is part of an organisation's name, and tells others apart."""
    plain = unicodedata.normalize("NFKC", BRACKET.sub("", title)).translate(cleaning.QUOTES)
    return plain if kind in (ORGANISATION, OUTSIDE) else COMMA.sub("", plain)


def _is_name(words: Words, ordinary: Set[str]) -> bool:
    """Whether its longer words begin with capitals, and it is more than one ordinary word."""
    return (
        bool(words)
        and any(map(_capital, words))
        and all(_capital(word) or JOINING.fullmatch(word) for word in words)
        and not (len(words) == 1 and words[0].lower() in ordinary)
    )


def _capital_beside(words: Words) -> str:
    """The first of these words, or the second behind a hyphen, if it begins with a capital; else nothing."""
    beside = "".join(words[1:2] if words[:1] == ("-",) else words[:1])
    return beside if _capital(beside) else ""


def _capital(word: str) -> bool:
    return word[:1].isupper()


@cache
def gazetteer() -> Gazetteer:
    """The names that Wikipedia's leads are searched for. Raises ValueError without the package."""
    articles = (Article(each["title"], each["topic"] or "", each["description"] or "") for each in wikipedia.articles())
    return listed(articles, wikipedia.passages())


def tagged() -> dict[str, tuple[tuple[Words, tuple[str, ...]], ...]]:
    """Wikipedia's leads by split, in words, and the tag of each. Raises ValueError without the package."""
    return searched(split(wikipedia.passages()), gazetteer())


def searched(documents: Mapping[str, Sequence[str]], names: Gazetteer) -> dict[str, tuple[tuple[Words, tuple[str, ...]], ...]]:
    """Texts by split, in words, and the tag of each. Those to learn from name nothing held out; of those without names some stay."""
    splits: dict[str, dict[Words, tuple[str, ...]]] = {part: {} for part in documents}
    for part, found in splits.items():
        for document in documents[part]:
            words = words_of(document)
            places = tuple(names.found(words))
            kept = places or place_of(document) % NAMELESS == 0
            if kept and not (part == "train" and names.held_out(words, places)):
                found[words] = names.tags(words, places)
    return {part: tuple(found.items()) for part, found in splits.items()}


def untagged(texts: Sequence[tuple[Words, Sequence[str]]]) -> tuple[int, int]:
    """Of how many longer runs of capitals no word bears a tag, and how many runs there are: an upper bound of what the list lacks.

    Such a run is two words or more that begin with a capital, not counting words before them that these texts also write small.
    """
    small = {word for words, _ in texts for word in words if word.islower()}
    found = [set(tags[begin:end]) for words, tags in texts for begin, end in _capitals(words, small)]
    return sum(tags == {OUTSIDE} for tags in found), len(found)


def _capitals(words: Words, small: Set[str]) -> Iterator[Place]:
    for capital, run in groupby(range(len(words)), key=lambda place: _capital(words[place])):
        places = list(dropwhile(lambda place: words[place].lower() in small, run))
        if capital and len(places) > 1:
            yield places[0], places[-1] + 1
