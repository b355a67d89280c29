"""*Your own labels* as Streamlit runs it, without a browser."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.text import own_example, own_labels, own_splits, own_table
from llmviz.ui import few_labels
from tests.ui.fake_clock import pass_time
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PAGE = "own_labels"
CSV = "mood;what was said;who\n" + "\n".join(
    f"{mood};it is {word} {number};me" for mood, word in (("glad", "fine"), ("sad", "grey"), ("so so", "usual")) for number in range(20)
)
HOSTILE = "text,label\n" + "\n".join(
    f'"<img src=x onerror=alert(1)> **b** {len(label)} {number}","{label}"'
    for label in ("<b>x</b>", "![a](http://b)")
    for number in range(10)
)


def parts(app: AppTest) -> dict[str, Any]:
    return dict(mounted(app))


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning))


def drawn(app: AppTest) -> str:
    return "\n".join(each.proto.body for each in app.get("html"))


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="own_table_pasted").set_value(text)
    return app.button(key="own_table_read").click().run()


def trained(app: AppTest) -> AppTest:
    app.button(key="train").click().run()
    pass_time(1)
    return app.run()


def test_it_opens_on_the_example_with_nothing_recorded(visit: Visit) -> None:
    app = visit(PAGE)
    assert "requests to a house" in said(app) and "508 examples of 4 classes" in said(app)
    assert "turn off <b>" in drawn(app) and app.expander[0].proto.expanded
    before, after, scratch = parts(app)["cards"]["cards"]
    assert not before["steps"] and "Press Train live" in after["empty"] and scratch["action"] == "Train from scratch too"
    assert "curve" not in parts(app) and not app.button(key="train").disabled
    assert query(app) == {}
    assert app.text_input(key="sentence").value in dict(own_example.read("").examples)


def test_the_example_is_learnt_and_a_sentence_classified(visit: Visit) -> None:
    app = trained(visit(PAGE, text="requests"))
    assert "held-out ones too, without their labels" in said(app)
    _, after, _ = parts(app)["cards"]["cards"]
    assert after["labels"] == list(own_example.INTENTS) and max(after["shares"][-1]) > 0.9 and after["notes"] == []
    assert parts(app)["cards"]["truth"] == "ask state"
    assert not app.expander[0].proto.expanded and {"curve", "accuracy_bars"} <= set(parts(app))
    app.text_input(key="sentence").set_value("something never labelled").run()
    assert parts(app)["cards"]["truth"] == "" and parts(app)["cards"]["cards"][1]["shares"][-1] == [0.25] * 4


def test_a_pasted_table_is_mapped_by_hand_previewed_counted_and_learnt(visit: Visit) -> None:
    app = paste(visit(PAGE), CSV)
    assert "60 rows of 3 columns, divided by semicolon, in UTF" in said(app)
    assert (app.selectbox(key="own_text").value, app.selectbox(key="own_label").value) == (1, 0)
    assert "it is fine 0" in drawn(app) and "glad <b>20</b>" in drawn(app)
    assert "36 to learn from" in said(app) and "standard error" in said(app)
    app.selectbox(key="own_label").set_value(2).run()
    assert "one label only" in said(app) and app.button(key="own_take").disabled
    app.selectbox(key="own_label").set_value(1).run()
    assert "two different columns" in said(app)
    app.selectbox(key="own_label").set_value(0).run()
    app.button(key="own_take").click().run()
    digest = query(app)["labels_digest"]
    assert own_labels.read(digest).classes == ("glad", "sad", "so so") and query(app)["labels"] == "36"
    assert "**Your own table** · 60 examples of 3 classes" in said(app)
    trained(app)
    assert parts(app)["cards"]["cards"][1]["labels"] == ["glad", "sad", "so so"]
    assert "learn your 4" not in drawn(app)
    app.button(key="own_example").click().run()
    assert "labels_digest" not in query(app) and "requests to a house" in said(app)


def test_a_reload_keeps_the_table(visit: Visit) -> None:
    digest = own_labels.keep(own_labels.labelled(own_table.read(CSV.encode()), 1, 0))
    app = visit(PAGE, labels_digest=digest, labels="36", text="wiki")
    assert "60 examples of 3 classes" in said(app) and query(app) == {"labels_digest": digest, "labels": "36", "text": "wiki"}
    assert str(app.text_input(key="sentence").value).startswith("it is")


@pytest.mark.parametrize("wrong", ["0" * 64, "../../etc/passwd"])
def test_a_table_that_is_not_here_is_said_and_the_example_shown(wrong: str, visit: Visit) -> None:
    app = visit(PAGE, labels_digest=wrong, labels="36")
    assert "requests to a house" in said(app)
    assert "not kept on this machine" in said(app) if wrong.isalnum() else "64 hexadecimal digits" in said(app)
    assert "labels_digest" not in query(app)


def test_the_first_row_may_be_a_text(visit: Visit) -> None:
    app = paste(visit(PAGE), CSV)
    app.toggle(key="own_header").set_value(False).run()
    assert "61 rows" in said(app) and "column 1" in drawn(app)
    app.button(key="own_leave").click().run()
    assert "requests to a house" in said(app) and query(app) == {}


def test_a_mapping_outlasts_a_visit_to_another_page(visit: Visit) -> None:
    app = paste(visit(PAGE), CSV)
    app.selectbox(key="own_label").set_value(2).run()
    app.switch_page("pages/tokens.py").run()
    app.switch_page(f"pages/{PAGE}.py").run()
    assert app.selectbox(key="own_label").value == 2 and not app.exception


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"no table at all\nnot one", "divides most rows"),
        (b"PK\x03\x04\x00\x00\x00\x08", "workbook"),
        (b'a,b\n"never closed,c\n', "quote"),
        (b"text,label\n" + b"x,y\n" * 10_002, "10,000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(content: bytes, told: str, visit: Visit) -> None:
    app = visit(PAGE)
    app.file_uploader[0].upload("mine.csv", content, "text/csv").run()
    assert not app.exception and any(told in warning.value for warning in app.warning), [each.value for each in app.warning]
    assert query(app) == {}


def test_a_file_is_mapped_like_what_is_pasted(visit: Visit) -> None:
    app = visit(PAGE)
    app.file_uploader[0].upload("mine.csv", CSV.encode("utf-16"), "text/csv").run()
    assert "60 rows of 3 columns" in said(app) and "UTF\\-16" in said(app)


def test_hostile_text_stays_text(visit: Visit) -> None:
    app = paste(visit(PAGE), HOSTILE)
    assert "<img" not in drawn(app) and "&lt;img src=x" in drawn(app)
    app.button(key="own_take").click().run()
    assert "<img" not in drawn(app) and "<b>x</b>" not in drawn(app)
    pills = [option for group in app.pills for option in group.options]
    assert any("\\!\\[a\\]" in option for option in pills)
    trained(app)
    assert parts(app)["cards"]["cards"][1]["labels"] == ["![a](http://b)", "<b>x</b>"]


def test_mistakes_open_as_a_matrix(visit: Visit) -> None:
    app = visit(PAGE, tab="mistakes")
    assert "nothing to look into yet" in said(app)
    trained(app)
    matrix = parts(app)["confusion"]
    assert matrix["labels"] == list(own_example.INTENTS) and sum(map(sum, matrix["counts"])) == 100
    assert sum(matrix["counts"][place][place] for place in range(4)) == 99


def test_how_few_labels_tries_as_many_as_the_table_has(visit: Visit) -> None:
    app = trained(visit(PAGE, tab="labels"))
    learnt = len(own_splits.divided(own_example.read("").examples)["train"])
    assert 256 < learnt < 512  # or the last count would be no other than of any text
    assert few_labels.counts(learnt) == (2, 4, 8, 16, 32, 64, 128, 256, learnt)
    assert f"with 2 to {learnt} labels" in said(app)
    end = time.monotonic() + 10
    while not any(button.label.startswith("Train 17 runs") for button in app.button):  # the eighteenth is that of the page
        assert time.monotonic() < end
        time.sleep(0.1)  # what of a study is done is read anew now and then
        app.run()
    assert few_labels.counts(3) == (2, 3) and few_labels.counts(600) == few_labels.COUNTS
