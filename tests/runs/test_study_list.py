"""Which studies were started on this machine, and how one is forgotten."""

from pathlib import Path

import pytest

from llmviz.runs.engine import State
from llmviz.runs.study_files import Origin
from tests.runs.conftest import Conduct, MakeEngine, until
from tests.runs.studying import attempts, ends, study

SHOWN = Origin("next-token", {"more": "sizes", "s": "<b>"})


def test_studies_are_listed_with_their_page_and_forgotten_without_their_runs(
    engine_of: MakeEngine, conduct: Conduct, tmp_path: Path
) -> None:
    engine, one, other = engine_of(), study(20, 30), study(10)
    studies = conduct(engine)
    assert studies.listed("ann") == []
    studies.start(one, "ann", SHOWN)
    ends(studies, one)
    studies.start(other, "ann")
    ends(studies, other)
    (tmp_path / "studies" / "damaged.json").write_text("{", encoding="utf-8")
    (tmp_path / "studies" / "older.json").write_text('{"study": {}, "origin": []}', encoding="utf-8")
    assert studies.listed("ann") == [(other, Origin()), (one, SHOWN)]  # of the one that ended, its page is still known
    assert conduct(engine).listed("ann") == studies.listed("ann")
    studies.delete(one, "ann")
    assert studies.listed("ann") == [(other, Origin())] and not studies.started(one)
    assert studies.look(one, "ann").state is State.DONE and attempts(engine, one) == [1, 1]


def test_a_study_that_trains_is_not_forgotten(engine_of: MakeEngine, conduct: Conduct) -> None:
    grid = study(20_000, milliseconds=2)
    studies = conduct(engine_of())
    studies.start(grid, "ann", SHOWN)
    until(lambda: bool(studies.look(grid, "ann").under_way))
    with pytest.raises(ValueError, match="this study is training; stop it first"):
        studies.delete(grid, "ann")
    studies.stop(grid, "ann")
    studies.delete(grid, "ann")
    assert studies.listed("ann") == []
