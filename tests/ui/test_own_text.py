"""*Your own text* as Streamlit runs it, without a browser."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.text import own_prose
from tests.ui.fake_clock import pass_time
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PAGE = "own_text"
LINES = "\n".join(f"line <b>{number}</b> of a text nobody has read" for number in range(40))


def parts(app: AppTest) -> dict[str, Any]:
    return dict(mounted(app))


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning, *app.title))


def drawn(app: AppTest) -> str:
    return "\n".join(each.proto.body for each in app.get("html"))


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="own_prose_pasted").set_value(text)
    return app.button(key="own_prose_read").click().run()


def trained(app: AppTest) -> AppTest:
    app.button(key="train").click().run()
    pass_time(1)
    return app.run()


def test_before_training_the_pretrained_model_writes_and_after_it_all_three(visit: Visit) -> None:
    app = visit(PAGE)
    assert "Example: requests to a house** · 13,846 words in 2,135 passages\\: 1,917 to learn from, 218 held out" in said(app)
    before, after, scratch = parts(app)["replies"]["rows"]
    assert before["steps"] == [4_500] and before["texts"][0]["words"][:3] == ["turn", "off", "the"] and before["texts"][0]["given"] == 3
    assert not after["steps"] and "Press Train live" in after["empty"] and scratch["action"] == "Train from scratch too"
    assert "curve" not in parts(app) and query(app) == {}
    trained(app)
    rows = parts(app)["replies"]["rows"]
    assert rows[0]["steps"] == [0] and rows[1]["steps"][-1] == 150 and "curve" in parts(app)
    assert rows[1]["texts"][-1]["words"][:5] == ["turn", "off", "the", "Paris", "."]  # what the fake engine comes to know
    app.button(key="likeliest").click().run()
    assert query(app)["draw"] == "0" and app.button(key="likeliest").disabled
    app.button(key="draw_again").click().run()
    assert "draw" not in query(app) and not app.exception


def test_the_text_it_had_read_is_the_visitors_choice(visit: Visit) -> None:
    app = visit(PAGE, text="wiki", tab="amount")
    assert parts(app)["replies"]["rows"][0]["steps"] == [2_000] and query(app) == {"text": "wiki", "tab": "amount"}
    assert "fewer passages to learn from" in said(trained(app))
    app.selectbox(key="origin").set_value("none").run()
    first, second, third = parts(app)["replies"]["rows"]
    assert query(app)["parent"] == "none" and not first["steps"] and second["phase"] == "random" and third["title"] == "Pretrained"


def test_a_pasted_text_is_previewed_learnt_and_kept_in_the_address(visit: Visit) -> None:
    app = paste(visit(PAGE), LINES)
    digest = query(app)["text_digest"]
    assert own_prose.read(digest) == LINES and query(app)["passages"] == "24"
    assert "**Your own text** · 320 words in 40 passages\\: 24 to learn from, 16 held out" in said(app)
    assert "Only 8 passages are held out" in said(app) and "&lt;b&gt;" in drawn(app) and "line <b>" not in drawn(app)
    assert str(app.text_input(key="sentence").value).startswith("line <b>")
    trained(app)
    assert "24 passages of it" in parts(app)["replies"]["rows"][1]["about"]
    again = visit(PAGE, text_digest=digest, passages="24")
    assert query(again) == {"text_digest": digest, "passages": "24"} and "320 words" in said(again)
    app.button(key="own_prose_example").click().run()
    assert query(app) == {} and "requests to a house" in said(app)


def test_what_is_no_text_or_too_little_is_refused_where_it_was_given(visit: Visit) -> None:
    app = visit(PAGE)
    for content, told in ((b"", "no word in this text"), (b"one line", "at least 10 are needed"), (b"\xff\xfe\x00", "no plain text")):
        app.file_uploader[0].upload("mine.txt", content, "text/plain").run()
        assert not app.exception and [told in warning.value for warning in app.warning] == [True], [each.value for each in app.warning]
        assert query(app) == {}


@pytest.mark.parametrize("wrong", ["0" * 64, "../../etc/passwd"])
def test_a_text_that_is_not_here_is_said_and_the_example_shown(wrong: str, visit: Visit) -> None:
    app = visit(PAGE, text_digest=wrong, passages="36")
    assert "not kept on this machine" in said(app) if wrong.isalnum() else "64 hexadecimal digits" in said(app)
    assert "requests to a house" in said(app) and "text_digest" not in query(app)
