"""*The bill* as Streamlit runs it, without a browser."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.run import RunRef
from llmviz.core.spec import RunSpec, preset
from llmviz.core.study import Study
from llmviz.experiments.bill import panel
from llmviz.runs import studies as background
from llmviz.runs.engine import State
from llmviz.ui import engine
from tests.guess import skip
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted

Visit = Callable[..., AppTest]
PATIENCE = 20.0

ANSWERS = "Answers, full fine-tuning"


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [data for name, data in mounted(app) if name == "log_bars"]


def rows(app: AppTest) -> dict[str, str]:
    return {bar["name"]: bar["said"] for bar in charts(app)[0]["bars"]}


def tables(app: AppTest) -> list[str]:
    return [str(each.proto.body) for each in app.get("html") if "<table>" in each.proto.body]


def test_the_bill_is_withheld_until_somebody_has_guessed(visit: Visit) -> None:
    app = visit("bill")
    first, paper = charts(app)
    assert first["withheld"] and not first["bars"] and len(paper["bars"]) == 7
    shown = skip(app)
    assert list(rows(shown)) == ["Pretraining, MLM", "Sentiment, full fine-tuning", "Entities, full fine-tuning", ANSWERS]
    assert "times the FLOPs, and not one label" in " ".join(each.proto.body for each in shown.get("html"))
    assert [bar["name"] for bar in charts(shown)[1]["bars"]][:2] == list(rows(shown))[:2]


def test_what_is_assumed_changes_the_minutes_and_stands_in_the_address(visit: Visit) -> None:
    app = skip(visit("bill", unit="labelling"))
    assert rows(app)["Sentiment, full fine-tuning"] == "1.3 min" and rows(app)["Pretraining, MLM"] == "none"
    app.number_input(key="bill_class_seconds").set_value(30.0).run()
    assert rows(app)["Sentiment, full fine-tuning"] == "8 min"
    assert app.query_params["class_seconds"] == "30.0" and app.query_params["unit"] == "labelling"
    assert rows(app)[ANSWERS] == "500 min"


@pytest.mark.parametrize(("name", "given"), [("watts", "-1"), ("class_seconds", "many"), ("unit", "joules"), ("task", "<b>")])
def test_what_cannot_be_assumed_is_explained(visit: Visit, name: str, given: str) -> None:
    app = visit("bill", **{name: given})
    assert not app.exception and "The address asked for it; the page shows the default" in app.warning[0].value.replace("\\", "")


def test_the_unit_and_the_root_are_chosen(visit: Visit) -> None:
    app = skip(visit("bill"))
    app.segmented_control(key="bill_unit").set_value("energy").run()
    assert rows(app)["Pretraining, MLM"].endswith(" Wh") and app.query_params["unit"] == "energy"
    app.selectbox(key="bill_root").set_value(preset("clm").id).run()
    assert list(rows(app)) == ["Pretraining, CLM", "Sentiment, full fine-tuning"] and app.query_params["stage"] == "clm"


def test_a_root_without_tasks_has_its_own_line(visit: Visit) -> None:
    app = skip(visit("bill", stage="nsp"))
    [(name, said)] = rows(app).items()
    assert name.startswith("Pretraining, ") and said.endswith(" billion")


def test_what_a_t5_costs_is_counted_for_both_of_its_runs(visit: Visit) -> None:
    app = skip(visit("bill", stage="span"))
    assert list(rows(app)) == ["Pretraining, Spans", "Text to text"]
    assert all(said.endswith(" billion") for said in rows(app).values())


def test_a_root_that_is_not_here_is_said(visit: Visit) -> None:
    app = skip(visit("bill", seed="77"))
    assert not app.exception and not rows(app)
    assert "This pretraining is not on this machine." in [each.value for each in app.caption]


def test_from_how_many_tasks_on_it_pays(visit: Visit, fake: FakeEngine) -> None:
    assert "no run from random weights came as far" in tables(skip(visit("bill")))[1]
    assert fake.find(RunSpec("mlm")) is None


def test_the_bill_as_a_file(visit: Visit) -> None:
    app = skip(visit("bill"))
    assert any(each.proto.label == "The bill as CSV" for each in app.get("download_button"))


def test_what_is_missing_trains_and_then_stands_on_the_bill(visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "BEAT", 0.02)
    fake._seconds = 0.05
    app = skip(visit("bill", task="entities"))
    app.button(key=f"{panel.KEY}_train").click().run()
    end = time.monotonic() + PATIENCE
    while any(engine.studies().look(each, "somebody").state is State.TRAINING for each in started(app)):
        assert time.monotonic() < end
        time.sleep(0.02)
    again = skip(visit("bill", task="entities"))
    assert {"Entities, LoRA", "Entities, frozen body", "Entities, last layer and head"} <= set(rows(again))


def started(app: AppTest) -> list[Study]:
    going: Any = engine.studies()._going
    return [each.study for each in list(going.values())]


def test_a_run_of_this_machine_stands_before_the_recording(visit: Visit, fake: FakeEngine) -> None:
    fake._seconds = 0.01
    fake.train(preset("sentiment"), "somebody")
    time.sleep(0.05)
    about = {bar["name"]: bar["about"] for bar in charts(skip(visit("bill")))[0]["bars"]}
    assert about["Sentiment, full fine-tuning"] == "16 labels · trained here" and about[ANSWERS] == "1,000 labels · recorded"
    assert fake.find(preset("sentiment")) == RunRef(preset("sentiment").id, 1)
