"""One text as the four exercises of pretraining: hidden words, the next token, what follows what, and spans that were cut out.

Each is drawn as its training draws it, by the same functions, and as they do it knows token ids and no model. Where a text allows no such
exercise, a ValueError says in a sentence what would.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import numpy as np

from llmviz.core.drawn import GAP, HIDDEN, LEFT, SPECIAL, SWAPPED, UNKNOWN, WORD, Cell, Drawn, Said
from llmviz.core.questions.exercise import FOLLOWS, Solve
from llmviz.text import spans
from llmviz.text.masks import IGNORED, mask
from llmviz.text.sentences import CLOSING, sentences
from llmviz.text.special import CLS, FIRST, MASK, PAD, SEP, UNK
from llmviz.text.special import SPECIAL as NAMES
from llmviz.text.tinyland.corpus import SHARES, words
from llmviz.text.tokenizers import Piece

END = "(end)"
STRANGE = "no word of this is in the model's vocabulary, so there is none it could name"
NO_WORD = "there is no word to read"
NO_PAIR = "one sentence makes no pair: this exercise needs two, each closed by . ! or ?"


def masked(text: Sequence[Piece], rate: float, vocabulary: Sequence[str], rng: np.random.Generator) -> Drawn:
    """Hidden words as BERT has them: each token is a target with probability `rate`; of these 80 % are hidden, 10 % swapped, 10 % left.

    `vocabulary` is spelt, in the order of its ids. A word that is not in it cannot be named and is no target.
    """
    _some(text)
    ids = np.array([CLS, *(piece.id for piece in text), SEP])
    if (ids < FIRST).all():
        raise ValueError(STRANGE)
    corrupted, labels = mask(ids[None], ids[None] < FIRST, rate, len(vocabulary), rng)
    read, places = corrupted[0].tolist(), np.flatnonzero(labels[0] != IGNORED).tolist()
    cells = [_special(CLS), *map(_word, text), _special(SEP)]
    for target, place in enumerate(places):
        true = cells[place].text
        sort = HIDDEN if read[place] == MASK else LEFT if read[place] == ids[place] else SWAPPED
        seen = true if sort == LEFT else NAMES[MASK] if sort == HIDDEN else vocabulary[read[place]]
        cells[place] = Cell(seen, sort, (Said(true, target),))
    note = "" if len(places) < len(text) else "Every token is a target: there is nothing else left to guess from."
    return Drawn(_asked("mlm", read, places, ids[places].tolist()), tuple(cells), len(text), note)


def causal(text: Sequence[Piece]) -> Drawn:
    """The next token at every place, the end of the text last. A word that the model does not know cannot be named and is no target."""
    _some(text)
    ids = [CLS, *(piece.id for piece in text), SEP]
    places = [place for place, id in enumerate(ids) if place and (id == SEP or id >= FIRST)]
    read, said = [_special(CLS), *map(_word, text)], [*map(_word, text), Cell(END)]
    targets = {place: target for target, place in enumerate(places)}
    cells = [Cell(cell.text, cell.sort, (Said(said[at].text, targets.get(at + 1, -1)),)) for at, cell in enumerate(read)]
    return Drawn(_asked("clm", ids, places, [ids[place] for place in places]), tuple(cells), len(text))


def pair(
    text: Sequence[Piece], written: str, second: str, roll: int, read: Callable[[str], Sequence[Piece]], rng: np.random.Generator
) -> Drawn:
    """The text cut in two, and as second part its own ("follows"), that of another story ("other"), or either by chance ("roll").

    `written` is the same text as letters, and `read` makes tokens of another.
    """
    first, own = halves(text, rng)
    follows = bool(rng.random() < 0.5) if second == "roll" else second == "follows"
    return paired(first, own if follows else read(elsewhere(roll, written)), follows)


def paired(first: Sequence[Piece], second: Sequence[Piece], follows: bool) -> Drawn:
    """Two parts, and whether the second goes on with the first: asked once, at [CLS]."""
    _some(first)
    _some(second)
    ids = [CLS, *(piece.id for piece in first), SEP, *(piece.id for piece in second), SEP]
    answer = int(not follows)
    asked = Cell(NAMES[CLS], SPECIAL, (Said(FOLLOWS[answer], 0),))
    ahead = [Cell(cell.text, cell.sort, part=1) for cell in (*map(_word, second), _special(SEP))]
    return Drawn(_asked("nsp", ids, [0], [answer]), (asked, *map(_word, first), _special(SEP), *ahead), len(first) + len(second))


def cut(text: Sequence[Piece], density: float, length: float, sentinel: int, rng: np.random.Generator) -> Drawn:
    """Spans cut out as T5 has them: about `density` of the tokens, about `length` at a time; `sentinel` is the id of <extra_id_0>.

    What is to be said is each sentinel with what stood there, a last sentinel, and the end. On a word that the model does not know no loss
    is taken.
    """
    _some(text)
    ids = np.array([piece.id for piece in text])
    hidden = spans.draw(len(ids), density, length, rng)
    given, target = spans.corrupt(ids, hidden, sentinel)
    said = [*target.tolist(), SEP]
    places = [place for place, id in enumerate(said) if id == SEP or id >= FIRST]
    targets = {place: number for number, place in enumerate(places)}
    cells, behind, at = [_special(CLS)], 0, 0
    for number, (start, end) in enumerate(spans.gaps(hidden)):
        cells += map(_word, text[behind:start])
        told = [spans.SENTINELS[number], *(_word(piece).text for piece in text[start:end])]
        cells.append(Cell(told[0], GAP, tuple(Said(each, targets.get(at + place, -1)) for place, each in enumerate(told))))
        behind, at = end, at + len(told)
    last = [Said(spans.SENTINELS[len(spans.gaps(hidden))], targets[at]), Said(END, targets[at + 1])]
    cells += [*map(_word, text[behind:]), Cell(NAMES[SEP], SPECIAL, tuple(last))]
    read = [CLS, *given.tolist(), SEP]
    note = _less(len(ids), int(hidden.sum()), len(spans.gaps(hidden)), density, length)
    return Drawn(_asked("span", read, places, [said[place] for place in places], said), tuple(cells), len(text), note)


def _less(count: int, hidden: int, cuts: int, density: float, length: float) -> str:
    """A word on a text too short for what was asked of it; empty where it is long enough."""
    if round(count * density) > hidden:
        return f"All {count} tokens are too many to hide: one has to be left to guess from."
    if round(count * density) < 1:
        return f"{density:.0%} of {count} tokens are less than one; one is hidden."
    wanted = max(1, round(hidden / length))
    return f"That would be {wanted} spans; this text has room for {cuts}." if wanted > cuts else ""


def halves(text: Sequence[Piece], rng: np.random.Generator) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """The text cut after one of its sentences, drawn evenly. Raises ValueError, in a sentence, where it has only one."""
    _some(text)
    ends = [place + 1 for place, piece in enumerate(text[:-1]) if piece.text in CLOSING and text[place + 1].text not in CLOSING]
    if not ends:
        raise ValueError(NO_PAIR)
    end = ends[int(rng.integers(len(ends)))]
    return text[:end], text[end:]


def elsewhere(seed: int, text: str) -> str:
    """The rest of another story of Tinyland, which begins after one of its sentences: not of `text`. The same seed, the same rest."""
    random = Random(seed)
    while True:
        story = " ".join(SHARES[0][0].sample(random).words)
        told = sentences(story)
        if story != text:
            return " ".join(told[random.randrange(1, len(told)) :])


@dataclass(frozen=True)
class Harvest:
    """What one exercise gets out of texts: by average, the tokens of a text, and the targets."""

    tokens: float
    targets: float


@lru_cache(64)
def harvest(count: int, rate: float, density: float, length: float) -> dict[str, Harvest]:
    """What each exercise gets out of the same texts of Tinyland, so many, drawn from its grammar; by kind."""
    texts = _texts(count)
    rng = np.random.default_rng(0)
    longest = max(map(len, texts))
    ids = np.array([[*(FIRST + word for word in text), *[PAD] * (longest - len(text))] for text in texts])
    hidden = int((mask(ids, ids < FIRST, rate, FIRST + len(words()), rng)[1] != IGNORED).sum())
    tokens = sum(map(len, texts))
    marks = [words().index(mark) for mark in CLOSING if mark in words()]
    pairs = sum(any(word in marks for word in text[:-1]) for text in texts)
    said = 0
    for text in texts:
        away, cuts = spans.amounts(len(text), density, length)
        said += away + cuts + 2  # each span with its sentinel, then the last sentinel and the end
    found = {"mlm": hidden, "clm": tokens + count, "nsp": pairs, "span": said}
    return {kind: Harvest(tokens / count, targets / count) for kind, targets in found.items()}


@lru_cache(2)
def _texts(count: int) -> list[list[int]]:
    """Texts of both registers in their shares, each word as its place in the vocabulary."""
    places, random = {word: place for place, word in enumerate(words())}, Random(0)
    return [[places[word] for word in register.sample(random).words] for register, share in SHARES for _ in range(round(count * share))]


def _asked(kind: str, read: Sequence[int], places: Sequence[int], truth: Sequence[int], said: Sequence[int] = ()) -> Solve:
    return Solve(kind, tuple(read), tuple(said), tuple(places), tuple(truth))


def _some(text: Sequence[Piece]) -> None:
    if not text:
        raise ValueError(NO_WORD)


def _word(piece: Piece) -> Cell:
    return Cell(piece.text, WORD) if piece.id != UNK else Cell(piece.source, UNKNOWN)


def _special(id: int) -> Cell:
    return Cell(NAMES[id], SPECIAL)
