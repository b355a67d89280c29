"""*Reinforcement* as Streamlit runs it, without a browser."""

import time
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from llmviz.core.spec import preset
from llmviz.experiments.reinforcement import methods_panel, panel, stages_panel
from tests.guess import skip
from tests.ui.fake_clock import pass_time
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_forgetting import said


def part(app: AppTest, name: str, place: int = 0) -> dict[str, Any]:
    return [data for part, data in mounted(app) if part == name][place]


def chain(fake: FakeEngine) -> None:
    """What a policy is made from, trained."""
    for stage in ("icl", "instruct", "reward"):
        fake.train(preset(stage), "somebody")
    pass_time(1)


def trained(visit: Callable[..., AppTest], **query: str) -> AppTest:
    app = visit("reinforcement", **query)
    app.button(key="train").click().run()
    pass_time(1)
    return app.run()


def test_it_opens_before_anything_is_trained_and_says_what_one_press_trains(visit: Callable[..., AppTest]) -> None:
    app = visit("reinforcement", size="0.3M")  # of which nothing is recorded
    told = said(app)
    assert "One press of" in told and "Next token: to come → Prompting: to come" in told.replace("\\", "")
    assert "how far, and at what price?" in told and part(app, "samples")["empty"] == "No model yet. Press Train live and watch one learn."
    assert stages_panel.WAITS in told


def test_without_a_leash_the_taste_falls_and_that_is_said_after_a_guess(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    chain(fake)
    app = trained(visit, beta="0.0")
    assert "over-optimisation" not in said(app) and "true taste" not in part(app, "samples")["rows"][0]["before"]["figures"]
    app.pills(key=panel.QUIZ).set_value("it rises, then falls").run()
    told = said(app).replace("\\", "")
    assert "**Yes.**" in told and "reward hacking" in told and "It has collapsed." in told
    assert "had earned the same reward: every advantage is 0, the reward has no gradient, and nothing is learnt." in told
    drawn = part(app, "samples")
    assert drawn["rows"][0]["after"][-1]["figures"].startswith("reward 1.00 · true taste")
    assert [word for word, push in drawn["rows"][0]["after"][-1]["words"] if push > 0] == ["glad"]
    assert next(data["title"] for name, data in mounted(app) if name == "curves") == "Reward and true taste"


def test_the_method_and_the_leash_lie_in_the_address(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    chain(fake)
    app = visit("reinforcement")
    app.selectbox(key=panel.LEASH).set_value(0.5).run()
    assert app.query_params["beta"] == "0.5"
    app.button_group(key=panel.METHOD).set_value("dpo").run()
    assert app.query_params["stage"] == "dpo" and "beta" not in app.query_params
    app = skip(trained(visit, stage="dpo"))
    assert "Both have become less likely" in said(app).replace("\\", "")
    assert part(app, "samples")["earns"] == "points of taste"


def test_four_ways_are_measured_and_three_stages_told_apart(visit: Callable[..., AppTest], fake: FakeEngine) -> None:
    chain(fake)
    app = skip(trained(visit))
    app.button(key=methods_panel.BEST).click().run()
    time.sleep(0.3)
    app.run()
    rows = {row["name"]: [cell["bits"][0]["text"] for cell in row["cells"]] for row in part(app, "table")["rows"]}
    assert rows["GRPO"][0] == "85 %" and rows["PPO"][0] == "not trained" and rows["best of 64"][0] == "90 %"
    assert "the best of 64 replies does as well" in said(app)

    assert app.button(key="stages_tell").disabled
    for place, stage in enumerate(("base", "tuned", "aligned")):
        app.button_group(key=f"stage_0_{place}").set_value(stage).run()
    app.button(key="stages_tell").click().run()
    assert "of 3 right;" in said(app) and "of 3 so far." in said(app)
    app.button(key="stages_next").click().run()
    assert app.button(key="stages_tell").disabled
