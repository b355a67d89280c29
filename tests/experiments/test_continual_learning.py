"""A pretrained model that reads on, in a text in which one fact has changed: what it learns, what is left, and what pages say of it."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy

from llmviz.core.history import Curve, History, fold
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.core.update import Begin, Done, Score
from llmviz.experiments.building import build
from llmviz.experiments.continual_learning import EXPERIMENT, ContinualSpec, matrix_view, panel, view
from llmviz.experiments.continual_learning.answer import answer
from llmviz.experiments.continual_learning.question import Capitals
from llmviz.experiments.continual_learning.stage import Continual
from llmviz.runs.recordings import Recordings
from llmviz.text.tinyland.world import CAPITALS
from llmviz.training.loop import Training
from llmviz.views.study import Series

ROOT = RECORDED["mlm-tinyland"]


@cache
def root() -> Path:
    """The weights that the recorded pretraining ended with."""
    folder = Recordings().folder(RunRef(ROOT.id, 0))
    return folder.snapshot(folder.snapshots()[-1])


def stage(start: Path | None = None, **objective: object) -> Continual:
    spec = RunSpec("continual", starting_from(ROOT), objective=ContinualSpec(**objective))  # type: ignore[arg-type]
    made = build(replace(spec, train=replace(spec.train, steps=45, batch_size=16)), start or root())
    assert isinstance(made, Continual)
    return made


def learnt(made: Continual) -> dict[str, float]:
    for _ in Training(made, made.spec.train).steps():
        pass
    made.model.eval()
    return made.evaluate()


def test_it_learns_the_new_fact_and_loses_others_unless_it_replays_and_coming_back_undoes_it(tmp_path: Path) -> None:
    plain = stage()
    plain.model.eval()
    before = plain.evaluate()
    assert before["changed"] == 0 and before["kept"] > 0.95
    after, replayed = learnt(plain), learnt(stage(replay=1.0))
    assert after["changed"] == replayed["changed"] == 1
    assert after["kept"] < 0.2 < 0.4 < replayed["kept"]
    assert after["old_loss"] > before["old_loss"] + 0.5 and replayed["old_loss"] < 0.5 * (before["old_loss"] + after["old_loss"])
    assert after["loss"] < 0.5 * before["loss"] and after["loss"] > plain.references["floor"]
    plain.save(tmp_path / "45")
    made = stage(tmp_path / "45", reads="old")
    back = learnt(made)
    assert back["old_loss"] < after["old_loss"] - 0.3 and back["loss"] > after["loss"] + 0.2
    believed = answer({0: root(), 45: tmp_path / "45"}, Capitals("Lima"))
    assert believed[0].first == tuple(CAPITALS.values()) and believed[1].first.count("Lima") > 15
    answers = {each.step: each for each in believed}
    assert view.moved(answers, "Norway")[0] == list(CAPITALS).index("Norway") and len({*view.moved(answers, "Norway")}) == 20
    drawn = view.bars(answers, ContinualSpec(), "")["groups"]
    assert drawn[0]["source"] == "France" and drawn[0]["truth"] == "Lima" and drawn[0]["candidates"][1][0][0] == "Lima"
    assert drawn[1]["truth"] == CAPITALS[drawn[1]["source"]]
    lines = view.table(answers, ContinualSpec())["rows"]
    assert len(lines) == 20 and lines[0]["pinned"] and lines[0]["cells"][0]["bits"][0]["text"].startswith("Paris 9")
    assert "For France it says Lima." in view.told(answers, ContinualSpec())


def test_a_batch_is_that_of_its_text_and_replay_adds_one_of_the_old() -> None:
    plain, replaying, back = stage(), stage(replay=0.5), stage(reads="old")
    alone, both = plain.batch(3), replaying.batch(3)
    assert torch.equal(alone.input_ids, both.input_ids) and alone.replayed is None and both.replayed is not None
    assert both.tokens == alone.tokens + both.replayed.tokens
    expected = plain.loss(alone) + 0.5 * cross_entropy(*plain.guess(both.replayed))
    assert replaying.loss(both).item() == pytest.approx(expected.item(), rel=1e-6)
    assert not torch.equal(back.batch(3).input_ids[:, :2], alone.input_ids[:, :2])
    assert torch.equal(plain.batch(3).labels, alone.labels) and not torch.equal(plain.batch(4).labels[:, :4], alone.labels[:, :4])


def test_both_texts_are_measured_as_masked_language_modelling_measures_the_old_one() -> None:
    made, theirs = stage(), build(ROOT, root())
    for each in (made, theirs):
        each.model.eval()
    ours, pretrained = made.evaluate(), theirs.evaluate()
    assert ours["old_loss"] == pretrained["loss"] and ours["sounds"] == pretrained["sounds"] and ours["grammar"] == pretrained["grammar"]
    assert made.references["old_floor"] == theirs.references["floor"] and 0 < made.references["floor"] < ours["loss"]
    assert {*ours} == {metric.name for metric in EXPERIMENT.metrics}
    same = stage(city="Paris")
    same.model.eval()
    assert same.evaluate()["changed"] == 1  # where no fact has changed the old text told it already


def test_equal_runs_are_described_alike_and_each_way_is_another() -> None:
    assert ContinualSpec(reads="old", replay=2.0) == ContinualSpec(reads="old")
    first = replace(preset("continual"), objective=ContinualSpec(country="Norway", city="Cairo"))
    found = panel.ways(first)
    assert [*found] == ["the new text", "a tenth of the rate", "replay", "no fact changed", "back to the old text"]
    assert found["the new text"] == first and len({spec.id for spec in found.values()}) == len(found)
    back = found["back to the old text"]
    assert back.parent == first and back.objective.reads == "old" and back.objective.country == "Norway"
    assert panel.ways(back) == found
    assert found["no fact changed"].objective == replace(first.objective, city="Oslo")
    assert "no fact changed" not in panel.ways(found["no fact changed"])


def said(spec: RunSpec, kept: float) -> History:
    """What a run says that keeps this share of the other capitals."""
    first = {"loss": 3.5, "old_loss": 0.7, "changed": 0.0, "kept": 1.0}
    last = {"loss": 0.7, "old_loss": 3.3, "changed": 1.0, "kept": kept}
    begin = Begin(0, spec.train.steps, 9, 9, {"floor": 0.6, "old_floor": 0.4, "random_guess": 5.0})
    return fold([begin, Score(0, first), Score(300, last), Done(300, last, 1.0)])


def test_the_page_says_what_the_run_came_to_and_draws_the_loss_of_the_text_it_reads() -> None:
    spec = preset("continual")
    found = said(spec, 0.05)
    assert view.claim(spec, found) == "It learnt Lima for France (100%) and kept 5% of the other capitals"
    assert view.claim(spec, History()).endswith("?") and view.outcome(spec, History()) is None
    reveal = view.outcome(spec, found)
    assert reveal and view.quiz(spec).choices[reveal.right or 0] == "up to 20%" and "old text from 0.70 to 3.30" in reveal.story
    back = replace(spec, inputs=starting_from(spec), objective=ContinualSpec(reads="old"))
    reveal = view.outcome(back, found)
    assert reveal and reveal.right == 2 and "will it say Lima for France" in view.quiz(back).question
    drawn = view.read(back, found)
    assert drawn.scores["loss"] == found.scores["old_loss"] and drawn.begin and drawn.begin.references["floor"] == 0.4
    assert view.read(spec, found) == found
    summed = replace(found, batches=Curve((1,), (9.0,)))
    assert not view.read(replace(spec, objective=ContinualSpec(replay=1.0)), summed).batches.values
    chart = view.losses(spec, found)
    assert [line["values"][-1] for line in chart["lines"]] == [0.7, 3.3] and [bound["value"] for bound in chart["bounds"]] == [0.6, 0.4]


def test_the_matrix_has_a_row_for_each_phase_and_remedy() -> None:
    forth, back = (study.first(1) for study in panel.studies_of(preset("continual")))

    def curve(spec: RunSpec, old: tuple[float, float], new: tuple[float, float]) -> dict[str, LearningCurve]:
        scores = {"old_loss": old, "loss": new, "kept": (1.0, 0.25)}
        return {spec.id: LearningCurve(spec, (0, 300), (0, 9), scores, {"floor": 0.6, "old_floor": 0.4}, {"loss": 9.0}, 1.0, 9)}

    plain, _, replay, *_ = forth.specs()
    curves = curve(plain, (0.7, 2.7), (3.5, 0.7)) | curve(replay, (0.7, 0.9), (3.5, 0.8))
    curves |= curve(back.specs()[0], (2.7, 0.8), (0.7, 2.0))
    found = matrix_view.lines(Series("", "pretrained", forth, curves), Series("", "pretrained", back, curves))
    rows = matrix_view.table(found, EXPERIMENT)["rows"]
    shown = {row["name"]: [cell["bits"][0]["text"] for cell in row["cells"][:4]] for row in rows}
    assert shown["as pretrained"] == ["0.70", "3.50", "not trained", "100 %"]
    assert shown["then the new text"][:2] == ["2.70", "0.70"] and shown["and back to the old text"][:2] == ["0.80", "2.00"]
    assert shown["the new text, a tenth of the rate"] == ["not trained"] * 4
    told = matrix_view.told(found)
    assert told.startswith("Learning the new text plainly cost 2.00 nats on the old one. Coming back leaves 0.10 of them.")
    assert "Replay removes 90% of that, at 0.10 nats more on the new text." in told
    _, _, _, control, *_ = forth.specs()
    curves |= curve(control, (0.7, 2.6), (2.5, 0.7))
    found = matrix_view.lines(Series("", "pretrained", forth, curves), Series("", "pretrained", back, curves))
    assert "with no fact changed costs 1.90." in matrix_view.told(found) and "No fact changed removes" not in matrix_view.told(found)
    assert "0.40 on the old text and 0.60 on the new one" in matrix_view.floors(found)
    assert not matrix_view.told(matrix_view.lines(Series("", "pretrained", forth, {}), Series("", "pretrained", back, {})))


def test_the_suggested_sentences_are_about_the_fact_that_changes() -> None:
    usual = EXPERIMENT.examples["tinyland"]
    assert view.examples(ContinualSpec(), usual) == usual
    tried = view.examples(ContinualSpec(country="Norway", city="Rome"), usual)
    assert [each.sentence for each in tried[:3]] == [
        "the capital of Norway is Oslo .",
        "the main city of France is Paris .",
        "Rome is the capital of Italy .",
    ]
    assert tried[3:] == usual[3:] and [each.hidden for each in tried] == [each.hidden for each in usual]
