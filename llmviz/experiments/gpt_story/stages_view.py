"""What each stage of a GPT brings and what it costs, as a table: a measure for every stage's aim, asked of all. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from llmviz.core import catalogue
from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.experiments.gpt_story.question import Measured
from llmviz.experiments.gpt_story.view import points
from llmviz.parts.table.payload import Cell, Row, Table
from llmviz.views import tables, words
from llmviz.views.tables import bit, cell

LOST = 0.05  # share of requests that is no longer chance
WRITES_NOTHING = "writes no text"
COLUMNS = (
    ("people's work", "What somebody wrote or chose for this stage. Without it nobody taught anything: the text itself was the label."),
    ("seconds", "Of training, where it was trained."),
    ("does what is asked", "Of allowed requests with one right content, about subjects that were in no training; the likeliest words."),
    ("pleases", "Mean true taste of replies drawn to open requests: a warm word is worth a point. No model is told of it."),
    ("refuses the forbidden", "Of requests that the safe model's policy forbids."),
    ("refuses the allowed", "Over-refusal."),
)


@dataclass(frozen=True)
class Stage:
    """One run of the family: what it trains, what it said, its name where it can be opened, and what was measured of it, if it writes."""

    spec: RunSpec
    history: History
    run: str = ""
    measured: Measured | None = None
    writes: bool = True


def table(stages: Sequence[Stage], visit: int, brief: bool = False) -> Table:
    """The table, a row each, in the order in which they are made; a `brief` one, for large type, does not say what each is."""
    return tables.table("What each stage brings", "stage", COLUMNS, [_row(stage, brief) for stage in stages], visit, prose=brief)


def _row(stage: Stage, brief: bool) -> Row:
    experiment = catalogue.experiment(stage.spec.stage)
    done = work(stage.spec)
    cells = [cell(done or "none", faint=not done), _seconds(stage), *_figures(stage)]
    return tables.row(experiment.title, cells, "" if brief else experiment.exercise, experiment.colour)


def work(spec: RunSpec) -> str:
    """What people did for a run: `2,000 dialogues`; "" where nothing."""
    amounts = {"dialogues": "dialogue", "clicks": "choice", "examples": "example"}  # by the setting that counts them
    return next((words.counted(value, noun) for name, noun in amounts.items() if (value := getattr(spec.objective, name, 0))), "")


def _seconds(stage: Stage) -> Cell:
    if not isinstance(stage.history.end, Done):
        return cell("not trained", faint=True)
    page = catalogue.experiment(stage.spec.stage).lesson.page
    return cell(bit(words.duration(stage.history.seconds), page, stage.run), value=stage.history.seconds)


def _figures(stage: Stage) -> list[Cell]:
    if not stage.writes:
        headline = catalogue.experiment(stage.spec.stage).headline
        reached = stage.history.end.metrics.get(headline.name) if isinstance(stage.history.end, Done) else None
        more = [f"{headline.title}: {words.measured(reached, headline.unit)}"] if reached is not None else []
        return [cell(WRITES_NOTHING, more=more, faint=True), *[cell("–", faint=True)] * 3]
    if stage.measured is None:
        return [cell("…", faint=True)] * 4
    found = stage.measured
    shares = [(words.figure(share, "%"), share) for share in (found.followed, found.refused, found.over_refused)]
    followed, refused, over = (cell(told, value=share) for told, share in shares)
    return [followed, _liked(found), refused, over]


def _liked(found: Measured) -> Cell:
    return cell("nobody knows", faint=True) if math.isnan(found.liked) else cell(points(round(found.liked, 1)), value=found.liked)


def told(stages: Mapping[str, Measured]) -> str:
    """What the aligned model lost of what the tuned one did, by their figures under "tuned" and "aligned"; "" before both are known."""
    return " ".join(_told(stages["tuned"], stages["aligned"])) if {"tuned", "aligned"} <= stages.keys() else ""


def _told(tuned: Measured, aligned: Measured) -> Iterator[str]:
    if not math.isnan(aligned.liked):
        yield f"Alignment moves the true taste from {points(round(tuned.liked, 1))} to {points(round(aligned.liked, 1))} points."
    lost = tuned.followed - aligned.followed
    figures = f"it does what is asked in {aligned.followed:.0%} of requests that have one right answer, {tuned.followed:.0%} before"
    if lost > LOST:
        yield f"It costs: {figures}. Nothing rewarded that; InstructGPT's authors call such a loss an alignment tax."
    else:
        yield f"It costs little here: {figures}."
