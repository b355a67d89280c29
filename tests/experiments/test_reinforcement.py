"""What the page of GRPO, PPO and DPO asks of real weights, and what it says of what was measured."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from llmviz.core.feedback import LeashSpec
from llmviz.core.history import Curve, History
from llmviz.core.learning_curve import LearningCurve
from llmviz.core.questions.replies import Sample, Sampled
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import Axis, Study, along
from llmviz.core.update import Done
from llmviz.evaluation import drawn_replies
from llmviz.experiments.reinforcement import (
    best_answer,
    leash_view,
    methods_view,
    stages_view,
    view,
    word_rewards_answer,
)
from llmviz.experiments.reinforcement.question import Best, BestOf, RewardWords, WordRewards
from llmviz.text.tinyland.tastes import taste
from llmviz.training.loop import Training
from llmviz.views import chain
from llmviz.views.chain import Link
from llmviz.views.study import Series
from tests.aligned import Aligned, aligned, little

GRPO = preset("grpo")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Aligned:
    return aligned(tmp_path_factory.mktemp("aligned"))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    little(monkeypatch)


def ended(**scores: tuple[float, ...]) -> History:
    """A run that was measured at step 0, 5 and so on."""
    steps = tuple(range(0, 5 * len(next(iter(scores.values()))), 5))
    curves = {name: Curve(steps, values) for name, values in scores.items()}
    return History(scores=curves, end=Done(steps[-1], {}, 1.0))


# Answers


def snapshots(weights: Aligned, folder: Path) -> dict[int, Path]:
    """Of the start, and of the same weights once more."""
    for step in ("0", "3"):
        (folder / step).symlink_to(weights.start)
    return {3: folder / "3", 0: folder / "0"}


def test_snapshots_reply_to_the_same_requests_with_the_same_draws(weights: Aligned, tmp_path: Path) -> None:
    requests = tuple(request.text for request in view.requests())
    folders = snapshots(weights, tmp_path)
    first, same = drawn_replies.answer(folders, Sample(requests))
    (other, _) = drawn_replies.answer(folders, Sample(requests, draw=1))
    assert (first.step, same.step) == (0, 3) and first.replies == same.replies != other.replies and len(first.replies) == view.SHOWN


def test_a_model_that_does_not_write_is_refused(weights: Aligned, tmp_path: Path) -> None:
    (tmp_path / "0").symlink_to(weights.reward)
    with pytest.raises(ValueError, match="this model writes no text"):
        drawn_replies.answer({0: tmp_path / "0"}, Sample(("how is Tom ?",)))


def test_the_push_of_a_word_is_the_reward_with_it_less_that_without(weights: Aligned, tmp_path: Path) -> None:
    (tmp_path / "7").symlink_to(weights.reward)
    folders = {7: tmp_path / "7"}
    (found,) = word_rewards_answer.answer(folders, RewardWords(("how is Tom ?", "how is Tom ?"), ("Tom is glad .", "")))
    (without,) = word_rewards_answer.answer(folders, RewardWords(("how is Tom ?",), ("Tom is .",)))
    assert found.step == 7 and len(found.pushes) == 4 and found.rewards.std() > 0
    assert found.pushes[2] == pytest.approx(found.rewards[0] - without.rewards[0], abs=1e-5) and abs(found.pushes[2]) > 1e-3


def test_a_model_that_gives_no_reward_is_refused(weights: Aligned, tmp_path: Path) -> None:
    (tmp_path / "0").symlink_to(weights.start)
    with pytest.raises(ValueError, match="this model gives no reward"):
        word_rewards_answer.answer({0: tmp_path / "0"}, RewardWords(("how is Tom ?",), ("Tom is glad .",)))


def test_the_best_of_n_is_measured_with_the_judge_of_a_policy(weights: Aligned) -> None:
    spec = weights.run("grpo")
    found = best_answer.answer(Training(weights.build(spec), spec.train), BestOf(most=4, requests=6))
    assert found.counts.tolist() == [1, 2, 4] and found.requests == 6
    assert found.reward[0] < found.reward[1] < found.reward[2] and (found.seconds[1:] > found.seconds[:-1]).all()
    direct = weights.run("dpo", objective=replace(preset("dpo").objective, clicks=8))
    with pytest.raises(ValueError, match="no reward model judges this run"):
        best_answer.answer(Training(weights.build(direct), direct.train), BestOf())


def test_of_each_group_the_reply_with_most_reward_counts() -> None:
    rewards = np.array([[1.0, 5.0], [2.0, 4.0], [3.0, 0.0], [0.0, 1.0]])  # (draws, requests)
    tastes = np.array([[9.0, 1.0], [2.0, 3.0], [0.0, 7.0], [4.0, 4.0]])
    rivals = np.array([2.0, 2.0])
    assert best_answer.best_of(4, rewards, tastes, rivals) == (0.0, 0.5, 4.0)  # the tastes 0 and 1, the rewards 3 and 5
    assert best_answer.best_of(2, rewards, tastes, rivals) == ((0.5 + 0 + 0 + 1) / 4, (2 + 1 + 0 + 4) / 4, (2 + 5 + 3 + 1) / 4)
    wins, liked, reward = best_answer.best_of(1, rewards, tastes, rivals)
    assert (wins, liked, reward) == ((1 + 0 + 0.5 + 1 + 0 + 1 + 1 + 1) / 8, tastes.mean(), rewards.mean())


# What is said of curves


def test_a_taste_that_falls_while_the_reward_rises_is_over_optimisation() -> None:
    history = ended(taste=(0.5, 2.3, 0.4), reward=(0.2, 0.8, 1.1), distinct=(0.9, 0.5, 0.01))
    found = view.outcome(history)
    assert found is not None and found.right == 1
    assert "from 0.50 to 2.30 points at step 5, then falls to 0.40" in found.story and "over-optimisation" in found.story
    assert "It has collapsed. Where all replies to a request are alike" in view.collapse(GRPO, history)
    assert "advantage" not in view.collapse(preset("ppo"), history)


@pytest.mark.parametrize(
    ("stage", "beta", "said"),
    [
        ("grpo", 0.2, "every advantage is 0, the reward has no gradient, and the leash alone moves it."),
        ("grpo", 0.0, "every advantage is 0, the reward has no gradient, and nothing is learnt."),
        ("ppo", 0.2, "none is preferred, PPO follows the leash and its critic's errors alone."),
    ],
)
def test_rewards_that_are_all_equal_are_said_however_much_the_replies_differ(stage: str, beta: float, said: str) -> None:
    spec = replace(preset(stage), objective=LeashSpec(beta))
    told = view.all_equal(spec, ended(distinct=(0.9, 0.9, 0.9, 0.8), spread=(0.3, 0.0, 1e-6, 0.2)))
    assert told.startswith("At 2 steps of 4 measured, first at step 5, all replies ") and told.endswith(said)
    assert view.all_equal(spec, ended(spread=(0.3, 0.2))) == "" == view.all_equal(spec, ended(reward=(0.3, 0.3)))


def test_a_taste_that_rises_and_stays_is_none_and_one_that_does_not_rise_is_said_so() -> None:
    rises = view.outcome(ended(taste=(-0.3, 2.0, 1.9), reward=(-0.001, 0.8, 0.9)))
    assert rises is not None and rises.right == 0 and "no over-optimisation here" in rises.story and "from 0.00 to 0.90" in rises.story
    assert "from −0.30 to 1.90" in rises.story
    still = view.outcome(ended(taste=(0.5, 0.6, 0.4)))
    assert still is not None and still.right == 2 and "reward" not in still.story
    assert view.outcome(History()) is None and view.outcome(ended(taste=(1.0,))) is None


@pytest.mark.parametrize(("ends", "said"), [((-22.0, -30.0), "Both have"), ((-19.0, -30.0), "Only the other"), ((-19.0, -18.0), "Neither")])
def test_what_became_of_the_replies_that_dpo_learns_from(ends: tuple[float, float], said: str) -> None:
    told = view.both_fell(ended(preferred_log_probability=(-20.0, ends[0]), other_log_probability=(-21.0, ends[1])))
    assert said in told and "from −20.00 to" in told
    assert view.both_fell(ended(taste=(1.0, 2.0))) == ""


def test_the_charts_of_a_run_have_its_figures_and_dpo_one_more() -> None:
    history = ended(taste=(-0.5, 2.0), reward=(0.2, 0.8), kl=(0.0, 3.0))
    first, kl, *_ = charts = view.charts(GRPO, history)
    assert [line["name"] for line in first["lines"]] == ["reward", "true taste"] and first["low"] == -0.5 and kl["low"] == 0.0
    assert len(charts) == 4 and len(view.charts(preset("dpo"), history)) == 5
    assert "84%" in view.claim(GRPO, History(end=Done(60, {"win_rate": 0.84, "kl": 3.7}, 1.0))) and view.claim(GRPO, History()).endswith(
        "?"
    )


# Samples


def test_samples_stand_beside_those_of_the_start_with_what_each_word_earns() -> None:
    asked = view.requests()
    assert len({request.slots["subject"] for request in asked}) == len(asked) == view.SHOWN
    said = {0: Sampled(0, tuple(["it was sad ."] * 5)), 4: Sampled(4, ("it was good .", *["it was sad ."] * 4))}
    judge = view.to_judge(asked, said)
    assert len(judge.replies) == 6
    verdicts = view.Verdicts.of(judge, WordRewards(1, np.arange(6, dtype=np.float32), np.arange(24, dtype=np.float32)))
    drawn = view.samples(GRPO, asked, said, verdicts, tells=True, empty="")
    assert drawn["steps"] == [0, 4] and drawn["notes"] == ["1 different reply to 5 requests.", "2 different replies to 5 requests."]
    row = drawn["rows"][0]
    assert row["before"] == row["after"][0] and row["before"]["words"] == [("it", 0.0), ("was", 1.0), ("sad", 2.0), (".", 3.0)]
    assert row["after"][1]["figures"].startswith("reward 5.00 · true taste")
    hidden = view.samples(GRPO, asked, said, None, tells=False, empty="")["rows"][0]
    assert hidden["before"]["figures"] == "" and {push for _, push in hidden["before"]["words"]} == {0.0}
    liked = view.samples(preset("dpo"), asked, said, None, tells=True, empty="")["rows"][0]["after"][1]
    assert dict(liked["words"])["good"] == taste("warm", asked[0], "it was good .") - taste("warm", asked[0], "it was .")
    assert view.samples(GRPO, asked, {}, None, tells=True, empty="soon")["empty"] == "soon"


# The leash, the ways, the stages, the chain


def runs(beta: float, kl: tuple[float, ...], taste: tuple[float, ...]) -> LearningCurve:
    spec = replace(GRPO, objective=LeashSpec(beta))
    scores = {"kl": kl, "reward": (0.1, 0.5, 0.9), "taste": taste}
    return LearningCurve(spec, (0, 5, 10), (0, 1, 2), scores, metrics={"win_rate": 0.8, "kl": kl[-1], "taste": taste[-1]}, seconds=9.0)


def leash(*curves: LearningCurve) -> Series:
    study = Study(GRPO, Axis("KL leash", ("beta",)), along("beta", (0.0, 0.2)), (0,))
    return Series("GRPO", "aligned", study, {each.spec.id: each for each in curves})


def test_the_leash_is_told_from_all_steps_over_the_root_of_kl() -> None:
    found = leash(runs(0.0, (0.0, 4.0, 25.0), (0.4, 2.4, 0.3)), runs(0.2, (0.0, 1.0, 4.0), (0.4, 1.5, 2.2)))
    told = leash_view.told(found)
    assert "β 0.0: the true taste is highest at √KL 2.0 and ends at 0.3 points, at √KL 5.0; in 1 of 1 run it fell" in told
    assert "β 0.2: " in told and "in 0 of 1 run" in told
    proxy, true, *_ = leash_view.figure(found, 15)["data"]
    assert proxy["x"] == true["x"] == [0.0, 2.0, 5.0] and proxy["y"] == [0.1, 0.5, 0.9] and true["yaxis"] == "y2"
    assert leash_view.told(leash()) == ""


def test_the_ways_stand_beside_the_best_of_n_at_its_kl_by_formula() -> None:
    assert methods_view.best_kl(1) == 0.0 and methods_view.best_kl(4) == pytest.approx(math.log(4) - 3 / 4)
    series = leash(runs(0.2, (0.0, 1.0, 4.0), (0.4, 1.5, 2.2)))
    best = Best(0, 2 ** np.arange(7), np.linspace(0.5, 0.9, 7), np.zeros(7), np.zeros(7), np.arange(7.0), 120)
    table = methods_view.table([series], best)
    assert [row["name"] for row in table["rows"]] == ["0.0", "0.2", "best of 1", "best of 4", "best of 16", "best of 64"]
    assert [cell["bits"][0]["text"] for cell in table["rows"][1]["cells"]] == ["80 %", "4.00 nats", "2.20 points", "9"]
    assert table["rows"][0]["cells"][0]["bits"][0]["text"] == "not trained" and all(len(row["cells"]) == 4 for row in table["rows"])
    assert table["rows"][3]["cells"][1]["bits"][0]["text"] == "≤ 0.64 nats"
    assert "the best of 32 replies does as well" in methods_view.told([series], best) and methods_view.told([series], None) == ""
    assert methods_view.table([series], None)["rows"][2]["cells"][0]["faint"]


def test_the_stages_are_shuffled_alike_at_each_visit_and_equal_replies_are_both_right() -> None:
    orders = {tuple(stages_view.order("a run", turn)) for turn in range(20)}
    assert len(orders) == 6 and stages_view.order("a run", 3) == stages_view.order("a run", 3)
    replies = {"base": "which city ?", "tuned": "Tom is glad .", "aligned": "Tom is glad ."}
    shown = ["aligned", "base", "tuned"]
    assert stages_view.right(replies, shown, ["tuned", "base", "aligned"]) == 3
    assert stages_view.right(replies, shown, ["base", "aligned", None]) == 0


def test_the_chain_names_each_run_once_and_the_time_left() -> None:
    links = chain.chain(GRPO)
    assert [each.stage for each in links] == ["clm", "icl", "instruct", "reward", "grpo"]

    def link(spec: RunSpec, step: int, seconds: float, done: bool = False, recorded: bool = False) -> Link:
        return Link(spec, History(batches=Curve((step,), (1.0,)) if step else Curve(), seconds=seconds), done, recorded)

    clm, icl, instruct, reward, grpo = links
    begun = [link(clm, 900, 20, True, True), link(icl, 100, 10.0), link(instruct, 0, 0), link(reward, 0, 0), link(grpo, 0, 0)]
    told = chain.told(begun)
    assert "Next token: recorded" in told and f"step 100 of {icl.train.steps:,}" in told and "to come" in told and "left" in told
    over = [link(clm, 900, 20, True, True), *(link(each, each.train.steps, 10.0, True) for each in links[1:])]
    assert chain.told(over).endswith("done in 10 s · 40 s of training in all")
    assert "left" not in chain.told([link(each, 0, 0) for each in links])
    nearly = [*(link(each, each.train.steps, 99.0, True, True) for each in links[:-1]), link(grpo, grpo.train.steps - 6, 54.0)]
    assert chain.told(nearly).endswith("about 6 s left")  # what is recorded is not trained again
