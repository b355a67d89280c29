"""Accuracy against the number of examples, with examples of several kinds: as curves, as a table, and in sentences. Pure."""

from collections.abc import Iterator

from llmviz.experiments.in_context.question import CONDITIONS, OTHER, REVERSED, RIGHT, WRONG, FloatArray, Shares
from llmviz.parts.curves.payload import Curve, Curves
from llmviz.parts.table.payload import Row, Table
from llmviz.text.tinyland import few_shot, lists
from llmviz.text.tinyland.lists import RELATIONS
from llmviz.views import tables, words
from llmviz.views.tables import cell

NAMES = {
    RIGHT: ("right examples", ""),
    WRONG: ("wrong values", "7 4"),
    OTHER: ("another relation", "2 4"),
    REVERSED: ("other way round", "10 3 2 3"),
}

ALIKE = 0.05  # of prompts: shares that near are said to be alike
FOUND = 0.5  # of prompts, from which a relation is said to be found
TRUTH_ASIDE = "What the examples are about matters, not whether they are true, as Min et al. (2022) found for large models."
TRUTH_MATTERS = "Here it matters whether they are true; in the large models of Min et al. (2022) it hardly did."
NOT_LEARNT = "Examples choose among tasks that it has met; this one, which it has not met, they do not teach it."


def means(found: Shares, condition: str) -> FloatArray:
    """(draw, count) the mean over relations: each counts the same, however many facts it has."""
    mean: FloatArray = found.right[CONDITIONS.index(condition)].mean(1)
    return mean


def curves(found: Shares) -> Curves:
    """A curve for each kind of examples, with a band from the lowest draw of examples to the highest."""
    return {
        "kind": "growth",
        "title": "Named right",
        "about": "facts of the test that no list told; band: lowest to highest draw of examples",
        "empty": "",
        "share": True,
        "low": 0.0,
        "unit": "example",
        "total": few_shot.MOST,
        "ticks": list(range(few_shot.MOST + 1)),
        "log": False,
        "marked": None,
        "lines": [_curve(found, condition) for condition in CONDITIONS],
        "bounds": [{"name": "knows all, guesses", "value": round(lists.without_examples(), 4)}],
    }


def _curve(found: Shares, condition: str) -> Curve:
    name, dash = NAMES[condition]
    shares = means(found, condition)
    low, mean, high = ([round(float(share), 4) for share in each] for each in (shares.min(0), shares.mean(0), shares.max(0)))
    return {
        "name": name,
        "phase": "" if condition == REVERSED else "pretrained",
        "dash": dash,
        "steps": list(found.counts[CONDITIONS.index(condition)]),
        "values": mean,
        "low": low,
        "high": high,
    }


def told(found: Shares) -> list[str]:
    """What examples do, a sentence or two for each kind, in Markdown."""
    return [*_said(found)]


def _said(found: Shares) -> Iterator[str]:
    at = few_shot.ORDERED
    shares = {
        condition: float(means(found, condition)[:, found.counts[place].index(at)].mean()) for place, condition in enumerate(CONDITIONS)
    }
    low, high = float(found.order.min()), float(found.order.max())
    yield (
        f"**Order.** The same {at} examples in {len(found.order)} orders: {low:.0%} to {high:.0%} right. For {found.changed:.0%} of the "
        "sets of examples some order changes the answer."
    )
    yield (
        f"**Wrong values.** Pairs such as “Italy : Madrid”: {shares[WRONG]:.0%} right after {at}; after right ones {shares[RIGHT]:.0%}. "
        f"{TRUTH_ASIDE if abs(shares[WRONG] - shares[RIGHT]) < ALIKE else TRUTH_MATTERS}"
    )
    yield (
        f"**Another relation.** The same subject after {at} examples of another of its relations: the other value in {shares[OTHER]:.0%}. "
        "The examples say which task it is."
    )
    yield (
        f"**The other way round.** “puppy : dog , kitten :” stands in no list and no sentence: {shares[REVERSED]:.0%} right after {at}. "
        f"{NOT_LEARNT if shares[REVERSED] < FOUND else ''}"
    )


def table(found: Shares, visit: int = 0) -> Table:
    """The share named of each relation after each number of right examples; below it from the lowest draw to the highest."""
    place = CONDITIONS.index(RIGHT)
    counts = found.counts[place]
    columns = [(str(count), words.counted(count, "example")) for count in counts]
    rows = [_row(RELATIONS[name].title, found.right[place][:, row]) for row, name in enumerate(found.relations[place])]
    return tables.table("Named right, by relation and number of examples", "relation", columns, rows, visit, sorts=True)


def _row(title: str, shares: FloatArray) -> Row:
    cells = []
    for draws in shares.T:
        low, mean, high = (float(each) for each in (draws.min(), draws.mean(), draws.max()))
        cells.append(cell(words.measured(mean, "%"), more=[f"{low:.0%} to {high:.0%}"] if low < high else [], value=mean))
    return tables.row(title, cells)
