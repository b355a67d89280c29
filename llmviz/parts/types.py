"""The types that the scripts of the parts are checked against, from those that Python is checked against: `python -m llmviz.parts.types`.

What a part is given stands once, in the `payload.py` of its folder, as TypedDicts. `payload.d.ts` beside it is made from that.
"""

import importlib
import types
from pathlib import Path
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints, is_typeddict

from llmviz.parts.bundle import FOLDER

HEAD = "// Made from payload.py by python -m llmviz.parts.types.\n"
_NAMES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def declared(part: str) -> str:
    """The TypeScript of one part's payload."""
    module = importlib.import_module(f"llmviz.parts.{part}.payload")
    lines, elsewhere = [HEAD], set()
    for name, value in vars(module).items():
        if not is_typeddict(value):
            continue
        if value.__module__ != module.__name__:
            elsewhere.add((name, value.__module__.split(".")[-2]))
            continue
        fields = get_type_hints(value, include_extras=True)
        body = [_doc(value.__doc__), f"export interface {name} {{"]
        body += [f"  {field}{'?' if get_origin(kind) is NotRequired else ''}: {_type(kind)};" for field, kind in fields.items()]
        lines.append("\n".join([*body, "}\n"]))
    lines[1:1] = [f'import type {{ {name} }} from "../{folder}/payload";' for name, folder in sorted(elsewhere)]
    if elsewhere:
        lines.insert(1 + len(elsewhere), "")
    return "\n".join(lines)


def _doc(text: str | None) -> str:
    return f"/** {' '.join((text or '').split())} */"


def _type(kind: Any) -> str:
    """A Python type in TypeScript."""
    if kind in _NAMES:
        return _NAMES[kind]
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (NotRequired, Required):
        return _type(inside[0])
    if origin is Literal:
        return " | ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in inside)
    if origin in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(map(_type, inside)))
    if origin is list:
        item = _type(inside[0])
        return f"({item})[]" if "|" in item else f"{item}[]"
    if origin is tuple:
        return f"[{', '.join(map(_type, inside))}]"
    if origin is dict:
        return f"Record<{_type(inside[0])}, {_type(inside[1])}>"
    if is_typeddict(kind):
        return str(kind.__name__)
    raise TypeError(f"{kind} has no name in TypeScript")


def declarations() -> dict[Path, str]:
    """What each file of types shall hold."""
    return {file.with_suffix(".d.ts"): declared(file.parent.name) for file in sorted(FOLDER.glob("*/payload.py"))}


if __name__ == "__main__":
    for file, text in declarations().items():
        file.write_text(text, encoding="utf-8")
