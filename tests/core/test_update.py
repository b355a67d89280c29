import json
from typing import Any

import pytest

from llmviz.core.update import KINDS, RETIRED, Begin, Done, Failed, Score, Snapshot, Step, Stopped, Update, from_json, to_json

UPDATES: list[Update] = [
    Begin(0, 100, 126_157, 333, {"random_guess": 5.8, "floor": 0.3}),
    Step(3, 0.1 + 0.2, 512, 1.25),
    Score(3, {"loss": 1 / 3, "facts": 1.0}),
    Snapshot(3),
    Done(100, {"loss": 0.25}, 12.5),
    Stopped(7, "Stopped by its owner."),
    Failed(8, 'The disk is full: "no space".\n'),
]


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: type(update).__name__)
def test_every_update_comes_back_from_a_line_of_json(update: Update) -> None:
    line = json.dumps(to_json(update))
    assert "\n" not in line
    assert from_json(json.loads(line)) == update


def test_every_kind_is_tried() -> None:
    assert {type(update) for update in UPDATES} == set(KINDS.values())
    assert not RETIRED & set(KINDS)


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"type": "nothing"},
        {"type": "Step", "step": 1, "loss": 1.0, "tokens": 1},
        {"type": "step", "step": 1},
        {"type": "step", "step": 1, "loss": 1.0, "tokens": 1, "colour": "red"},
        {"type": "score", "step": 1, "metrics": {"loss": "low"}},
        {"type": "sample", "step": 1, "prompt": "", "truth": "", "candidates": []},
        {"type": ["step"]},
        [1, 2],
        None,
        "step",
    ],
)
def test_anything_else_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match="not an update"):
        from_json(written)


def test_reading_leaves_what_was_written_as_it_was() -> None:
    written = to_json(UPDATES[2])
    before = json.dumps(written)
    from_json(written)
    assert json.dumps(written) == before
