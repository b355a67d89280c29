"""*Text to text* as Streamlit runs it, without a browser: the recordings answer."""

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from llmviz.experiments.text_to_text import EXAMPLES
from tests.guess import skip
from tests.ui.mounted import mounted


def written(app: AppTest) -> list[dict[str, Any]]:
    assert not app.exception
    return [data for name, data in mounted(app) if name == "written"]


def said(drawn: dict[str, Any], place: int = -1) -> str:
    return " ".join(token["text"] for token in drawn["texts"][place]["tokens"])


def test_it_opens_on_one_text_through_the_pretrained_run_and_the_one_from_scratch(visit: Callable[..., AppTest]) -> None:
    app = visit("text_to_text")
    [ours] = written(app)
    first = EXAMPLES["tinyland"][0]
    assert [token["text"] for token in ours["given"]] == [*first.sentence.split(), "(end)"]
    assert said(ours) == f"{first.truth} (end) ✓"
    assert said(ours, 0) != said(ours) and ours["steps"][0] == 0
    assert any("<b>From scratch, the same labels</b>, at step 900: " in str(each.proto.body) for each in app.get("html"))


def test_every_suggestion_is_answered_and_marked(visit: Callable[..., AppTest]) -> None:
    for example in EXAMPLES["tinyland"]:
        ours = written(visit("text_to_text", s=example.sentence))[0]
        assert said(ours).endswith(("✓", "✗"))
        assert sum(ours["texts"][-1]["cross"][0]) > 0.9


def test_a_text_of_ones_own_has_no_mark(visit: Callable[..., AppTest]) -> None:
    ours = written(visit("text_to_text", s="sentiment : what a superb show !"))[0]
    assert "✓" not in said(ours) and "✗" not in said(ours)


def test_figures_are_withheld_until_a_guess(visit: Callable[..., AppTest]) -> None:
    app = visit("text_to_text")
    assert not [each for each in app.get("html") if "BERT, this task alone" in str(each.proto.body)]
    app = skip(app)
    [table] = [str(each.proto.body) for each in app.get("html") if "BERT, this task alone" in str(each.proto.body)]
    assert table.count("<tr>") == 4 and "not trained" not in table
    assert "Answer" in "\n".join(text.value for text in app.markdown)


def test_an_empty_text_asks_for_one(visit: Callable[..., AppTest]) -> None:
    app = visit("text_to_text")
    app.text_input(key="sentence").set_value("").run()
    assert not app.exception
    assert "Type a sentence" in "\n".join(text.value for text in app.caption)


def test_the_network_is_a_look_closer(visit: Callable[..., AppTest]) -> None:
    app = visit("text_to_text", tab="network")
    assert not app.exception
    [drawn] = [data for name, data in mounted(app) if name == "network"]
    assert {layer["role"] for layer in drawn["layers"]} == {"trained"}
