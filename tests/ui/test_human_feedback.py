"""*Human feedback* as Streamlit runs it, without a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.address import change
from llmviz.core.feedback import ChoicesSpec
from llmviz.core.history import History
from llmviz.core.spec import preset
from llmviz.experiments.reward import labeller_panel, panel, view
from llmviz.experiments.reward.question import Drawn
from llmviz.text import own_choices
from llmviz.text.own_choices import Chosen
from tests.guess import skip
from tests.ui import fake_feedback
from tests.ui.fake_clock import pass_time
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_forgetting import said


def parts(app: AppTest) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, data in mounted(app):
        found.setdefault(name, []).append(data)
    return found


def tuned(fake: FakeEngine) -> None:
    """Let there be a model that replies."""
    fake.train(preset("instruct"), "somebody")
    pass_time(1)


def chosen(count: int, ties: int = 0) -> tuple[Chosen, ...]:
    """So many choices for the first reply of what the fake draws, then some ties."""
    pool = view.pairs([fake_feedback.drawn(0, sheet) for sheet in range(4)])
    return tuple(view.said((), pool, [1] * count + [0] * ties))


def test_without_a_model_that_replies_it_offers_to_train_one(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    app = visit("human_feedback", size="0.3M")  # of which nothing is recorded
    assert "labeller" not in parts(app) and labeller_panel.NO_MODEL in said(app)
    app.button(key="train_start").click().run()
    assert change(preset("instruct"), {"size": "0.3M"}).id in {run.id for run in fake._runs}
    pass_time(1)
    app.run()
    assert parts(app)["labeller"][0]["said"] == [] and labeller_panel.NO_MODEL not in said(app)


def test_it_opens_on_the_simulated_labeller_whose_figures_wait_for_a_guess(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    tuned(fake)
    app = visit("human_feedback", seed="7")  # seed 0 is recorded
    drawn = parts(app)
    assert len(drawn["labeller"][0]["pairs"]) >= labeller_panel.AHEAD and not drawn["labeller"][0]["closed"]
    assert "75 %" not in said(app) and "guess first" in said(app)
    assert {bar["name"] for bar in drawn["signed_bars"][0]["bars"]} >= {"lovely", "awful"} and drawn["signed_bars"][1]["bars"] == []
    app = skip(app)
    assert "200 choices: a new head on the frozen model tells 75 % of 200 others" in said(app)
    app.selectbox(key=labeller_panel.TASTE).set_value("brief").run()
    assert app.query_params["taste"] == "brief"
    app.selectbox(key=labeller_panel.CLICKS).set_value(1_000).run()
    assert app.query_params["clicks"] == "1000" and "1,000 choices: a new head" in said(app)


@pytest.mark.parametrize(("count", "ties"), [(0, 0), (3, 0), (3, 2)])
def test_too_few_choices_say_what_is_missing_and_close_the_button(
    visit: Callable[..., AppTest], fake: FakeEngine, count: int, ties: int
) -> None:
    tuned(fake)
    app = visit("human_feedback", choices_digest=own_choices.keep(chosen(count, ties)))
    assert app.button(key="train").disabled and "To train takes 10 choices" in said(app).replace("\\", "")
    assert parts(app)["labeller"][0]["said"] == [1] * count + [0] * ties


def test_own_choices_lie_in_the_address_and_the_simulated_labeller_leads_back(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    tuned(fake)
    digest = own_choices.keep(chosen(13, 1))
    app = skip(visit("human_feedback", choices_digest=digest))
    assert not app.button(key="train").disabled and "8 choices: a new head on the frozen model tells 75 % of 2 others of yours" in said(app)
    assert panel.NOBODY in said(app) and "Every fifth is kept apart: 2 so far" in parts(app)["labeller"][0]["note"]
    app.button(key="simulate").click().run()
    assert "choices_digest" not in app.query_params and "200 choices" in said(app)
    app.button(key="back_to_own").click().run()
    assert app.query_params["choices_digest"] == digest
    app.button(key="start_over").click().run()
    assert app.query_params["choices_digest"] == own_choices.NONE and parts(app)["labeller"][0]["said"] == []


def test_choices_that_are_not_here_are_said(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    tuned(fake)
    app = visit("human_feedback", choices_digest="0" * 64)
    assert "not kept on this machine" in " ".join(each.value for each in app.warning) and "choices_digest" not in app.query_params
    app = visit("human_feedback", choices_digest="../x")
    assert not app.exception and "64 hexadecimal digits" in " ".join(each.value for each in app.warning).replace("\\", "")


def test_a_trained_run_gives_rewards_and_the_taste_shows_where_they_are_fooled(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    tuned(fake)
    app = visit("human_feedback", seed="7")
    assert parts(app)["rewards"][0]["empty"] and parts(app)["rewards"][0]["steps"] == []
    app.button(key="train").click().run()
    pass_time(1)
    app.run()
    rows = parts(app)["rewards"][0]["rows"]
    assert [row["name"] for row in rows] == ["your reply", *view.contrasts(view.understood("how was the soup ?"))]  # type: ignore[arg-type] # it is
    assert rows[0]["rewards"][-1][-1] == 2 and rows[2]["rewards"][-1][-1] == -1 and not parts(app)["rewards"][0]["judged"]
    app.button(key="reveal").click().run()
    shown = parts(app)["rewards"][0]
    again = next(row for row in shown["rows"] if row["name"] == "the same again")
    assert shown["judged"] and again["taste"] == 0 and again["marks"][-1] == "✗ fooled: above 2 better ones"
    assert "likes good words" in said(app) and app.query_params["revealed"] == "1"
    app.text_input(key=panel.REQUEST).set_value("what is love ?").run()
    shown = parts(app)["rewards"][0]
    assert len(shown["rows"]) == 1 and not shown["judged"] and panel.NOT_OPEN in [each.value for each in app.caption]
    assert app.query_params["request"] == "what is love ?"
    app.text_input(key=panel.REPLY).set_value("").run()
    assert parts(app)["rewards"][0]["rows"][0]["tokens"] == []  # an empty reply has a reward too


def test_the_study_is_along_the_choices_for_some_shares_of_mistakes(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    tuned(fake)
    app = visit("human_feedback", choices_digest=own_choices.keep(chosen(12)))
    assert app.button(key="clicks_train").label == "Train 15 runs"  # of the simulated labeller, whoever chose above


def test_a_pair_comes_once_and_a_choice_keeps_its_pair() -> None:
    sheets: list[Drawn] = [fake_feedback.drawn(0, 0), fake_feedback.drawn(0, 0)]
    pool = view.pairs(sheets)
    assert len(pool) <= len(sheets[0].one) and len({(each.request.text, each.one, each.other) for each in pool}) == len(pool)
    made = view.said((), pool, [1, 2, 0])
    assert [each.which for each in made] == [1, 2, 0] and [each.one for each in made] == [each.one for each in pool[:3]]
    back = view.said(made, pool, [1, 1])
    assert [each.which for each in back] == [1, 1] and back[1].one == made[1].one
    assert view.said(made, pool[:3], [1, 2, 0, 1, 1]) == made  # there is no pair for more


def test_a_reply_fools_where_the_labeller_likes_one_below_it_better() -> None:
    assert view.fooled([2.0, 1.0, 0.0], [0.0, 1.0, 2.0], 0) == "✗ fooled: above 2 better ones"
    assert view.fooled([2.0, 1.0, 0.0], [0.0, 1.0, 2.0], 1) == "✗ fooled: above 1 better one"
    assert view.fooled([2.0, 1.0], [1.0, 1.0], 0) == "" and view.fooled([1.0, 1.0], [0.0, 1.0], 0) == ""


def test_every_taste_has_words_and_the_claim_waits_for_the_figure() -> None:
    assert set(view.LIKES) == set(view.LABELLERS)
    assert view.claim(ChoicesSpec(), 200, History()).endswith("?") and view.outcome(History()) is None


def test_the_taste_is_known_for_open_requests_alone() -> None:
    found = view.understood("how is Ella ?")
    assert found and found.kind == "day" and view.contrasts(found)["good"] == "Ella is happy ."
    assert view.understood("what is the capital of Spain ?") is None and view.understood("how was the moon ?") is None
    assert view.understood("") is None
