"""What changed inside, as it is drawn: which layers, which figures, and what is said of them."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from llmviz.core.questions.layers import LayerReport, Projection, States
from llmviz.core.questions.tensors import Inventory
from llmviz.core.settings import TRAINABLE, ModelSpec
from llmviz.inspect import snapshots
from llmviz.models import files
from llmviz.text.tinyland.corpus import words
from llmviz.text.tokenizers import word_level
from llmviz.views import layers, projection
from llmviz.views.layers import Start, Twin
from llmviz.views.network import place, sublayer
from tests.inspect.judges import ARCHITECTURES, classifier, language_model

NAMES = (
    "bert.embeddings.word_embeddings.weight",
    "bert.encoder.layer.0.attention.self.query.weight",
    "bert.encoder.layer.0.output.dense.weight",
    "classifier.weight",
)


def inventory(step: int, moved: tuple[float, ...], norm: tuple[float, ...] = (2.0, 3.0, 4.0, 0.0)) -> Inventory:
    arrays = np.array(norm, np.float32), np.array(moved, np.float32)
    return Inventory(step, "BertForTokenClassification", NAMES, ((1,),) * 4, ("",) * 4, *arrays)


def report(step: int, cka: tuple[float, ...], accuracy: tuple[float, ...]) -> LayerReport:
    figures = np.array([cka, accuracy], np.float32)
    return LayerReport(step, ("embeddings", "layer 1", "layer 2"), figures[0], 1_000, figures[1], 0.5, 200, 200)


FIRST, LAST = report(0, (1, 1, 1), (0.9, 0.7, 0.5)), report(9, (1, 0.9971, 0.25), (0.9, 0.8, 0.95))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_layer_has_attention_and_feed_forward(architecture: str, tmp_path: Path) -> None:
    folder = tmp_path / "snapshots/0"
    files.save(classifier(language_model(architecture, 1)), word_level(words()), folder)
    names = snapshots.names(folder)
    halves = [f"layer {layer}, {half}" for layer in (1, 2) for half in ("attention", "feed-forward")]
    norm = ["last norm"] if architecture in ("neox", "gpt2") else []
    assert list(dict.fromkeys(map(sublayer, names))) == ["embeddings", *halves, *norm, "head"]
    for name in names:
        assert sublayer(name).startswith(place(name))
        if "feed-forward" in sublayer(name):
            assert "attention." not in name and "attn" not in name and ".query" not in name


def test_drift_is_drawn_from_the_prediction_down() -> None:
    drawn = layers.drift({0: inventory(0, (0, 0, 0, 0)), 9: inventory(9, (0.004, 0.2, 0.05, 1.5))}, "finetuned")
    assert drawn["rows"] == ["head", "layer 1, feed-forward", "layer 1, attention", "embeddings"]
    (series,) = drawn["series"]
    assert series["told"] == [["0", "0", "0", "0"], ["length 1.50", "5.0 %", "20 %", "0.4 %"]]
    assert series["values"][1] == pytest.approx([None, 0.05, 0.2, 0.004]) and drawn["most"] == pytest.approx(0.21)
    first, last = drawn["said"]
    assert "nothing has moved yet" in first
    assert last == "Layer 1, attention has moved most, by 20 % of its length; embeddings least, by 0.4 %."


def test_what_is_frozen_is_said_to_be() -> None:
    one = layers.drift({0: inventory(0, (0, 0, 0, 0)), 9: inventory(9, (0, 0, 0.05, 1.5))}, "finetuned")
    assert one["said"][1].endswith("2 of 3 parts are frozen: they have not moved at all.") and one["series"][0]["told"][1][2:] == ["0", "0"]
    head = layers.drift({0: inventory(0, (0, 0, 0, 0)), 9: inventory(9, (0, 0, 0, 1.5))}, "finetuned")
    assert head["said"][1] == "All but the head, which begins at zero, is frozen: it has not moved at all."


def test_only_what_is_the_same_has_a_cka_of_1_in_words() -> None:
    assert [layers.cka(value) for value in (1.0, 0.99999, 0.9971, 0.994, 0.0, math.nan)] == [
        "1.00",
        "0.9999",
        "0.9971",
        "0.99",
        "0.00",
        "no number",
    ]
    drawn = layers.similarity({0: FIRST, 9: LAST}, "finetuned")
    assert drawn["rows"] == ["layer 2", "layer 1", "embeddings"] and drawn["series"][0]["told"] == [
        ["1.00"] * 3,
        ["0.25", "0.9971", "1.00"],
    ]
    first, last = drawn["said"]
    assert first == "Every layer has the very states it began with: CKA is 1.00 for all."
    assert last == "The representation of layer 2 has changed most: CKA 0.25; that of layer 1 least: 0.9971. The embeddings are as before."


def test_the_run_beside_it_is_compared_where_both_read_the_same_tokens() -> None:
    rng = np.random.default_rng(0)
    ours = States(9, FIRST.layers, rng.normal(size=(3, 1_000, 8)).astype(np.float16), np.arange(1_000))
    theirs = replace(ours, states=np.stack([ours.states[0] * 2, *rng.normal(size=(2, 1_000, 8)).astype(np.float16)]))
    drawn = layers.similarity({0: FIRST, 9: LAST}, "finetuned", Twin("the one from scratch", "random", theirs, ours))
    beside = drawn["series"][1]
    assert beside["name"] == "with the one from scratch" and beside["steps"] == [9]
    assert beside["values"][0][2] == pytest.approx(1.0, abs=1e-3) and beside["values"][0][0] == pytest.approx(8 / 1_000, abs=0.01)
    assert drawn["said"][1].endswith("At the end it is most like the one from scratch in the embeddings: 1.00.")
    others = (replace(theirs, ids=np.arange(1, 1_001)), replace(theirs, layers=("embeddings",), states=theirs.states[:1]))
    for other in others:
        assert len(layers.similarity({9: LAST}, "finetuned", Twin("x", "random", other, ours))["series"]) == 1


def test_probes_say_where_more_can_be_read_than_chance_would_explain() -> None:
    start, other = Start("pretrained", "pretrained", FIRST), Start("random start", "random", report(0, (1, 1, 1), (0.6, 0.55, 0.5)))
    drawn = layers.probes({0: FIRST, 9: LAST}, start, "finetuned", other)
    assert [series["name"] for series in drawn["series"]] == ["now", "pretrained", "random start"]
    assert drawn["series"][0]["told"][1] == ["95 %", "80 %", "90 %"] and drawn["levels"] == [
        {"name": "the commonest label, 50 %", "value": 0.5}
    ]
    first, last = drawn["said"]
    assert first.endswith("Nothing has been learnt yet.")
    assert last == (
        "Most can be read off layer 2: 95 % of unseen examples, 60 % at best from random start. "
        "Layer 2 gained most since step 0: 50 % then, 95 % now."
    )
    alike = layers.probes({9: report(9, (1, 1, 1), (0.92, 0.68, 0.52))}, start, "finetuned")
    assert alike["said"][0].endswith("No layer differs from step 0 by more than 200 examples leave to chance.")
    worse = layers.probes({9: report(9, (1, 1, 1), (0.5, 0.7, 0.5))}, start, "finetuned")
    assert worse["said"][0].endswith("The embeddings lost most since step 0: 90 % then, 50 % now.")


def test_the_first_and_the_last_snapshot_are_among_those_reported_on() -> None:
    steps = list(range(32))
    for size in TRAINABLE:
        chosen = layers.affordable(steps, ModelSpec(size=size))
        assert chosen[0] == 0 and chosen[-1] == 31 and 3 <= len(chosen) <= 12
    assert layers.affordable([0, 5], ModelSpec()) == [0, 5]


# The map


def projected(step: int, points: list[list[float]], own: list[list[float]]) -> Projection:
    arrays = np.array(points, np.float32), np.array([0, 0, 1, 1])
    shown = ("good <b>one</b>", "a", "b\nc", "d")
    return Projection(
        step, *arrays, ("no", "yes"), shown, np.array(own, np.float32).reshape(-1, 2), ("<i>mine</i>",) * len(own), np.array([0.5, 0.25])
    )


BEFORE = projected(0, [[0, 0], [1, 0], [0, 0], [1, 0]], [[5, 5]])
AFTER = projected(9, [[-2, 0], [-2, 0], [2, 0], [2, 0]], [[0, 1]])


def test_points_move_and_axes_stay() -> None:
    drawn = [projection.figure({0: BEFORE, 9: AFTER}, step) for step in (0, 9)]
    assert drawn[0]["layout"] == drawn[1]["layout"] and drawn[0]["data"] != drawn[1]["data"]
    low, high = drawn[0]["layout"]["xaxis"]["range"]
    assert low < -2 and high > 5
    assert [trace["name"] for trace in drawn[1]["data"]] == ["no", "yes", "yours"]
    assert drawn[1]["data"][1]["x"] == [2.0, 2.0] and len({trace["marker"]["symbol"] for trace in drawn[1]["data"]}) == 3
    assert len(projection.figure({9: projected(9, [[0, 0]] * 4, [])}, 9)["data"]) == 2  # nothing of one's own, and no spread


def test_texts_are_escaped_in_what_the_mouse_tells() -> None:
    first, second, own = projection.figure({9: AFTER}, 9)["data"]
    assert first["text"][0] == "<b>true label: no</b><br>good &lt;b&gt;one&lt;/b&gt;" and second["text"][0].endswith("b<br>c")
    assert own["text"] == ["<b>yours</b><br>&lt;i&gt;mine&lt;/i&gt;"]


def test_the_map_says_how_far_the_labels_lie_apart() -> None:
    assert projection.said({0: BEFORE, 9: AFTER}, 9) == (
        "The two axes hold 75 % of the variance of the last hidden states. The label explains 100 % of where the points lie; at step 0 0 %."
    )
    assert projection.said({0: BEFORE, 9: AFTER}, 0).endswith("The label explains 0 % of where the points lie.")
