"""Held-out parts of a visitor's own tagged text, and the tagged text that stands where it will: some requests to a house."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from llmviz.core.tagging import OUTSIDE, entities
from llmviz.text import own_labels, own_splits, own_tags, requests
from llmviz.text.own_tags import Sentence, Tagged
from llmviz.text.splits import Split

FEWEST = 10  # different sentences with an entity: two in five are held out, and two of each kind are little enough
INTENTS = ("ask temperature", "set fan speed", "set light")
DRAWN = 4_000  # requests, the 16 intents in turn
DIGEST = "e08dcb451bd1c872763175f00b3096a8d02818fc8368ecaaa25d990e85808e99"  # of the example, so that a run of it names its sentences

Parts = Mapping[Split, tuple[Sentence, ...]]


@cache
def example() -> Tagged:
    """The requests, and which words name a room, a device, a colour. Raises ValueError, in a sentence, without the package they come from,
    or where it says others than those that runs learnt from.
    """
    drawn = dict.fromkeys(request for request in requests.first(DRAWN) if request.intent in INTENTS)
    sentences = tuple(Sentence(request.words, request.tags) for request in drawn)
    found = Tagged(sentences, tuple(sorted({tag[2:] for _, tags in sentences for tag in tags if tag != OUTSIDE})))
    if own_tags.digest(found) != DIGEST:
        raise ValueError(f"the installed {requests.PACKAGE} says other requests than this example has; requirements.txt names its version")
    return found


def read(digest: str) -> Tagged:
    """The visitor's tagged text with this digest; of "", the example. Raises ValueError, in a sentence, where there is none."""
    return own_tags.read(digest) if digest else example()


@lru_cache(maxsize=4)  # a page that follows a training draws itself several times a second
def divided(text: Tagged) -> Parts:
    """The sentences by split, by the hash of their words, each only once; of sentences that differ in capitals alone all are in one part.

    Of each type some are held out where there are enough. Raises ValueError, in a sentence, where there are too few sentences.
    """
    found = distinct(text)
    count = len({_key(sentence) for sentence in found if _types(sentence)})
    if count < FEWEST:
        raise ValueError(
            f"this text has {count:,} different {'sentence' if count == 1 else 'sentences'} with a name in; at least {FEWEST} are needed, "
            "for some of them are held out"
        )
    frequency = dict(zip(text.types, text.counts, strict=True))
    rarest = [min(_types(sentence), key=lambda kind: (frequency[kind], kind), default="") for sentence in found]
    parts = _divided(found, rarest)
    if not all(any(map(_types, part)) for part in parts.values()):  # so many types that none has enough to hold any out
        parts = _divided(found, ["any" if kind else "" for kind in rarest])
    return parts


def distinct(text: Tagged) -> tuple[Sentence, ...]:
    """The sentences, each once; none of those whose very words have other tags elsewhere: nobody knows which are right."""
    tags: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for sentence in text.sentences:
        tags.setdefault(sentence.words, set()).add(sentence.tags)
    return tuple(Sentence(words, *told) for words, told in tags.items() if len(told) == 1)


def doubt(test: Sequence[Sentence]) -> str:
    """A sentence on how little a recall on so few held-out names can be trusted; "" where there are enough."""
    names = sum(True for sentence in test for _ in entities(sentence.tags))
    if names >= own_splits.ENOUGH:
        return ""
    return (
        f"only {names:,} {'name is' if names == 1 else 'names are'} held out for the final figure: one of them is "
        f"{100 / names:.0f} points of recall"
    )


def _types(sentence: Sentence) -> set[str]:
    return {entity.kind for entity in entities(sentence.tags)}


def _key(sentence: Sentence) -> str:
    """What sentences that are alike have in common."""
    return own_labels.key(" ".join(sentence.words))


def _divided(sentences: Sequence[Sentence], classes: Sequence[str]) -> Parts:
    """The sentences by split, where each of these classes is divided by itself."""
    places = {name: place for place, name in enumerate(sorted(set(classes)))}
    alike: dict[str, int] = {}
    for sentence, name in zip(sentences, classes, strict=True):
        alike.setdefault(_key(sentence), places[name])
    split: dict[str, Split] = {text: part for part, pairs in own_splits.divided([*alike.items()]).items() for text, _ in pairs}
    parts: dict[Split, list[Sentence]] = {"train": [], "validation": [], "test": []}
    for sentence in sentences:
        parts[split[_key(sentence)]].append(sentence)
    return {part: tuple(those) for part, those in parts.items()}
