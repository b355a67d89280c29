"""How long the default runs train and what they learn, through the command line: the way a student's script would see it."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import curves
from benchmarks.bar import Bar
from llmviz.core.spec import NO_PARENT

SEEDS = (100, 101, 102, 103, 104)  # recipes are tuned on other seeds
LONGEST = 600.0  # seconds for one run with its start
FEW, MANY = 16, 256  # labels

Ended = dict[str, Any]


def bars(seeds: int, home: Path) -> Iterator[Bar]:
    """Medians over the seeds, on test data."""
    chosen = SEEDS[:seeds]
    about = f"median of {seeds} seeds, test data" if seeds > 1 else f"seed {SEEDS[0]}, test data"
    roots = [_train(home, "mlm", seed) for seed in chosen]
    yield from _mlm(roots, about)
    yield from _clm([_train(home, "clm", seed) for seed in chosen], about)
    yield from _nsp([_train(home, "nsp", seed) for seed in chosen], about)
    yield from _span([_train(home, "span", seed) for seed in chosen], about)
    yield from _tinyland(roots, chosen, home)
    yield from _reviews(chosen, home)


def _mlm(runs: Sequence[Ended], about: str) -> Iterator[Bar]:
    yield Bar("train mlm: seconds of training", _seconds(runs), "s", most=30, note=about)
    for name in ("facts", "sounds", "grammar", "meaning"):
        yield Bar(f"train mlm: {name}", _median(runs, name), "%", least=0.95, note=f"{_spread(runs, name)}; {about}")
    yield Bar("train mlm: loss", _median(runs, "loss"), "nats", note=f"floor {_median(runs, 'floor'):.2f}")
    yield Bar("train mlm: accuracy", _median(runs, "accuracy"), "%", note=f"ceiling {100 * _median(runs, 'accuracy_ceiling'):.1f} %")
    yield _falls("mlm", runs)


def _falls(stage: str, runs: Sequence[Ended]) -> Bar:
    """How many of the curves do not fall as pretraining does."""
    found = []
    for run in runs:
        steps, losses = run["curve"]
        found += curves.faults(steps, losses, run["metrics"]["random_guess"])[:1]
    return Bar(f"train {stage}: curves that do not fall from the first steps", len(found), "", most=0, note="; ".join(found))


def _clm(runs: Sequence[Ended], about: str) -> Iterator[Bar]:
    above = statistics.median(run["metrics"]["loss"] - run["metrics"]["floor"] for run in runs)
    share = statistics.median(run["metrics"]["loss"] / run["metrics"]["floor"] for run in runs)
    yield Bar("train clm: seconds of training", _seconds(runs), "s", most=30, note=about)
    for name in ("facts", "grammar", "meaning"):
        yield Bar(f"train clm: {name}", _median(runs, name), "%", least=0.95, note=about)
    yield Bar("train clm: loss above its floor", above, "nats", most=0.05, note=f"{_median(runs, 'loss'):.3f}; {about}")
    yield Bar("train clm: loss as a share of its floor", share, "%", most=1.05, note=about)
    yield _falls("clm", runs)


def _nsp(runs: Sequence[Ended], about: str) -> Iterator[Bar]:
    shares = [run["metrics"]["nsp_accuracy"] / run["metrics"]["nsp_ceiling"] for run in runs]
    right = f"{100 * _median(runs, 'nsp_accuracy'):.1f} % of pairs, ceiling {100 * _median(runs, 'nsp_ceiling'):.1f} %; {about}"
    yield Bar("train nsp: seconds of training", _seconds(runs), "s", most=40, note=about)
    yield Bar("train nsp: pairs told apart, as a share of the ceiling", statistics.median(shares), "%", least=0.95, note=right)
    yield Bar("train nsp: loss on hidden words", _median(runs, "word_loss"), "nats", note=f"floor {_median(runs, 'word_floor'):.2f}")


def _span(runs: Sequence[Ended], about: str) -> Iterator[Bar]:
    share = statistics.median(run["metrics"]["exact_span"] / run["metrics"]["exact_span_ceiling"] for run in runs)
    ceiling = f"{100 * _median(runs, 'exact_span'):.1f} % of {100 * _median(runs, 'exact_span_ceiling'):.1f} %; {about}"
    yield Bar("train span: seconds of training", _seconds(runs), "s", most=40, note=about)
    yield Bar("train span: exact spans as a share of their ceiling", share, "%", least=0.9, note=ceiling)
    for name in ("facts", "sounds", "grammar", "meaning"):
        yield Bar(f"train span: {name}", _median(runs, name), "%", note=about)
    yield Bar("train span: loss", _median(runs, "loss"), "nats", note=f"floor {_median(runs, 'floor'):.2f}")
    yield _falls("span", runs)


def _tinyland(roots: Sequence[Ended], seeds: Sequence[int], home: Path) -> Iterator[Bar]:
    """Every parent with every sample of labels; from scratch, every seed of the random start with every sample."""
    scratch = [_train(home, "sentiment", seed, "--parent", NO_PARENT, "--labels", str(FEW)) for seed in seeds]
    for labels, least in ((FEW, 0.9), (MANY, 0.95)):
        tuned = [_train(home, "sentiment", seed, *_child(root, labels)) for root in roots for seed in seeds]
        name = f"train sentiment, {labels} labels"
        about = f"{_spread(tuned)}, parents × samples of labels; test data"
        yield Bar(f"{name}: accuracy", _accuracy(tuned), "%", least=least, note=about)
        if labels == FEW:
            shares = sorted(run["metrics"]["accuracy"] for run in tuned)
            yield Bar(f"{name}: lower quartile", shares[len(shares) // 4], "%", least=0.8, note=about)
            above = _accuracy(tuned) - _accuracy(scratch)
            yield Bar(f"{name}: above from scratch", above, "%", least=0.3, note=f"from scratch {100 * _accuracy(scratch):.1f} %")
        yield Bar(f"{name}: seconds of training", _seconds(tuned), "s", most=10, note=about)


def _reviews(seeds: Sequence[int], home: Path) -> Iterator[Bar]:
    """Real film reviews, with as many labels as their page: from the recorded model and from none."""
    tuned, scratch = (
        [_train(home, "sentiment", seed, "--text", "reviews", *start) for seed in seeds] for start in ((), ("--parent", NO_PARENT))
    )
    for way, runs in (("pretrained", tuned), ("from scratch", scratch)):
        yield Bar(f"film reviews, {way}: accuracy", _accuracy(runs), "%", note=_spread(runs))
    above = min(run["metrics"]["accuracy"] for run in tuned) - max(run["metrics"]["accuracy"] for run in scratch)
    yield Bar(
        "film reviews: worst pretrained above best from scratch", above, "%", least=0.0, note="one parent, samples of labels; test data"
    )


def _child(parent: Ended, labels: int) -> tuple[str, ...]:
    return ("--parent", parent["run"], "--labels", str(labels))


def _median(runs: Sequence[Ended], name: str) -> float:
    return float(statistics.median(run["metrics"][name] for run in runs))


def _seconds(runs: Sequence[Ended]) -> float:
    return float(statistics.median(run["seconds"] for run in runs))


def _accuracy(runs: Sequence[Ended]) -> float:
    return _median(runs, "accuracy")


def _spread(runs: Sequence[Ended], name: str = "accuracy") -> str:
    shares = sorted(run["metrics"][name] for run in runs)
    return f"{100 * shares[0]:.1f} to {100 * shares[-1]:.1f} % over {len(shares)} runs"


def _train(home: Path, stage: str, seed: int, *options: str) -> Ended:
    command = [sys.executable, "-m", "llmviz", "train", stage, *options, "--seed", str(seed), "--json"]
    answer = subprocess.run(command, env=os.environ | {"LLMVIZ_HOME": str(home)}, capture_output=True, text=True, timeout=LONGEST)
    updates = [json.loads(line) for line in answer.stdout.splitlines()]
    last: Ended = updates[-1] if updates else {}
    if last.get("type") != "done":
        raise RuntimeError(f"`{' '.join(command[1:])}` did not end well: {last or answer.stderr[-500:]}")
    scores = [update for update in updates if update["type"] == "score"]
    return last | {"curve": ([score["step"] for score in scores], [score["metrics"]["loss"] for score in scores])}
