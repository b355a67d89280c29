"""Who may import whom, read from the source; and what the server never loads, asked of a fresh process."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "llmviz"

# A package may always import from itself. `runs/worker.py` is the one door between the engine and the models.
MAY_IMPORT: dict[str, frozenset[str]] = {
    package: frozenset(others.split())
    for package, others in {
        "core": "",
        "text": "core",
        "models": "core text",
        "inspect": "core text models",
        "training": "core text models inspect",
        "evaluation": "core text models inspect training",
        "experiments": "core",
        "runs": "core",
        "parts": "",
        "views": "core experiments parts",
        "ui": "core text parts views runs experiments",
        "pages": "core text views runs ui experiments",
    }.items()
}
EXCEPTIONS = {
    "runs/worker.py": frozenset({"core", "experiments", "models", "training", "inspect"}),
    "runs/rate.py": frozenset({"core", "training"}),  # a program of its own, as the worker is: it measures the loop
    "core/catalogue.py": frozenset({"core", "experiments"}),  # from a run's description to the facts of its experiment
    "core/lecture.py": frozenset({"core", "experiments"}),  # from a slide to the pages that show it
    "experiments/building.py": frozenset({"core", "experiments", "training"}),
}
IN_EXPERIMENTS = {  # inside an experiment the name of a file says what it may import; the first kind that it ends with holds
    "__init__.py": frozenset({"core", "evaluation"}),
    "stage.py": frozenset(["core", "text", "models", "inspect", "training", "evaluation"]),
    "script.py": frozenset(["core", "text", "training"]),  # texts as plain arrays; it spells out model, loss and loop itself
    "question.py": frozenset({"core"}),
    "answer.py": frozenset(["core", "text", "models", "inspect", "training", "evaluation"]),
    "view.py": frozenset(["core", "text", "parts", "views"]),
    "panel.py": frozenset(["core", "text", "parts", "views", "runs", "ui"]),
}
WITH_MODELS = ("stage.py", "script.py", "answer.py", "building.py")  # files of experiments that may load torch and transformers
MODEL_LIBRARIES = ("torch", "transformers", "peft", "bertviz")
SLOW = (*MODEL_LIBRARIES, "pandas")  # half a second and more each, for which the first visitor would wait
NEVER_IN = {
    "streamlit": frozenset(MAY_IMPORT) - {"ui", "pages"},
    "torch": frozenset({"core", "text", "parts", "views", "ui", "pages"}),
    "transformers": frozenset({"core", "text", "parts", "views", "ui", "pages"}),
    "plotly": frozenset({"core", "text", "models", "inspect", "training", "stages", "runs"}),
}


def imports(file: Path) -> Iterator[str]:
    """The modules a file imports, wherever in it, as absolute names."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}: imports are written with their whole name"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def packages() -> list[tuple[str, Path]]:
    """Every file with the package whose rules it follows. The two at the top, `__init__` and `__main__`, tie all together."""
    ours = [(path.relative_to(PACKAGE).parts[0], path) for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE]
    return sorted(ours + [("pages", path) for path in (ROOT / "pages").rglob("*.py")])


def name(file: Path) -> str:
    return str(file.relative_to(ROOT)) if isinstance(file, Path) else ""


@pytest.mark.parametrize(("package", "file"), packages(), ids=name)
def test_imports_follow_the_table(package: str, file: Path) -> None:
    inside = file.relative_to(PACKAGE if package != "pages" else ROOT).as_posix()
    of_experiment = package == "experiments" and inside.count("/") > 1
    allowed = kind(file) if of_experiment else EXCEPTIONS.get(inside, MAY_IMPORT.get(package, frozenset())) | {package}
    own = f"llmviz.experiments.{file.parent.name}"
    for module in imports(file):
        top, _, rest = module.partition(".")
        if package == "experiments" and not file.name.endswith(WITH_MODELS):
            assert top not in MODEL_LIBRARIES, f"{inside} imports {top}"
        if of_experiment and (module == own or module.startswith(f"{own}.") or module == "llmviz.experiments"):
            continue
        if top == "llmviz" and rest:
            assert rest.partition(".")[0] in allowed, f"{inside} imports {module}; it may import {', '.join(sorted(allowed))}"
        if package == "experiments" and file.name.endswith("panel.py"):
            continue
        assert package not in NEVER_IN.get(top, frozenset()), f"{inside} imports {top}"


def kind(file: Path) -> frozenset[str]:
    """What a file of an experiment may import, besides the experiment itself."""
    found = [allowed for ending, allowed in IN_EXPERIMENTS.items() if file.name == ending or file.name.endswith(f"_{ending}")]
    assert found, f"{file.name} says by its name nothing of what is in it: it may end with {', '.join(IN_EXPERIMENTS)}"
    return found[0]


def test_every_package_has_its_row() -> None:
    assert {package for package, _ in packages()} <= set(MAY_IMPORT)
    assert all((PACKAGE / exception).is_file() for exception in EXCEPTIONS)


def test_files_stay_short() -> None:
    long = {
        name(path): lines
        for path in ROOT.glob("*/**/*.py")
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 320
    }
    assert not long


def test_the_server_never_imports_a_model_library() -> None:
    modules = [
        ".".join(("llmviz", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
        for package, file in packages()
        if package in ("core", "text", "parts", "views", "ui", "runs", "experiments")
        if file.name not in ("worker.py", "__main__.py") and (package != "experiments" or not file.name.endswith(WITH_MODELS))
    ]
    assert loaded(f"import importlib, sys\nfor module in {modules}: importlib.import_module(module)", MODEL_LIBRARIES) == "[]"


def loaded(program: str, libraries: tuple[str, ...], *arguments: str) -> str:
    """Which of these libraries a fresh process has loaded when the program has run in it, as it prints them."""
    program += f"\nprint([name for name in {libraries} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()[-1]


VISITOR = """
import sys
from streamlit.testing.v1 import AppTest
from llmviz.ui import engine
from tests.ui.fake_engine import FakeEngine

class Alone(FakeEngine):
    def _worked_out(self, folders, question):
        raise ValueError("a worker would say it")

engine.make = lambda: Alone(seconds=0.6)
app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
for page in sys.argv[2:]:
    app.switch_page(page).run()
    assert (app.get("bidi_component") or app.get("button_group")) and not app.exception, page  # one page has charts alone
app.switch_page("pages/next_token.py")
app.query_params["more"] = "sizes"
app.run()
assert app.get("plotly_chart") and not app.exception
"""


def test_no_page_loads_what_is_slow() -> None:
    pages = sorted(f"pages/{file.name}" for file in (ROOT / "pages").glob("*.py"))
    assert loaded(VISITOR, SLOW, str(ROOT / "app.py"), *pages) == "[]"
