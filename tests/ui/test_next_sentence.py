"""*Next sentence* as Streamlit runs it, without a browser."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.history import History, fold
from llmviz.core.settings import PairsSpec
from llmviz.core.spec import RunSpec, preset
from llmviz.core.texts import TEXTS
from llmviz.core.update import Done, Step
from llmviz.experiments.next_sentence import view as pairs
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PAGE = "next_sentence"
FIRST, SECOND = TEXTS["tinyland"].pair


def part(app: AppTest, name: str) -> dict[str, Any]:
    return next(data for given, data in mounted(app) if given == name)


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning))


def table(app: AppTest) -> str:
    return next(str(each.proto.body) for each in app.get("html") if "class='asked'" in str(each.proto.body))


def test_it_opens_on_the_recording_with_a_pair_of_one_story(visit: Visit) -> None:
    app = visit(PAGE)
    shown = part(app, "pair")
    assert [token["text"] for token in shown["first"]] == FIRST.split()
    assert [token["text"] for token in shown["second"]] == SECOND.split()
    assert len(shown["steps"]) == len(shown["shares"]) == 32
    assert query(app) == {}
    assert part(app, "curve")["ceilings"][0]["value"] == pytest.approx(0.94)


def test_both_parts_live_in_the_address(visit: Visit) -> None:
    app = visit(PAGE)
    app.text_input(key="second_part").set_value("Anna sees Anna").run()
    assert query(app) == {"s": FIRST, "second": "Anna sees Anna"}
    shown = part(app, "pair")
    assert shown["shares"][-1] == pytest.approx(0.9)
    again = visit(PAGE, **query(app))
    assert part(again, "pair")["second"] == shown["second"]
    app.pills(key="suggested_pair").set_value("one story").run()
    assert query(app) == {}


@pytest.mark.parametrize(
    ("first", "second", "problem"), [("", "a dog", "The first part has no word"), ("a dog", "", "The second part has no")]
)
def test_a_part_without_words_is_asked_for_in_a_sentence(visit: Visit, first: str, second: str, problem: str) -> None:
    shown = part(visit(PAGE, s=first, second=second), "pair")
    assert problem in shown["empty"]
    assert shown["steps"] == []


def test_a_hostile_part_is_only_text(visit: Visit) -> None:
    text = "<img src=x onerror=alert(1)>"
    app = visit(PAGE, s=text, second=text)
    assert not app.exception
    assert "<img" not in table(app)


def test_the_ablation_is_one_click_and_stands_beside(visit: Visit, fake: FakeEngine) -> None:
    app = visit(PAGE)
    assert table(app).count("<td>–</td>") == 0
    app.segmented_control(key="asked_about").set_value("Words only").run()
    assert query(app) == {"next_sentence": "0"}
    assert "words only" in said(app)
    app.button(key="train").click().run()
    run = next(run for run in fake._runs if run.attempt)
    assert fake.spec(run) == replace(preset("nsp"), objective=PairsSpec(next_sentence=False))


def test_other_settings_have_no_run_beside_them_yet(visit: Visit) -> None:
    app = visit(PAGE, steps="40")
    assert "<td>–</td>" in table(app)
    assert "No model yet" in part(app, "pair")["empty"]


def test_the_question_is_answered_by_two_runs(visit: Visit) -> None:
    app = visit(PAGE)
    app.pills(key="quiz_pairs").set_value("it hurts").run()
    assert "**Yes.**" in said(app)
    assert "0.3" not in pairs.HELP.question


def learnt(loss: float, tokens: int = 1_000) -> History:
    """A run that has read so many tokens in each of five steps."""
    return fold([*(Step(step, 1.0, tokens) for step in range(1, 6)), Done(5, {"word_loss": loss}, 1.0)])


@pytest.mark.parametrize(("asked", "unasked", "right"), [(0.8, 0.6, 1), (0.6, 0.8, 0), (0.6, 0.61, 2)])
def test_what_the_question_costs_is_told_from_the_figures(asked: float, unasked: float, right: int) -> None:
    spec = preset("nsp")
    found = pairs.outcome(learnt(asked), learnt(unasked), spec)
    assert found and found.right == right
    assert f"{asked:.2f}" in found.story
    assert pairs.outcome(learnt(asked), History(), spec) is None


def test_only_two_that_learnt_from_as_many_hidden_words_are_compared() -> None:
    """Fewer exercises would be worse without any question: both counts are said, and no more."""
    spec = preset("nsp")
    spec = replace(spec, train=replace(spec.train, batch_size=16), objective=replace(spec.objective, mask_rate=0.2))
    assert pairs.targets(spec, learnt(0.6)) == round(0.2 * (5_000 - 5 * 16 * 3))
    found = pairs.outcome(learnt(0.8, tokens=600), learnt(0.6), spec)
    assert found and found.right is None
    assert (
        "after about 550 of them" in found.story and "0.60 after about 950" in found.story and "not learnt from equally many" in found.story
    )
    shown = pairs.beside(learnt(0.8, tokens=600), History(), spec)
    assert "<td>550</td><td>–</td>" in shown


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.7, "has not learnt the order either"), (0.84, "not to compare"), (0.89, "compares in part"), (0.93, "asked compares.")],
)
def test_what_the_answers_rest_on_is_told_from_the_figures(share: float, said: str) -> None:
    asked = fold([Done(5, {"nsp_accuracy": share, "nsp_order": 0.83, "nsp_ceiling": 0.94}, 1.0)])
    assert said in pairs.compared(asked) and "83 %" in pairs.compared(asked) and "94 %" in pairs.compared(asked)
    assert pairs.compared(learnt(0.8)) == ""


def test_a_run_of_another_stage_is_not_shown(visit: Visit, fake: FakeEngine) -> None:
    other = fake.recorded(RunSpec("mlm"))
    assert other
    app = visit(PAGE, run=other.key)
    assert "has a page of its own" in said(app)


def test_a_setting_that_is_yes_or_no_is_a_switch_in_the_form(visit: Visit) -> None:
    app = visit(PAGE)
    app.button(key="change").click().run()
    assert not app.exception
    app.toggle(key="setting_next_sentence").set_value(False)
    next(button for button in app.button if button.label == "Use these settings").click().run()
    assert query(app)["next_sentence"] == "0" and not app.exception


@pytest.mark.parametrize(
    ("second", "low", "high"),
    [
        ("every dog barks . she took it to the barn . she went home sad .", 0.99, 1.0),
        ("he took it to the barn . he went home sad .", 0.0, 0.01),
    ],
)
def test_what_is_true_of_a_pair_stands_beside_what_the_model_says(visit: Visit, second: str, low: float, high: float) -> None:
    shown = part(visit(PAGE, s="Anna found a dog near the river .", second=second), "pair")
    assert low <= shown["best"] <= high
    assert part(visit(PAGE, s="Anna found a dog .", second="the moon is far ."), "pair")["best"] is None
