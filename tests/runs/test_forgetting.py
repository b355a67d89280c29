"""A visitor who wants to be forgotten: what is theirs alone goes, what others have too is no longer theirs."""

from pathlib import Path

import pytest

from llmviz.core.hosting import Limits
from llmviz.core.owners import TEACHER
from llmviz.runs import forgetting, library, ownership
from llmviz.runs.engine import Command, State
from llmviz.runs.sight import Sight
from llmviz.text import own, store
from tests.runs.conftest import Conduct, MakeEngine, until
from tests.runs.fake import spec
from tests.runs.studying import ends, study
from tests.runs.test_local import LONG, begun
from tests.runs.test_sight import trained

HOSTED = Limits(hosted=True)


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "WATCHING", -1.0)


def test_own_runs_go_children_first_and_what_others_have_stays_theirs(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine = engine_of(limits=HOSTED)
    ann = Sight(engine, "ann")
    root, lone = trained(engine, "ann"), trained(engine, "ann", seed=1)
    child = ann.train(spec(seed=2, parent=spec(seed=1)), "ann")
    until(lambda: not engine.standing())
    public = trained(engine, "ann", seed=3)
    engine.mark(public, ownership.PUBLIC, True, f"{TEACHER}eve")
    Sight(engine, "bob").train(spec(), "bob")  # bob is given the first
    found = forgetting.owned(ann, "ann")
    assert ({*found.goes}, {*found.stays}, found.under_way) == ({lone, child}, {root, public}, ())
    assert forgetting.forget(ann, conduct(engine), "ann") == 0
    assert {*engine.store.runs()} == {root, public} and engine.owned("ann") == [] and engine.owned("bob") == [root]
    assert [kept.run for kept in ann.shelf()] == [public]


def test_what_cannot_go_now_is_nobodys(engine_of: MakeEngine, conduct: Conduct, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_of(limits=HOSTED)
    run = trained(engine, "ann")
    engine.mark(run, ownership.SHARED, True, "ann")
    monkeypatch.setattr(library, "WATCHING", 30.0)
    Sight(engine, "bob").status(run, "bob")  # by its link
    assert forgetting.forget(Sight(engine, "ann"), conduct(engine), "ann") == 1
    with pytest.raises(ValueError, match="has not shared it"):
        Sight(engine, "bob").status(run, "bob")
    assert not engine.rights(run).lists("ann") and engine.rights(run).lists(f"{TEACHER}eve")


def test_runs_under_way_are_told(engine_of: MakeEngine) -> None:
    engine = engine_of(limits=HOSTED)
    run = Sight(engine, "ann").train(LONG, "ann")
    until(lambda: begun(engine, run))
    assert forgetting.owned(engine, "ann").under_way == (run,)
    engine.control(run, Command.STOP, "ann")
    until(lambda: engine.status(run, "ann").state is State.STOPPED)
    assert forgetting.owned(engine, "ann").under_way == ()


def test_studies_go_with_their_runs(engine_of: MakeEngine, conduct: Conduct) -> None:
    engine = engine_of(limits=HOSTED)
    studies, grid = conduct(engine), study(20)
    studies.start(grid, "ann")
    ends(studies, grid)
    forgetting.forget(Sight(engine, "ann"), studies, "ann")
    assert studies.listed("ann") == [] and engine.store.runs() == [] and not studies.started(grid)


def test_own_texts_go_but_those_that_others_gave_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    mine, _ = own.take("the dogs bark", "ann")
    ours, _ = own.take("the cats sleep", "ann")
    own.take("the cats sleep", "bob")
    theirs, _ = own.take("the cows moo", "bob")
    store.path(mine, "learnt.json").write_text("{}")
    assert store.owned("ann") == sorted((mine, ours))
    assert store.forget_of("ann") == 2 and store.owned("ann") == []
    assert not store.path(mine, "").exists() and own.read(ours) and own.read(theirs) and store.owned("bob") == sorted((ours, theirs))
