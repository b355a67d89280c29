"""One training step, opened: the payload of its picture."""

from dataclasses import replace
from math import hypot
from typing import Any

import pytest

from llmviz.core import catalogue
from llmviz.core.questions.onestep import OneStep, Opened
from llmviz.views.onestep import opened
from tests.ui import fake_step


def one(step: int, batch: int = 0, **changes: Any) -> Opened:
    return replace(fake_step.answer(step, 100, OneStep(batch or step + 1)), **changes)


def test_the_trail_holds_every_step_looked_at_and_what_the_open_one_leaves() -> None:
    trail = {step: one(step, batch=11) for step in (12, 10, 11)}
    given = opened(trail, catalogue.experiment("mlm"))
    assert (given["next"], given["batch"], given["count"]) == (13, 11, 16)
    assert given["trail"] == [10, 11, 12, 13]
    first = given["texts"][0]["targets"][0]
    chances = [trail[step].probability[0, 0] for step in (10, 11, 12)]
    assert first["trail"] == pytest.approx([*chances, trail[12].probability[1, 0]], rel=1e-3)
    word, chance = first["likeliest"][0][0]
    assert word == "every" and chance == pytest.approx(chances[-1], rel=1e-3)
    assert given["loss"] == pytest.approx([trail[12].loss, trail[12].after], rel=1e-3)


def test_each_text_has_its_own_targets_and_the_mean_of_their_losses() -> None:
    answer = one(10)
    texts = opened({10: answer}, catalogue.experiment("mlm"))["texts"]
    assert [[target["truth"] for target in text["targets"]] for text in texts] == [["every", "hoots"], ["film"]]
    assert texts[0]["nats"] == pytest.approx(answer.nats[:, :2].mean(-1), rel=1e-3)
    assert texts[1]["nats"] == pytest.approx(answer.nats[:, 2], rel=1e-3)
    assert [target["fate"] for text in texts for target in text["targets"]] == ["hidden", "swapped", "hidden"]
    left = one(10, truths=("every", "dull", "film"))
    assert opened({10: left}, catalogue.experiment("mlm"))["texts"][0]["targets"][1]["fate"] == "left"
    assert {target["fate"] for text in opened({10: answer}, catalogue.experiment("clm"))["texts"] for target in text["targets"]} == {"next"}
    assert opened({10: answer}, catalogue.experiment("sentiment"))["texts"][0]["targets"][0]["fate"] == "label"


def test_layers_stand_from_the_output_down_with_all_their_tensors() -> None:
    answer = one(10)
    layers = opened({10: answer}, catalogue.experiment("mlm"))["layers"]
    assert [layer["name"] for layer in layers] == ["head", "layer 1", "embeddings"]
    inside = layers[1]
    assert inside["gradient"] == pytest.approx(hypot(1.2, 0.5), rel=1e-3)
    assert inside["moved"] == pytest.approx(hypot(0.3, 0.4) / hypot(3, 4), rel=1e-3)
    assert inside["movers"] == ["Muon", "AdamW"]
    assert layers[0]["moved"] == pytest.approx(0.02)  # from nothing: the move itself


@pytest.mark.parametrize(("clip", "cut"), [(1.0, 1 / hypot(3.0, 1.2, 0.5, 4.0)), (0.0, 1), (100.0, 1)])
def test_gradients_are_cut_where_they_are_too_long_together(clip: float, cut: float) -> None:
    given = opened({10: one(10, clip=clip)}, catalogue.experiment("mlm"))
    assert given["whole"] == pytest.approx(hypot(3.0, 1.2, 0.5, 4.0), rel=1e-3)
    assert given["cut"] == pytest.approx(cut, rel=1e-3)
    assert dict(given["movers"]) == pytest.approx({"AdamW": 0.01, "Muon": 0.02})


def test_a_text_of_which_nothing_is_asked_is_left_out() -> None:
    answer = one(10, texts=(("[UNK]",), *fake_step.TEXTS), places=((), *fake_step.PLACES))
    given = opened({10: answer}, catalogue.experiment("span"))
    assert [len(text["targets"]) for text in given["texts"]] == [2, 1]
    assert given["first"] == "Cut" and given["phase"] == "pretrained"
