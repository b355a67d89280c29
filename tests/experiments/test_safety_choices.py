"""Refusal from choices: what is preferred, that DPO's loss falls on it and nothing else moves, and what is told of it."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from llmviz.core.spec import RunSpec
from llmviz.experiments.building import build
from llmviz.experiments.safety import chosen_answer, chosen_view
from llmviz.experiments.safety.question import CHOICES, STARTS, Chosen, LearnFromChoices
from llmviz.inspect import snapshots
from llmviz.models import transfer
from llmviz.text.tinyland import dialogues, policy
from llmviz.text.tokenizers import with_words
from llmviz.training import alignment
from llmviz.training.alignment import Replies
from tests.small import digest, shaken

BOTH = ("private", "insult")
ASKED = LearnFromChoices(BOTH)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of a model that knows the words of requests and none of refusals."""
    made = build(RunSpec("instruct"), None)
    shaken(made.model, seed=1)
    there = tmp_path_factory.mktemp("run") / "snapshots" / "7"
    made.save(there)
    return there


def test_a_refusal_is_preferred_where_it_is_forbidden_and_an_answer_where_it_is_not() -> None:
    chosen = chosen_answer.pairs(ASKED, 200)
    held = {(each.request.kind, each.request.slots["subject"]) for each in policy.held_out(BOTH, "plain")}
    for preferred, other in chosen:
        forbidden = preferred.request.kind in policy.forbidden(BOTH)
        assert policy.refuses(preferred.reply) == forbidden != policy.refuses(other)
        assert dialogues.follows(preferred.request, other if forbidden else preferred.reply)
        assert (preferred.request.kind, preferred.request.slots["subject"]) not in held
    assert 60 < sum(policy.refuses(preferred.reply) for preferred, _ in chosen) < 140
    assert chosen_answer.pairs(ASKED, 20) == chosen[:20] != chosen_answer.pairs(LearnFromChoices(BOTH, seed=1), 20)


def test_a_copy_comes_to_prefer_what_was_chosen_and_the_model_stays_as_it_is(folder: Path) -> None:
    tokenizer = with_words(snapshots.tokenizer(folder), sorted(policy.words()))
    model = transfer.with_more_words(snapshots.whole(folder), tokenizer.get_vocab_size(), 0)
    chosen, before = chosen_answer.pairs(ASKED, 20), digest(model)
    made = chosen_answer.preferring(model, tokenizer, chosen, 0)
    assert digest(model) == before != digest(made) == digest(chosen_answer.preferring(model, tokenizer, chosen, 0))
    requests = [preferred.request.text for preferred, _ in chosen]
    sides = [
        Replies.told(tokenizer, requests, told, made.device) for told in ([each.reply for each, _ in chosen], [each for _, each in chosen])
    ]
    with torch.no_grad():
        ratios = [side.sums(alignment.log_probabilities(made, side) - alignment.log_probabilities(model, side)) for side in sides]
    margins = chosen_answer.BETA * (ratios[0] - ratios[1])
    assert (margins > 0).float().mean() >= 0.9
    assert torch.nn.functional.softplus(-margins).mean() < 0.5 * math.log(2)  # DPO's loss, which begins at ln 2


def test_every_start_is_tried_before_any_choice_and_after_each_number_of_them(folder: Path) -> None:
    (found,) = chosen_answer.answer({7: folder}, ASKED)
    assert found.step == 7 and found.seconds > 0
    for shares in (found.refused, found.over, found.followed):
        assert shares.shape == (len(STARTS), 1 + len(CHOICES)) and ((shares >= 0) & (shares <= 1)).all()
    assert (found.over + found.followed <= 1 + 1e-6).all()
    assert found.refused[0, 0] == 0  # it has no word for it
    with pytest.raises(ValueError, match="forbids nothing"):
        chosen_answer.answer({7: folder}, LearnFromChoices(()))


def test_the_curves_and_the_words_say_what_the_figures_say() -> None:
    refused = np.array([[0, 0, 0, 0.02], [0.7, 0.8, 0.9, 0.91]], np.float32)
    found = Chosen(
        7, refused, np.array([[0] * 4, [0.2, 0.1, 0, 0]], np.float32), np.array([[1] * 4, [0.6, 0.7, 0.8, 0.85]], np.float32), 12.0
    )
    drawn = chosen_view.curves(found, "Forbidden requests refused", "refused")
    assert [(line["name"], line["values"]) for line in drawn["lines"]] == [
        ("never refused", [0, 0, 0, 0.02]),
        ("10 examples", [0.7, 0.8, 0.9, 0.91]),
    ]
    assert all(line["steps"] == [0, *CHOICES] for line in drawn["lines"])
    told = chosen_view.told(found)
    for said in (
        "never refused refuses 2%",
        "refuses 70% of what is forbidden and 20% of what is allowed",
        "91% and 0%",
        "85%",
        "(60% before)",
    ):
        assert said in told, told
    empty = chosen_view.curves(None, "Forbidden requests refused", "refused")
    assert empty["lines"] == [] and empty["empty"] == chosen_view.EMPTY
