"""Two visitors of a hosted server, on the fake engine: each finds their own, and another's by a link that was shared."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core import hosting
from llmviz.core.run import parse
from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec
from llmviz.experiments.lab_book import forget_panel
from llmviz.experiments.lab_book import panel as lab
from llmviz.runs.engine import State
from llmviz.runs.ownership import PUBLIC, SHARED
from llmviz.ui import share
from tests.ui.fake_engine import FakeEngine
from tests.ui.test_given import TABLE
from tests.ui.test_lab_book import done, texts, tree
from tests.ui.test_page import query

Visit = Callable[..., AppTest]
OWN = RunSpec("mlm", train=TrainSpec(steps=50))


@pytest.fixture(autouse=True)
def hosted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    monkeypatch.setenv("LLMVIZ_HOSTED", "1")
    hosting.limits.cache_clear()
    yield
    monkeypatch.undo()
    hosting.limits.cache_clear()


def viewer(app: AppTest) -> str:
    name: str = app.session_state["viewer"]
    return name


def test_anothers_run_is_in_no_list_and_its_link_says_why_it_does_not_open(visit: Visit, fake: FakeEngine) -> None:
    run = done(fake, OWN)
    app = visit("lab_book")
    assert run.key not in [row["key"] for row in tree(app)] and lab.NONE_OF_YOURS in texts(app)
    opened = visit(run=run.key)
    assert "cannot be shown: it is another visitor's, who has not shared it" in opened.warning[0].value.replace("\\", "")
    assert "run" not in query(opened)
    fake.mark(run, SHARED, True, "somebody")
    opened = visit(run=run.key)
    assert not opened.warning and query(opened)["run"] == run.key
    assert run.key not in [row["key"] for row in tree(visit("lab_book"))]
    fake.mark(run, PUBLIC, True, "somebody")
    assert run.key in [row["key"] for row in tree(visit("lab_book"))]


def test_one_s_own_run_is_listed_and_shared_by_a_switch(visit: Visit, fake: FakeEngine) -> None:
    app = visit(steps="50")
    app.button(key="train").click().run()
    run = parse(query(app)["run"])
    assert fake.rights(run).owners.have(viewer(app)) and not fake.rights(run).owners.have("somebody else")
    app.toggle(key=f"shared_{run.key}").set_value(True).run()
    assert fake.rights(run).has(SHARED)
    assert [each.value for each in app.code] == [f"/masked-tokens?run={run.key}"]
    app.toggle(key=f"shared_{run.key}").set_value(False).run()
    assert not fake.rights(run).has(SHARED) and not app.code


def test_only_what_is_one_s_own_can_be_shared(visit: Visit, fake: FakeEngine) -> None:
    run = done(fake, OWN)
    fake.mark(run, SHARED, True, "somebody")
    app = visit(run=run.key)
    assert not app.toggle and share.SAYS[SHARED] not in texts(app)
    assert not visit().toggle  # a recording


def test_what_another_has_trained_is_given_at_once(visit: Visit, fake: FakeEngine) -> None:
    first = visit(steps="50")
    first.button(key="train").click().run()
    run = parse(query(first)["run"])
    fake._runs[run].clock = 1e9
    app = visit(steps="50")
    assert "no run yet" in texts(app)
    app.button(key="train").click().run()
    assert fake.find(fake.spec(run)) == run and query(app)["run"] == run.key
    assert "trained here" in texts(app) and share.LISTED_TOO in texts(app) and "you were given their run" in texts(app)
    app.button(key="train").click().run()
    assert query(app)["run"] != run.key and "you were given their run" not in texts(app)  # anew, for it is theirs now


def test_an_own_table_is_not_read_by_its_digest_alone(visit: Visit) -> None:
    mine = visit("own_labels")
    mine.text_area(key="own_table_pasted").set_value(TABLE).run()
    mine.button(key="own_table_read").click().run()
    mine.button(key="own_take").click().run()
    digest = query(mine)["labels_digest"]
    theirs = visit("own_labels", labels_digest=digest)
    assert "another visitor's, who has shared no run" in theirs.warning[0].value.replace("\\", "") and "labels_digest" not in query(theirs)
    assert "12 examples" in texts(mine) and "12 examples" not in texts(theirs)


def test_an_own_text_is_not_read_by_its_digest_alone(visit: Visit) -> None:
    mine = visit("tokens")
    mine.text_area(key="pasted").set_value("the dogs bark")
    mine.button(key="learn_own").click().run()
    digest = query(mine)["own"]
    theirs = visit("tokens", own=digest)
    assert "another visitor's" in theirs.warning[0].value and "own" not in query(theirs)


def test_forget_me_says_what_goes_and_deletes_it(visit: Visit, fake: FakeEngine) -> None:
    app = visit(steps="50")
    app.button(key="train").click().run()
    run = parse(query(app)["run"])
    fake._runs[run].state, fake._runs[run].clock = State.PAUSED, 0.0
    app.switch_page("pages/lab_book.py").run()
    app.button(key="forget").click().run()
    assert app.button(key="forget_really").disabled and forget_panel.TRAINS in texts(app)
    fake._runs[run].state, fake._runs[run].clock = State.TRAINING, 1e9
    app.run()
    app.button(key="forget").click().run()
    assert "- 1 run of yours" in texts(app) and not app.button(key="forget_really").disabled
    app.button(key="forget_really").click().run()
    assert run not in fake._runs and "Deleted: 1 run." in texts(app)
    assert "?forgotten=" in texts(app)


def test_who_has_nothing_is_told_so(visit: Visit) -> None:
    app = visit("lab_book")
    app.button(key="forget").click().run()
    assert forget_panel.NOTHING in texts(app)
