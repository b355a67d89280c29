"""Prepared texts on this machine, `<home>/texts/<digest>/`: kept because preparing takes seconds. All of it can be made again."""

import contextlib
import os
import uuid
from pathlib import Path

from llmviz.core.home import home


def path(digest: str, name: str) -> Path:
    """Where something made from the text of this digest is kept."""
    return home() / "texts" / digest / name


def keep(file: Path, content: str) -> None:
    """Write a whole file or none: readers see the old one or the new one, and of two writers at once the last one's stays.

    Where it cannot be written, on a full disk say, nothing is kept and nothing is lost but time.
    """
    draft = file.with_name(f"{file.name}.{uuid.uuid4().hex}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(content, encoding="utf-8")
        os.replace(draft, file)  # noqa: PTH105 - on Windows it fails where a reader has the file open, and then the old one is as good
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
