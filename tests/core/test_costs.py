"""What runs cost: figures of the recordings' own histories, and FLOPs as the counter of each kind of run has them."""

from dataclasses import replace

import numpy as np
import pytest

from llmviz.core import catalogue, costs, flops
from llmviz.core.history import History, fold
from llmviz.core.learning_curve import learning_curve
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import Begin, Done, Step
from llmviz.runs import tail
from llmviz.runs.recordings import Recordings
from llmviz.text import spans
from llmviz.text.text_to_text import TASKS, pairs


def told(spec: RunSpec) -> History:
    return tail.look(Recordings().folder(RunRef(spec.id, 0)).updates, tail.Reached()).history


@pytest.mark.parametrize("name", RECORDED)
def test_every_recording_is_counted_by_its_own_history(name: str) -> None:
    spec = RECORDED[name]
    history = told(spec)
    cost = costs.of_history(spec, history)
    assert cost and history.begin and isinstance(history.end, Done)
    assert (cost.tokens, cost.seconds, cost.parameters) == (history.tokens, history.end.seconds, history.begin.parameters)
    tasks = 3 if name.startswith("text2text") else 1
    assert cost.metrics == history.end.metrics and cost.labels == getattr(spec.objective, "labels", 0) * tasks
    # Kaplan's rule of 6·N: embeddings of a classifier are looked up alone, and of a T5 each token passes one stack.
    t5 = name.startswith(("span", "text2text"))
    matrices = cost.parameters - 64 * history.begin.vocabulary * bool(cost.labels and not t5)
    stacks = 2 if t5 else 1
    assert cost.flops == pytest.approx(6 * matrices * cost.tokens / stacks, rel=0.2)


def test_the_head_of_each_task_has_its_own_outputs() -> None:
    for stage, outputs in (("sentiment", 2), ("entities", 7), ("answers", 2)):
        spec = preset(stage)
        history = told(spec)
        cost = costs.of_history(spec, history)
        length = history.tokens / (spec.train.steps * 16)
        assert cost and cost.flops == history.tokens * flops.token(spec.model, length, 64 * outputs).step


def test_a_learning_curve_costs_what_its_history_does() -> None:
    spec = preset("entities")
    history = told(spec)
    cost = costs.of_history(spec, history)
    assert cost and costs.of_learning_curve(learning_curve(spec, history)) == replace(cost, peak_memory=0, base_memory=0)  # no curve tells
    pretraining = costs.of_learning_curve(learning_curve(preset("mlm"), told(preset("mlm"))))
    assert pretraining and pretraining.flops is None and pretraining.tokens == told(preset("mlm")).tokens


@pytest.mark.parametrize("name", ["span", "text2text"])
def test_of_a_t5_the_learning_curve_knows_the_vocabulary_by_the_loss_of_random_guess(name: str) -> None:
    history = told(preset(name))
    cost, kept = costs.of_history(preset(name), history), costs.of_learning_curve(learning_curve(preset(name), history))
    assert cost and kept and cost.flops and kept.flops == pytest.approx(cost.flops, rel=1e-3)
    assert costs.of_learning_curve(replace(learning_curve(preset(name), history), references={})).flops is None  # type: ignore[union-attr]


def test_of_few_labels_a_batch_has_no_more() -> None:
    spec = replace(preset("sentiment"), objective=replace(preset("sentiment").objective, labels=4))
    assert costs.training_flops(spec, 4_000, {"random_guess": 0.6931}, 0) == 4_000 * flops.token(spec.model, 10, 128).step


def test_what_has_not_begun_costs_nothing_yet() -> None:
    assert costs.of_history(preset("mlm"), History()) is None


def test_what_a_t5_reads_and_writes_is_what_is_cut_out() -> None:
    rng = np.random.default_rng(0)
    lengths, density, span = rng.integers(8, 40, size=400), 0.2, 2.0
    cut = [spans.corrupt(np.arange(length), spans.draw(int(length), density, span, rng), 900) for length in lengths]
    read, written = (float(np.mean([len(part[side]) for part in cut])) for side in (0, 1))
    # [CLS] and [SEP] stand around what is read, [SEP] behind what is written
    assert costs._parts(preset("span"), read + 2 + written + 1) == pytest.approx((read + 2, written + 1), rel=0.03)


@pytest.mark.parametrize("seed", [0, 1])
def test_of_its_examples_a_t5_with_several_tasks_writes_the_share_that_its_facts_tell(seed: int) -> None:
    spec = preset("text2text")
    found = [pair for task in TASKS for pair in pairs(spec.text, task, "train", spec.objective.labels, seed)]
    read, written = (
        sum(len(part.split()) + 1 for part in side) for side in zip(*((pair.source, pair.target) for pair in found), strict=True)
    )
    assert catalogue.experiment("text2text").written["tinyland"] == pytest.approx(written / (read + written), abs=0.005)


def test_what_no_fact_tells_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    spec, unknown = preset("text2text"), replace(catalogue.experiment("text2text"), written={})
    monkeypatch.setattr(catalogue, "experiment", lambda name: unknown)
    with pytest.raises(ValueError, match="how much text2text reads and writes is not known"):
        costs.training_flops(spec, 4_000, {}, 368)


def test_the_end_tells_the_memory() -> None:
    cost = costs.of_history(preset("mlm"), fold([Begin(0, 9, 5, 8, {}), Step(1, 1.0, 50, 0.5), Done(1, {}, 0.5, 300, 200)]))
    assert cost and (cost.peak_memory, cost.base_memory) == (300, 200)
