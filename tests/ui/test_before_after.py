"""*Before and after* as Streamlit runs it, without a browser."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.experiment import Experiment
from llmviz.core.lesson import Lesson
from llmviz.core.run import RunRef
from llmviz.core.settings import LabelsSpec, TextSpec
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.core.texts import TEXTS
from llmviz.experiments import classification, start
from llmviz.experiments.classification import view as predictions
from llmviz.experiments.classification.question import Reasons
from llmviz.text.tinyland.corpus import opinions
from llmviz.text.tinyland.world import SHOWS
from llmviz.views import accuracy_bars
from tests.guess import skip
from tests.ui.fake_clock import pass_time
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

DEFAULT = preset("sentiment")
SCRATCH = preset("sentiment", parent="none")


@pytest.fixture
def visit(visit: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """Open the page with these parameters in its address."""

    def opened(**query: str) -> AppTest:
        app = visit()
        for name, value in query.items():
            app.query_params[name] = value
        return app.switch_page("pages/before_after.py").run()

    return opened


def parts(app: AppTest) -> dict[str, list[dict[str, Any]]]:
    """What our components were given, by name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, data in mounted(app):
        found.setdefault(name, []).append(data)
    return found


def cards(app: AppTest) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = parts(app)["cards"][0]["cards"]
    return listed


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning))


def test_it_opens_on_the_recordings_with_three_models(visit: Callable[..., AppTest]) -> None:
    app = visit()
    before, after, scratch = cards(app)
    assert [card["title"] for card in (before, after, scratch)] == ["Before", "After", "From scratch"]
    assert [card["phase"] for card in (before, after, scratch)] == ["pretrained", "finetuned", "random"]
    assert before["steps"] == [0] and before["shares"] == [[0.5, 0.5]]
    assert after["steps"][-1] == DEFAULT.train.steps and after["shares"][-1][1] > 0.9 > scratch["shares"][-1][1]
    assert "".join(bit for bit, _ in after["notes"][-1]) == "charming outweighs dull" or after["notes"][-1]
    assert [word["text"] for word in parts(app)["weighed"][0]["words"]] == TEXTS["tinyland"].opinion.split()
    assert query(app) == {}


def test_the_accuracies_stand_between_best_and_chance(visit: Callable[..., AppTest]) -> None:
    ladder = parts(skip(visit()))["accuracy_bars"][0]
    names = [rung["name"] for rung in ladder["rungs"]]
    assert names[0] == "best possible" and names[-1] == "chance" and {"after", "from scratch", "before"} <= set(names)
    after = next(rung for rung in ladder["rungs"] if rung["name"] == "after")
    assert len(after["steps"]) > 10 and after["values"][-1] == pytest.approx(0.95, abs=0.01)
    assert "after 95%" in ladder["below"] and "from scratch 58%" in ladder["below"]


def test_film_reviews_come_with_a_band_over_recorded_seeds(visit: Callable[..., AppTest]) -> None:
    ladder = parts(skip(visit(text="reviews")))["accuracy_bars"][0]
    bands = {rung["name"]: rung["band"] for rung in ladder["rungs"]}
    assert ladder["title"] == "Right on validation examples"
    assert bands["after"]["low"] == pytest.approx(0.51)  # on validation examples, as the bar: the fake's seeds 1 to 5, and the recording
    assert bands["after"]["source"] == bands["from scratch"]["source"] == "lowest to highest of 6 recorded runs"
    assert bands["before"] is None and bands["chance"] is None
    assert ", lowest to highest of 6 recorded runs: 51% to 58%)" in ladder["below"]


def test_a_line_and_what_stands_beside_it_are_of_the_same_examples(visit: Callable[..., AppTest]) -> None:
    """Chance is 51 % on the fake's validation examples, 54 % on its test examples."""
    ladder = parts(visit())["accuracy_bars"][0]
    chance = next(rung for rung in ladder["rungs"] if rung["name"] == "chance")
    assert chance["values"] == [0.51] and ladder["below"].startswith("on test examples") and ladder["below"].endswith("chance 54%")


