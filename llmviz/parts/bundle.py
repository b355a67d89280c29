"""One ES module of a part's script and the files it imports: a component is handed its script as a text, which cannot import from files.

The files of a part are modules for the tools that check them. Here each stands once, after what it imports, without its `import` and
`export`; so a name at the top of a file belongs to all files of a part, and a name that two of them give is an error of the browser's.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_IMPORT = re.compile(r'^(?:import \{[^}]*\}|export \*) from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) )", re.MULTILINE)


def parts() -> list[str]:
    """The names of all parts."""
    return sorted(file.parent.name for file in FOLDER.glob("*/payload.py") if file.parent.name != "shared")


def script(part: str) -> str:
    """The whole script of the part of this name."""
    return "\n".join(_stripped(file) for file in _modules(FOLDER / part / "part.js"))


def style(part: str) -> str:
    """The whole style of the part of this name."""
    return "\n".join(file.read_text(encoding="utf-8") for file in (FOLDER / "shared/base.css", FOLDER / part / "part.css"))


def frame(part: str) -> str:
    """The HTML that the script of the part of this name draws into."""
    file = FOLDER / part / "part.html"
    return file.read_text(encoding="utf-8") if file.exists() else '<div class="part"></div>'


def _modules(file: Path) -> list[Path]:
    """The file after all that it imports, each once."""
    found: list[Path] = []
    for name in _IMPORT.findall(file.read_text(encoding="utf-8")):
        found += [module for module in _modules((file.parent / name).resolve()) if module not in found]
    return [*found, file]


@cache
def _stripped(file: Path) -> str:
    text = _EXPORT.sub("", _IMPORT.sub("", file.read_text(encoding="utf-8")))
    if left := re.search(r"^(?:import\b.*|export (?!default ).*)$", text, re.MULTILINE):
        raise ValueError(f"{file}: only names are imported and exported, not as in: {left[0]}")
    return text
