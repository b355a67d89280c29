"""Filling in and pruning the scripts of experiments, as text: nothing runs here. `tests/ui/test_script.py` runs them."""

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llmviz.core.address import change
from llmviz.core.catalogue import BY_NAME
from llmviz.core.experiment import START
from llmviz.core.settings import METHODS, LabelsSpec, Setting, TextSpec, settings_of
from llmviz.core.spec import NO_PARENT, RunSpec, begun, preset
from llmviz.views.script import fill, literals, prune, read, script, there, values

ROOT = Path(__file__).parents[2]
SCRIPTED = {name: entry for name, entry in BY_NAME.items() if there(preset(name))}  # of the others a page shows the stage
PACKAGES = sorted(".".join(file.relative_to(ROOT).parent.parts) for file in ROOT.glob("llmviz/experiments/*/script.py"))
SOURCE = '''"""Ä script."""
WORDS, WORD = 1, "ö"; NUMBER = 3  # ü
PLACES = (
    1,
    2,
)
COMPUTED = 2 * NUMBER


def inner():
    LOCAL = 4
    return LOCAL
'''
HOSTILE = ["'the' \"dog\" \\n {barks}", '"""\nimport os\n', "🦉 漢字\u2028 \x00 \r\n", "\\", "{SEED}", ""]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_script_filled_with_its_own_values_is_unchanged(package: str) -> None:
    assert len(literals(read(package))) >= 3
    assert fill(read(package), literals(read(package))) == read(package)


def test_values_are_replaced_and_all_else_stays() -> None:
    filled = fill(SOURCE, {"NUMBER": -0.5, "PLACES": (3,)})
    assert filled == SOURCE.replace("NUMBER = 3", "NUMBER = -0.5").replace("(\n    1,\n    2,\n)", "(3,)")


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_fills_its_constant_and_nothing_else(text: str, package: str) -> None:
    source = read(package)
    for name in (name for name, value in literals(source).items() if isinstance(value, str)):
        filled = fill(source, {name: text})
        assert literals(filled) == literals(source) | {name: text}
        kinds = [[type(node) for node in ast.walk(ast.parse(some))] for some in (source, filled)]
        assert kinds[0] == kinds[1]


@pytest.mark.parametrize(
    ("name", "value"), [("MISSING", 1), ("WORD", "tuple"), ("COMPUTED", 1), ("LOCAL", 1), ("NUMBER", object()), ("NUMBER", float("nan"))]
)
def test_what_is_no_literal_constant_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        fill(SOURCE, {name: value})


BRANCHES = '''from many import (
    first,
    second,
    third,
)

KIND = "{kind}"
SIZE = {size}
ONLY_FIRST = 1

if KIND == "first":
    # why first
    made = first(
        ONLY_FIRST,
    )
elif KIND in ("second", "both"):
    made = second()
else:  # the rest
    made = third()


def grown():
    if SIZE:
        if made:
            return SIZE
    if KIND != "first":
        print("not first")
    return """
    as it is"""
'''


@pytest.mark.parametrize(
    ("kind", "size", "wanted"),
    [
        (
            "first",
            0,
            'from many import first\n\nONLY_FIRST = 1\n\n# why first\nmade = first(\n    ONLY_FIRST,\n)\n\n\ndef grown():\n    return """',
        ),
        (
            "both",
            0,
            'from many import second\n\n\nmade = second()\n\n\ndef grown():\n    print("not first")\n    return """',
        ),
        (
            "other",
            2,
            "from many import third\n\nSIZE = 2\n\nmade = third()\n\n\ndef grown():\n"
            '    if made:\n        return SIZE\n    print("not first")\n    return """',
        ),
    ],
)
def test_branches_not_taken_go_and_with_them_what_they_alone_read(kind: str, size: int, wanted: str) -> None:
    assert prune(BRANCHES.format(kind=kind, size=size)) == wanted + '\n    as it is"""\n'


@pytest.mark.parametrize("name", SCRIPTED)
def test_the_file_as_it_stands_is_the_run_its_page_opens_with_but_from_random_weights(name: str) -> None:
    entry = BY_NAME[name]
    source, known = read(entry.module.rpartition(".")[0]), values(opening(name)) | {"PARENT": "", "REWARD": ""}
    assert {constant: value for constant, value in literals(source).items() if known.get(constant) != value} == {}