def test_seeds_of_which_one_has_no_validation_figure_have_no_band_in_the_picture() -> None:
    metric = classification.EXPERIMENT.metric("accuracy")
    ended = accuracy_bars.finished(FakeEngine().learning_curves())
    spec = preset("sentiment", TextSpec("reviews"))
    both = accuracy_bars.siblings(metric, spec, ended)
    found = accuracy_bars.band(metric, spec, ended)
    assert found and (found.low, found.runs) == (0.53, len(both)) and found.high == pytest.approx(0.57)
    assert (
        accuracy_bars.band(metric, spec, ended, dict.fromkeys(both, 0.5))
        and accuracy_bars.band(metric, spec, ended, dict.fromkeys(list(both)[1:], 0.5)) is None
    )


def test_a_gpt_on_film_reviews_has_no_pretrained_rival_and_says_so(visit: Callable[..., AppTest]) -> None:
    app = visit(text="reviews", parent="none", architecture="neox")
    assert app.selectbox(key="origin").options == ["from Masked tokens", "from random weights"]
    third = cards(app)[2]
    assert not third["steps"] and third["empty"] == "No model of this kind was pretrained on these texts." and not third["action"]


def test_a_word_left_out_lies_in_the_address_and_changes_the_verdict(visit: Callable[..., AppTest]) -> None:
    words = TEXTS["tinyland"].opinion.split()
    place = words.index("charming")
    app = visit(hide=str(place))
    given = parts(app)["weighed"][0]
    assert given["out"] == [place] and given["weight"][-1][place] is None and given["weight"][-1][words.index("dull")] < 0
    assert cards(app)[1]["shares"][-1][0] > 0.9  # only what is bad is left
    assert parts(visit(hide=",".join(map(str, range(len(words))))))["weighed"][0]["note"].startswith("There is no word to read")


