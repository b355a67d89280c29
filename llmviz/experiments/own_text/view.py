"""A visitor's text as a page shows it: what is in it, beginnings to try, what models write after one, and what they need for its bytes."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from llmviz.core.history import Curve, History
from llmviz.core.lesson import Example
from llmviz.core.questions.generation import ENDED, Generation
from llmviz.core.spec import RunSpec
from llmviz.core.texts import TEXTS
from llmviz.core.update import Done
from llmviz.experiments.own_text import EXAMPLES
from llmviz.parts.replies import payload as replies
from llmviz.parts.replies.payload import Replies, Text
from llmviz.parts.shared.payload import Origin
from llmviz.text import own_prose, own_splits
from llmviz.views.sides import Side
from llmviz.views.words import counted

TRIED = 3  # beginnings from the text
BEGUN = (3, 24)  # words and letters of one, at most: what is not given, the model has to say itself
CUT = 160  # letters of a passage that are shown
NOTE = "Grey: the beginning, which each reads. Bar: how probable it found the word."
BITS = "bits_per_byte"
FORGOTTEN = 0.1  # nats a token above which a page speaks of forgetting


# The text


def learnt(text: str, most: int) -> int:
    """How many passages a run learns from that may learn from so many."""
    return min(most, len(own_prose.divided(text)["train"]))


def summary(text: str) -> str:
    """How much there is, and what becomes of it, in a sentence."""
    split = own_prose.divided(text)
    every, learnt = sum(map(len, split.values())), len(split["train"])
    return f"{counted(len(text.split()), 'word')} in {counted(every, 'passage')}: {learnt:,} to learn from, {every - learnt:,} held out"


def remarks(text: str) -> str:
    """What there is to say of the text: how little its figures can be trusted, or that not all of it is read; "" where nothing."""
    split = own_prose.divided(text)
    tested = len(split["test"])
    if tested < own_splits.ENOUGH:
        return f"Only {counted(tested, 'passage')} {'is' if tested == 1 else 'are'} held out for the final figures: they depend on which."
    every = sum(map(len, split.values()))
    return f"The first {every:,} passages are read." if every == own_prose.MOST else ""


def preview(text: str, count: int) -> str:
    """The first passages to learn from, in HTML, all of it as text."""
    shown = own_prose.divided(text)["train"][:count]
    cut = (passage if len(passage) <= CUT else f"{passage[:CUT].rstrip()} …" for passage in shown)
    return "".join(f"<p class='running' dir='auto'>{html.escape(passage)}</p>" for passage in cut)


@lru_cache(maxsize=4)  # a page that follows a training draws itself several times a second
def suggestions(text: str, read: str) -> tuple[Example, ...]:
    """Beginnings to try: of the example some that are known, of a visitor's text those of held-out passages; and one of what was read
    before, which shows what is forgotten.
    """
    tried = EXAMPLES if text == own_prose.example() else _beginnings(text)
    return (*tried, Example("as before", TEXTS[read].beginning))


def _beginnings(text: str) -> tuple[Example, ...]:
    most, letters = BEGUN
    found = dict.fromkeys(" ".join(passage.split()[:most])[:letters].strip() for passage in own_prose.divided(text)["test"])
    names = ("one of yours", "another", "a third")
    return tuple(Example(name, beginning) for name, beginning in zip(names, filter(None, found), strict=False))[:TRIED]


# What models write


@dataclass(frozen=True)
class Row:
    """One model before a beginning: who it is, by step what it writes, and the loss on unseen passages where it was measured."""

    side: Side
    found: Mapping[int, Generation]
    loss: Curve = Curve()


def sides(spec: RunSpec, passages: int, empty: str) -> tuple[Side, Side]:
    """The model before it reads the text, and the run as it reads; `empty` says why the run has nothing to say."""
    about = f"{counted(passages, 'passage')} of it, {counted(spec.train.steps, 'step')}"
    if spec.start:
        before = Side("Before", "as it was pretrained", "pretrained", "first", empty)
        return before, Side("After your text", f"then {about}", "pretrained", empty=empty)
    before = Side("Before", "random weights", "random", "first", empty)
    return before, Side("After your text", f"from scratch: {about}", "random", empty=empty)


def third(spec: RunSpec, there: bool, under_way: bool) -> Side:
    """The same passages from another start: what a page says of it where it is not `there`."""
    if spec.start:
        title, about, phase, action = "From scratch", "random weights, the same passages", "random", "Train from scratch too"
    else:
        title, about, phase, action = "Pretrained", "pretrained, then the same passages", "pretrained", "Train with pretraining too"
    empty = "It is being trained." if under_way else "Not trained with these settings yet."
    return Side(title, about, phase, empty=empty, action="" if there or under_way else action)


def written(beginning: str, rows: Sequence[Row], note: str) -> Replies:
    """The payload of the rows: after the beginning, what each model writes."""
    return {"rows": [_row(each, beginning.split()) for each in rows], "note": note}


def _row(shown: Row, given: Sequence[str]) -> replies.Reply:
    side = shown.side.written(shown.found)
    begun: Origin = {"phase": shown.side.phase, "word": "random start" if shown.side.phase == "random" else "as pretrained"}
    return {**side, "start": begun, "texts": [_text(shown.found[step], given, shown.loss, step) for step in side["steps"]]}


def _text(found: Generation, given: Sequence[str], loss: Curve, step: int) -> Text:
    said = [(word, chance, f"{word}: the model gave it {chance:.2%}") for word, chance in whole_words(found)]
    if found.why != ENDED:
        said.append(("…", 0.0, "it would go on"))
    measured = dict(zip(loss.steps, loss.values, strict=True)).get(step)
    return {
        "words": [*given, *(word for word, _, _ in said)],
        "given": len(given),
        "shares": [round(chance, 4) for _, chance, _ in said],
        "figures": [],
        "told": [heard for _, _, heard in said],
        "verdict": "" if measured is None else f"{measured:.2f} nats a token of unseen passages",
        "good": None,
    }


def whole_words(found: Generation) -> list[tuple[str, float]]:
    """The tokens as words, each with its probability: the product of those of its tokens."""
    told: list[tuple[str, float]] = []
    for word, joined, chance in zip(found.words, found.joined.tolist(), found.chances[:, 0, -1].tolist(), strict=True):
        if joined and told:
            before, so_far = told[-1]
            told[-1] = (before + word, so_far * chance)
        else:
            told.append((word, chance))
    return told


# What it comes to


def claim(spec: RunSpec, ours: History, theirs: History) -> str:
    """What reading the text came to, as the title of a page; a question before it is measured."""
    mine, other = (each.end.metrics.get(BITS) if isinstance(each.end, Done) else None for each in (ours, theirs))
    if mine is None:
        return "What does a model make of your own text?"
    if other is None:
        return f"{mine:.2f} bits a byte of your text, {'after pretraining' if spec.start else 'from a random start'}"
    pretrained, scratch = (mine, other) if spec.start else (other, mine)
    return f"{pretrained:.2f} bits a byte of your text after pretraining, {scratch:.2f} without"


def figures(spec: RunSpec, ours: History, theirs: History) -> str:
    """What each model, and who counts, needs for unseen passages, and what is left of what was read before: a table in HTML."""
    other = "From scratch" if spec.start else "Pretrained"
    rows = {"Before": _at(ours, 0), "After your text": _at(ours, -1), other: _at(theirs, -1)}
    references = ours.begin.references if ours.begin else {}
    if "trigram" in references:
        rows["Trigram"] = {"loss": references["trigram"]}
    head = ("Validation text", "nats a token", "bits a byte", "old text, nats")
    columns = "".join(f"<th scope=col>{name}</th>" for name in head)
    body = "".join(f"<tr><th scope=row>{name}</th>{_cells(found)}</tr>" for name, found in rows.items() if found)
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"


def _at(history: History, place: int) -> dict[str, float]:
    """The figures of the first or the last evaluation."""
    return {name: curve.values[place] for name, curve in history.scores.items() if curve.values}


def _cells(found: Mapping[str, float]) -> str:
    return "".join(f"<td>{found[name]:.2f}</td>" if name in found else "<td></td>" for name in ("loss", BITS, "old_loss"))


def told(spec: RunSpec, ours: History) -> str:
    """What reading did to the loss on both texts, in a sentence or two; "" before there is anything to tell."""
    first, last = _at(ours, 0), _at(ours, -1)
    if not spec.start or "old_loss" not in last or len(ours.scores["loss"].values) < 2:
        return ""
    gained, lost = first["loss"] - last["loss"], last["old_loss"] - first["old_loss"]
    said = f"The loss on your text has {'fallen' if gained > 0 else 'risen'} by {abs(gained):.2f} nats a token"
    if lost < FORGOTTEN:
        return f"{said}; of what it read before, next to nothing is forgotten."
    return f"{said}. That on what it read before has risen by {lost:.2f}: it forgets, less with a smaller learning rate."