def opening(name: str) -> RunSpec:
    """The run of its page, but from random weights where it may begin with those."""
    return preset(name, parent=NO_PARENT) if None in BY_NAME[name].starts else preset(name)


def other(value: Any, limits: Setting) -> Any:
    """Another value that a setting may have."""
    if limits.choices:
        return next(each for each in limits.choices if each != value)
    if limits.letters:
        return "0" * limits.letters
    return not value if isinstance(value, bool) else value + 1 if value + 1 <= limits.high else value / 2


CHANGES = [
    (name, part, item.name, limits)
    for name, entry in SCRIPTED.items()
    for part, holder in (("train", preset(name).train), ("objective", entry.objective))
    for item, limits in settings_of(holder)
    if item.name != "replay"  # whose run shows its stage
    and (item.name != "context" or None in entry.starts)  # another run's weights read what they were made to read
]


@pytest.mark.parametrize(("name", "part", "setting", "limits"), CHANGES, ids=lambda value: value if isinstance(value, str) else "")
def test_every_setting_of_a_run_shows_in_its_script(name: str, part: str, setting: str, limits: Setting) -> None:
    spec = opening(name)
    if setting == "muon_learning_rate":
        spec = replace(spec, train=replace(spec.train, optimizer="muon"))
    if setting == "rank":
        spec = replace(spec, objective=replace(spec.objective, method="lora"))
    holder = getattr(spec, part)
    changed = replace(spec, **{part: replace(holder, **{setting: other(getattr(holder, setting), limits)})})
    assert script(changed) != script(spec)


@pytest.mark.parametrize("name", SCRIPTED)
def test_seed_size_architecture_and_text_show_in_the_script(name: str) -> None:
    entry, spec = BY_NAME[name], opening(name)
    shown = {
        script(spec),
        script(replace(spec, seed=7)),
        *(script(change(spec, {"size": size})) for size in ("0.3M", "1M")),
        *(script(change(spec, {"architecture": each})) for each in entry.architectures[1:]),
        *(script(replace(spec, text=type(spec.text)(text))) for text in entry.texts if text != spec.text.name),
    }
    assert len(shown) == 4 + len(entry.architectures) - 1 + len(entry.texts) - 1


def variants() -> list[RunSpec]:
    """Runs of each experiment, architecture, optimizer and parent."""
    found = []
    for name, entry in SCRIPTED.items():
        for architecture in entry.architectures:
            fresh = (
                RunSpec(
                    name,
                    text=TextSpec(entry.usual_text),
                    model=replace(entry.model_defaults(entry.usual_text), architecture=architecture),
                )
                if None in entry.inputs[START]
                else preset(name)
            )
            train = replace(fresh.train, optimizer="adamw" if fresh.train.optimizer == "muon" else "muon", clip=0.0)
            found += [fresh, replace(fresh, train=train)]
            if isinstance(fresh.objective, LabelsSpec):
                found += [replace(fresh, objective=replace(fresh.objective, method=method)) for method in METHODS[1:]]
        for parent in filter(None, entry.inputs[START]):
            both = [TextSpec(text) for text in entry.texts if text in BY_NAME[parent].texts]
            found.append(begun(name, preset(parent, both[0]), both[0]))
    return [spec for spec in found if there(spec)]


def test_the_scripts_that_pages_show_lint(tmp_path: Path) -> None:
    for number, spec in enumerate(variants()):
        (tmp_path / f"{spec.stage}_{number}.py").write_text(script(spec), encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml"), str(tmp_path)]
    linted = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_the_scripts_are_short(package: str) -> None:
    assert len(read(package).splitlines()) <= 195  # of sentiment: two families, four methods


@pytest.mark.parametrize("spec", variants(), ids=lambda spec: f"{spec.stage}-{spec.model.architecture}")
def test_what_pages_show_is_shorter(spec: RunSpec) -> None:
    more = spec.stage in (
        "sentiment",
        "entities",
        "answers",
        "nsp",
        "span",
        "text2text",
        "own",
        "own_entities",
        "icl",
        "reward",
        "dpo",
        "grpo",
    )  # a head, a start of its own, a model to compare with
    assert len(script(spec).splitlines()) <= (
        135 if spec.stage in ("entities", "answers", "own", "own_entities", "ppo") else 125 if more else 105
    )


def test_a_run_that_replays_its_pretraining_shows_its_stage_instead() -> None:
    spec = preset("sentiment")
    assert there(spec) and not there(replace(spec, objective=replace(spec.objective, replay=1.0)))
