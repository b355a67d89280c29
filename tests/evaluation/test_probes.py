"""Which of two texts a model prefers: counted by the stages, and text by text with nothing but the model's own forward pass."""

from typing import Any

import numpy as np
import pytest
import torch

from llmviz.core import catalogue
from llmviz.core.settings import TextSpec
from llmviz.core.spec import preset
from llmviz.evaluation import probes
from llmviz.experiments.building import build
from llmviz.inspect.probes import share
from llmviz.text.spans import SENTINELS
from llmviz.text.special import CLS, MASK, PAD, SEP
from llmviz.text.tinyland import contrasts, world
from llmviz.training.texts import Encoded, Ids, text_of

SETS = ("grammar", "meaning", "frames")
COUNT = 6


@pytest.fixture(scope="module")
def text() -> Encoded:
    return text_of(preset("mlm"))


def masked(model: Any, right: Ids, wrong: Ids) -> float:
    """How much likelier the right words are where the two texts differ, all of them hidden: in nats."""
    places = np.flatnonzero(right != wrong)
    hidden = right.copy()
    hidden[places] = MASK
    said = model(input_ids=torch.from_numpy(hidden)[None]).logits[0].log_softmax(-1)
    return float(sum(said[place, right[place]] - said[place, wrong[place]] for place in places))


def causal(model: Any, right: Ids, wrong: Ids) -> float:
    """The same with each word after those before it in its own text."""

    def said(ids: Ids) -> float:
        chances = model(input_ids=torch.from_numpy(ids)[None]).logits[0].log_softmax(-1)
        return float(sum(chances[place - 1, ids[place]] for place in np.flatnonzero(right != wrong)))

    return said(right) - said(wrong)


def spans(model: Any, right: Ids, wrong: Ids) -> float:
    """The same with the words cut out: neighbours are one span."""
    first = model.config.vocab_size - len(SENTINELS)
    said: dict[str, list[int]] = {"right": [], "wrong": []}
    given: list[int] = []
    lost = 0
    for place in range(len(right)):
        if right[place] == wrong[place]:
            given.append(right[place])
            continue
        if right[place - 1] == wrong[place - 1]:
            for written in (given, *said.values()):
                written.append(first + lost)
            lost += 1
        said["right"].append(right[place])
        said["wrong"].append(wrong[place])
    losses = {}
    for name, words in said.items():
        labels = torch.tensor([[*words, first + lost, SEP]])
        losses[name] = float(model(input_ids=torch.tensor([given]), labels=labels).loss) * labels.shape[1]
    return losses["wrong"] - losses["right"]


@pytest.mark.parametrize(("name", "gain"), [("mlm", masked), ("clm", causal), ("span", spans)])
def test_the_share_of_right_choices_is_that_of_the_texts_one_by_one(
    name: str, gain: Any, text: Encoded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{catalogue.experiment(name).module}.PROBES", COUNT)
    stage: Any = build(preset(name), None)
    stage.model.eval()
    found = stage.evaluate()
    with torch.no_grad():
        for kind, (right, wrong) in probes.choices(stage.text, stage.text.validation, COUNT).items():
            texts = [(one[one != PAD], other[one != PAD]) for one, other in zip(right, wrong, strict=True)]
            shares = [gain(stage.model, one, other) > 0 for one, other in texts]
            assert found[kind] == pytest.approx(sum(shares) / len(shares)), kind


def test_choices_are_the_contrasts_between_cls_and_sep(text: Encoded) -> None:
    made = probes.choices(text, text.validation, COUNT)
    assert set(made) == set(SETS)
    stories = [" ".join(text.words(ids)) for ids in text.validation]
    for name, (right, wrong) in made.items():
        for asked, one, other in zip(getattr(contrasts, name)(stories, COUNT), right, wrong, strict=True):
            assert (tuple(text.words(one)), tuple(text.words(other))) == (asked.right, asked.wrong)
            assert one[0] == other[0] == CLS
            assert one[one != PAD][-1] == other[other != PAD][-1] == SEP


def test_a_draw_is_no_preference() -> None:
    assert share(torch.tensor([0.5, 0.0, -0.1, 2.0])) == 0.5


def test_a_country_is_asked_for_after_its_capital_where_one_reads_from_left_to_right(text: Encoded) -> None:
    both = probes.facts(text, text.validation, 20), probes.facts(text, text.validation, 20, left_to_right=True)
    (_, labels), (ahead, labels_ahead) = (found["reversed"] for found in both)
    asked = [{text.pieces[id] for id in found[found >= 0]} for found in (labels, labels_ahead)]
    assert asked[0] == asked[1]
    assert len(asked[0]) == 20
    for row, label in zip(ahead, labels_ahead, strict=True):
        (place,) = np.flatnonzero(label >= 0)
        capital, *words = (text.pieces[id] for id in row[place - 5 : place])
        assert world.CAPITALS[text.pieces[label[place]]] == capital
        assert words == ["is", "the", "capital", "of"]


def test_of_real_text_no_facts_and_no_grammar_are_known() -> None:
    speeches = text_of(preset("mlm", TextSpec("sotu")))
    assert not probes.facts(speeches, speeches.validation, COUNT)
    assert not probes.choices(speeches, speeches.validation, COUNT)
