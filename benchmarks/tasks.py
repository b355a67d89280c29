"""What the default runs of all tasks and alignments come to: `python -m benchmarks.tasks`. Each seed makes all its runs, parents too.

The bars are those of lessons C1 to C5 and D2 to D5; figures are medians on test data. All of it takes some ten minutes a seed.
"""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.__main__ import table
from benchmarks.bar import Bar
from llmviz import train
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import ancestors, seeded
from llmviz.core.update import Done
from llmviz.runs.store import Store

SEEDS = (100, 101, 102, 103, 104)  # recipes are tuned on other seeds


@dataclass(frozen=True)
class Figure:
    """A metric of an experiment, with the bar it has to clear; the seconds of its training have one too."""

    stage: str
    metric: str
    least: float | None = None
    most: float | None = None


FIGURES = (
    Figure("sentiment", "accuracy", least=0.9),
    Figure("entities", "f1", least=0.95),
    Figure("answers", "exact_match", least=0.9),
    Figure("answers", "no_answer", least=0.9),
    Figure("text2text", "accuracy", least=0.9),
    Figure("text2text", "f1", least=0.9),
    Figure("text2text", "exact_match", least=0.85),
    Figure("icl", "shots_0", most=0.15),
    Figure("icl", "shots_1", least=0.95),
    Figure("instruct", "followed", least=0.95),
    Figure("instruct", "followed_wording"),
    Figure("instruct", "followed_kind"),
    Figure("reward", "pair_accuracy", least=0.85),
    *(Figure(stage, "win_rate", least=0.8) for stage in ("grpo", "ppo", "dpo")),
    *(Figure(stage, name) for stage in ("grpo", "ppo", "dpo") for name in ("kl", "followed")),
    Figure("safety", "refused_forbidden", least=0.95),
    Figure("safety", "refused_allowed", most=0.05),
    Figure("safety", "followed"),
)
SECONDS = {"sentiment": 20, "entities": 20, "answers": 20, "instruct": 30}  # of a machine as in lesson.md; 40 for all others
USUAL = 40


def main(
    seeds: Annotated[int, typer.Option(min=1, max=len(SEEDS), help="Seeds to take the median of.")] = len(SEEDS),
    stage: Annotated[list[str] | None, typer.Option(help="Of these experiments alone.")] = None,
    home: Annotated[Path | None, typer.Option(help="Keeps the runs; those that are in it already are not trained again.")] = None,
) -> None:
    """Measure the bars of tasks, prompting, feedback and safety, each run made from parents of its own seed."""
    console = Console()
    wanted = [each for each in FIGURES if not stage or each.stage in stage]
    found: list[Bar] = []
    with TemporaryDirectory(prefix="llmviz-tasks-", ignore_cleanup_errors=True) as folder:
        try:
            for bar in bars(wanted, SEEDS[:seeds], home or Path(folder)):
                found.append(bar)
                console.print(f"{bar.name}: {bar.value:.3f}")
        finally:
            console.print(table(found))
    if not all(bar.cleared for bar in found):
        raise typer.Exit(1)


def bars(wanted: Sequence[Figure], seeds: Sequence[int], home: Path) -> Iterator[Bar]:
    """Each figure over these seeds, and of each experiment the seconds."""
    runs: dict[str, list[Done]] = {}
    for figure in wanted:
        if figure.stage not in runs:
            runs[figure.stage] = [ended(seeded(preset(figure.stage), seed, parents=True), home) for seed in seeds]
            taken = [run.seconds for run in runs[figure.stage]]
            most = SECONDS.get(figure.stage, USUAL)
            yield Bar(f"train {figure.stage}: seconds of training", statistics.median(taken), "s", most=most, note=_spread(taken))
        values = [run.metrics[figure.metric] for run in runs[figure.stage]]
        unit = "nats" if figure.metric == "kl" else "%"
        yield Bar(f"train {figure.stage}: {figure.metric}", statistics.median(values), unit, figure.most, figure.least, _spread(values))


def ended(spec: RunSpec, home: Path) -> Done:
    """How a run ended, after all that it is made from; trained only where there is none."""
    store = Store(home)
    for each in (*ancestors(spec), spec):
        if not store.finished(each):
            for _ in train(each, home):
                pass
    run = store.finished(spec)
    ending = store.folder(run).ending() if run else None
    if not isinstance(ending, Done):
        raise RuntimeError(f"{spec.stage} with seed {spec.seed} did not reach its end")
    return ending


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):.3f} to {max(values):.3f}, {len(values)} seeds"


if __name__ == "__main__":
    typer.run(main)
