"""The scoreboard as a table: recipes in rows, tasks and probes in columns, in each cell the median of the seeds. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmviz.core import catalogue, spreadsheet
from llmviz.core.experiment import FINE_TUNING
from llmviz.core.study import Band
from llmviz.core.texts import TEXTS
from llmviz.experiments.scoreboard.columns_view import REASONS, Column, columns, every, labelled
from llmviz.parts.table.payload import Cell, Row, Table
from llmviz.views import records, words
from llmviz.views.records import Recipe
from llmviz.views.reveal import Quiz, Reveal
from llmviz.views.tables import cell, opening

CORNER = "model, and how it came to be"
WITHHELD = "guess first"
NO_WEIGHTS = "came without weights"
OLD_HEAD = "old head"
ABOUT_OLD_HEAD = "what is left after fine-tuning: the head that named words is put back on the body, as on the page Forgetting"
CSV = (
    *("model", "recipe", "text", "task or probe", "figure", "median", "lowest", "highest", "seeds"),
    *("measured on", "best possible", "chance", "run"),
)


@dataclass(frozen=True)
class Filter:
    """Which rows are to be seen: of this text and this phase, "" for all."""

    text: str = ""
    phase: str = ""

    def leaves(self, found: Sequence[Recipe]) -> list[Recipe]:
        """Those of them that are to be seen."""
        tried = [recipe for recipe in found if labelled(catalogue.experiment(recipe.spec.stage))]
        return [recipe for recipe in tried if self.text in ("", recipe.spec.text.name) and self.phase in ("", _phase(recipe))]


def _phase(recipe: Recipe) -> str:
    return catalogue.experiment(recipe.spec.stage).phase


def table(found: Sequence[Recipe], sort: str = "", down: bool = True, visit: int = 0, withheld: bool = False) -> Table:
    """The payload for these recipes, sorted by the column with this key. What starts from scratch may be `withheld`."""
    across = columns(found)
    keys = [column.key for column in across]
    return {
        "label": "Models in rows, tasks and probes in columns",
        "corner": CORNER,
        "columns": [{"name": column.name, "about": column.about, "sorts": True} for column in across],
        "rows": [*_lines(across, found), *(_row(recipe, found, across, withheld) for recipe in found)],
        "sort": keys.index(sort) if sort in keys else -1,
        "down": down,
        "prose": False,
        "visit": visit,
    }


def _lines(across: Sequence[Column], found: Sequence[Recipe]) -> list[Row]:
    """What figures lie between: the best possible, the best that is no model, and chance."""
    best = [_line(column, column.best(found), "" if column.bounded(found) else "where known") for column in across]
    chance = [_line(column, column.chance(found)) for column in across]
    without = [_line(column, told[1], told[0]) if (told := column.without(found)) else cell() for column in across]
    rows = (
        ("best possible", "for who knows the grammar", best),
        ("no model", "the best of simpler readers", without),
        ("chance", "", chance),
    )
    return [
        {"name": name, "about": about, "phase": "", "depth": 0, "pinned": True, "cells": cells}
        for name, about, cells in rows
        if any(each["bits"] for each in cells)
    ]


def _line(column: Column, told: Band | None, name: str = "") -> Cell:
    return cell(_range(told, column.metric.unit), more=[name] if name else []) if told else cell()


def _range(told: Band, unit: str) -> str:
    """`77 %`, or `51–54 %` where runs tell several."""
    low, high = words.figure(told.low, unit), words.figure(told.high, unit)
    return high if low == high else f"{low.removesuffix(' %')}–{high}"


def _row(recipe: Recipe, found: Sequence[Recipe], across: Sequence[Column], withheld: bool) -> Row:
    spec = recipe.spec
    hidden = withheld and records.from_scratch(spec)
    said = words.recipe(spec, seeded=False)
    if len({each.spec.text for each in found}) == 1:  # the filter says which
        said = said.partition(" · ")[2]
    return {
        "name": records.named(spec),
        "about": said if recipe.opened else f"{said} · {NO_WEIGHTS}",
        "phase": records.colour(spec),
        "depth": records.depth(recipe, found),
        "pinned": False,
        "cells": [_cell(recipe, column, hidden) for column in across],
    }


def _cell(recipe: Recipe, column: Column, hidden: bool) -> Cell:
    told = column.figure(recipe)
    if told is None:
        return cell("–", more=[column.reason(recipe.spec)], faint=True)
    if hidden:
        return cell("?", more=[WITHHELD], faint=True)
    unit = column.metric.unit
    low, high = (words.figure(end, unit).removesuffix(" %") for end in (told.low, told.high))
    spread = [f"{low}–{high}"] if low != high else []
    more = [*spread, words.counted(told.seeds, recipe.noun)] if told.seeds > 1 else []
    if column.left(recipe):
        more.append(OLD_HEAD)
    if not recipe.tested:
        more.append(f"validation, step {recipe.records[0].step:,}")
    return cell(opening(words.figure(told.median, unit), recipe), more=more, value=told.median)


def reasons(drawn: Table) -> dict[str, str]:
    """What the words below a dash mean, of those that this table says."""
    said = {line for row in drawn["rows"] for each in row["cells"] for line in each["more"]}
    return {short: meaning for short, meaning in {**REASONS, OLD_HEAD: ABOUT_OLD_HEAD}.items() if short in said}


def missing(found: Sequence[Recipe], text: str) -> list[Column]:
    """The tasks that read this text, or any for "", and of which nothing has been measured."""
    there = {column.key for column in columns(found)}
    readers = (column for column in every() if not column.metric.probe and (not text or text in column.experiments[0].texts))
    return [column for column in readers if column.key not in there]


def exported(found: Sequence[Recipe]) -> str:
    """Every figure of these recipes as a line of CSV."""
    across = columns(found)
    lines = [_exported(recipe, column, told, found) for recipe in found for column in across if (told := column.figure(recipe))]
    return spreadsheet.as_csv([CSV, *lines])


def _exported(recipe: Recipe, column: Column, told: Band, found: Sequence[Recipe]) -> Sequence[object]:
    spec, best, chance = recipe.spec, column.best([recipe]), column.chance([recipe])
    run = recipe.opened.run.key if recipe.opened and recipe.opened.run else ""
    on = ("test" if recipe.tested else "validation") + (f", {OLD_HEAD}" if column.left(recipe) else "")
    bounds = [each.median if each else "" for each in (best, chance)]
    figures = (told.median, told.low, told.high, told.seeds)
    names = (records.named(spec), words.recipe(spec, seeded=False), TEXTS[spec.text.name].title, column.name, column.metric.title)
    return *names, *figures, on, *bounds, run


# The question of the page


def gains(found: Sequence[Recipe]) -> Mapping[str, tuple[float, float]]:
    """By task, its figure with pretraining and from scratch: of the recipe that gains most, where both were trained."""
    gained: dict[str, tuple[float, float]] = {}
    for column in every():
        for recipe in column.recipes(found):
            other = records.scratch(recipe, found) if recipe.spec.start else None
            with_, without = column.figure(recipe), column.figure(other) if other else None
            if _phase(recipe) != FINE_TUNING or not (with_ and without) or column.metric.probe or column.metric.unit != "%":
                continue
            pair = (with_.median, without.median)
            if pair[0] - pair[1] > (gained[column.name][0] - gained[column.name][1] if column.name in gained else -2.0):
                gained[column.name] = pair
    return gained


def quiz(text: str) -> Quiz:
    """The question, with the tasks to choose from that may start from scratch and come with the program."""
    tasks = [
        each.short
        for each in catalogue.BY_NAME.values()
        if each.phase == FINE_TUNING and labelled(each) and None in each.starts and text in each.recorded_texts
    ]
    return Quiz(f"which task on {TEXTS[text].title} gains most from pretraining?", tuple(tasks))


def reveal(asked: Quiz, found: Sequence[Recipe]) -> Reveal | None:
    """Which it is by these recipes, and what each comes to; None where no task was trained both ways."""
    gained = {name: pair for name, pair in gains(found).items() if name in asked.choices}
    if not gained:
        return None
    most = max(gained, key=lambda name: gained[name][0] - gained[name][1])
    said = (f"{name} {words.figure(pair[1], '%')} from scratch, {words.figure(pair[0], '%')} pretrained" for name, pair in gained.items())
    return Reveal(asked.choices.index(most), f"{'; '.join(said)}. Medians of the seeds, on test data.")


def summary(found: Sequence[Recipe]) -> str:
    """`7 tasks, 6 probes, 14 models`."""
    across = columns(found)
    probes = sum(column.metric.probe for column in across)
    counts = ((len(across) - probes, "task"), (probes, "probe"), (len(found), "model"))
    return ", ".join(words.counted(count, noun) for count, noun in counts if count)
