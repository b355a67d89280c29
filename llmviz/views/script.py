"""A script under "Show the code": a real file of an experiment, with the numbers of a run filled in and without what that run leaves out.

The file is read as text and never imported, since it trains as soon as it is run.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from llmviz.core import catalogue
from llmviz.core.settings import SIZES
from llmviz.core.spec import RunSpec, others
from llmviz.core.texts import TEXTS

FILE = "script.py"
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda value, several: value in several,
}


def script(spec: RunSpec) -> str:
    """The script that trains this spec, as a page shows it."""
    return prune(filled(spec))


def there(spec: RunSpec) -> bool:
    """Whether this experiment has a script, and one that does what this run does: none replays a pretraining."""
    return not getattr(spec.objective, "replay", 0.0) and files(_package(spec)).joinpath(FILE).is_file()


def stage(spec: RunSpec) -> str:
    """The stage of this experiment, as it stands."""
    return read(_package(spec), "stage.py")


def filled(spec: RunSpec) -> str:
    """The whole file of this experiment with the numbers of this run."""
    source, known = read(_package(spec)), values(spec)
    return fill(source, {name: known[name] for name in literals(source) if name in known})


def read(package: str, file: str = FILE) -> str:
    """The text of a file in the folder of this package."""
    return files(package).joinpath(file).read_text(encoding="utf-8")


def _package(spec: RunSpec) -> str:
    return catalogue.experiment(spec.stage).module.rpartition(".")[0]


def values(spec: RunSpec) -> dict[str, object]:
    """What a run decides, by the constants that scripts know it by: every setting under its own name in capitals, and what follows from it.

    A script names those it needs; a test changes each setting and looks for the change.
    """
    settings = asdict(spec.train) | asdict(spec.objective) | asdict(SIZES[spec.model.size])
    text = TEXTS[spec.text.name]
    return {name.upper(): value for name, value in settings.items()} | {
        "SEED": spec.seed,
        "PARENT": spec.start.id[:12] if spec.start else "",
        **{role.upper(): given.id[:12] for role, given in others(spec.inputs).items()},
        "ARCHITECTURE": spec.model.architecture,
        "TEXT": text.name,
        "VOCABULARY": spec.lineage[0].text.name,
        "SENTENCE": text.sentence,
        "HIDDEN": text.hidden[0],
        "SPANNED": text.spanned,
        "SPANS": text.spans,
        "BEGINNING": text.beginning,
        "PAIR": text.pair,
    }


def literals(source: str) -> dict[str, Any]:
    """The values of the constants of a script: top-level assignments of a literal to one name, in order."""
    return {name: ast.literal_eval(node.value) for name, node in _constants(ast.parse(source))}


def fill(source: str, values: Mapping[str, object]) -> str:
    """The same source with these values for its constants, written as Python writes them; all else stays as it is.

    Raises ValueError for a constant that is not there, is assigned anything but a literal, or is to become something no literal gives.
    """
    constants, lines = dict(_constants(ast.parse(source))), source.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    edits: list[tuple[int, int, bytes]] = []
    for name, value in values.items():
        if name not in constants:
            raise ValueError(f"the script has no constant {name} with a literal value")
        node, written = constants[name].value, repr(value)
        if not _literal(written):
            raise ValueError(f"{name} cannot be {written}, which is no literal")
        assert node.end_lineno and node.end_col_offset is not None
        if written != repr(ast.literal_eval(node)):
            first, last = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
            edits.append((first, last, written.encode()))
    code = source.encode()  # ast counts bytes
    for first, last, new in sorted(edits, reverse=True):  # from the end, so that what is not yet replaced keeps its offset
        code = code[:first] + new + code[last:]
    return code.decode()


def prune(source: str) -> str:
    """The same source without what its constants rule out: branches of `if CONSTANT:` or `if CONSTANT == …:` that are not taken, then the
    imported names and the constants that nothing reads any more.
    """
    constants = literals(source)
    while found := next(_decided(source, constants), None):
        node, taken = found
        lines = source.split("\n")
        lines[node.lineno - 1 : node.end_lineno] = _branch(lines, node, taken)
        source = "\n".join(lines)
    return re.sub(r"\n{4,}", "\n\n\n", _without_unread(source))


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.Assign]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _literal(value):
                yield name, node


def _literal(value: ast.expr | str) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return False
    return True


def _decided(source: str, constants: Mapping[str, Any]) -> Iterator[tuple[ast.If, bool]]:
    """The `if` statements that constants decide, the outer ones first, and how. An `elif` waits until it has become an `if`."""
    lines = source.encode().splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.If) or lines[node.lineno - 1][node.col_offset :].startswith(b"elif"):
            continue
        match node.test:
            case ast.Name(id=name) if name in constants:
                yield node, bool(constants[name])
            case ast.Compare(left=ast.Name(id=name), ops=[sign], comparators=[other]) if name in constants and _literal(other):
                if type(sign) in COMPARISONS:
                    yield node, COMPARISONS[type(sign)](constants[name], ast.literal_eval(other))


def _branch(lines: list[str], node: ast.If, taken: bool) -> list[str]:
    """The lines that stand for a decided `if`: those of the branch it takes, as far to the left as it stood itself."""
    indent, last = node.col_offset, node.end_lineno or node.lineno
    ends = node.body[-1].end_lineno or node.lineno
    if taken:
        first, last = node.lineno, ends
    elif not node.orelse:
        return []
    else:
        first = next(number for number in range(ends, last) if lines[number].lstrip().startswith(("else:", "elif ")))
        if lines[first].lstrip().startswith("elif "):
            return [lines[first].replace("elif", "if", 1), *lines[first + 1 : last]]
        first += 1
    deeper = node.body[0].col_offset - indent
    return [line[deeper:] if line.strip() else line for line in lines[first:last]]


def _without_unread(source: str) -> str:
    tree, lines = ast.parse(source), source.split("\n")
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    constants = {id(node): name for name, node in _constants(tree)}
    for node in reversed(tree.body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            kept = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in read]
            if kept != node.names:
                node.names = kept
                lines[node.lineno - 1 : node.end_lineno] = [ast.unparse(node)] if kept else []
        elif id(node) in constants and constants[id(node)] not in read:
            lines[node.lineno - 1 : node.end_lineno] = []
    return "\n".join(lines)
