"""Labelled examples as text in and text out: a task's name, what is read, the answer in words (T5, Raffel et al. 2020, section 2.4).

    sentiment : the film was superb .                                       positive
    entities : Nordbank pays Greta well .                                   [ Nordbank : organisation ] pays [ Greta : person ] well .
    question : where did she go ? context : Anna lives in Lima . ...        Kenya

Names are marked where they stand, in the text written once more (augmented natural language, Paolini et al. 2021, section 3): a list of
them alone, without the words between, loses its place in the text. "none" stands where a passage does not give the answer. Knows words;
knows no model.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from llmviz.core.settings import TextSpec
from llmviz.core.tagging import OUTSIDE, entities
from llmviz.text import labelled, passages, tagged
from llmviz.text.tinyland.passages import NEW_WORDS

TASKS = ("sentiment", "entities", "answers")
NONE = "none"
LONGEST = 64  # tokens of an answer; Tinyland's have up to 46
KINDS = {"PER": "person", "LOC": "place", "ORG": "organisation"}
OPEN, IS, CLOSE = "[", ":", "]"  # an entity, what it is
# What tasks need and Tinyland has not, behind the words that questions have.
WORDS = (*NEW_WORDS, *TASKS[:2], "question", "context", IS, OPEN, CLOSE, *labelled.CLASSES, *KINDS.values(), NONE)


class Pair(NamedTuple):
    """What is read, and what is to be written; the words of the text alone, without what the task adds."""

    source: str
    target: str
    words: tuple[str, ...]


class Tagging(NamedTuple):
    """The tags that a text with its entities marked means, one a word of the text, and those of entities that the text has not."""

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
    written = list(example.words)
    for kind, first, last in reversed(list(entities(example.tags))):  # from the end on, so that what is still to come keeps its place
        written[first:last] = [OPEN, *example.words[first:last], IS, KINDS[kind], CLOSE]
    return Pair(f"entities {IS} {' '.join(example.words)}", " ".join(written), example.words)


def _asked(example: passages.Example) -> Pair:
    source = f"question {IS} {example.question} context {IS} {example.passage}"
    return Pair(source, example.truth or NONE, tuple(example.passage.split()))


def tagging(words: Sequence[str], said: str) -> Tagging:
    """The tags that a text with its entities marked means: the text is aligned with `words`, and each entity is where its words stand then,
    a wrong word in the place of the right one (Paolini et al. 2021, section 3). An entity with no place, or of no kind, is invented.
    """
    kinds = {name: kind for kind, name in KINDS.items()}
    parts = list(_parts(said))
    place = _aligned(words, [word for part, _ in parts for word in part])
    found, invented, end = [OUTSIDE] * len(words), [], 0
    for part, kind in parts:
        begin, end = end, end + len(part)
        if kind is None:
            continue
        places = [place[each] for each in range(begin, end) if each in place]
        if not places or kind not in kinds:
            invented.append(f"B-{kinds.get(kind, 'PER')}")
            continue
        for each in range(places[0], places[-1] + 1):
            found[each] = f"{'I' if each > places[0] else 'B'}-{kinds[kind]}"
    return Tagging(found, invented)


def _aligned(words: Sequence[str], written: Sequence[str]) -> dict[int, int]:
    """Where each written word stands in the text, by its place, on the way from one to the other that takes the fewest words left out, put
    in or put in another's place (Needleman and Wunsch 1970).
    """
    changes = [[*range(len(words) + 1)]]  # of the first so many written words from the first so many of the text
    for row, word in enumerate(written):
        above, line = changes[-1], [row + 1]
        for column, known in enumerate(words):
            line.append(min(above[column] + (word != known), above[column + 1] + 1, line[column] + 1))
        changes.append(line)
    found, row, column = dict[int, int](), len(written), len(words)
    while row and column:
        if changes[row][column] == changes[row - 1][column - 1] + (written[row - 1] != words[column - 1]):
            row, column = row - 1, column - 1
            found[row] = column
        elif changes[row][column] == changes[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
    return found


def _parts(said: str) -> Iterator[tuple[list[str], str | None]]:
    """What a text with marks is made of: the words of each entity with its kind, "" where none is said; and each other word with None."""
    words = said.split()
    while words:
        if words[0] != OPEN:
            yield [words.pop(0)], None
            continue
        end = words.index(CLOSE) if CLOSE in words else len(words)
        marked, words = words[1:end], words[end + 1 :]
        middle = marked.index(IS) if IS in marked else len(marked)
        if middle:
            yield marked[:middle], " ".join(marked[middle + 1 :])
