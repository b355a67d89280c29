"""The studies that were started on this machine, a file each: what is trained, the page that started it, why it stopped."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from llmviz.core import study as written
from llmviz.core.owners import Owners
from llmviz.core.study import Study
from llmviz.runs.folder import as_json, write


@dataclass(frozen=True)
class Origin:
    """The page that started a study: its place in the address, and its parameters; "" where that is not known."""

    page: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyFiles:
    """Those of one home: `<id>.json`, and beside it `<id>.lock`, held by the program that trains it, and `<id>.owners`."""

    root: Path

    def file(self, study: Study) -> Path:
        """Where a study is written, whether or not it was."""
        return self.root / f"{study.id}.json"

    def lock(self, study: Study) -> Path:
        """What the program that trains it holds."""
        return self.root / f"{study.id}.lock"

    def owners(self, study: Study) -> Owners:
        """Whose a study is: everybody's, where nobody is named."""
        return Owners(self.root / f"{study.id}.owners")

    def write(self, study: Study, stopped: str, origin: Origin) -> None:
        """Write a study, in place of what was known of it."""
        write(self.file(study), as_json({"study": written.to_json(study), "stopped": stopped, "origin": asdict(origin)}))

    def stopped(self, study: Study) -> str:
        """Why it stopped, as its file says; "" where that says nothing."""
        try:
            return str(json.loads(self.file(study).read_bytes())["stopped"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ""

    def listed(self) -> list[tuple[Study, Origin]]:
        """Every study that can be read, the one written last first."""
        found: list[tuple[float, Study, Origin]] = []
        for file in self.root.glob("*.json"):
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):  # damaged, or of an older recipe
                told = json.loads(file.read_bytes())
                origin = told.get("origin", {})
                query = {str(name): str(value) for name, value in origin.get("query", {}).items()}
                found.append((file.stat().st_mtime, written.from_json(told["study"]), Origin(str(origin.get("page", "")), query)))
        return [(study, origin) for _, study, origin in sorted(found, key=lambda each: -each[0])]

    def delete(self, study: Study) -> None:
        """Forget a study; its runs stay."""
        for file in (self.file(study), self.lock(study), self.owners(study).file):
            file.unlink(missing_ok=True)
