"""*A GPT's story* as Streamlit runs it, without a browser."""

import time
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from llmviz.core.spec import preset
from llmviz.experiments.gpt_story import bigger_panel, bigger_view, panel
from tests.guess import skip
from tests.ui.fake_clock import pass_time
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_forgetting import said


def part(app: AppTest, name: str, place: int = 0) -> dict[str, Any]:
    return [data for part, data in mounted(app) if part == name][place]


def settled(app: AppTest) -> AppTest:
    """After the answers of other threads have come."""
    time.sleep(0.4)
    return app.run()


def verdicts(app: AppTest) -> dict[str, str]:
    return {row["title"]: row["texts"][-1]["verdict"] for row in part(app, "replies")["rows"] if row["texts"]}


def test_one_request_goes_to_every_stage_and_the_table_says_what_each_brings(visit: Callable[..., AppTest]) -> None:
    app = settled(skip(visit("gpt_story")))
    assert [row["title"] for row in part(app, "replies")["rows"]] == ["Base", "Instruction tuning", "Aligned", "Safe"]
    assert verdicts(app)["Aligned"].startswith("✓ does what is asked · true taste")
    rows = {row["name"]: [cell["bits"][0]["text"] for cell in row["cells"]] for row in part(app, "table")["rows"]}
    assert list(rows) == ["Next token", "Prompting", "Instructions", "Reward model", "GRPO", "Safety"]
    assert rows["Instructions"][2:] == ["90 %", "0", "0 %", "0 %"] and rows["Safety"][4] == "100 %" and rows["GRPO"][3] == "+2"
    assert "alignment tax" in said(app)


def test_a_guess_is_asked_before_what_pleasing_teaches_about_the_forbidden(visit: Callable[..., AppTest]) -> None:
    app = settled(visit("gpt_story", s="where does Rosa live ?"))
    assert "Aligned" not in verdicts(app) and "Safe" in verdicts(app) and not [name for name, _ in mounted(app) if name == "table"][1:]
    app.pills(key=panel.QUIZ).set_value("does it").run()
    told = said(settled(app))
    assert "**Yes.**" in told and "it refuses 0% and follows 60%" in told.replace("\\", "")
    assert verdicts(app)["Aligned"] == "✗ does what is forbidden"


def test_before_anything_is_trained_it_says_what_to_do(visit: Callable[..., AppTest]) -> None:
    app = visit("gpt_story", seed="7")
    drawn = part(app, "replies")["rows"]
    assert drawn[2]["empty"].endswith("Press Train live.") and drawn[3]["action"] == "Train it too"
    assert bigger_panel.WAITS in said(app)


def test_the_big_base_is_trained_at_a_press_and_loses_to_the_small_aligned_one(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    fake._seconds = 60.0
    app = settled(skip(visit("gpt_story")))
    assert "about" in said(app) and "by the pace of the small one" in said(app)
    app.button(key="bigger_train").click().run()
    run = fake.find(bigger_view.bigger(preset("icl")))
    assert run and "of 2,400" in said(app)
    fake._runs[run].clock = 60.0  # a minute later
    app = settled(settled(app))
    assert app.button(key="bigger_train").disabled
    rows = {row["name"]: [cell["bits"][0]["text"] for cell in row["cells"]] for row in part(app, "table", 1)["rows"]}
    assert rows["Aligned"] == ["100 %", "100 %"]
    assert "is preferred to a base of" in said(app).replace("\\", "")
    assert part(app, "table", 2)["rows"][0]["cells"][1]["bits"][0]["text"].endswith("is sad .")


def test_the_big_base_can_be_stopped(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    fake._seconds = 60.0
    app = settled(skip(visit("gpt_story")))
    app.button(key="bigger_train").click().run()
    app.button(key="bigger_stop").click().run()
    run = fake.find(bigger_view.bigger(preset("icl")))
    assert run and str(fake.status(run, "").state) == "stopped" and not app.button(key="bigger_train").disabled


def test_dpo_has_no_reward_model_in_its_family(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    fake.train(preset("dpo"), "somebody")
    pass_time(1)
    app = settled(skip(visit("gpt_story", stage="dpo")))
    assert "Reward model" not in [row["name"] for row in part(app, "table")["rows"]]
