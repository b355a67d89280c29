"""Safety tuning: the real stage on a small parent; what it measures under every policy; and its script."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from llmviz.core.spec import RunSpec, preset
from llmviz.core.update import Done, Step
from llmviz.experiments.building import build
from llmviz.experiments.safety import EXPERIMENT, PolicySpec, answer, undo_answer
from llmviz.experiments.safety.question import COUNTS, TryWays, Undo
from llmviz.experiments.safety.stage import Safety
from llmviz.inspect import snapshots
from llmviz.models import files
from llmviz.text.masks import IGNORED
from llmviz.text.special import CLS, PAD, SEP
from llmviz.text.tinyland import dialogues, policy
from llmviz.text.tokenizers import load_tokenizer
from llmviz.training import replying, shifting
from llmviz.training.loop import Training
from llmviz.views.script import script
from tests import scripts
from tests.small import digest, shaken

BOTH = ("private", "insult")
REFUSALS = {metric.name for metric in EXPERIMENT.metrics if metric.name.startswith("refused_")} - {"refused_allowed"}


def spec(steps: int = 4, seed: int = 0, **settings: Any) -> RunSpec:
    bare = replace(preset("safety"), seed=seed, objective=PolicySpec(**{"examples": 40, **settings}))
    return replace(bare, train=replace(bare.train, steps=steps, batch_size=8))


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows the words of requests, and nothing else."""
    folder = tmp_path_factory.mktemp("parent")
    made: Any = build(RunSpec("instruct"), None)
    shaken(made.model, seed=1)
    made.save(folder)
    return folder


def stage(parent: Path, **settings: Any) -> Safety:
    made = build(spec(**settings), parent)
    assert isinstance(made, Safety)
    return made


