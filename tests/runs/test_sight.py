"""What a visitor sees where strangers come: recordings, own runs, public ones; another's by its link, if it is shared."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from llmviz.core import own_texts
from llmviz.core.hosting import Limits
from llmviz.core.own_texts import OwnText
from llmviz.core.owners import TEACHER
from llmviz.core.run import RunRef
from llmviz.runs import library, ownership
from llmviz.runs.engine import Command, State
from llmviz.runs.local import LocalEngine
from llmviz.runs.sight import Sight
from llmviz.text import own, own_labels, own_table
from tests.runs.conftest import Conduct, MakeEngine, until
from tests.runs.fake import spec
from tests.runs.studying import ends, study
from tests.runs.test_local import LONG, begun, ended

HOSTED = Limits(hosted=True)
TEACHES = f"{TEACHER}eve"
Seen = Callable[[str], Sight]


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "WATCHING", -1.0)


@pytest.fixture
def engine(engine_of: MakeEngine) -> LocalEngine:
    return engine_of(limits=HOSTED)


@pytest.fixture
def sees(engine: LocalEngine) -> Seen:
    return lambda name: Sight(engine, name)


def trained(engine: LocalEngine, viewer: str, seed: int = 0) -> RunRef:
    run = Sight(engine, viewer).train(spec(seed=seed), viewer)
    until(lambda: ended(engine, run))
    return run


def shelf(seen: Sight) -> list[RunRef]:
    return [kept.run for kept in seen.shelf()]


ASKS: list[Callable[[Sight, RunRef], object]] = [
    lambda seen, run: seen.spec(run),
    lambda seen, run: seen.history(run),
    lambda seen, run: seen.status(run, "bob"),
    lambda seen, run: seen.tokenizer(run),
    lambda seen, run: seen.answer(run, [0], None),  # type: ignore[arg-type] # refused before it is looked at
    lambda seen, run: seen.pack(run, io.BytesIO()),
    lambda seen, run: seen.resume(run, "bob"),
    lambda seen, run: seen.control(run, Command.STOP, "bob"),
    lambda seen, run: seen.delete(run, "bob"),
    lambda seen, run: seen.thin(run, "bob"),
    lambda seen, run: seen.train(spec(seed=7), "bob", named=[run]),
]


@pytest.mark.parametrize("ask", ASKS)
def test_nothing_is_told_of_anothers_run(engine: LocalEngine, sees: Seen, ask: Callable[[Sight, RunRef], object]) -> None:
    run = trained(engine, "ann")
    with pytest.raises(ValueError, match="another visitor's, who has not shared it"):
        ask(sees("bob"), run)
    assert sees("ann").spec(run) == spec() and engine.folder(run).snapshots()


def test_it_is_in_nobodys_lists_but_its_owners_and_the_teachers(engine: LocalEngine, sees: Seen) -> None:
    run = trained(engine, "ann")
    assert shelf(sees("ann")) == shelf(sees(TEACHES)) == [run] and shelf(sees("bob")) == []
    assert sees("ann").find(spec()) == run and sees("bob").find(spec()) is None


def test_its_link_opens_it_as_long_as_it_is_shared(engine: LocalEngine, sees: Seen) -> None:
    run = trained(engine, "ann")
    with pytest.raises(ValueError, match="may share it"):
        sees("bob").mark(run, ownership.SHARED, True, "bob")
    sees("ann").mark(run, ownership.SHARED, True, "ann")
    assert sees("bob").history(run).end and shelf(sees("bob")) == []  # seen, and still in no list
    with pytest.raises(ValueError, match="only they"):
        sees("bob").delete(run, "bob")
    sees("ann").mark(run, ownership.SHARED, False, "ann")
    with pytest.raises(ValueError, match="has not shared it"):
        sees("bob").history(run)


def test_a_teacher_makes_it_public_and_nobody_else(engine: LocalEngine, sees: Seen) -> None:
    run = trained(engine, "ann")
    for mark in ownership.OF_A_TEACHER:
        with pytest.raises(ValueError, match="only a teacher"):
            sees("ann").mark(run, mark, True, "ann")
    sees(TEACHES).mark(run, ownership.PUBLIC, True, TEACHES)
    assert shelf(sees("bob")) == [run] and sees("bob").find(spec()) == run


def test_marks_change_no_order(engine: LocalEngine, sees: Seen) -> None:
    first, second = trained(engine, "ann"), trained(engine, "ann", seed=1)
    sees("ann").mark(first, ownership.SHARED, True, "ann")
    sees("ann").status(first, "ann")
    assert shelf(sees("ann")) == [second, first]


def test_equal_settings_train_once(engine: LocalEngine, sees: Seen) -> None:
    run = trained(engine, "ann")
    assert sees("bob").train(spec(), "bob") == run and not engine.standing()
    assert shelf(sees("bob")) == [run] == shelf(sees("ann"))
    sees("ann").delete(run, "ann")  # it stays bob's
    assert shelf(sees("ann")) == [] and shelf(sees("bob")) == [run]
    sees("bob").delete(run, "bob")
    assert engine.store.runs() == []


def test_who_joins_while_it_trains_is_given_it(engine: LocalEngine, sees: Seen) -> None:
    run = sees("ann").train(LONG, "ann")
    until(lambda: begun(engine, run))
    with pytest.raises(ValueError, match="has not shared it"):
        sees("bob").status(run, "bob")
    assert sees("bob").train(LONG, "bob") == run
    assert sees("bob").status(run, "bob").state is State.TRAINING
    engine.control(run, Command.STOP, TEACHES)  # a teacher steers all


def test_one_s_own_is_trained_anew_and_takes_nothing_of_others(engine: LocalEngine, sees: Seen) -> None:
    run = trained(engine, "ann")
    sees("bob").train(spec(), "bob")
    for _ in range(4):
        other = trained(engine, "bob")
        assert other != run
    assert shelf(sees("ann")) == [run] and len(shelf(sees("bob"))) == 4  # of bob's alone the oldest went


def test_who_trains_a_child_is_given_its_parent(engine: LocalEngine, sees: Seen) -> None:
    parent = trained(engine, "ann")
    child = spec(seed=3, parent=spec())
    run = sees("bob").train(child, "bob")
    until(lambda: ended(engine, run))
    assert {*shelf(sees("bob"))} == {run, parent} and engine.store.attempts(parent.id) == [parent]
    assert shelf(sees("ann")) == [parent]
    sees("ann").delete(parent, "ann")
    assert {*shelf(sees("bob"))} == {run, parent}


def test_a_stopped_run_of_another_is_not_taken_over(engine: LocalEngine, sees: Seen) -> None:
    run = sees("ann").train(LONG, "ann")
    until(lambda: begun(engine, run))
    engine.control(run, Command.STOP, "ann")
    until(lambda: engine.status(run, "ann").state is State.STOPPED)
    other = sees("bob").train(LONG, "bob")
    assert other != run and shelf(sees("ann")) == [run]
    engine.control(other, Command.STOP, "bob")


def test_a_study_shows_what_its_viewer_has(engine: LocalEngine, conduct: Conduct) -> None:
    studies, grid = conduct(engine), study(20, seeds=(0, 1))
    studies._limits = HOSTED
    studies.start(grid, "ann")
    assert ends(studies, grid).state is State.DONE and [each for each, _ in studies.listed("ann")] == [grid]
    theirs = studies.look(grid, "bob")
    assert (theirs.state, theirs.done, dict(theirs.results), len(theirs.missing)) == (None, 0, {}, 2) and studies.listed("bob") == []
    with pytest.raises(ValueError, match="somebody else started this study"):
        studies.delete(grid, "bob")
    runs = engine.store.runs()
    studies.start(grid, "bob")
    assert studies.look(grid, "bob").done == 2 and engine.store.runs() == runs  # given, not trained again
    studies.delete(grid, "ann")
    assert studies.listed("ann") == [] and [each for each, _ in studies.listed("bob")] == [grid]
    assert [each for each, _ in studies.listed(TEACHES)] == [grid]


def test_who_starts_a_study_under_way_is_given_its_runs(engine: LocalEngine, conduct: Conduct) -> None:
    studies, grid = conduct(engine), study(20, 400, seeds=(0,), milliseconds=2)
    studies._limits = HOSTED
    studies.start(grid, "ann")
    assert studies.look(grid, "bob").state is None and not studies.look(grid, "bob").under_way
    studies.start(grid, "bob")
    assert studies.look(grid, "bob").state is State.TRAINING
    with pytest.raises(ValueError, match="they alone may stop it"):
        studies.stop(grid, "bob")
    assert ends(studies, grid).state is State.DONE
    assert {*shelf(Sight(engine, "bob"))} == {*engine.store.runs()}


def test_own_texts_are_read_by_who_gave_them_or_was_given_a_run_of_them(
    engine: LocalEngine, sees: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    digest, _ = own.take("the dogs bark", "ann")
    sees("ann").check_texts(digest)
    with pytest.raises(ValueError, match="another visitor's"):
        sees("bob").check_texts(digest)
    sees(TEACHES).check_texts(digest)
    run = trained(engine, "ann")
    OwnText(digest).note(run)
    with pytest.raises(ValueError, match="another visitor's"):
        sees("bob").check_texts(f"a question on {digest!r}")
    sees("ann").mark(run, ownership.SHARED, True, "ann")
    sees("bob").check_texts(digest)
    sees("ann").delete(run, "ann")
    with pytest.raises(ValueError, match="another visitor's"):
        sees("bob").check_texts(digest)
    own.take("the dogs bark", "bob")  # who gives the same has it too
    sees("bob").check_texts(digest)


def test_a_run_notes_the_own_text_it_is_made_with(engine: LocalEngine, sees: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    digest, _ = own.take("the cats sleep", "ann")
    monkeypatch.setattr(own_texts, "named", lambda value: iter([OwnText(digest)]))  # as if its settings named it
    with pytest.raises(ValueError, match="another visitor's"):
        sees("bob").train(spec(), "bob")
    run = trained(engine, "ann")
    assert OwnText(digest).runs == [run]


def test_a_run_that_another_is_made_from_is_not_made_with_that_one_s_text(
    engine: LocalEngine, sees: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    digest, _ = own.take("the cats sleep", "ann")
    parent, child = trained(engine, "ann"), spec(seed=3, parent=spec())
    monkeypatch.setattr(own_texts, "named", lambda value: iter([OwnText(digest)] if value == child else []))
    run = sees("ann").train(child, "ann")
    assert OwnText(digest).runs == [run]
    until(lambda: ended(engine, run))
    sees("ann").mark(parent, ownership.SHARED, True, "ann")
    monkeypatch.undo()
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="another visitor's"):
        sees("bob").check_texts(digest)


def test_what_was_kept_before_is_everybodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sees: Seen) -> None:
    monkeypatch.setenv("LLMVIZ_HOME", str(tmp_path))
    content = "text,label\n" + "".join(f"a {place},{('x', 'y')[place % 2]}\n" for place in range(12))
    table = own_table.read(content.encode())
    digest = own_labels.keep(own_labels.labelled(table, 0, 1))
    sees("bob").check_texts(digest)
    own_labels.keep(own_labels.labelled(table, 0, 1), "ann")
    sees("bob").check_texts(digest)
