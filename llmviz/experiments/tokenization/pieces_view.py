"""One sentence in the pieces of three vocabularies, and how each piece came to be: what the component draws. Knows no tokenizer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from llmviz.core.cut import Merge, Try, Word
from llmviz.core.questions.vocabulary import BPE, UNIGRAM, WORDPIECE, Vocabulary
from llmviz.parts.pieces import payload as parts
from llmviz.parts.pieces.payload import Bit, Cut, Entry, Merges, Move, Pieces

Spelt = tuple[str, str]  # a mark, and a text
NAMES = {BPE: "BPE", WORDPIECE: "WordPiece", UNIGRAM: "Unigram"}
ABOUT = {BPE: "as GPT reads", WORDPIECE: "as BERT reads", UNIGRAM: "as T5 reads"}
MARKS = {BPE: "Ġ: a space before", WORDPIECE: "##: goes on", UNIGRAM: "▁: a space before"}
HOW = {
    BPE: "Merged, the most frequent pair first:",
    WORDPIECE: "Looked up, the longest first:",
    UNIGRAM: "The likeliest ways to cut “{}”, by the sum of their scores:",
}
WAYS = 4  # of Unigram that are shown
LOOKUPS = 5  # of WordPiece in a row that are shown; of more, the first and the last ones
UNKNOWN = {
    WORDPIECE: "A letter here is in no piece: the whole word becomes [UNK], and is lost.",
    UNIGRAM: "No piece has this letter: it becomes [UNK], and is lost; its neighbours stay.",
}


@dataclass(frozen=True)
class Row:
    """What one vocabulary makes of the sentence. `spelt` has each piece as people read it, `made` the merges of each piece of BPE, and
    `fresh` says of each word whether the text never had it. Without a vocabulary, `waits` says what is awaited or why there is none.
    """

    kind: str
    vocabulary: Vocabulary | None = None
    words: Sequence[Word] = ()
    fresh: Sequence[bool] = ()
    spelt: Mapping[str, Spelt] = field(default_factory=dict)
    made: Mapping[str, tuple[Merge, ...]] = field(default_factory=dict)
    waits: str = ""


def payload(rows: Sequence[Row], note: str) -> Pieces:
    """All rows, and the merges that the slider of BPE goes through."""
    bpe = next((row for row in rows if row.kind == BPE and row.vocabulary), None)
    return {"rows": [_row(row) for row in rows], "merges": _merges(bpe) if bpe else None, "note": note}


def _row(row: Row) -> parts.Vocabulary:
    shown: parts.Vocabulary = {
        "kind": row.kind,
        "name": NAMES[row.kind],
        "about": ABOUT[row.kind],
        "mark": MARKS[row.kind],
        "waits": row.waits,
        "entries": [],
        "words": [],
    }
    if row.vocabulary is None:
        return shown
    places: dict[str, int] = {}

    def place(piece: str) -> int:
        return places.setdefault(piece, len(places))

    words: list[Cut] = [
        {
            "fresh": fresh,
            "pieces": [place(piece) for piece in word.pieces],
            # Before any merge a word is its letters: then the slider goes through what is left after each.
            "ranks": [merge.rank + 1 for merge in word.merges],
            "states": [[place(piece) for piece in pieces] for pieces in (tuple(word.source), *(merge.pieces for merge in word.merges))]
            if row.kind == BPE
            else [],
            "how": HOW[row.kind].format("".join(row.spelt[word.source])) if row.kind == UNIGRAM else HOW[row.kind],
            "steps": _word_steps(row, word),
        }
        for word, fresh in zip(row.words, row.fresh, strict=True)
    ]
    return {**shown, "entries": [_entry(row, piece) for piece in places], "words": words}


def _entry(row: Row, piece: str) -> Entry:
    vocabulary = row.vocabulary
    assert vocabulary
    mark, text = row.spelt[piece]
    id = vocabulary.ids.get(piece)
    if id is None or piece == "[UNK]":
        return {"mark": mark, "text": text, "known": False, "head": f"id 1, [UNK]. {UNKNOWN[row.kind]}", "steps": []}
    head = f"id {id:,} · {times(int(vocabulary.counts[id]))} in the text when this vocabulary cuts it"
    if row.kind == UNIGRAM:
        head += f" · score {_minus(float(vocabulary.scores[id]))}"
    steps = [_merge(row, merge, int(vocabulary.merged[merge.rank])) for merge in row.made.get(piece, ())] if row.kind == BPE else []
    if row.kind == BPE and not steps:
        head += " · one byte: all 256 are there from the start"
    return {"mark": mark, "text": text, "known": True, "head": head, "steps": steps}


def _word_steps(row: Row, word: Word) -> list[Move]:
    def cell(piece: str, tone: str = "") -> Bit:
        return {"text": "".join(row.spelt[piece]), "tone": tone}

    if row.kind == WORDPIECE:
        steps: list[Move] = []
        for tries, more in lookups(word):
            cells = [cell(step.piece, "in" if step.found else "out") for step in tries]
            if more:
                cells.insert(2, {"text": "…", "tone": "op"})
            steps.append({"cells": cells, "said": "" if tries[-1].found else "is not there", "picked": tries[-1].found})
        return steps
    return [
        {"cells": [cell(piece) for piece in way.pieces], "said": _minus(way.score), "picked": place == 0}
        for place, way in enumerate(word.ways)
    ]


def lookups(word: Word) -> list[tuple[list[Try], bool]]:
    """What WordPiece looked up at each place of a word, as it is shown: of more than LOOKUPS the first two and the last, and so it says."""
    found = []
    for _, group in groupby(word.tries, key=lambda step: step.place):
        tries = list(group)
        more = len(tries) > LOOKUPS
        found.append(([*tries[:2], *tries[2 - LOOKUPS :]] if more else tries, more))
    return found


def _merge(row: Row, merge: Merge, count: int) -> Move:
    parts = ["".join(row.spelt[part]) for part in (merge.left, merge.right, merge.left + merge.right)]
    cells: list[Bit] = [
        {"text": text, "tone": tone}
        for text, tone in zip((parts[0], "+", parts[1], "→", parts[2]), ("", "op", "", "op", "in"), strict=True)
    ]
    return {"cells": cells, "said": f"merge {merge.rank + 1:,}, {times(count)}", "picked": False}


def _merges(row: Row) -> Merges:
    """The merges that this sentence goes through, by their place among all, and what each did."""
    assert row.vocabulary
    made = {merge.rank: merge for word in row.words for merge in word.merges}
    said = []
    for rank in sorted(made):
        left, right, both = ("".join(row.spelt[part]) for part in (made[rank].left, made[rank].right, made[rank].left + made[rank].right))
        said.append(f"{left} + {right} → {both}, met {times(int(row.vocabulary.merged[rank]))}")
    return {"ranks": [rank + 1 for rank in sorted(made)], "said": said, "total": len(row.vocabulary.merges)}


def times(count: int) -> str:
    """How often: never, once, twice, 1,234 times."""
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _minus(score: float) -> str:
    return f"{score:.2f}".replace("-", "−")
