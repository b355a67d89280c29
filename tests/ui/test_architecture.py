"""The page *Architecture* as Streamlit runs it, on the fake engine, which answers with what the recordings' own weights say."""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from llmviz.experiments import architecture
from llmviz.experiments.architecture.panel import MODELS, TABS
from tests.guess import skip
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PAGE = "architecture"
FIRST = architecture.EXAMPLES["tinyland"][0]


def part(app: AppTest) -> dict[str, Any]:
    [data] = [data for name, data in mounted(app) if name == "walk"]
    return data


def numbers(box: dict[str, Any]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.frombuffer(base64.b64decode(box["values"]), "<f4").reshape(box["shape"][0], box["shape"][1], -1)


def named(walk: dict[str, Any], name: str) -> dict[str, Any]:
    [box] = [box for box in walk["boxes"] if box["name"] == name and box["values"] and box["stage"] == walk["opened"]]
    return dict(box)


def texts(walk: dict[str, Any], sequence: int = 0) -> list[str]:
    return [token["text"] for token in walk["sequences"][sequence]["tokens"]]


def turn(app: AppTest, tab: str) -> AppTest:
    app.segmented_control(key="architecture_tab").set_value(tab)
    return app.run()


def tables(app: AppTest) -> list[dict[str, Any]]:
    return [data for name, data in mounted(app) if name == "table"]


def test_it_opens_on_the_recorded_gpt_with_its_first_block_in_full(visit: Visit) -> None:
    walk = part(visit(PAGE))
    assert walk["model"] == "GPTNeoXForCausalLM" and texts(walk) == ["[CLS]", *FIRST.sentence.split()]
    assert [stage["name"] for stage in walk["stages"]] == ["embeddings", "block 1", "block 2", "head"] and walk["opened"] == 1
    assert all(stage["says"] for stage in walk["stages"]) and all(box["says"] for box in walk["boxes"])
    attention = numbers(named(walk, "attention"))
    np.testing.assert_allclose(attention.sum(-1), 1, atol=1e-5)
    assert not np.triu(attention[0], 1).any()
    assert sum(box["parameters"] for box in walk["boxes"]) == 120_320


def test_another_sentence_and_another_stage_are_in_the_address(visit: Visit) -> None:
    walk = part(visit(PAGE, s="the dog barks .", opened="3", box="35", row="2", column="1"))
    assert texts(walk) == ["[CLS]", "the", "dog", "barks", "."] and walk["opened"] == 3
    assert walk["at"] == [35, -1, 2, 1]
    assert walk["words"] and numbers(named(walk, "probabilities")).shape[-1] == len(walk["words"]) < walk["vocabulary"]


@pytest.mark.parametrize(("stage", "model"), MODELS.items())
def test_every_model_is_walked_through(stage: str, model: str, visit: Visit) -> None:
    app = visit(PAGE)
    app.segmented_control(key="architecture_model").set_value(stage)
    walk = part(app.run())
    kinds = {"clm": "GPTNeoXForCausalLM", "mlm": "RoFormerForMaskedLM", "span": "T5ForConditionalGeneration"}
    assert walk["model"] == kinds.get(stage, "RoFormerForTokenClassification")
    assert ("[MASK]" in texts(walk)) == (stage == "mlm") and len(walk["sequences"]) == 1 + (stage == "span")
    assert any(f"Architecture · {model}<" in block.proto.body for block in app.get("html"))


def test_the_lens_says_the_end_at_the_end(visit: Visit) -> None:
    app = turn(visit(PAGE, stage="mlm"), "lens")
    [table] = tables(app)
    assert table["rows"][0]["name"] == "embeddings" and table["rows"][-1]["name"] == "block 2, feed-forward"
    gap = [column["name"] for column in table["columns"]].index("[MASK]")
    assert [bit["text"] for bit in table["rows"][-1]["cells"][gap]["bits"]] == ["Madrid"]
    assert table["rows"][-1]["cells"][gap]["tint"] > table["rows"][0]["cells"][gap].get("tint", 0)


def test_what_is_switched_off_is_told_after_the_question(visit: Visit) -> None:
    app = turn(visit(PAGE, stage="mlm"), "pieces")
    assert not tables(app)
    skipped = skip(app)
    [table] = tables(skipped)
    assert [column["name"] for column in table["columns"]] == ["it says", "loss", "facts"]
    rows = {row["name"]: row["cells"] for row in table["rows"]}
    assert rows["nothing"][0]["bits"][0]["text"].startswith("Madrid") and len(rows) == 13
    assert rows["block 2, head 4"][2]["bits"][0]["text"] == "10%" and rows["block 2, head 4"][2]["tint"] > 0.8
    assert any("Without any one of 8 heads" in text.value for text in skipped.markdown)


def test_three_models_and_published_ones_stand_beside_one_another(visit: Visit) -> None:
    app = visit(PAGE)
    [sides] = tables(turn(app, "sides"))
    assert [column["name"] for column in sides["columns"]] == ["GPT", "BERT", "T5"]
    [sizes] = tables(turn(app, "sizes"))
    assert [column["name"] for column in sizes["columns"]] == ["this GPT", "BERT-base", "GPT-2", "GPT-3"]
    assert [bit["text"] for cell in sizes["rows"][-1]["cells"] for bit in cell["bits"]] == ["120 k", "110 M", "124 M", "175 B"]


@pytest.mark.parametrize(
    ("stage", "where"), [("clm", "Next token"), ("mlm", "Masked tokens"), ("sentiment", "Masked tokens"), ("span", "Spans")]
)
def test_the_weights_of_its_stages_stand_beside_one_another(stage: str, where: str, visit: Visit) -> None:
    [weights] = tables(visit(PAGE, stage=stage, tab="weights"))
    assert [column["name"] for column in weights["columns"]] == ["Random start", "Pretrained", "Fine-tuned"]
    assert weights["columns"][0]["about"] == f"step 0 of {where}"
    rows = {row["name"]: row["cells"] for row in weights["rows"]}
    assert len(rows) > 4 and not rows["all of it"][0]["more"]
    assert all(cell["more"][0].startswith("moved ") for cell in rows["all of it"][1:])


def test_without_a_word_or_a_run_it_says_what_to_do(visit: Visit) -> None:
    walk = part(visit(PAGE, s=" "))
    assert not walk["boxes"] and walk["empty"].startswith("Type a sentence")
    walk = part(visit(PAGE, seed="77"))
    assert not walk["boxes"] and "Press Train live" in walk["empty"]


@pytest.mark.parametrize("tab", TABS)
def test_no_view_fails_where_nothing_is_trained(tab: str, visit: Visit) -> None:
    app = visit(PAGE, seed="77", tab=tab)
    assert not app.exception
