"""The bars of tasks and alignments: they name metrics there are, and train nothing twice."""

from pathlib import Path

import pytest

from benchmarks import tasks
from llmviz.core import catalogue
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.runs.store import Store
from tests.runs.conftest import attempt_at
from tests.runs.fake import spec


def test_every_bar_is_of_a_metric_that_its_experiment_reports() -> None:
    assert all(catalogue.experiment(each.stage).metric(each.metric) for each in tasks.FIGURES)
    assert set(tasks.SECONDS) <= {each.stage for each in tasks.FIGURES}


def test_a_run_that_is_there_is_not_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[RunSpec] = []

    def train(given: RunSpec, home: Path) -> list[object]:
        trained.append(given)
        return list(attempt_at(Store(home), given))

    monkeypatch.setattr(tasks, "train", train)
    first = tasks.ended(spec(3), tmp_path)
    assert tasks.ended(spec(3), tmp_path) == first and trained == [spec(3)] and first.step == 3


def test_figures_are_medians_over_the_seeds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shares = {100: 0.7, 101: 0.9, 102: 0.8}
    monkeypatch.setattr(tasks, "ended", lambda given, home: Done(1, {"pair_accuracy": shares[given.seed]}, 10.0 + given.seed))
    wanted = [each for each in tasks.FIGURES if each.stage == "reward"]
    seconds, accuracy = tasks.bars(wanted, (100, 101, 102), tmp_path)
    assert (seconds.value, seconds.most) == (111.0, 40) and not seconds.cleared
    assert (accuracy.value, accuracy.least) == (0.8, 0.85) and not accuracy.cleared and "0.700 to 0.900" in accuracy.note
