"""docs/add-an-experiment.md, followed word for word in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TUTORIAL = (ROOT / "docs/add-an-experiment.md").read_text(encoding="utf-8")
NEW = re.compile(r"^`([\w/.]+)` (?:(?!^```).)*?^```\w+\n(.*?)^```$", re.M | re.S)
LINE = re.compile(r"^In `([\w/.]+)`, after `([^\n]+)`:\n\n```\w+\n([^\n]+)\n```$", re.M)

VISIT = """
import sys
from streamlit.testing.v1 import AppTest
from tests.ui.mounted import mounted

app = AppTest.from_file("app.py", default_timeout=120).run()
app.query_params["run"] = sys.argv[1]
app.switch_page("pages/reading_direction.py").run()
drawn = dict(mounted(app))
print("curve", [line["name"] for line in drawn["curve"]["lines"]], drawn["curve"]["headline"]["values"][-1])
print("bars", [gap["candidates"][-1] for gap in drawn["bars"]["groups"]])
print("state", [item.value for item in app.markdown if "on test text" in item.value])
app.button(key="code").click().run()
print("code", ["class Directed:" in item.value for item in app.code], app.exception)
app.switch_page("pages/lab_book.py").run()
print("book", [row["figures"] for row in dict(mounted(app))["lineage"]["rows"] if row["key"] == sys.argv[1]])
"""


def run(where: Path, *command: str) -> str:
    home = {"LLMVIZ_HOME": str(where / "home"), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(where)}
    done = subprocess.run(command, cwd=where, env={**os.environ, **home}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    return done.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which everything has been done that the tutorial says."""
    there = tmp_path_factory.mktemp("tutorial")
    for folder in ("llmviz", "pages", "tests", ".streamlit"):
        shutil.copytree(ROOT / folder, there / folder, ignore=shutil.ignore_patterns("recordings"))
    for file in ("app.py", "pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / file, there / file)
    (there / "llmviz/recordings").symlink_to(ROOT / "llmviz/recordings")
    for name, text in NEW.findall(TUTORIAL):
        assert not (there / name).exists(), name
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_text(text, encoding="utf-8")
    for name, after, line in LINE.findall(TUTORIAL):
        before = (there / name).read_text(encoding="utf-8")
        assert before.count(f"{after}\n") == 1, (name, after)
        (there / name).write_text(before.replace(f"{after}\n", f"{after}\n{line}\n"), encoding="utf-8")
    return there


def test_the_price_is_a_folder_a_page_tests_and_three_lines(followed: Path) -> None:
    assert [name for name, _ in NEW.findall(TUTORIAL)] == [
        *(
            f"llmviz/experiments/reading_direction/{file}"
            for file in ("__init__.py", "about.md", "stage.py", "question.py", "answer.py", "view.py", "panel.py")
        ),
        "pages/reading_direction.py",
        "tests/experiments/test_reading_direction.py",
    ]
    assert [name for name, *_ in LINE.findall(TUTORIAL)] == ["llmviz/experiments/__init__.py", "app.py", "CHANGELOG.md"]
    assert TUTORIAL.count("```") == 2 * (9 + 3)  # every listing is one of these


def test_its_own_tests_pass(followed: Path) -> None:
    files = ("tests/experiments/test_reading_direction.py", "tests/test_architecture.py::test_imports_follow_the_table")
    assert " passed" in run(followed, sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *files)


def test_it_is_well_formed(followed: Path) -> None:
    files = [name for name, _ in NEW.findall(TUTORIAL) if name.endswith(".py")]
    run(followed, sys.executable, "-m", "ruff", "check", *files)
    run(followed, sys.executable, "-m", "ruff", "format", "--check", *files)


def test_it_trains_and_its_page_and_the_lab_book_show_the_run(followed: Path) -> None:
    run(followed, sys.executable, "-m", "llmviz", "train", "direction", "--direction", "forwards", "--steps", "30", "--json")
    (kept,) = (followed / "home/runs").iterdir()
    said = run(followed, sys.executable, "-c", VISIT, f"{kept.name}-1").replace("\\", "")  # Markdown of a state
    lines = said.splitlines()
    names = ("curve", "bars", "state", "code", "book")
    curve, bars, state, code, book = (next(line for line in lines if line.startswith(name)) for name in names)
    likeliest = re.findall(r"\['(\S+)', 0\.\d+\]", bars)
    assert len(likeliest) == 6 and likeliest[0] == "."  # after "Rome is the capital of Italy"
    assert code == "code [True] ElementList()"  # an experiment without a script shows its stage
    assert "random guess" in curve and float(curve.split()[-1]) < 4.0  # of 5.8
    assert re.search(r"30 steps in .* · loss \d\.\d+ nats on test text", state)
    assert re.search(r"next words named \d+ %", book)
