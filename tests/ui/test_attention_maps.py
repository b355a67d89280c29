"""The page *Attention maps* as Streamlit runs it, on the fake engine."""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.questions.attention import FULL, MOST_TOKENS
from llmviz.core.run import RunRef
from llmviz.core.settings import ModelSpec
from llmviz.core.spec import preset
from llmviz.experiments import attention_maps
from llmviz.experiments.attention_maps.panel import TABS
from llmviz.views.attention import MOST_BYTES, affordable
from tests.guess import skip
from tests.ui.fake_attention import TARGETS
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PAGE = "attention_maps"
FIRST = attention_maps.LESSON.examples["tinyland"][0].sentence


def parts(app: AppTest) -> list[dict[str, Any]]:
    """What the maps on the page were given, in order."""
    return [data for name, data in mounted(app) if name == "attention"]


def weights(part: dict[str, Any]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    n = len(part["tokens"])
    shape = (len(part["steps"]), part["layers"], part["heads"], n, n)
    return np.frombuffer(base64.b64decode(part["weights"]), np.uint8).reshape(shape)


def words(part: dict[str, Any]) -> list[str]:
    return [token["text"] for token in part["tokens"]]


def query(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def test_it_opens_on_the_recording_with_every_snapshot_ready_to_scrub(visit: Visit, fake: FakeEngine) -> None:
    app = visit(PAGE)
    [part] = parts(app)
    run = RunRef(preset("mlm").id, 0)
    assert words(part) == ["[CLS]", *FIRST.split(), "[SEP]"]
    assert [token["special"] for token in part["tokens"]] == [True, *[False] * len(FIRST.split()), True]
    assert part["steps"] == list(fake.history(run).snapshots) and part["group"] == run.key
    np.testing.assert_allclose(weights(part).sum(-1) / FULL, 1, atol=0.03)
    assert not np.array_equal(weights(part)[0], weights(part)[-1])
    assert query(app) == {}


def test_heads_have_names_once_they_have_turned_to_something(visit: Visit) -> None:
    [part] = parts(skip(visit(PAGE)))
    assert [each["name"] for each in part["targets"]] == list(TARGETS)
    assert not any(named for *_, named in part["named"][0]["heads"])
    assert all(named and mass > 0.8 for _, mass, named in part["named"][-1]["heads"])
    target = part["named"][-1]["heads"][part["layer"] * part["heads"] + part["head"]][0]
    assert TARGETS[target] == "rest of a fact"  # what no distance finds


@pytest.mark.parametrize("stage", ["mlm", "clm"])
def test_a_gpt_sees_nothing_that_comes_later(visit: Visit, stage: str) -> None:
    [part] = parts(visit(PAGE, stage=stage))
    above = np.triu(np.ones((len(part["tokens"]),) * 2, bool), 1)
    assert part["causal"] == (stage == "clm")
    assert (weights(part)[..., above] == 0).all() == (stage == "clm")


def test_head_sentence_and_view_live_in_the_address(visit: Visit) -> None:
    app = visit(PAGE, s="the dog barks .", layer="1", head="2", stage="clm", step="400")
    [part] = parts(app)
    assert (part["layer"], part["head"], part["step"]) == (0, 1, 400)
    assert words(part) == ["[CLS]", "the", "dog", "barks", "."]
    app.segmented_control(key="maps_tab").set_value("pair").run()
    assert query(app) == {"s": "the dog barks .", "layer": "1", "head": "2", "stage": "clm", "step": "400", "tab": "pair"}
    app.segmented_control(key="maps_model").set_value("mlm").run()
    assert query(app) == {"s": "the dog barks .", "tab": "pair"}


@pytest.mark.parametrize(("layer", "head"), [("3", "1"), ("1", "5"), ("2", "0"), ("0", "99")])
def test_a_head_the_model_has_not_is_explained(visit: Visit, layer: str, head: str) -> None:
    [part] = parts(visit(PAGE, layer=layer, head=head))
    assert "2 layers of 4 heads" in part["note"] and part["layer"] < 2 and part["head"] < 4


@pytest.mark.parametrize("wrong", [{"layer": "-1"}, {"head": "1000"}, {"tab": "tail"}, {"layer": "two"}])
def test_what_the_address_has_wrong_is_said_and_the_page_stands(visit: Visit, wrong: dict[str, str]) -> None:
    app = visit(PAGE, **wrong)
    assert len(parts(app)) == 1
    assert any("the page shows the default" in warning.value for warning in app.warning)


def test_bert_and_gpt_stand_side_by_side_and_move_together(visit: Visit) -> None:
    app = visit(PAGE, tab="pair")
    bert, gpt = parts(app)
    assert (bert["title"], gpt["title"]) == ("BERT · ", "GPT · ")
    assert bert["group"] == gpt["group"] and (bert["causal"], gpt["causal"]) == (False, True)
    assert words(gpt) == words(bert)[:-1]
    assert any("triangle" in text.value for text in app.markdown)


@pytest.mark.parametrize("view", [tab for tab in TABS if tab not in ("one", "pair")])
def test_bertviz_draws_the_snapshot_and_the_head_that_are_looked_at(visit: Visit, view: str) -> None:
    app = visit(PAGE, tab=view, layer="2", head="3", s="the dog barks .")
    assert parts(app) == []
    [frame] = app.get("iframe")
    assert f"{view} view of layer 1, head 2: 4 tokens" in frame.proto.srcdoc
    assert any(f"Step {preset('mlm').train.steps:,}" in caption.value for caption in app.caption)


@pytest.mark.parametrize("tab", TABS)
def test_an_empty_sentence_asks_for_one(visit: Visit, tab: str) -> None:
    app = visit(PAGE, tab=tab, s="")
    for part in parts(app):
        assert part["steps"] == [] and part["empty"].startswith("Type a sentence")
    assert parts(app) or any("Type a sentence" in caption.value for caption in app.caption)


@pytest.mark.parametrize("tab", TABS)
def test_without_a_run_it_says_so(visit: Visit, tab: str) -> None:
    app = visit(PAGE, tab=tab, seed="7")
    assert not app.exception
    told = [part["empty"] for part in parts(app)] + [caption.value for caption in app.caption]
    assert any("No model yet" in text or "No BERT" in text for text in told)


def test_a_long_text_is_cut_and_the_page_says_so(visit: Visit) -> None:
    [part] = parts(visit(PAGE, s="the dog " * 100))
    assert len(part["tokens"]) == MOST_TOKENS + 2 and len(base64.b64decode(part["weights"])) <= MOST_BYTES
    assert "200 tokens" in part["note"] and f"first {MOST_TOKENS}" in part["note"]


def test_what_a_browser_gets_stays_small() -> None:
    steps = list(range(0, 3_200, 100))
    assert affordable(steps, ModelSpec(), 24) == steps
    few = affordable(steps, ModelSpec(size="1M"), 40)
    assert few[0] == 0 and few[-1] == steps[-1] and 2 < len(few) < len(steps)


def test_the_question_is_answered_by_the_run(visit: Visit) -> None:
    app = visit(PAGE)
    app.pills(key="quiz_heads").set_value("one at a fixed distance").run()
    assert not app.exception
    answers = [text.value for text in app.markdown if text.value.startswith(("**Yes.**", "**No.**"))]
    assert len(answers) == 1 and answers[0].startswith("**Yes.**") and "at the end: 8 of 8" in answers[0].replace("\\", "")
