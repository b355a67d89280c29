"""Pages show the headline of a stage, whatever it is: here the reward, or the divergence, of one that learns from its own texts."""

import html
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from streamlit.testing.v1 import AppTest

from llmviz.core.experiment import LOSS
from llmviz.core.history import fold
from llmviz.core.kept import Kept
from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done, Update
from llmviz.experiments import EXPERIMENTS, causal_lm, next_sentence
from llmviz.experiments.lab_book import view as lineage
from llmviz.runs.engine import State, Status
from llmviz.training.loop import Training
from llmviz.ui import states
from llmviz.views.curve import curve
from tests import two_words
from tests.two_words import ENTRY, TwoWords, spec
from tests.ui import fake_updates
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_lab_book import done, texts

REWARD, KL = ENTRY.metrics


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    two_words.registered(monkeypatch)


@pytest.fixture
def said(fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> list[Update]:
    """What a run of the stage says; the engine says it of each of its runs."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    given = spec(steps=24)
    updates = list(Training(TwoWords(given), given.train).updates())
    torch.set_num_threads(before)
    others = fake_updates.updates

    def told(spec: RunSpec, step: int, state: State, vocabulary: int) -> list[Update]:
        return updates if spec.stage == ENTRY.name else others(spec, step, state, vocabulary)

    monkeypatch.setattr(fake_updates, "updates", told)
    monkeypatch.setattr(fake_updates, "FOLDED", {})
    return updates


def figures(said: list[Update]) -> tuple[float, float]:
    assert isinstance(said[-1], Done)
    return said[-1].metrics["reward"], said[-1].metrics["kl"]


def draw() -> None:
    """A page with the curve of a run and its state, as a lesson page has them."""
    import streamlit as st

    from llmviz.ui import live, shown, states, visit
    from llmviz.ui.engine import engine

    runs = engine()
    visit.open("two_words", ("two_words",), runs.spec)
    seen = live.look(runs, shown.run(runs))
    st.markdown(states.badge(seen.status, seen.history).text)
    live.panel(runs, seen, st.empty(), live.curve)


def test_a_page_draws_the_reward_between_its_lines(fake: FakeEngine, said: list[Update]) -> None:
    reward, _ = figures(said)
    run = done(fake, spec(steps=24))
    app = AppTest.from_function(draw, default_timeout=20)
    app.query_params["run"] = run.key
    drawn = dict(mounted(app.run()))["curve"]
    assert drawn["headline"]["name"] == "reward" and drawn["about"] == "points, held-out" and drawn["fits"]
    assert drawn["headline"]["values"][-1] == pytest.approx(reward, abs=1e-4) and drawn["headline"]["steps"][-1] == 24
    assert [(line["name"], line["value"]) for line in drawn["lines"]] == [("best possible", 1.0)]
    assert drawn["batches"]["values"] == [] and drawn["probes"] == []
    state = "\n".join(item.value for item in app.markdown).replace("\\", "")
    assert f"reward {reward:.2f} points on test text" in state and "loss" not in state


def test_the_lab_book_tells_reward_and_divergence_in_their_units(
    visit: Callable[..., AppTest], fake: FakeEngine, said: list[Update]
) -> None:
    reward, kl = figures(said)
    one, other = done(fake, spec(steps=24)), done(fake, replace(spec(steps=24), seed=1))
    app = visit("lab_book", one=one.key)
    row = next(row for row in dict(mounted(app))["lineage"]["rows"] if row["key"] == one.key)
    assert row["figures"] == f"reward of a text {reward:.2f} points"
    assert row["about"] == f"reward of a text {reward:.2f} points · divergence from the start {kl:.2f} nats"
    told = html.unescape(texts(app))
    assert f"{reward:.2f} points" in told and f"{kl:.2f} nats" in told
    app = visit("lab_book", one=one.key, other=other.key)
    charts = [data for name, data in mounted(app) if name == "curves"]
    assert [(chart["title"], chart["about"], len(chart["lines"])) for chart in charts] == [("reward of a text", "points", 2)]
    assert [(bound["name"], bound["value"]) for bound in charts[0]["bounds"]] == [("best possible", 1.0)]


def test_a_divergence_may_be_the_headline_as_well(monkeypatch: pytest.MonkeyPatch, said: list[Update]) -> None:
    """The order in the catalogue says which; nothing else does."""
    _, kl = figures(said)
    turned = replace(ENTRY, metrics=(KL, REWARD))
    two_words.registered(monkeypatch, turned)
    drawn = curve(fold(said), turned, 24, live=False)
    assert (drawn["headline"]["name"], drawn["about"], drawn["lines"]) == ("kl", "nats, held-out", [])
    given = spec(steps=24)
    line = states.line(Status(State.DONE, owner=True), fold(said), given)
    assert f"kl {kl:.2f} nats on test text" in line.text
    kept = Kept(RunRef(given.id, 1), given, State.DONE, metrics={"reward": 0.9, "kl": 1.234})
    assert lineage.headline(kept) == "divergence from the start 1.23 nats"


def test_a_stage_of_losses_keeps_its_curve_and_a_row_its_share() -> None:
    of_losses = [each for each in EXPERIMENTS if each.label_kind not in ("reply", "choice")]  # the others draw what replies are for
    assert all(each.headline.name == LOSS and each.headline.unit == "nats" for each in of_losses)
    assert all(each.headline.unit == "%" for each in EXPERIMENTS if each not in of_losses)
    drawn = curve(fold([]), next_sentence.EXPERIMENT, 10, live=False)
    assert drawn["about"] == "nats a word and a pair, held-out; faint: each batch" and not drawn["fits"]
    assert curve(fold([]), causal_lm.EXPERIMENT, 10, live=False)["about"].startswith(
        "nats a token, "
    )  # the end of a text is one, and no word
    measured = Kept(RunRef("a", 1), RunSpec("mlm"), State.DONE, metrics={"loss": 1.0, "accuracy": 0.5, "facts": 0.25})
    assert lineage.headline(measured) == "hidden words named 50 %"