@pytest.fixture(scope="module")
def folders(parent: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Two unlike snapshots."""
    made = stage(parent)
    found = {step: tmp_path_factory.mktemp("run") / "snapshots" / str(step) for step in (0, 9)}
    found[9] = found[0].parent / "9"
    made.save(found[0])
    shaken(made.model, seed=2)
    made.save(found[9])
    return found


# The stage


def test_it_begins_as_its_parent_with_the_words_of_refusals_behind_the_old(parent: Path) -> None:
    made = stage(parent)
    before = load_tokenizer(parent / "tokenizer.json").get_vocab()
    after = made.tokenizer.get_vocab()
    assert {word: after[word] for word in before} == before and {*after} - {*before} == policy.words() - {*before}
    assert "sorry" not in before and {"sorry", "yes", "please"} <= {*after}
    old = load_file(parent / "model.safetensors")
    for name, tensor in made.model.state_dict().items():
        if name in old:
            assert torch.equal(tensor[: len(old[name])], old[name].float()), name


def test_a_refusal_is_a_reply_like_any_other_and_the_request_is_not_asked_for(parent: Path) -> None:
    made = stage(parent, forbidden=0.5)
    assert 0 < sum(policy.refuses(each.reply) for each in made.learnt) < len(made.learnt) == 40
    batch = made.batch(2)
    for ids, labels in zip(batch.input_ids.tolist(), batch.labels.tolist(), strict=True):
        text = [made.tokenizer.id_to_token(id) for id in ids if id not in (CLS, SEP, PAD)]
        whole = next(each for each in made.learnt if [*each.request.text.split(), *each.reply.split()] == text)
        request = 1 + len(whole.request.text.split())
        assert labels[:request] == [IGNORED] * request
        assert labels[request : len(text) + 2] == ids[request : len(text) + 2] and ids[len(text) + 1] == SEP
    assert torch.equal(stage(parent, forbidden=0.5).batch(2).input_ids, batch.input_ids)
    assert batch.input_ids.tolist() != made.batch(3).input_ids.tolist()


@pytest.mark.parametrize(
    ("settings", "left_out"),
    [
        ({}, set()),
        ({"private": False}, {"refused_kind"}),
        ({"private": False, "insult": False, "work": True}, {"refused_kind"}),
        ({"private": False, "insult": False}, REFUSALS),
        ({"private": True, "insult": True, "work": True, "forbidden": 1.0}, set()),
        ({"forbidden": 0.0}, set()),
    ],
    ids=["usual", "no home", "work", "nothing", "everything it can", "no refusal taught"],
)
def test_whatever_the_policy_it_trains_and_leaves_out_only_what_cannot_be_asked(
    settings: dict[str, Any], left_out: set[str], parent: Path
) -> None:
    made = stage(parent, steps=2, **settings)
    *_, last = Training(made, made.spec.train).updates()
    assert isinstance(last, Done)
    assert {metric.name for metric in EXPERIMENT.metrics} - {*last.metrics} == left_out
    assert all(math.isfinite(value) for value in last.metrics.values())


def test_the_figures_are_those_of_what_it_replies(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage(parent)
    monkeypatch.setattr(replying, "replies", lambda model, tokenizer, requests: ["sorry , no ." for _ in requests])
    found = made.evaluate()
    assert {found[name] for name in REFUSALS} == {1.0} and found["refused_allowed"] == 1.0 and found["followed"] == 0.0
    monkeypatch.setattr(replying, "replies", lambda model, tokenizer, requests: ["that is private ." for _ in requests])
    found = made.evaluate()
    assert {found[name] for name in REFUSALS} == {0.0} and found["refused_allowed"] == 0.0


def test_where_every_example_is_a_refusal_it_learns_to_refuse_everything(parent: Path) -> None:
    made = stage(parent, steps=40, forbidden=1.0)
    before = made.evaluate()
    *_, last = Training(made, replace(made.spec.train, learning_rate=1e-2)).updates()
    assert isinstance(last, Done)
    assert before["refused_forbidden"] == before["refused_allowed"] == 0.0
    assert last.metrics["refused_forbidden"] > 0.9 and last.metrics["refused_allowed"] > 0.9 and last.metrics["followed"] < 0.1


# What is asked of it


def test_every_attempt_has_the_reply_that_the_model_gives_to_it_alone(folders: dict[int, Path]) -> None:
    first, last = answer.answer(folders, TryWays(BOTH))
    attempts = [each for way in policy.TITLES for each in policy.held_out(BOTH, way)]
    assert (first.step, last.step) == (0, 9) and len(first.replies) == len(last.replies) == len(attempts) and first.replies != last.replies
    tokenizer, model = load_tokenizer(folders[9] / "tokenizer.json"), snapshots.whole(folders[9])
    for place in (0, len(attempts) // 2, len(attempts) - 1):
        alone = replying.replies(model, tokenizer, [f"{attempts[place].text} {attempts[place].begins}"])
        assert alone == [last.replies[place]]
    assert not answer.answer(folders, TryWays(()))[0].replies


def test_copies_learn_and_the_model_itself_stays_as_it_is(folders: dict[int, Path]) -> None:
    model, tokenizer = snapshots.whole(folders[9]), load_tokenizer(folders[9] / "tokenizer.json")
    before = digest(model)
    learnt = undo_answer.examples(Undo(BOTH, harmful=True), 3)
    made = undo_answer.tuned(model, tokenizer, learnt)
    assert digest(model) == before != digest(made)
    assert digest(undo_answer.tuned(model, tokenizer, learnt)) == digest(made)
    for harmful in (True, False):
        (found,) = undo_answer.answer({9: folders[9]}, Undo(BOTH, harmful))
        assert found.refused.shape == found.done.shape == found.followed.shape == (1 + len(COUNTS),) and found.seconds > 0
        for shares in (found.refused, found.done, found.followed):
            assert ((shares >= 0) & (shares <= 1)).all()
        assert (found.refused + found.done <= 1 + 1e-6).all()
    assert digest(model) == before


def test_harmful_examples_do_what_is_forbidden_and_the_others_what_is_allowed() -> None:
    asked = {(each.request.kind, each.request.slots["subject"]) for each in policy.held_out(BOTH, "plain")}
    for harmful in (True, False):
        learnt = undo_answer.examples(Undo(BOTH, harmful), 30)
        assert all(dialogues.follows(each.request, each.reply) for each in learnt) and len(learnt) == 30
        assert {each.request.kind in policy.forbidden(BOTH) for each in learnt} == {harmful}
        assert not asked & {(each.request.kind, each.request.slots["subject"]) for each in learnt}
        assert learnt[:3] == undo_answer.examples(Undo(BOTH, harmful), 3)
    assert undo_answer.examples(Undo(BOTH, True, 1), 9) != undo_answer.examples(Undo(BOTH, True, 2), 9)


def test_where_nothing_is_forbidden_there_is_nothing_to_undo(folders: dict[int, Path]) -> None:
    with pytest.raises(ValueError, match="forbids nothing"):
        undo_answer.answer(folders, Undo((), True))


def test_one_example_moves_what_it_is_about(folders: dict[int, Path]) -> None:
    """The loss of the very example falls."""
    model, tokenizer = snapshots.whole(folders[0]), load_tokenizer(folders[0] / "tokenizer.json")
    (example,) = undo_answer.examples(Undo(BOTH, harmful=True), 1)
    asked = [replying.masked([replying.whole(tokenizer, example.request.text, example.reply)])]
    after = undo_answer.tuned(model, tokenizer, [example])
    assert shifting.measured(after, asked)["loss"] < shifting.measured(model, asked)["loss"]


# The script


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_the_script_has_the_losses_of_the_stage(optimizer: str, parent: Path, tmp_path: Path) -> None:
    run = spec(steps=3, work=True, forbidden=0.5, seed=3)
    run = replace(run, train=replace(run.train, optimizer=optimizer))
    written = script(run)
    assert f"PARENT = '{run.start.id[:12]}'" in written if run.start else False
    (tmp_path / "script.py").write_text(written, encoding="utf-8")
    assert "python -m llmviz export" in scripts.run(tmp_path).refused
    files.load(parent).save_pretrained(tmp_path / "parent")  # in single precision, as it is exported
    ran = scripts.run(tmp_path)
    assert not ran.refused
    told = [float(loss) for loss in re.findall(r"step \d+  loss ([\d.]+)", ran.printed)]
    made = build(run, tmp_path / "parent")
    losses = [update.loss for update in Training(made, run.train).updates() if isinstance(update, Step)]
    assert told[0] == pytest.approx(losses[0], abs=1e-3)
    assert told == pytest.approx(losses, abs=0.05 if optimizer == "muon" else 1e-3)  # torch's Muon works in bfloat16
    assert json.loads((tmp_path / "safety/config.json").read_text())["vocab_size"] == made.model.config.vocab_size
