"""What a T5 reads and writes for a task, as the payload of its part; the page's claim, its question, and the table beside BERT. Pure."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmviz.core import catalogue
from llmviz.core.history import History
from llmviz.core.questions.attention import FULL
from llmviz.core.update import Done
from llmviz.experiments.text_to_text.question import Written
from llmviz.parts.written.payload import Answer, ReadAndWritten
from llmviz.views import words
from llmviz.views.reveal import Quiz, Reveal

# Each task: what a page calls it, the figure of this experiment, and the experiment that learns it alone with its own.
TASKS = (
    ("opinions", "accuracy", ("sentiment", "accuracy")),
    ("names", "f1", ("entities", "f1")),
    ("answers", "exact_match", ("answers", "exact_match")),
)
MOST = 12  # words shown of an answer without an end
WORST = Quiz("which of its three tasks will it do worst?", tuple(name for name, *_ in TASKS))


@dataclass(frozen=True)
class Alone:
    """A model trained for one task alone: its labels, and its figure on test data."""

    labels: int
    share: float


def written(answers: Mapping[int, Written], empty: str, truth: str = "") -> ReadAndWritten:
    """The payload: the text once, and for each step what was written. Without answers `empty` is said."""
    steps = sorted(answers)
    given = answers[steps[0]].given if steps else ()
    return {
        "steps": steps,
        "given": [{"text": text, "gap": -1} for text in given],
        "texts": [_text(answers[step], truth) for step in steps],
        "withheld": "",
        "empty": empty,
    }


def beside(name: str, answers: Mapping[int, Written], truth: str = "") -> str:
    """What another model writes in the end, as a line of HTML; empty where nothing is known of it."""
    if not answers:
        return ""
    last = answers[max(answers)]
    said = last.answer if last.ended else f"{' '.join(last.written[:MOST])} …"
    return f"<p class='beside'><b>{html.escape(name)}</b>, at step {last.step:,}: {html.escape(said)}{_mark(last, truth)}</p>"


def _mark(found: Written, truth: str) -> str:
    return "" if not truth else " ✓" if found.answer == truth else " ✗"


def _text(found: Written, truth: str) -> Answer:
    tokens = [*found.written[:-1], found.written[-1] + _mark(found, truth)] if found.written else []
    return {
        "tokens": [{"text": text, "gap": -1} for text in tokens],
        "chances": [round(float(chance), 4) for chance in found.chances],
        "cross": (found.cross / FULL).round(3).tolist(),
        "spans": [],
        "confidence": [],
        "ended": found.ended,
    }


def claim(history: History) -> str:
    """The title of the page: what one model comes to on its three tasks; a general one before it is measured."""
    shares = _shares(history)
    if shares is None:
        return "One model, three tasks: text in, text out"
    return f"One T5: {', '.join(f'{name} {share:.0%}' for (name, *_), share in zip(TASKS, shares, strict=True))}"


def outcome(history: History) -> Reveal | None:
    """Which task it did worst; None where it has not been measured."""
    shares = _shares(history)
    if shares is None:
        return None
    said = ", ".join(f"{name} {share:.0%}" for (name, *_), share in zip(TASKS, shares, strict=True))
    story = (
        f"On test examples: {said}. A third of the names are in no label; a tagger points at them, this model has to write them once more."
    )
    return Reveal(shares.index(min(shares)), story)


def _shares(history: History) -> list[float] | None:
    if not isinstance(history.end, Done):
        return None
    return [history.end.metrics[figure] for _, figure, _ in TASKS]


def table(ours: History, scratch: History, labels: int, alone: Sequence[Alone | None]) -> str:
    """Tasks in rows: this model, the same from scratch, and models that learnt one task alone, in HTML."""
    head = ("task", f"one T5, {labels:,} labels each", "from scratch", "BERT, this task alone")
    untold: list[float | None] = [None] * len(TASKS)
    mine, theirs = (_shares(history) or untold for history in (ours, scratch))
    rows = []
    for (name, _, (stage, figure)), share, other, single in zip(TASKS, mine, theirs, alone, strict=True):
        metric = catalogue.experiment(stage).metric(figure)
        cells = [words.measured(each, metric.unit) if each is not None else "not trained" for each in (share, other)]
        cells.append(f"{words.measured(single.share, metric.unit)}, {words.counted(single.labels, 'label')}" if single else "not trained")
        columns = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        rows.append(f"<tr><th scope=row>{html.escape(name)}</th>{columns}</tr>")
    columns = "".join(f"<th scope=col>{html.escape(name)}</th>" for name in head)
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
