"""*Your own labels* from a model trained elsewhere: chosen, taken in, said what it will take, trained; a recording stands in for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.settings import ModelSpec
from llmviz.runs import checkpoints
from llmviz.runs.real_models import THERE, Offer, Stands
from llmviz.ui import engine
from tests.ui.fake_clock import pass_time
from tests.ui.mounted import mounted
from tests.ui.test_real import OFFER, Recorded

Visit = Callable[..., AppTest]
PAGE = "own_labels"
CHECKPOINT = Checkpoint("7" * 64, "Big 1B")
MODEL = ModelSpec("llama", "135M")


class Startable(Recorded):
    """A model that runs can start from, once it has been taken in."""

    def checkpoint(self, offer: Offer) -> tuple[Checkpoint, ModelSpec]:
        if self.state.state != THERE:
            raise ValueError("Big 1B has not been taken in")
        return CHECKPOINT, MODEL


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Startable:
    made = Startable(tmp_path)
    monkeypatch.setattr(engine, "make_real", lambda: made)
    monkeypatch.setattr(checkpoints, "known", lambda home, digest: (CHECKPOINT, MODEL))
    engine.forget()
    return made


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.warning)).replace("\\", "")  # what Markdown escapes


def query(app: AppTest) -> dict[str, Any]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def test_it_is_chosen_taken_in_and_then_what_the_page_starts_from(visit: Visit, real: Startable) -> None:
    app = visit(PAGE)
    start = app.selectbox(key="origin")
    assert "from Big 1B, by LoRA" in start.options and OFFER.name == "big"
    app.selectbox(key="origin").select("real:big").run()
    assert app.button(key="real_take_in").label == "Take in Big 1B" and "parent" not in query(app)
    assert app.selectbox(key="origin").value == "real:big"
    real.state = Stands(THERE)
    app.run()
    assert query(app) == {"parent": CHECKPOINT.digest} and "Take in" not in said(app)
    assert "Big 1B has 135 M parameters. They stay as they are" in said(app) and "1.5 GB of memory" in said(app)
    _, after, small = dict(mounted(app))["cards"]["cards"]
    assert after["about"].startswith("Big 1B, LoRA, then 308 labels, 60 steps")
    assert small["title"] == "The small one" and small["action"] == "Train the small one too"
    assert "308 labels · from checkpoint Big 1B · 135 M · 60 steps · seed 0" in said(app)
    assert [option for control in app.segmented_control for option in control.options if option == "Mistakes"] == ["Mistakes"]


def test_it_is_trained_and_a_click_leads_back_to_a_small_model(visit: Visit, real: Startable) -> None:
    real.state = Stands(THERE)
    app = visit(PAGE, parent=CHECKPOINT.digest)
    assert "What does a real model make of your labels?" in said(app) + "".join(each.proto.body for each in app.get("html"))
    app.button(key="train").click().run()
    pass_time(30)
    app.run()
    assert dict(mounted(app))["cards"]["cards"][1]["steps"]
    app.selectbox(key="origin").select("mlm").run()
    assert "parent" not in query(app) and "200 steps" in dict(mounted(app))["cards"]["cards"][1]["about"]


def test_one_that_no_run_can_start_from_is_refused_in_a_sentence(visit: Visit, real: Startable, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(offer: Offer) -> tuple[Checkpoint, ModelSpec]:
        raise ValueError("runs start from a llama; this is a gpt2")

    real.state = Stands(THERE)
    monkeypatch.setattr(real, "checkpoint", refuse)
    app = visit(PAGE)
    app.selectbox(key="origin").select("real:big").run()
    assert "Runs start from a llama; this is a gpt2" in said(app) and "parent" not in query(app)
    assert app.selectbox(key="origin").value == "mlm"
