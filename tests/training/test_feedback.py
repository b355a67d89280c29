"""Choices to learn from: the simulated labeller's and a visitor's own, read by one function for all that learn from choices."""

from dataclasses import replace
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.core.feedback import ChoicesSpec, PreferenceSpec
from llmviz.core.settings import ModelSpec
from llmviz.core.spec import preset
from llmviz.experiments.dpo import stage as dpo
from llmviz.experiments.reward import stage as reward
from llmviz.models import causal, files
from llmviz.text import own_choices
from llmviz.text.own_choices import Chosen
from llmviz.text.tinyland.tastes import taste
from llmviz.training import alignment, feedback, replying
from tests.text.test_own_choices import made


@pytest.fixture(scope="module")
def writer() -> tuple[PreTrainedModel, Tokenizer]:
    """A model that knows nothing, but writes the words of replies."""
    tokenizer = replying.tokenizer_of(preset("instruct"))
    return causal.random_start(ModelSpec("neox"), tokenizer.get_vocab_size(), 64, 3), tokenizer


def own(count: int) -> tuple[Chosen, ...]:
    return made(*(1 + place % 2 for place in range(count)))


def test_the_simulated_labeller_chooses_by_its_taste_and_now_and_then_by_mistake(writer: tuple[PreTrainedModel, Tokenizer]) -> None:
    model, tokenizer = writer
    sure = feedback.learnt(ChoicesSpec(clicks=60, noise=0.0), model, tokenizer, 1)
    assert len(sure) == 60 and sure == feedback.learnt(ChoicesSpec(clicks=60, noise=0.0), model, tokenizer, 1)
    assert all(taste("warm", each.request, each.preferred) > taste("warm", each.request, each.other) for each in sure)
    unsure = feedback.learnt(ChoicesSpec(clicks=60, noise=0.5), model, tokenizer, 1)
    mistaken = sum(taste("warm", each.request, each.preferred) < taste("warm", each.request, each.other) for each in unsure)
    assert 15 <= mistaken <= 45
    learnt = {each.request.slots["subject"] for each in sure}
    held = feedback.held_out(ChoicesSpec(), model, tokenizer, "test", 40, 7)
    assert not learnt & {each.request.slots["subject"] for each in held}


def test_own_choices_are_learnt_but_for_every_fifth_whatever_the_split(writer: tuple[PreTrainedModel, Tokenizer]) -> None:
    model, tokenizer = writer
    chosen = own(11)
    settings = ChoicesSpec(choices_digest=own_choices.keep(chosen))
    learnt = feedback.learnt(settings, model, tokenizer, 0)
    assert [(each.preferred, each.other) for each in learnt] == [each.preferred for each in own_choices.learnt(chosen)]
    for split in ("validation", "test"):
        held = feedback.held_out(settings, model, tokenizer, split, 500, 0)
        assert [each.preferred for each in held] == [chosen[4].preferred[0], chosen[9].preferred[0]]


@pytest.mark.parametrize("count", [0, 3, 9])
def test_too_few_are_refused_in_a_sentence(count: int, writer: tuple[PreTrainedModel, Tokenizer]) -> None:
    with pytest.raises(ValueError, match="to train takes 10 choices"):
        feedback.learnt(ChoicesSpec(choices_digest=own_choices.keep(own(count))), *writer, 0)


def test_a_digest_leaves_nothing_of_the_simulated_labeller_and_no_run_got_another_name() -> None:
    digest = own_choices.keep(own(12))
    settings = ChoicesSpec(clicks=7, taste="frank", noise=0.4, choices_digest=digest)
    assert (
        settings == ChoicesSpec(choices_digest=digest)
        and settings.hidden_taste == ""
        and ChoicesSpec(taste="frank").hidden_taste == "frank"
    )
    assert PreferenceSpec(clicks=9, choices_digest=digest).clicks == PreferenceSpec().clicks
    assert "digest" not in preset("reward").canonical().replace('"text":{"digest"', "")
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        ChoicesSpec(choices_digest="../elsewhere")


@pytest.mark.parametrize("name", ["reward", "dpo"])
def test_both_stages_learn_own_choices(
    name: str, writer: tuple[PreTrainedModel, Tokenizer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alignment, "VALIDATION", 6)
    model, tokenizer = writer
    files.save(model, tokenizer, tmp_path)
    usual = preset(name)
    objective = replace(usual.objective, choices_digest=own_choices.keep(own(20)))
    stage = {"reward": reward, "dpo": dpo}[name].build(replace(usual, objective=objective), tmp_path)
    assert len(stage.learnt) == 16
    figures = stage.evaluate()
    assert not {"win_rate", "taste"} & set(figures)  # nobody knows what else the visitor would have preferred
    if name == "reward":
        assert figures["pair_accuracy"] == 0.5  # a head of zeros likes all replies alike
