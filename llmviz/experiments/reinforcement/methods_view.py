"""Four ways to what is preferred side by side: PPO, GRPO, DPO, and the best of n without training. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from llmviz.core.experiment import Metric
from llmviz.core.feedback import KL, TASTE, WIN_RATE
from llmviz.core.study import Value, band
from llmviz.experiments.reinforcement.question import Best
from llmviz.parts.table.payload import Cell, Row, Table
from llmviz.views import tables, words
from llmviz.views.study import Series, said
from llmviz.views.tables import cell

NEEDS: Mapping[str, str] = {
    "ppo": "a reward model, a critic, and replies of its own at every second step",
    "grpo": "a reward model, and eight replies of its own to each request",
    "dpo": "the choices alone: no reward model, no replies of its own",
}
BEST_NEEDS = "a reward model, and {count} for every request, each time"
SHOWN = (1, 4, 16, 64)  # of the n of best-of-n
NOT_YET = "not trained"
ABOUT = (
    "All begin as the same tuned model, and the true taste decides. The three that train are measured on test requests, the best of n on "
    "validation requests. Its KL is the formula ln n − (n − 1)/n, which no best-of-n exceeds (Beirami et al. 2024); that of the others is "
    "estimated. Below a median stands its range over the seeds."
)


def best_kl(count: int) -> float:
    """KL of the best of n from the model that draws them, at most: ln n − (n − 1)/n."""
    return math.log(count) - (count - 1) / count


def table(series: Sequence[Series], best: Best | None, visit: int = 0) -> Table:
    """The table; rows of what is not there say so."""
    figures = (WIN_RATE, KL, TASTE)
    columns = [*((metric.title, metric.help) for metric in figures), ("seconds", "To train it here; of best-of-n, to write and to judge.")]
    rows = [_trained(each, value, figures) for each in series for value in each.study.values]
    rows += [_best(count, best) for count in SHOWN]
    return tables.table("Four ways to what is preferred", "way", columns, rows, visit, sorts=True)


def _trained(series: Series, value: Value, figures: Sequence[Metric]) -> Row:
    specs = series.study.at(value)
    stage = specs[0].stage
    seconds = [found.seconds for spec in specs if (found := series.learning_curves.get(spec.id)) and found.metrics]
    cells = [_figure(series.figures(value, metric.name), metric) for metric in figures]
    time = cell(f"{median(seconds):.0f}", value=median(seconds)) if seconds else cell(NOT_YET, faint=True)
    settings = words.counted(specs[0].objective.clicks, "choice") if stage == "dpo" else f"β {specs[0].objective.beta:g}"
    name = "DPO" if stage == "dpo" else value.label
    return tables.row(name, [*cells, time], f"{settings}; needs {NEEDS[stage]}", "finetuned")


def _figure(values: Sequence[float], metric: Metric) -> Cell:
    found = band(values)
    if found is None:
        return cell(NOT_YET, faint=True)
    spread = [f"{words.figure(found.low, metric.unit)} to {words.figure(found.high, metric.unit)}"] if found.seeds > 1 else []
    return cell(words.measured(found.median, metric.unit), more=spread, value=found.median)


def _best(count: int, best: Best | None) -> Row:
    needs = f"needs {BEST_NEEDS.format(count=words.counted(count, 'reply', 'replies'))}" if count > 1 else "the start itself"
    cells = [cell("not yet", faint=True)] * 4
    if best is not None and count in best.counts.tolist():
        place = best.counts.tolist().index(count)
        wins, liked, seconds = (float(values[place]) for values in (best.win_rate, best.taste, best.seconds))
        cells = [
            cell(words.measured(wins, WIN_RATE.unit), value=wins),
            cell(f"≤ {words.measured(best_kl(count), KL.unit)}" if count > 1 else words.measured(0.0, KL.unit), value=best_kl(count)),
            cell(words.measured(liked, TASTE.unit), value=liked),
            cell(f"{seconds:.1f}", more=[f"for {words.counted(best.requests, 'request')}"], value=seconds),
        ]
    return tables.row(f"best of {count}", cells, f"no training; {needs}", "pretrained")


def told(series: Sequence[Series], best: Best | None) -> str:
    """Which n does as well as each of those that train, by their medians; empty before both are known."""
    return " ".join(_told(series, best)) if best is not None else ""


def _told(series: Sequence[Series], best: Best) -> Iterator[str]:
    for each in series:
        for value in each.study.values:
            found = each.band(value, WIN_RATE.name)
            if found is None:
                continue
            name = value.label if each.study.base.stage != "dpo" else f"DPO with {value.label} choices"
            as_good = [int(count) for count, wins in zip(best.counts, best.win_rate, strict=True) if wins >= found.median]
            equal = (
                f"the best of {as_good[0]} replies does as well"
                if as_good
                else f"not even the best of {best.counts[-1]} replies does as well"
            )
            yield f"{name}: {said(found, WIN_RATE)}; {equal}."
