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
    own = [value for value in vars(module).values() if is_typeddict(value) and value.__module__ == module.__name__]
    used: set[Any] = set()
    interfaces = []
    for value in own:
        fields = get_type_hints(value, include_extras=True)
        body = [f"  {name}{'?' if get_origin(kind) is NotRequired else ''}: {_type(kind, used)};" for name, kind in fields.items()]
        interfaces.append("\n".join([_doc(value.__doc__), f"export interface {value.__name__} {{", *body, "}\n"]))
    elsewhere = sorted((kind.__name__, kind.__module__.split(".")[-2]) for kind in used - set(own))
    imports = [f'import type {{ {name} }} from "../{folder}/payload";' for name, folder in elsewhere]
    return "\n".join([HEAD, *imports, *([""] if imports else []), *interfaces])


def _doc(text: str | None) -> str:
    return f"/** {' '.join((text or '').split())} */"


def _type(kind: Any, used: set[Any]) -> str:
    """A Python type in TypeScript; `used` gets the TypedDicts it names."""
    if kind in _NAMES:
        return _NAMES[kind]
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (NotRequired, Required):
        return _type(inside[0], used)
    if origin is Literal:
        return " | ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in inside)
    if origin in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(_type(each, used) for each in inside))
    if origin is list:
        item = _type(inside[0], used)
        return f"({item})[]" if "|" in item else f"{item}[]"
    if origin is tuple:
        return f"[{', '.join(_type(each, used) for each in inside)}]"
    if origin is dict:
        return f"Record<{_type(inside[0], used)}, {_type(inside[1], used)}>"
    if is_typeddict(kind):
        used.add(kind)
        return str(kind.__name__)
    raise TypeError(f"{kind} has no name in TypeScript")


def declarations() -> dict[Path, str]:
    """What each file of types shall hold."""
    return {file.with_suffix(".d.ts"): declared(file.parent.name) for file in sorted(FOLDER.glob("*/payload.py"))}


if __name__ == "__main__":
    for file, text in declarations().items():
        file.write_text(text, encoding="utf-8")
