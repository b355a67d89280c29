import re
from pathlib import Path

import start

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tree() -> set[Path]:
    """The paths of the annotated tree, two spaces of indent a level."""
    block = next(block for block in re.findall(r"^```\w*\n(.*?)^```$", README, re.DOTALL | re.MULTILINE) if "\nllmviz/\n" in block)
    above: list[str] = []
    found = set()
    for line in block.splitlines():
        indent, name = re.fullmatch(r"( *)(\S+).*", line).groups()  # type: ignore[union-attr]
        above = [*above[: len(indent) // 2], name]
        found.add(ROOT.joinpath(*above))
    return found


def test_the_tree_names_every_folder_and_nothing_else() -> None:
    """Of experiments and parts only the folder that holds them: another one costs no line here."""
    named = tree()
    assert [str(path) for path in named if not path.exists()] == []
    code = {file.parent for folder in ("llmviz", "pages", "tests/e2e", "benchmarks") for file in (ROOT / folder).rglob("*.py")}
    ours = {folder for folder in code if folder.parent not in (ROOT / "llmviz/experiments", ROOT / "llmviz/parts")}
    assert {str(path.relative_to(ROOT)) for path in ours - named} == set()


def test_it_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= 150


def test_the_two_commands_are_those_of_the_script() -> None:
    assert "\n```\npython3 start.py\n```\n" in README and "\n```\npython3 start.py test\n```\n" in README
    assert start.CHECKS[-1] == ("-m", "pytest")


def test_nothing_names_a_place_on_somebodys_machine() -> None:
    places = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")
    files = [path for pattern in ("*.md", "*.py", "*.toml", "*.txt") for path in ROOT.glob(pattern)]
    assert {path.name: found for path in files if (found := places.findall(path.read_text(encoding="utf-8")))} == {}


def test_what_it_links_to_is_there() -> None:
    linked = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    assert linked
    assert [target for target in linked if not (ROOT / target).exists()] == []


def test_the_lines_of_code_it_shows_run() -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    compile(example, "README.md", "exec")
    assert "from llmviz import RunSpec, train\n" in example
