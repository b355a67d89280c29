"""What fine-tuning leaves of pretraining: the old head's answers, and what pages say of the figures."""

from dataclasses import replace

import numpy as np
import pytest

from llmviz.core import catalogue, forgetting
from llmviz.core.history import Curve, History, fold
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.questions.cloze import Cloze
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.core.settings import TextSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import Begin, Done, Score
from llmviz.experiments.forgetting import EXAMPLES, TASKS, answer, panel, remedies_view, view
from llmviz.experiments.forgetting.question import Recall
from llmviz.inspect import masked
from llmviz.runs.recordings import Recordings
from llmviz.text.labelled import SOURCES
from llmviz.views.study import Series

SENTENCE, HIDDEN = EXAMPLES["tinyland"][0].sentence, EXAMPLES["tinyland"][0].hidden
FIGURE = catalogue.experiment("sentiment").metric("accuracy")


@pytest.mark.parametrize("name", ["sentiment-tinyland", "entities-tinyland", "answers-tinyland"])
def test_the_old_head_says_at_first_what_pretraining_said_and_then_loses_it(name: str) -> None:
    tuned, pretrained = (Recordings().folder(RunRef(RECORDED[each].id, 0)) for each in (name, "mlm-tinyland"))
    folders = {step: tuned.snapshot(step) for step in tuned.snapshots()}
    traces = answer.answer(folders, Recall(SENTENCE, HIDDEN))
    last = pretrained.snapshots()[-1]
    (before,) = masked.answer({last: pretrained.snapshot(last)}, Cloze(SENTENCE, HIDDEN))
    assert traces[0].step == 0 and traces[0].words[HIDDEN[0]][0] == before.words[HIDDEN[0]][0] == "Paris"
    assert np.allclose(traces[0].probability, before.probability, atol=2e-3)  # both are kept in half precision
    assert traces[-1].probability[HIDDEN[0]] < 0.5 * before.probability[HIDDEN[0]]


def test_a_gpt_is_refused_in_a_sentence() -> None:
    folder = Recordings().folder(RunRef(RECORDED["sentiment-tinyland-gpt"].id, 0))
    with pytest.raises(ValueError, match="keeps no old head"):
        answer.answer({0: folder.snapshot(0)}, Recall(SENTENCE, HIDDEN))


def said(spec: RunSpec, before: float, after: float, facts: tuple[float, float] | None = (1.0, 0.05)) -> History:
    """What a run says whose pretraining loss goes from `before` to `after`."""
    shares = [{"facts": share} for share in facts] if facts else [{}, {}]
    first, last = (forgetting.named({"loss": loss, **share}) for loss, share in zip((before, after), shares, strict=True))
    steps, learnt = spec.train.steps, {"accuracy": 0.9, **last}
    begin = Begin(0, steps, 9, 9, {"random_guess": 0.7})
    return fold([begin, Score(0, {"accuracy": 0.5, **first}), Score(steps, learnt), Done(steps, learnt, 1.0)])


def test_the_figures_of_the_pretraining_stand_under_their_own_names_between_their_own_lines() -> None:
    found = view.pretraining(said(preset("sentiment"), 0.6, 8.0), {"floor": 0.4})
    assert found.scores["loss"].values == (0.6, 8.0) and found.scores["facts"].values == (1.0, 0.05) and "accuracy" not in found.scores
    assert found.begin and found.begin.references == {"floor": 0.4} and not found.batches.values


def test_the_page_claims_what_the_run_says() -> None:
    spec = preset("sentiment")
    found = view.pretraining(said(spec, 0.6, 8.0), {})
    assert view.claim(spec, found) == "It knew 100% of the capitals; 16 labels later, 5%"
    assert view.claim(spec, History()) == "What does fine-tuning leave of pretraining?"
    assert view.claim(replace(spec, inputs={}), found) == view.NO_PRETRAINING
    reveal = view.outcome(found)
    assert reveal and view.quiz(spec).choices[reveal.right or 0] == "up to 20%" and "from 0.60 to 8.00 nats" in reveal.story
    reviews = preset("sentiment", TextSpec("reviews"))
    found = view.pretraining(said(reviews, 4.0, 5.0, None), {})
    assert view.claim(reviews, found) == "Its pretraining loss was 4.00 nats; 500 labels later, 5.00"
    reveal = view.outcome(found)
    assert reveal and reveal.right is not None and view.quiz(reviews).choices[reveal.right] == "0.3 to 2"
    assert view.outcome(History(end=found.end)) is None


