"""*Names in a text* as Streamlit runs it, without a browser: the recordings answer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.run import RunRef
from llmviz.core.settings import LabelsSpec, TextSpec
from llmviz.core.spec import preset
from llmviz.experiments.entities import EXAMPLES
from llmviz.runs.recordings import Recordings
from llmviz.text.gazetteer import words_of
from llmviz.ui.few_labels import COUNTS
from tests.guess import skip
from tests.ui.fake_clock import pass_time
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

DEFAULT = preset("entities")


def parts(app: AppTest, name: str) -> list[dict[str, Any]]:
    return [data for mounted_name, data in mounted(app) if mounted_name == name]


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning))


def likeliest(drawn: dict[str, Any], row: int) -> list[str]:
    """The tags of a row at its last step."""
    return [drawn["labels"][max(range(len(each)), key=each.__getitem__)] for each in drawn["rows"][row]["probability"][-1]]


def test_it_opens_on_the_recordings_with_three_models(visit: Callable[..., AppTest]) -> None:
    (drawn,) = parts(visit("entities"), "tagged")
    before, after, scratch = drawn["rows"]
    assert [row["title"] for row in (before, after, scratch)] == ["Before", "After", "From scratch"]
    assert [row["phase"] for row in (before, after, scratch)] == ["pretrained", "finetuned", "random"]
    assert drawn["words"] == ["Nordbank", "pays", "Greta", "well", "."]
    assert likeliest(drawn, 1) == ["B-ORG", "O", "B-PER", "O", "O"]  # though no label named either of them
    assert drawn["truth"] == [[2, 0, 1], [0, 2, 3]] == after["spans"][-1] and after["score"][-1] == "2 of 2 right"
    assert before["steps"] == [0] and all(chance == pytest.approx(1 / 7, abs=1e-3) for chance in before["probability"][0][0])
    assert max(map(max, before["strength"][0])) < 0.06  # what cannot tell has no colour


def test_each_look_closer_lies_in_the_address(visit: Callable[..., AppTest]) -> None:
    app = visit("entities", tab="mistakes")
    (drawn,) = parts(app, "confusion")
    assert drawn["labels"] == ["person", "place", "organisation", "no name"]
    right = sum(drawn["counts"][place][place] for place in range(4))
    assert right / sum(map(sum, drawn["counts"])) > 0.95
    assert parts(visit("entities", tab="network"), "network")[0]["sums"]["copied"]["tensors"] > 0
    assert parts(visit("entities", tab="attention"), "attention_diff")
    study = visit("entities", tab="labels")  # all but the two that are recorded
    assert any(button.label.startswith(f"Train {2 * len(COUNTS) - 2} runs") for button in study.button)


def test_what_the_rival_came_to_is_withheld_until_a_guess(visit: Callable[..., AppTest]) -> None:
    app = visit("entities")
    bars = {rung["name"]: rung for rung in parts(app, "accuracy_bars")[0]["rungs"]}
    assert bars["from scratch"]["withheld"] and "from scratch" not in parts(app, "accuracy_bars")[0]["below"]
    shown = skip(app)
    bars = {rung["name"]: rung for rung in parts(shown, "accuracy_bars")[0]["rungs"]}
    assert not bars["from scratch"]["withheld"] and bars["after"]["values"][-1] > bars["from scratch"]["values"][-1]
    assert set(bars) == {"best possible", "after", "from scratch", "before", "a list of words"}
    assert any("256 labelled texts find more names after pretraining" in part.proto.body for part in shown.get("html"))


def test_the_truth_is_told_where_the_grammar_knows_it(visit: Callable[..., AppTest]) -> None:
    assert parts(visit("entities", s="Vienna lives in Paris with Tom ."), "tagged")[0]["truth"][:2] == [[0, 0, 1], [1, 3, 4]]
    assert parts(visit("entities", s="Vienna sings ."), "tagged")[0]["truth"] is None


@pytest.mark.parametrize("text", ["", "   ", "<img src=x onerror=alert(1)> **bold** $x$", "Tom " * 80, "Ωμέγα 東京 🙂"])
def test_any_text_is_answered_in_a_sentence_or_in_tags(text: str, visit: Callable[..., AppTest]) -> None:
    app = visit("entities", s=text)
    assert not app.exception
    (drawn,) = parts(app, "tagged")
    assert "<img" not in said(app)
    if len(text) > 200:
        assert "this model reads 62" in drawn["note"]


def test_other_settings_are_another_run_and_train(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    app = visit("entities", labels="16")
    (drawn,) = parts(app, "tagged")
    assert [row["empty"] for row in drawn["rows"]][:2] == ["Not trained with these settings yet. Press Train live."] * 2
    app.button(key="train").click().run()
    assert fake.find(replace(DEFAULT, objective=LabelsSpec(16))) is not None


def test_a_word_of_several_pieces_shows_them_and_others_do_not(
    visit: Callable[..., AppTest], fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (plain,) = parts(visit("entities"), "tagged")
    assert "pieces" not in plain and "piece" not in plain["note"]
    read = Recordings().folder(RunRef(preset("mlm", TextSpec("wiki")).id, 0)).tokenizer()
    monkeypatch.setattr(fake, "tokenizer", lambda run: read)
    app = visit("entities", text="wiki")
    app.button(key="train").click().run()
    pass_time(1)
    (drawn,) = parts(app.run(), "tagged")
    assert not app.exception
    assert drawn["pieces"][0] == ["Alg", "ier", "s"] and "".join(drawn["pieces"][1]) == "is"
    assert "Of a word in pieces the first, underlined, carries the tag." in drawn["note"]


def test_of_requests_it_asks_for_slots(visit: Callable[..., AppTest]) -> None:
    app = visit("entities", text="requests")
    (drawn,) = parts(app, "tagged")
    assert len(drawn["labels"]) == 45 and len(drawn["kinds"]) == len(drawn["colours"]) == 22
    assert drawn["legend"] == ["where", "what", "how much", "how"] and "search query" in drawn["kinds"]
    marked = [(drawn["kinds"][kind], " ".join(drawn["words"][begin:end])) for kind, begin, end in drawn["truth"]]
    assert marked == [("search query", "carmen"), ("name", "projector"), ("area", "studio")]
    html = "\n".join(part.proto.body for part in app.get("html"))
    assert "256 labelled requests" in html and "slots" in html and "Every word gets a tag: the slot" in html
    assert "Apache License 2.0" in said(app) and not app.exception
    typed = visit("entities", text="requests", s="Vienna lives in Paris with Tom .")
    assert parts(typed, "tagged")[0]["truth"] is None  # Tinyland's grammar is not asked


def test_on_wikipedia_no_grammar_tells_the_truth_and_the_page_says_where_the_tags_come_from(
    visit: Callable[..., AppTest], fake: FakeEngine
) -> None:
    app = visit("entities", text="wiki")
    (drawn,) = parts(app, "tagged")
    assert drawn["truth"] is None and "✓" not in drawn["note"] and drawn["kinds"] == ["person", "place", "organisation"]
    assert drawn["words"] == list(words_of(EXAMPLES["wiki"][0].sentence))
    head = " ".join(part.proto.body for part in app.get("html"))
    assert "tags come from a list of article titles, not from a person; what the list lacks counts as a mistake" in head
    assert "Mintz et al. 2009" in said(app) and "Creative Commons Attribution-ShareAlike" in said(app)
    app.button(key="train").click().run()
    assert fake.find(preset("entities", TextSpec("wiki"))) is not None and not app.exception
