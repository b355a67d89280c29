"""Snapshots that read together: the same texts as each writes on its own by transformers, and how many of them read at once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from llmviz.core.questions.generation import Generate
from llmviz.core.questions.replies import LIKELIEST, ReplyTo
from llmviz.experiments.causal_lm import beams_answer
from llmviz.experiments.causal_lm.question import Search
from llmviz.inspect import generation, reading, replies, snapshots
from llmviz.inspect.reading import reader, together
from llmviz.models import stacked
from llmviz.runs.recordings import HERE
from llmviz.text.special import CLS
from tests.inspect.kept import keep_llama

QUESTIONS = [
    Generate("the owl lives in"),
    Generate("the owl", temperature=1.0, top_k=50, top_p=0.95, repetition_penalty=1.2, seed=3),
    Generate("", temperature=0.0),
    Generate("Anna", chosen=(20, 21), seed=4),
]


def recorded(name: str) -> dict[int, Path]:
    """The snapshots of a recording but the first: untrained, words are so nearly equally likely that rounding changes their order."""
    return {int(folder.name): folder for folder in (HERE / name / "snapshots").iterdir() if folder.name != "0"}


def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on nothing is stacked: every snapshot is a model of transformers with its own cache."""
    monkeypatch.setattr(stacked, "known", lambda model: False)


def test_a_recorded_run_writes_what_each_snapshot_writes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = recorded("clm-tinyland")
    asked = [generation.answer(folders, question) for question in QUESTIONS]
    alone(monkeypatch)
    for question, written in zip(QUESTIONS, asked, strict=True):
        for found, own in zip(written, generation.answer(folders, question), strict=True):
            assert (found.step, found.ids.tolist(), found.text, found.why) == (own.step, own.ids.tolist(), own.text, own.why)
            np.testing.assert_allclose(found.chances[:, :, -1], own.chances[:, :, -1], atol=2e-5)
            np.testing.assert_allclose(found.starts[:, -1], own.starts[:, -1], atol=2e-5)
            assert np.array_equal(found.draws, own.draws)


def test_it_replies_and_searches_as_each_does_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    folders, asked = recorded("grpo-tinyland"), [ReplyTo("what does the owl do ?", seed) for seed in (LIKELIEST, 0, 1)]
    search = Search("the owl", 3, 5)
    replied, trees = [replies.answer(folders, each) for each in asked], beams_answer.answer(folders, search)
    alone(monkeypatch)
    for question, found in zip(asked, replied, strict=True):
        own = replies.answer(folders, question)
        assert [(each.step, each.words, each.ended) for each in found] == [(each.step, each.words, each.ended) for each in own]
    for tree, own_tree in zip(trees, beams_answer.answer(folders, search), strict=True):
        assert tree.ids[tree.best] == own_tree.ids[own_tree.best]
        assert tree.scores[tree.best] == pytest.approx(own_tree.scores[own_tree.best], abs=2e-5)


def test_a_model_from_elsewhere_is_read_by_transformers(tmp_path: Path) -> None:
    folder = keep_llama(tmp_path)
    reads, ids = reader([folder, folder]), torch.tensor([[CLS, 9, 8, 7], [CLS, 6, 5, 4]])
    reads.read(ids[None, :, :-1].expand(2, -1, -1))
    last = reads.read(ids[None, [1, 0], -1:].expand(2, -1, -1), torch.tensor([[1, 0], [1, 0]]))
    with torch.no_grad():
        whole = snapshots.model(folder)(input_ids=ids[[1, 0]]).logits[:, -1]
    torch.testing.assert_close(last[:, :, 0], whole.expand(2, -1, -1), atol=2e-5, rtol=0)


def test_of_larger_models_fewer_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = recorded("clm-tinyland")
    first = next(iter(folders.values()))
    every = [(sorted(folders), [folders[step] for step in sorted(folders)])]
    assert list(together(folders)) == every
    monkeypatch.setattr(reading, "ROOM", 2 * 4 * snapshots.shape(first).num_parameters())
    assert [len(steps) for steps, _ in together(folders)] == [2, 2]
    split = generation.answer(folders, replace(QUESTIONS[0], tokens=6))
    monkeypatch.setattr(reading, "ROOM", 0)
    assert [len(steps) for steps, _ in together(folders)] == [1] * 4
    monkeypatch.undo()
    assert [each.text for each in split] == [each.text for each in generation.answer(folders, replace(QUESTIONS[0], tokens=6))]
    monkeypatch.setattr(reading, "LARGE", 1_000)
    assert isinstance(reader([first]), reading._Each)
