"""*What and when* and *Four recipes* as Streamlit runs them, without a browser."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.learning_curve import LearningCurve
from llmviz.core.run import RunRef
from llmviz.core.spec import preset
from llmviz.experiments.positions_optimisers import panel as recipes
from llmviz.experiments.what_and_when.question import Probed
from llmviz.views import small_multiples as view
from tests.guess import skip
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PAGE, OTHER = "what_and_when", "positions_optimisers"
SNAPSHOTS = FakeEngine().history(RunRef(preset("mlm").id, 0)).snapshots  # of the recording that the fake engine shows


def part(app: AppTest) -> dict[str, Any]:
    return next(data for name, data in mounted(app) if name == "small_multiples")


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning))


def listed(app: AppTest) -> str:
    return next((str(each.proto.body) for each in app.get("html") if "class='probed'" in str(each.proto.body)), "")


def test_three_models_stand_side_by_side_with_a_band_over_the_runs_of_the_answer(visit: Visit) -> None:
    shown = part(visit(PAGE))
    assert [panel["name"] for panel in shown["panels"]] == ["BERT", "GPT", "T5"]
    for panel in shown["panels"]:
        assert [line["name"] for line in panel["lines"]] == ["grammar", "meaning", "facts"]
        assert panel["runs"] == 6 and "band: lowest to highest of 6 runs" in panel["about"]  # as many as the answer counts
        for line in (*panel["lines"], panel["loss"]):
            assert len(line["values"]) == len(line["low"]) == len(line["high"]) == len(panel["tokens"]) == len(panel["bandTokens"])
            assert all(low <= high for low, high in zip(line["low"], line["high"], strict=True))
        assert shown["most"] >= panel["tokens"][-1]
    assert [panel["chosen"] for panel in shown["panels"]] == [True, False, False]


def test_what_is_known_is_hidden_until_one_has_guessed(visit: Visit) -> None:
    app = visit(PAGE)
    assert part(app)["hidden"]
    assert not listed(app)
    app.pills(key="quiz_learning_mlm").set_value("grammar").run()
    assert not part(app)["hidden"]
    assert "**Yes.** Grammar after" in said(app)
    assert re.search(r"First: grammar in \d of 6 seeds", said(app).replace("\\", ""))
    assert "Right: 19 of 20" in listed(app)


def test_the_questions_of_a_moment_are_those_of_its_snapshot(visit: Visit) -> None:
    early, late = skip(visit(PAGE, step=str(SNAPSHOTS[8]))), skip(visit(PAGE, step=str(SNAPSHOTS[-1])))
    assert "Right: 1 of 20" in listed(early)
    assert "Right: 19 of 20" in listed(late)
    assert f"after **step {SNAPSHOTS[8]}**" in said(early)
    assert "&lt;b&gt;cats&lt;/b&gt;" in listed(early)
    assert "<b>cats" not in listed(early)


def test_a_kind_of_question_lives_in_the_address_and_has_its_own_curve(visit: Visit) -> None:
    last = str(SNAPSHOTS[-1])
    app = visit(PAGE, step=last)
    app.segmented_control(key="learning_kind").set_value("frames").run()
    assert query(app) == {"step": last, "kind": "frames"}
    assert [line["name"] for line in part(app)["panels"][0]["lines"]] == ["frames"]


def test_another_model_is_trained_here_and_its_panel_is_live(visit: Visit, fake: FakeEngine) -> None:
    app = visit(PAGE)
    app.segmented_control(key="learning_model").set_value("clm").run()
    assert [panel["chosen"] for panel in part(app)["panels"]] == [False, True, False]
    app.button(key="train").click().run()
    run = next(run for run in fake._runs if run.attempt)
    assert fake.spec(run) == preset("clm")
    assert [panel["live"] for panel in part(app)["panels"]] == [False, True, False]
    assert app.segmented_control(key="learning_model").disabled


def test_other_settings_have_no_run_and_no_band(visit: Visit) -> None:
    app = visit(PAGE, steps="40")
    panel = part(app)["panels"][0]
    assert panel["tokens"] == [] and panel["runs"] == 0
    assert part(app)["panels"][1]["tokens"]
    assert "The questions appear with the first weights" in said(app)


def test_another_seed_has_the_band_of_the_others(visit: Visit) -> None:
    assert part(visit(PAGE, seed="100"))["panels"][0]["runs"] == 5


def test_four_recipes_stand_side_by_side(visit: Visit, fake: FakeEngine) -> None:
    app = visit(OTHER)
    shown = part(app)
    assert [panel["name"] for panel in shown["panels"]] == [
        "Learnt absolute positions, AdamW",
        "Rotary positions, AdamW",
        "Learnt absolute positions, Muon and AdamW",
        "Rotary positions, Muon and AdamW",
    ]
    assert [panel["chosen"] for panel in shown["panels"]] == [False, False, False, True]
    assert "not trained yet" in shown["panels"][0]["about"]
    again = visit(OTHER, architecture="bert", optimizer="adamw")
    assert [panel["chosen"] for panel in part(again)["panels"]] == [True, False, False, False]
    again.button(key="train").click().run()
    run = next(run for run in fake._runs if run.attempt)
    assert fake.spec(run) == recipes.of(preset("mlm")).specs()[0]


def test_the_four_differ_in_two_settings_alone() -> None:
    base = preset("mlm")
    cells = recipes.of(base).first(1).specs()
    assert len(set(cells)) == 4 and base in cells
    for each in cells:
        same = replace(each, model=base.model, train=replace(each.train, optimizer=base.train.optimizer))
        assert same == base


def ended(facts: float, spec: Any = None) -> LearningCurve:
    return LearningCurve(spec or preset("mlm"), (0, 5), (0, 10), {"facts": (0.0, facts)}, metrics={"loss": 1.0})


def test_how_many_know_the_capitals_is_counted_at_the_end() -> None:
    runs = [ended(share) for share in (0.1, 0.949, 0.95, 1.0)]
    found = view.known(runs, "facts", "abcd")
    assert found and found.right == 2
    assert found.story == "A 10%, b 95%, c 95%, d 100%."
    assert view.known([*runs, LearningCurve(preset("mlm"))], "facts", "abcde") is None


@pytest.mark.parametrize(
    ("facts", "decides"),
    [
        ((0.1, 1.0, 0.8, 1.0), "positions decide whether it learns"),
        ((0.1, 0.2, 0.95, 1.0), "the optimiser decides whether it learns"),
        ((0.1, 0.2, 0.8, 1.0), "positions and optimiser together decide whether it learns"),
        ((0.1, 1.0, 1.0, 0.1), "positions and optimiser together decide whether it learns"),
        ((1.0, 1.0, 1.0, 1.0), "all four recipes learn"),
        ((0.1, 0.2, 0.8, 0.9), "none of the four recipes learns"),
    ],
)
def test_the_title_says_what_decided_in_these_four_runs(facts: tuple[float, ...], decides: str) -> None:
    runs = {each: ended(share) for each, share in zip(recipes.CELLS, facts, strict=True)}
    assert view.claim(runs) == f"Here {decides} the capitals"
    runs[recipes.CELLS[0]] = LearningCurve(preset("mlm"), (0,), (0,), {"facts": (0.0,)})
    assert view.claim(runs) == view.ASKED


def test_the_title_tells_nothing_before_one_has_guessed(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt = {each: ended(1.0 if "muon" in each else 0.1) for each in recipes.CELLS}
    monkeypatch.setattr(recipes, "_ends", lambda base: learnt)
    app = visit(OTHER)
    assert view.ASKED in title(app)
    app.pills(key=recipes.QUIZ).set_value("one").run()
    assert "Here the optimiser decides whether it learns the capitals" in title(app)
    assert "**No.**" in said(app)


def title(app: AppTest) -> str:
    return next(str(each.proto.body) for each in app.get("html") if "<h1>" in str(each.proto.body))


def learning_curve(**scores: tuple[float, ...]) -> LearningCurve:
    return LearningCurve(preset("mlm"), (0, 1, 2), (0, 100_000, 200_000), scores)


def test_the_first_to_be_known_is_first_in_most_seeds() -> None:
    slow, quick = (
        learning_curve(grammar=(0, 0, 1), facts=(0, 1, 1), meaning=(0, 0, 0)),
        learning_curve(grammar=(0, 1, 1), facts=(0, 0, 1), meaning=(0, 0, 1)),
    )
    found = view.reveal([slow, quick, quick])
    assert found and found.right == view.ORDER.index("grammar")
    assert found.story == (
        "Grammar after 0.10 to 0.20 M tokens, meaning after 0.20 M tokens in 2 of 3 seeds and facts after 0.10 to 0.20 M tokens, "
        "at 95 % and staying there to the end. First: grammar in 2 of 3 seeds, facts in 1."
    )
    split = view.reveal([slow, quick])
    assert split and split.right is not None and view.WHICH.choices[split.right] == view.UNCLEAR
    assert view.reveal([learning_curve(grammar=(0, 0, 0))]) is None
    assert view.reveal([LearningCurve(preset("mlm"))]) is None


def test_what_was_lost_again_by_the_end_was_not_reached() -> None:
    lost = learning_curve(grammar=(0, 0, 1), meaning=(0, 1, 0.6), facts=(0, 0, 1))
    found = view.reveal([lost])
    assert found and found.right is None
    assert "meaning not reached" in found.story and found.story.endswith(f"First in this run: a tie. {view.OPEN}")
    sole = view.reveal([learning_curve(grammar=(0, 0, 1), meaning=(0, 1, 0.6), facts=(0, 0, 0))])
    assert sole and sole.right == view.ORDER.index("grammar") and sole.story.endswith("First in this run: grammar.")
    several = view.reveal([lost, lost, learning_curve(grammar=(0, 0, 0), meaning=(0, 0, 0), facts=(0, 0, 0))])
    assert several and several.right is None and several.story.endswith(f"First: a tie in 2 of 3 seeds, none in 1. {view.OPEN}")


def test_which_was_first_cannot_be_told_of_two_reached_at_the_same_measurement() -> None:
    found = view.reveal([learning_curve(grammar=(0, 1, 1), facts=(0, 1, 1), meaning=(0, 0, 1))])
    assert found and found.right is None
    assert found.story.startswith("Grammar after 0.10 M tokens") and "which was earlier cannot be told" in found.story


def test_the_band_is_of_the_run_shown_too_once_it_has_ended() -> None:
    """Lowest and highest of three, of which the one shown is the lowest; one measured less often is left out."""
    spec = preset("mlm")
    runs = [
        LearningCurve(
            replace(spec, seed=seed),
            (0, 5),
            (0, 10),
            {"loss": (3.0, 1.0 + seed / 10), "facts": (0.0, 0.5 + seed / 10)},
            metrics={"loss": 1},
        )
        for seed in range(3)
    ]
    less = LearningCurve(replace(spec, seed=9), (0,), (0,), {"loss": (3.0,)}, metrics={"loss": 1})
    found = view.of_recipe(runs[0], [*runs[1:], less])
    assert found == runs and view.banded(found) == "band: lowest to highest of 3 runs"
    drawn = view.panels([view.Panel("BERT", "", runs[0], found)], ["facts"])["panels"][0]
    assert (drawn["loss"]["low"], drawn["loss"]["high"]) == ([3.0, 1.0], [3.0, 1.2])
    assert (drawn["lines"][0]["low"][-1], drawn["lines"][0]["high"][-1], drawn["runs"]) == (0.5, 0.7, 3)
    assert view.of_recipe(replace(runs[0], metrics={}), runs[1:]) == runs[1:]
    assert view.banded(runs[:1]) == ""


def test_a_run_that_has_read_nothing_has_an_axis_too() -> None:
    begun = LearningCurve(preset("mlm"), (0,), (0,), {"loss": (5.0,)})
    assert view.panels([view.Panel("BERT", "", begun)], ["facts"])["most"] > 0


def test_items_say_what_is_right_and_what_stands_instead() -> None:
    chances, right = np.array([0.9, 0.3], dtype=np.float32), np.array([True, False])
    found = Probed(3, ("every cat meows .", "the <i> of Peru is Lima ."), ("1 2", "5"), ("meows cat", "Rome"), chances, right)
    shown = view.items(found)
    assert "every <mark>cat</mark> <s>meows</s> <mark>meows</mark> <s>cat</s> ." in shown
    assert "&lt;i&gt; of Peru is <mark>Lima</mark> <s>Rome</s> ." in shown
    assert "Wrong: 1 of 2" in shown and "Right: 1 of 2" in shown
    assert "<b>90%</b>" in shown
