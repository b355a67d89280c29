"""*Your own names* as Streamlit runs it, without a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.text import own_tagged, own_tags
from tests.ui.fake_clock import pass_time
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PAGE = "own_names"
BRACKETS = "\n".join(f"we saw [Film{number}](<b>FILM</b>) in [New York](CITY) ." for number in range(30))
BROKEN = "\n\n".join(f"Film{number} I-FILM\nis O\nlong O" for number in range(30))


def parts(app: AppTest) -> dict[str, Any]:
    return dict(mounted(app))


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning))


def drawn(app: AppTest) -> str:
    return "\n".join(each.proto.body for each in app.get("html"))


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="own_names_pasted").set_value(text)
    return app.button(key="own_names_read").click().run()


def trained(app: AppTest) -> AppTest:
    app.button(key="train").click().run()
    pass_time(1)
    return app.run()


def test_the_example_is_shown_learnt_and_looked_into(visit: Visit) -> None:
    app = visit(PAGE, tab="mistakes")
    assert "Example: requests to a house** · 719 sentences, 7 types\\: 517 to learn from" in said(app)
    assert "area</mark> <b>215" in drawn(app) and "<span>name</span></mark>" in drawn(app) and app.expander[0].proto.expanded
    before, after, scratch = parts(app)["tagged"]["rows"]
    assert not before["steps"] and "Press Train live" in after["empty"] and scratch["action"] == "Train from scratch too"
    assert "curve" not in parts(app) and query(app) == {"tab": "mistakes"}
    trained(app)
    shown = parts(app)["tagged"]
    assert shown["truth"] and shown["rows"][1]["spans"][-1] == shown["truth"] and "right" in shown["rows"][1]["score"][-1]
    assert {"curve", "accuracy_bars"} <= set(parts(app)) and "f1" in str(parts(app)["curve"]).lower()
    matrix = parts(app)["confusion"]
    assert matrix["labels"] == [*own_tagged.example().types, "no name"] and sum(matrix["counts"][place][-1] for place in range(7)) > 0
    app.text_input(key="sentence").set_value("something never tagged").run()
    assert parts(app)["tagged"]["truth"] is None and parts(app)["tagged"]["words"] == ["something", "never", "tagged"]
    app.text_input(key="sentence").set_value(" ").run()
    assert "no word to read" in parts(app)["tagged"]["note"] and not app.exception


def test_a_pasted_text_is_previewed_learnt_and_kept_in_the_address(visit: Visit) -> None:
    app = paste(visit(PAGE), BRACKETS)
    digest = query(app)["tags_digest"]
    assert own_tags.read(digest).types == ("<b>FILM</b>", "CITY") and query(app)["labels"] == "18"
    assert "**Your own tagged text** · 30 sentences, 2 types\\: 18 to learn from, 6" in said(app)
    assert "12 names are held out" in said(app) and "New York<span>CITY</span>" in drawn(app) and "<b>FILM" not in drawn(app)
    trained(app)
    assert parts(app)["tagged"]["kinds"] == ["<b>FILM</b>", "CITY"]
    again = visit(PAGE, tags_digest=digest, labels="18", text="wiki", tab="labels")
    assert query(again) == {"tags_digest": digest, "labels": "18", "text": "wiki", "tab": "labels"}
    assert str(again.text_input(key="sentence").value).startswith("we saw Film")
    app.button(key="own_names_example").click().run()
    assert query(app) == {} and "requests to a house" in said(app)


def test_what_breaks_bio_is_refused_and_mended_by_a_button_and_a_bad_file_is_refused(visit: Visit) -> None:
    app = paste(visit(PAGE), BROKEN)
    assert "follows neither B\\-FILM nor I\\-FILM" in said(app) and "there are 30 such tags" in said(app) and query(app) == {}
    app.button(key="own_names_mend").click().run()
    assert own_tags.read(query(app)["tags_digest"]).tags == ("O", "B-FILM", "I-FILM")
    assert "30 tags that began with I\\- and went on with nothing are read as B\\-" in said(app) and not app.warning
    before = query(app)
    for content, told in ((b"", "empty"), (b"no tags at all", "entity is marked"), (b"[Anna](PER) .", "at least 10 are needed")):
        app.file_uploader[0].upload("mine.txt", content, "text/plain").run()
        assert not app.exception and [told in warning.value for warning in app.warning] == [True], [each.value for each in app.warning]
        assert query(app) == before and "own_names_mend" not in [button.key for button in app.button]
    app.file_uploader[0].upload("mine.txt", BRACKETS.encode(), "text/plain").run()
    assert query(app)["tags_digest"] != before["tags_digest"] and not app.warning


@pytest.mark.parametrize("wrong", ["0" * 64, "../../etc/passwd"])
def test_a_text_that_is_not_here_is_said_and_the_example_shown(wrong: str, visit: Visit) -> None:
    app = visit(PAGE, tags_digest=wrong, labels="36")
    assert "not kept on this machine" in said(app) if wrong.isalnum() else "64 hexadecimal digits" in said(app)
    assert "requests to a house" in said(app) and "tags_digest" not in query(app)