def test_another_number_of_labels_is_another_run(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    app = visit()
    app.selectbox(key="label_count").set_value(256).run()
    assert query(app) == {"labels": "256"}
    _, after, scratch = cards(app)
    assert not after["steps"] and "Train live" in after["empty"]
    assert scratch["action"] == "Train from scratch too"
    app.button(key="train").click().run()
    wanted = replace(DEFAULT, objective=LabelsSpec(256))
    assert query(app) == {"labels": "256", "run": RunRef(wanted.id, 1).key}
    pass_time(1)
    app.run()
    assert cards(app)[1]["steps"][-1] == wanted.train.steps
    fake.train(replace(SCRATCH, objective=LabelsSpec(256)), "somebody")
    pass_time(1)
    app.run()
    assert cards(app)[2]["steps"][-1] == wanted.train.steps


def test_what_it_starts_from_can_be_chosen(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    app = visit()
    app.selectbox(key="origin").set_value("none").run()
    assert query(app) == {"parent": "none"}
    before, after, third = cards(app)
    assert [before["phase"], after["phase"], third["title"]] == ["random", "random", "With pretraining"]
    own = fake.train(RunSpec("mlm", seed=7), "somebody")
    pass_time(1)
    app.run()
    app.selectbox(key="origin").set_value(own.key).run()
    assert query(app)["parent"] == own.key
    app.button(key="train").click().run()
    assert query(app)["run"].startswith(RunSpec("sentiment", starting_from(RunSpec("mlm", seed=7))).id)


@pytest.mark.parametrize("tab", ["words", "mistakes", "changed", "attention", "network"])
def test_each_look_closer_lies_in_the_address(tab: str, visit: Callable[..., AppTest]) -> None:
    app = visit(tab=tab)
    assert query(app) == {"tab": tab}
    given = parts(app)
    if tab == "words":
        assert len(given["weighed"]) == 3 and "Spearman" in said(app)
    if tab == "mistakes":
        (matrix,) = given["confusion"]
        texts = sum(map(sum, matrix["counts"]))
        assert matrix["labels"] == ["negative", "positive"] and matrix["counts"][0][1] == matrix["counts"][1][0] == 0
        assert f"What the model of 100 steps calls texts that no training has seen: {texts} of {texts} right." in said(app)
    if tab == "changed":
        assert "for the better" in said(app) and any("positive" in button.label for button in app.button)
    if tab == "attention":
        assert given["attention_diff"][0]["weights"]
    if tab == "network":
        sums = given["network"][0]["sums"]
        assert (sums["copied"]["tensors"], sums["new"]["tensors"], sums["left behind"]["tensors"]) == (3, 1, 1)


def test_an_example_goes_into_the_box(visit: Callable[..., AppTest]) -> None:
    app = visit(tab="changed")
    app.button(key="For the better_0").click().run()
    assert query(app)["s"].startswith("the film was ")


def test_the_question_is_answered_by_the_other_run(visit: Callable[..., AppTest]) -> None:
    app = visit()
    app.pills(key="quiz_labels").set_value("up to 60%").run()
    assert "Yes." in said(app) and "Its accuracy on test texts is 58%" in said(app)


def test_hostile_text_stays_text(visit: Callable[..., AppTest]) -> None:
    app = visit(s="<img src=x onerror=alert(1)> **bold** $x$", tab="words")
    assert parts(app)["weighed"][0]["words"][0]["text"].startswith("<")
    assert "<img" not in said(app)


def test_a_suggestion_has_its_true_label_and_other_text_has_none(visit: Callable[..., AppTest]) -> None:
    def told(app: AppTest) -> str:
        return str(parts(app)["cards"][0]["truth"])

    app = visit()
    assert told(app) == "positive"
    app.pills(key="suggestion").set_value("a verb").run()
    assert told(app) == "negative"
    assert told(visit(s="my own film was dull .")) == ""
    assert told(visit(hide="0")) == ""  # without one of its words it is another sentence


@pytest.mark.parametrize("page", [classification.EXPERIMENT, start.LESSON], ids=["sentiment", "start"])
def test_the_true_labels_are_those_of_the_grammar(page: Experiment | Lesson) -> None:
    """The grammar tells an opinion after an opening: with one before it, whatever it is about, it says which mood the sentence has."""
    examples = page.examples["tinyland"]
    assert all(each.truth for each in examples)
    found = {each.sentence: mood for each in examples if (mood := _mood(each.sentence))}
    assert len(found) > len(examples) / 2
    for each in examples:
        if each.sentence in found:
            assert each.truth == {"good": "positive", "bad": "negative"}[found[each.sentence]], each.sentence


def _mood(sentence: str) -> str:
    for show in SHOWS:
        with suppress(ValueError):
            chances = opinions().hidden(f"this is about the {show} . {sentence}".split(), "mood")
            return max(chances, key=lambda mood: chances[mood])
    return ""


@pytest.mark.parametrize(
    ("words", "weight", "whole", "told"),
    [
        ("the show was superb but boring", (0.1, 0.1, -0.2, 3.0, 0.1, -2.0), 1.0, "superb outweighs boring"),
        ("the show was superb but boring", (0.1, 0.1, -0.2, 2.0, 0.1, -3.0), 1.0, "boring pulls the other way"),
        ("the play was not dull", (1.2, -0.4, -0.6, -1.0, -0.2), -1.0, "no single word carries the prediction"),  # all of them move it
        ("the play was dull", (0.01, 0.02, -0.45, 0.03), -1.0, "no single word carries the prediction"),  # clear, and next to nothing
        ("the play was dull", (0.1, -0.05, 0.1, -2.0), -1.0, "dull speaks for negative"),
        ("superb", (2.0,), 2.0, "superb speaks for positive"),
        ("nobody", (-2.0,), -2.0, "nobody speaks for negative"),
        ("", (), 0.0, ""),
    ],
)
def test_a_word_is_a_reason_only_where_it_moves_more_than_any_word_does(
    words: str, weight: tuple[float, ...], whole: float, told: str
) -> None:
    reasons = Reasons(1, tuple(words.split()), ("negative", "positive"), np.array(weight, np.float32), whole, 0.0)
    assert "".join(bit for bit, _ in predictions.note(reasons)) == told


@pytest.mark.parametrize(("name", "value"), [("labels", "1"), ("labels", "x"), ("parent", "ppo"), ("tab", "nope"), ("stage", "mlm")])
def test_nonsense_in_the_address_is_said(name: str, value: str, visit: Callable[..., AppTest]) -> None:
    app = visit(**{name: value})
    assert cards(app)[1]["steps"]
    assert any(problem.value for problem in app.warning)
