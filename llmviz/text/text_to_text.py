"""Labelled examples as text in and text out: a task's name, what is read, the answer in words (T5, Raffel et al. 2020, section 2.4).

    sentiment : the film was superb .                                       positive
    entities : Nordbank pays Greta well .                                   Nordbank : organisation ; Greta : person
    question : where did she go ? context : Anna lives in Lima . ...        Kenya

"none" stands where a text names nobody, or a passage does not give the answer. Knows words; knows no model.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from llmviz.core.settings import TextSpec
from llmviz.core.tagging import OUTSIDE, entities
from llmviz.text import labelled, passages, tagged
from llmviz.text.tinyland.passages import NEW_WORDS

TASKS = ("sentiment", "entities", "answers")
NONE = "none"
LONGEST = 32  # tokens of an answer; Tinyland's have up to 27
KINDS = {"PER": "person", "LOC": "place", "ORG": "organisation"}
BETWEEN, IS = ";", ":"  # entities, and an entity and its kind
# What tasks need and Tinyland has not, behind the words that questions have.
WORDS = (*NEW_WORDS, *TASKS[:2], "question", "context", IS, BETWEEN, *labelled.CLASSES, *KINDS.values(), NONE)


class Pair(NamedTuple):
    """What is read, and what is to be written; the words of the text alone, without what the task adds."""

    source: str
    target: str
    words: tuple[str, ...]


class Tagging(NamedTuple):
    """The tags that a written list of entities means, one a word of the text, and those of entities that the text has not."""

    tags: list[str]
    invented: list[str]


def pairs(text: TextSpec, task: str, split: str, count: int | None = None, seed: int = 0) -> list[Pair]:
    """The pairs of a task: so many to learn from, drawn as its own experiment draws them, or all of a split.

    Raises ValueError, in a sentence, where the text has no such labels, or too few.
    """
    match task:
        case "sentiment":
            opinions = labelled.labelled(text)[split]
            return [_opinion(each) for each in (opinions if count is None else labelled.stratified(opinions, count, seed))]
        case "entities":
            texts = tagged.tagged(text)[split]
            return [_named(each) for each in (texts if count is None else tagged.sample(texts, count, seed))]
        case _:
            questions = passages.examples(text)[split]
            return [_asked(each) for each in (questions if count is None else passages.sampled(questions, count, seed))]


def _opinion(example: labelled.Example) -> Pair:
    return Pair(f"sentiment {IS} {example.text}", labelled.CLASSES[example.label], tuple(example.text.split()))


def _named(example: tagged.Tagged) -> Pair:
    said = [f"{' '.join(example.words[first:last])} {IS} {KINDS[kind]}" for kind, first, last in entities(example.tags)]
    return Pair(f"entities {IS} {' '.join(example.words)}", f" {BETWEEN} ".join(said) or NONE, example.words)


def _asked(example: passages.Example) -> Pair:
    source = f"question {IS} {example.question} context {IS} {example.passage}"
    return Pair(source, example.truth or NONE, tuple(example.passage.split()))


def tagging(words: Sequence[str], said: str) -> Tagging:
    """The tags that a written list means: each entity is the next place in the text, after the one before it, that has its words."""
    found, invented, behind = [OUTSIDE] * len(words), [], 0
    kinds = {name: kind for kind, name in KINDS.items()}
    for name, kind in _listed(said):
        places = [place for place in range(behind, len(words) - len(name) + 1) if list(words[place : place + len(name)]) == name]
        if not places or kind not in kinds:
            invented.append(f"B-{kinds.get(kind, 'PER')}")
            continue
        first, behind = places[0], places[0] + len(name)
        found[first:behind] = [f"B-{kinds[kind]}", *[f"I-{kinds[kind]}"] * (len(name) - 1)]
    return Tagging(found, invented)


def _listed(said: str) -> Iterator[tuple[list[str], str]]:
    """The entities of a written list, the words of each and its kind; an entity without a kind has an empty one."""
    if said.strip() == NONE:
        return
    for each in said.split(BETWEEN):
        name, _, kind = each.partition(IS)
        if name.split():
            yield name.split(), kind.strip()
