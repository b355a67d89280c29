"""The lab book as Streamlit runs it, without a browser."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from llmviz.core.run import RunRef
from llmviz.core.settings import TrainSpec
from llmviz.core.spec import RunSpec, preset, starting_from
from llmviz.experiments.lab_book import panel as lab
from llmviz.runs.study_files import Origin
from llmviz.ui import engine, few_labels, lesson
from tests.ui.fake_engine import FakeEngine
from tests.ui.mounted import mounted
from tests.ui.test_page import query

Visit = Callable[..., AppTest]
ROOT, TUNED = RunSpec("mlm"), preset("sentiment")
OWN = RunSpec("mlm", train=TrainSpec(steps=50))


def parts(app: AppTest, name: str) -> list[dict[str, Any]]:
    return [data for given, data in mounted(app) if given == name]


def tree(app: AppTest) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parts(app, "lineage")[0]["rows"]
    return rows


def texts(app: AppTest) -> str:
    html = [element.proto.body for element in app.get("html")]
    return "\n".join([*html, *(item.value for kind in (app.markdown, app.warning, app.success, app.caption) for item in kind)])


def done(fake: FakeEngine, spec: RunSpec) -> RunRef:
    """A run of this machine that has ended."""
    run = fake.train(spec, "somebody")
    fake._runs[run].clock = 1e9
    return run


def test_it_opens_on_the_recordings_as_a_tree(visit: Visit) -> None:
    app = visit("lab_book")
    rows = tree(app)
    assert [row["kind"] for row in rows] == ["recorded"] * len(rows)
    below = next(row for row in rows if row["key"] == RunRef(TUNED.id, 0).key)
    assert len(below["rails"]) == 1 and below["phase"] == "finetuned"
    assert lab.NOTHING_OWN in texts(app)
    assert query(app) == {}


def test_the_filter_lives_in_the_address(visit: Visit) -> None:
    app = visit("lab_book")
    app.selectbox(key="filter_task").set_value("sentiment").run()
    app.text_input(key="filter_words").set_value("tinyland scratch").run()
    assert query(app) == {"task": "sentiment", "words": "tinyland scratch"}
    assert [row["key"] for row in tree(app) if not row["faint"]] == [RunRef(RunSpec("sentiment").id, 0).key]
    again = visit("lab_book", **query(app))
    assert tree(again) == tree(app)
    app.text_input(key="filter_words").set_value("no such word").run()
    assert tree(app) == [] and lab.NO_MATCH in texts(app)


def test_one_run_is_told_and_opened(visit: Visit) -> None:
    app = visit("lab_book", one=RunRef(TUNED.id, 0).key)
    said = texts(app)
    assert "random weights → Masked tokens → Sentiment" in said and "on test data" in said
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    assert links["Open"].query_string == f"run={RunRef(TUNED.id, 0).key}"
    assert links["Fork"].query_string == ""  # the settings its page opens with


def test_a_fork_carries_the_settings_and_the_parent(visit: Visit, fake: FakeEngine) -> None:
    parent = done(fake, OWN)
    child = done(fake, RunSpec("sentiment", starting_from(OWN), seed=4))
    app = visit("lab_book", one=child.key)
    fork = next(link.proto for link in app.get("page_link") if link.proto.label == "Fork")
    assert f"parent={parent.key}" in fork.query_string and "seed=4" in fork.query_string
    del fake._runs[parent]
    app = visit("lab_book", one=child.key)
    assert next(link.proto for link in app.get("page_link") if link.proto.label == "Fork").disabled


def test_two_runs_are_compared(visit: Visit, fake: FakeEngine) -> None:
    own = done(fake, OWN)
    app = visit("lab_book", one=RunRef(ROOT.id, 0).key, other=own.key)
    loss, accuracy = parts(app, "curves")
    assert [len(chart["lines"]) for chart in (loss, accuracy)] == [2, 2]
    said = texts(app)
    assert "Steps" in said and "<td>50</td>" in said
    assert said.count("in the place of “Paris” it expects") == 2
    app.text_input(key="compared_sentence").set_value("every owl <b>hoots</b>").run()
    assert "<b>hoots" not in texts(app)
    assert query(app)["s"] == "every owl <b>hoots</b>"


def test_two_stages_are_asked_what_each_can_answer(visit: Visit) -> None:
    app = visit("lab_book", one=RunRef(ROOT.id, 0).key, other=RunRef(TUNED.id, 0).key)
    assert "it expects" in texts(app) and "it predicts" in texts(app)
    assert len(parts(app, "curves")) == 2


def test_deleting_asks_and_takes_the_children_first(visit: Visit, fake: FakeEngine) -> None:
    parent, child = done(fake, OWN), done(fake, RunSpec("sentiment", starting_from(OWN)))
    app = visit("lab_book", one=parent.key)
    app.button(key="delete").click().run()
    assert "Delete all 2 runs" in app.button(key="delete_really").label
    assert {parent, child} <= set(fake._runs)
    app.button(key="delete_really").click().run()
    assert not {parent, child} & set(fake._runs)
    assert "Deleted 2 runs" in texts(app) and query(app) == {}


def test_a_refusal_is_said(visit: Visit, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    run = done(fake, OWN)

    def refuse(run: RunRef, viewer: str) -> None:
        raise ValueError("somebody else looks at <this> run just now")

    monkeypatch.setattr(fake, "delete", refuse)
    app = visit("lab_book", one=run.key)
    app.button(key="delete").click().run()
    app.button(key="delete_really").click().run()
    assert "Somebody else looks at \\<this\\> run" in texts(app)
    assert run in fake._runs


def test_recordings_and_runs_under_way_are_not_deleted(visit: Visit, fake: FakeEngine) -> None:
    assert not [button for button in visit("lab_book", one=RunRef(ROOT.id, 0).key).button if button.key == "delete"]
    fake._seconds = 60.0
    run = fake.train(OWN, "somebody")
    app = visit("lab_book", one=run.key)
    assert app.button(key="delete").disabled
    assert next(row for row in tree(app) if row["key"] == run.key)["state"] == "training"


def test_what_is_not_here_is_explained(visit: Visit) -> None:
    app = visit("lab_book", one=RunRef(OWN.id, 7).key, other="../../etc/passwd", task="nope")
    said = texts(app)
    assert "is not on this machine" in said and "not the name of a run" in said and "nope" in said
    assert query(app) == {}


def test_a_run_comes_back_as_a_file_and_is_marked(fake: FakeEngine) -> None:
    run = done(fake, OWN)
    file = io.BytesIO()
    fake.pack(run, file)
    del fake._runs[run]
    file.seek(0)
    taken = fake.unpack(file)
    assert next(kept for kept in fake.shelf() if kept.run == taken).imported


def test_it_lists_the_studies_with_the_way_to_their_page(visit: Visit, fake: FakeEngine) -> None:
    assert "Studies" not in texts(visit("lab_book"))
    given = few_labels.both(preset("entities"))[0].study.first(1)
    engine.studies().start(given, "somebody else", Origin("entities", {"tab": "labels", "s": "Tom *lives* ."}))
    app = visit("lab_book")
    assert f"of {len(given.specs())} runs done" in texts(app) and lesson.plain(
        "Names in a text from Masked tokens, by labels: 2 to 512, 1 seed"
    ) in texts(app)
    assert app.button(key=f"forget_{given.id}").disabled
    engine.studies().stop(given, "somebody else")
    app = visit("lab_book")
    assert "stopped by hand" in texts(app)
    links = [link.proto for link in app.get("page_link") if "tab=labels" in link.proto.query_string]
    assert [link.page for link in links] == ["entities"]
    app.button(key=f"forget_{given.id}").click().run()
    assert engine.studies().listed("") == [] and "Studies" not in texts(app)
