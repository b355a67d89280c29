"""A run asked for its probes item by item: as many right as it said while it trained."""

from pathlib import Path

import pytest

from llmviz.core.run import RunRef
from llmviz.core.settings import TextSpec
from llmviz.core.spec import preset
from llmviz.experiments.what_and_when.answer import answer
from llmviz.experiments.what_and_when.question import Probe
from llmviz.inspect import probes
from llmviz.runs.folder import RunFolder
from llmviz.runs.recordings import HERE, Recordings
from llmviz.runs.tail import Reached, look

KINDS = (*probes.FACTS, *probes.CHOICES)
DECODED = ("facts", "sounds", "reversed")  # T5 is measured by what it writes to the end of a span, and shown by its first word


def recorded(stage: str, text: str = "tinyland") -> RunFolder:
    folder = Recordings(HERE).folder(RunRef(preset(stage, TextSpec(text)).id, 0))
    return folder


def snapshots(folder: RunFolder) -> dict[int, Path]:
    steps = folder.snapshots()
    return {step: folder.snapshot(step) for step in (steps[0], steps[-1])}


@pytest.mark.parametrize("stage", ["mlm", "clm", "span"])
def test_as_many_are_right_as_the_run_said(stage: str) -> None:
    folder = recorded(stage)
    history = look(folder.updates, Reached()).history
    for kind in KINDS:
        curve = history.scores[kind]
        for found in answer(snapshots(folder), Probe(kind)):
            said = curve.values[curve.steps.index(found.step)]
            near = 0.05 if stage == "span" and kind in DECODED else 0.02  # weights are kept in half precision: one draw may tip over
            assert found.right.mean() == pytest.approx(said, abs=near), (kind, found.step)
            assert len(found.texts) == len(found.places) == len(found.other) == len(found.chance) == len(found.right)


def test_what_is_said_instead_is_said_by_the_wrong_alone() -> None:
    folder = recorded("mlm")
    [found] = answer({step: folder.snapshot(step) for step in folder.snapshots()[:1]}, Probe("facts"))
    for text, place, other, right in zip(found.texts, found.places, found.other, found.right, strict=True):
        assert (text.split()[int(place)] == other) == right


def test_a_kind_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no probes of spelling"):
        answer({}, Probe("spelling"))


def test_a_model_of_another_text_is_refused_in_a_sentence() -> None:
    folder = recorded("mlm", "sotu")
    with pytest.raises(ValueError, match="another text"):
        answer(snapshots(folder), Probe("grammar"))
