"""The law of scale: found again where it is known, told with its spread, and tried on what it has not seen."""

import random
from dataclasses import replace

import numpy as np
import pytest

from llmviz.core.learning_curve import LearningCurve
from llmviz.core.spec import preset
from llmviz.core.study import Axis, Study, along
from llmviz.experiments.building import build
from llmviz.experiments.causal_lm.stage import NextToken
from llmviz.experiments.scale import law_view, panel
from llmviz.experiments.scale.law_view import PARAMETERS, TOKENS, Law, fitted, laws
from llmviz.views.study import Series

TRUE = Law(1.7, 40.0, 0.35)
XS = (1e4, 3e4, 1e5, 3e5, 1e6)


def test_a_law_without_noise_is_found_again_with_a_known_floor_and_without() -> None:
    points = [(x, TRUE.at(x)) for x in XS]
    found = fitted(points, 1.7)
    assert found and found.exponent == pytest.approx(0.35) and found.scale == pytest.approx(40.0)
    free = fitted(points, None)
    assert free and free.floor == pytest.approx(1.7, abs=0.02) and free.exponent == pytest.approx(0.35, abs=0.02)


def test_too_few_points_and_a_loss_at_the_floor_have_no_law() -> None:
    points = [(x, TRUE.at(x)) for x in XS]
    assert fitted(points[:2], 1.7) is None and fitted(points[:3], None) is None and fitted(points[:3], 1.7)
    assert fitted([*points, (1e7, 1.7)], 1.7) is None


def series(count: int = 5, floor: float | None = 1.7, noise: float = 0.0) -> Series:
    """A study of made-up runs that follow the law, the exponent a little higher with each seed."""
    base = preset("clm")
    study = Study(base, Axis("steps", ("steps",), "log"), along("steps", (50, 100, 200, 400, 800)), (0, 1, 2))
    drawn, runs = random.Random(1), {}
    for place, (value, x) in enumerate(zip(study.values, XS, strict=True)):
        for spec in study.at(value):
            law = replace(TRUE, exponent=0.35 + 0.01 * spec.seed)
            known = {"loss": law.at(x) + noise * drawn.random(), **({"floor": floor} if floor else {})}
            if place < count:
                runs[spec.id] = LearningCurve(spec, (0, 9), (0, int(x)), metrics=known, parameters=int(x))
    return Series("GPT", "pretrained", study, runs)


def test_each_seed_has_a_law_and_the_largest_run_is_what_the_others_expect() -> None:
    for grows in (TOKENS, PARAMETERS):
        found = laws(series(), grows)
        assert list(found.exponent) == pytest.approx([0.36, 0.35, 0.37])
        assert all(expects == pytest.approx(came) for expects, came in found.expected) and len(found.expected) == 3
        said = law_view.told(found, known=True)
        assert f"Twice as many {grows} leave 78% of the loss above the floor: exponent 0.36, from 0.35 to 0.37 over 3 seeds" in said
        assert "nats of the largest; that came to" in said
        drawn = law_view.chart(found)
        assert len(drawn["data"]) == 4 and drawn["data"][1]["y"][0] == pytest.approx(TRUE.at(1e4) - 1.7)


def test_before_there_is_a_law_it_says_what_is_missing() -> None:
    assert "once 3 sizes" in law_view.told(laws(series(2), TOKENS), known=True)
    some = laws(series(4), TOKENS)
    assert some.laws and not some.expected and "expects" not in law_view.told(some, known=True)
    assert "fitted floor" in law_view.told(laws(series(floor=None), TOKENS), known=False)


def test_the_answer_of_the_question_follows_from_the_exponent() -> None:
    found = laws(series(), TOKENS)
    assert law_view.outcome(found).right == 1
    for exponent, right in ((0.05, 0), (0.32, 0), (0.4, 1), (1.9, 1), (2.5, 2)):
        assert law_view.outcome(replace(found, laws=(Law(1.0, 1.0, exponent),))).right == right


def test_the_studies_differ_in_one_number_and_share_the_run_of_the_page() -> None:
    base = preset("clm")
    for grows in panel.GROWS:
        study = panel.of(base, grows)
        assert len(study.seeds) == 3 and {spec.train.batch_size for spec in study.specs()} == {96}
        assert (base in study.specs()) == (grows != "parameters")
    assert [value.settings[0] for value in panel.of(base, "tokens").values] == [56, 112, 225, 450, 900]


def test_fewer_documents_are_some_of_all_drawn_by_the_seed_and_none_is_read_beside_them() -> None:
    def read(documents: int, seed: int = 0) -> tuple[NextToken, set[bytes]]:
        base = preset("clm")
        made = build(replace(base, objective=replace(base.objective, documents=documents), seed=seed), None)
        assert isinstance(made, NextToken)
        rows = (row[row != 0] for step in range(1, 12) for row in made.batch(step).input_ids.numpy())
        return made, {row.astype(np.int64).tobytes() for row in rows}

    made, few = read(20)
    every = {ids.tobytes() for ids in made.text.train}
    assert len(few) == 20 and few <= every and read(20)[1] == few != read(20, seed=1)[1]
    assert len(read(0)[1]) > 900 and read(10**6)[1] <= every


@pytest.mark.parametrize("ends", [(100_000.0, 3_000_000.0), (1.03, 1.9), (0.105, 0.115), (0.09, 0.4)])
def test_a_logarithmic_axis_has_ticks_however_close_its_values_lie(ends: tuple[float, float]) -> None:
    axis = law_view._log("nats", ends, {})
    low, high = axis["range"]
    assert 10**low < ends[0] and 10**high > ends[1]
    assert 3 <= len(axis["tickvals"]) == len(set(axis["ticktext"])) <= 12
    assert all(low <= np.log10(tick) <= high for tick in axis["tickvals"])
