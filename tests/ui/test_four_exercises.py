"""*Four exercises* as Streamlit runs it, without a browser; and what its component gets."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.drawn import GAP, SWAPPED, Cell, Drawn, Said
from llmviz.core.questions.exercise import KINDS, Solve, Solved
from llmviz.core.spec import preset
from llmviz.experiments import four_exercises
from llmviz.experiments.four_exercises import view as view
from llmviz.experiments.four_exercises.panel import Choice
from llmviz.text import exercises
from llmviz.text.tinyland import corpus
from llmviz.text.tokenizers import load_tokenizer, pieces, sentinel, spelling, with_sentinels, word_level
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PAGE = "four_exercises"
FIRST = four_exercises.LESSON.examples["tinyland"][0].sentence


def lanes(app: AppTest) -> dict[str, dict[str, Any]]:
    return {data["kind"]: data for name, data in mounted(app) if name == "lane"}


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning))


def test_the_exercises_are_those_that_training_draws(visit: Visit, fake: FakeEngine) -> None:
    shown = lanes(visit(PAGE, roll="3", rate="0.4", noise="0.3", length="1.5"))
    run = next(iter(fake._runs))
    tokenizer = load_tokenizer(fake.tokenizer(run))
    read = pieces(tokenizer, FIRST)
    rolled = [np.random.default_rng((3, place)) for place in range(len(KINDS))]
    drawn = {
        "mlm": exercises.masked(read, 0.4, spelling(tokenizer), rolled[0]),
        "clm": exercises.causal(read),
        "nsp": exercises.pair(read, FIRST, "roll", 3, lambda text: pieces(tokenizer, text), rolled[2]),
        "span": exercises.cut(read, 0.3, 1.5, sentinel(tokenizer), rolled[3]),
    }
    assert list(shown) == [*KINDS]
    for kind, exercise in drawn.items():
        assert [cell["text"] for cell in shown[kind]["cells"]] == [view.told(cell.text) for cell in exercise.cells]
        assert [each["target"] for cell in shown[kind]["cells"] for each in cell["says"]] == [
            each.target for cell in exercise.cells for each in cell.says
        ]
        assert shown[kind]["targets"] == exercise.targets == len(shown[kind]["chances"][-1])
        assert shown[kind]["steps"][0] == 0 and shown[kind]["steps"][-1] == 100


def test_it_opens_on_the_recordings_with_nothing_in_its_address(visit: Visit) -> None:
    app = visit(PAGE)
    assert query(app) == {}
    shown = lanes(app)
    assert shown["clm"]["targets"] == len(FIRST.split()) + 1
    assert shown["clm"]["losses"][0] > shown["clm"]["losses"][-1]
    assert any("four recorded runs" in str(each.proto.body) for each in app.get("html"))


def test_rolling_again_draws_others_and_stays_in_the_address(visit: Visit) -> None:
    app = visit(PAGE)
    before = lanes(app)
    app.button(key="roll").click().run()
    assert query(app) == {"roll": str(Choice().roll + 1)}
    after = lanes(app)
    assert after["mlm"]["cells"] != before["mlm"]["cells"] and after["clm"]["cells"] == before["clm"]["cells"]
    assert lanes(visit(PAGE, **query(app))) == after


def test_the_sentence_is_the_visitors(visit: Visit) -> None:
    app = visit(PAGE)
    app.text_input(key="sentence").set_value("every owl hoots . the play was dull .").run()
    assert query(app) == {"s": "every owl hoots . the play was dull ."}
    assert [cell["text"] for cell in lanes(app)["clm"]["cells"]][:4] == ["[CLS]", "every", "owl", "hoots"]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("dog", {"mlm": "nothing else left", "nsp": "one sentence makes no pair", "span": "at least two words"}),
        ("the capital of France is Paris .", {"nsp": "needs two"}),
        ("qqqqqqqqqqqq", {"mlm": "none it could name", "nsp": "no pair", "span": "at least two words"}),
        ("  ", dict.fromkeys(KINDS, "no word to read")),
        ("", dict.fromkeys(KINDS, "no word to read")),
    ],
)
def test_a_text_that_allows_no_exercise_is_told_what_would(visit: Visit, sentence: str, told: dict[str, str]) -> None:
    shown = lanes(visit(PAGE, s=sentence))
    for kind, note in told.items():
        assert note.lower() in shown[kind]["note"].lower()
    assert all(bool(each["cells"]) == bool(each["targets"]) for each in shown.values())


def test_a_long_text_is_drawn_from_its_beginning(visit: Visit) -> None:
    app = visit(PAGE, s="the dog barks . " * 60)
    assert lanes(app)["clm"]["targets"] == 41
    assert "240 tokens" in said(app) and "first 40" in said(app)


def test_settings_out_of_range_are_explained(visit: Visit) -> None:
    app = visit(PAGE, rate="7", second="never", text="sotu")
    assert "Mask rate" in said(app) and "Second part" in said(app) and "Tinyland" in said(app)
    assert lanes(app)["mlm"]["controls"][0]["value"] == Choice().rate


def test_other_runs_and_texts_are_not_shown(visit: Visit) -> None:
    app = visit(PAGE, steps="40")
    assert "drawn in Tinyland" in said(app)
    assert query(app) == {}


def test_a_hostile_sentence_is_only_text(visit: Visit) -> None:
    app = visit(PAGE, s="<img src=x onerror=alert(1)> **b** . a dog . $x$")
    assert not app.exception
    assert "**b**" not in said(app) and "<img" not in "".join(str(each.proto.body) for each in app.get("html"))


def test_the_rates_are_at_first_those_of_the_recorded_trainings(visit: Visit) -> None:
    masked, cut, choice = preset("mlm").objective, preset("span").objective, Choice()
    assert (choice.rate, choice.noise, choice.length) == (masked.mask_rate, cut.density, cut.span_length)
    assert f"that of the recorded training: {100 * masked.mask_rate:.0f}%" in said(visit(PAGE))


def test_the_question_is_answered_by_counting(visit: Visit) -> None:
    app = visit(PAGE)
    app.pills(key="quiz_exercises").set_value("2 to 5 times").run()
    assert "**Yes.**" in said(app)
    app = visit(PAGE, rate="0.9")
    app.pills(key="quiz_exercises").set_value("2 to 5 times").run()
    assert "**No.**" in said(app)


@pytest.mark.parametrize(("mlm", "right"), [(30.0, 0), (15.0, 1), (5.0, 2), (2.0, 3)])
def test_how_many_times_as_many(mlm: float, right: int) -> None:
    found = view.gained({"clm": 30.0, "mlm": mlm}, 1_000)
    assert found.right == right and f"{30 / mlm:.1f} times" in found.story


@pytest.mark.parametrize(("step", "share"), [(0, 0), (1, 1), (500, 50), (999, 99), (1_000, 100)])
def test_only_the_start_is_untrained_and_only_the_end_trained(step: int, share: int) -> None:
    assert view.percent(step, 1_000) == share


def test_the_table_is_of_what_was_counted() -> None:
    drawn = view.table(20.0, {"mlm": 3.0, "clm": 21.0, "nsp": 1.0, "span": 7.24}, 1_000)
    assert drawn.count("<tr>") == 5
    assert "<td>7.2</td><td>36</td>" in drawn and "<td>21.0</td><td>105</td>" in drawn


def test_a_lane_carries_what_its_component_draws() -> None:
    asked = Solve("span", (2, 7, 400, 3), (400, 8, 401, 3), (0, 1, 2, 3), (400, 8, 401, 3))
    gap = Cell("<extra_id_0>", GAP, (Said("<extra_id_0>", 0), Said("dog", 1)))
    end = Cell("[SEP]", "special", (Said("<extra_id_1>", 2), Said("(end)", 3)))
    drawn = Drawn(asked, (Cell("[CLS]", "special"), Cell("a"), gap, end), 2, "A note.")
    solved = [
        Solved(step, np.full(4, share, np.float32), (("<extra_id_0>", "b"),) * 4, np.ones((4, 2), np.float32), np.ones(4, bool), loss)
        for step, share, loss in ((50, 0.5, 0.69), (0, 0.1, 2.3))
    ]
    payload = view.lane("span", drawn, {each.step: each for each in solved}, 50, [view.Control("noise", "hidden", 0.2, 0.05, 0.9, 0.05)])
    assert payload["steps"] == [0, 100] and payload["losses"] == [2.3, 0.69]
    assert payload["cells"][2]["says"] == [{"text": "⟨0⟩", "target": 0}, {"text": "dog", "target": 1}]
    assert payload["of"] == "for 1 of 2 tokens" and payload["note"] == "A note."
    assert payload["guesses"][0][0][0] == ("⟨0⟩", 1.0)
    bare = view.lane("mlm", None, {}, 50, [], "Why.")
    assert (bare["cells"], bare["targets"], bare["of"], bare["note"]) == ([], 0, "no target", "Why.")
    swapped = view.lane("mlm", Drawn(asked, (Cell("b", SWAPPED, (Said("a", 0),)),), 1), {}, 50, [])
    assert swapped["cells"][0]["tag"] == "swapped" and swapped["of"] == "of 1 token"


@pytest.mark.parametrize(("text", "few"), [("xyzzy plugh .", False), ("Leo saw a zebra .", True), ("Leo saw a dog .", True)])
def test_a_loss_on_unknown_words_is_not_told_as_harm(text: str, few: bool) -> None:
    """A sentence of unknown words has a trained loss of 9.1 and an untrained one of 6.4: that is said, and the two are not compared."""
    tokenizer = with_sentinels(word_level(corpus.words()))
    read, rng = pieces(tokenizer, text), np.random.default_rng(0)
    for kind, drawn in (("clm", exercises.causal(read)), ("span", exercises.cut(read, 0.5, 1.0, sentinel(tokenizer), rng))):
        payload = view.lane(kind, drawn, {}, 50, [])
        assert payload["compared"] is few
        if not few:
            assert "2 of 3 tokens are unknown to this model" in payload["note"] and "says nothing of what it has learnt" in payload["note"]
        else:
            assert "unknown" not in payload["note"]