def series(lost: dict[str, float], accuracy: dict[str, float]) -> Series:
    """The study of the remedies, of which those named have ended with one seed."""
    study = panel.study_of(preset("sentiment")).first(1)
    curves = {}
    for value in study.values:
        (spec,) = study.at(value)
        if value.label in lost:
            figures = {"accuracy": accuracy[value.label], **forgetting.named({"loss": 0.7 + lost[value.label], "facts": 0.25})}
            scores = {f"{forgetting.PREFIX}loss": (0.6, 0.6 + lost[value.label])}
            curves[spec.id] = LearningCurve(spec, (0, 1), (0, 9), scores, {}, figures, 1.0, 9)
    return Series("", "finetuned", study, curves)


def test_a_remedy_is_held_against_plain_fine_tuning() -> None:
    drawn = series({"plain": 5.0, "replay": 0.1, "LoRA": 4.5}, {"plain": 0.9, "replay": 0.92, "LoRA": 0.88})
    values = {value.label: value for value in drawn.study.values}
    assert remedies_view.removed(drawn, values["replay"]) == pytest.approx(0.98)
    assert remedies_view.removed(drawn, values["LoRA"]) == pytest.approx(0.1)
    assert remedies_view.removed(drawn, values["head alone"]) is None
    told = remedies_view.told(drawn, FIGURE)
    assert told == "Plain fine-tuning loses 5.00 nats. Replay removes 98% of that, at 2.0 points more."
    left, right = remedies_view.figure(drawn, FIGURE)["data"]
    assert left["y"] == right["y"] == ["plain", "replay", "LoRA"]
    assert left["x"] == pytest.approx([5.0, 0.1, 4.5]) and right["x"] == [0.9, 0.92, 0.88]
    table = remedies_view.table(drawn, FIGURE)
    assert "<th scope=row>replay</th><td>0.10 nats, one seed</td><td>98%</td><td>25 %</td><td>92 %, one seed</td>" in table.replace(
        "&nbsp;", " "
    )
    assert table.count("not trained") == 4


def test_where_little_is_lost_nothing_is_called_a_remedy() -> None:
    drawn = series({"plain": 0.1, "replay": 0.05}, {"plain": 0.9, "replay": 0.9})
    assert remedies_view.told(drawn, FIGURE) == "Plain fine-tuning loses 0.10 nats here: there is little to remedy."
    assert remedies_view.removed(drawn, drawn.study.values[1]) is None
    assert remedies_view.told(series({}, {}), FIGURE) == ""


def test_every_remedy_differs_from_plain_in_what_it_says() -> None:
    study = panel.study_of(preset("entities"))
    plain = study.spec(study.values[0], 0)
    assert plain == preset("entities")
    ways = {value.label: study.spec(value, 0) for value in study.values}
    assert ways["a quarter of the steps"].train.steps == plain.train.steps // 4
    assert ways["a tenth of the rate"].train.learning_rate == pytest.approx(plain.train.learning_rate / 10)
    assert ways["replay"].objective == replace(plain.objective, replay=0.1)
    assert [[value.label for value in panel.study_of(preset(task)).values] for task in TASKS] == [[*ways]] * len(TASKS)


def test_every_text_of_its_tasks_has_suggestions() -> None:
    texts = {text for name in TASKS for text in catalogue.experiment(name).texts}
    assert {*EXAMPLES} == texts and {*SOURCES} <= texts
    assert Curve().values == ()
