"""Prepared texts on this machine, `<home>/texts/<digest>/`: kept because preparing takes seconds. All of it can be made again.

Some of it came with the program, in folders of the same kind.
"""

import contextlib
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

import llmviz
from llmviz.core import hosting
from llmviz.core.home import home
from llmviz.core.own_texts import OWN, OwnText
from llmviz.core.settings import DIGEST

TOUCHED = 60.0  # seconds after which reading one is noted anew
BOUNDS = "bounds-"  # what the files begin with that keep the lines a model's figures lie between
CAME_WITH = Path(llmviz.__file__).parent / "recordings" / "texts"


def path(digest: str, name: str) -> Path:
    """Where something made from the text of this digest is kept."""
    return home() / "texts" / digest / name


def read(digest: str, name: str) -> str:
    """What is kept under this name: on this machine, or else what came with the program. Raises OSError where there is neither."""
    try:
        return path(digest, name).read_bytes().decode("utf-8")
    except OSError:
        return (CAME_WITH / digest / name).read_bytes().decode("utf-8")


def record(beginning: str, digests: Iterable[str], to: Path = CAME_WITH) -> int:
    """Let what this machine keeps of these texts, under names that begin so, come with the program. Returns how many files there are."""
    for digest in digests:
        for file in path(digest, "").glob(f"{beginning}*"):
            (to / digest).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, to / digest / file.name)
    return sum(file.is_file() for file in to.rglob(f"{beginning}*"))


def keep(file: Path, content: str | bytes) -> None:
    """Write a whole file or none: readers see the old one or the new one, and of two writers at once the last one's stays.

    Content goes and comes as bytes: a line end stays as it is on every system, for a digest may name what is kept.
    Where it cannot be written, on a full disk say, nothing is kept and nothing is lost but time.
    """
    draft = file.with_name(f"{file.name}.{uuid.uuid4().hex}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.replace(draft, file)  # noqa: PTH105 - on Windows it fails where a reader has the file open, and then the old one is as good
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()


def keep_own(name: str, content: str, giver: str = "") -> str:
    """Keep something of a visitor's own under the digest of its content alone, which is returned. Without a `giver` it is everybody's.

    Raises ValueError, in a sentence, where all that visitors gave takes as much room as it may.
    """
    digest = hashlib.sha256(content.encode()).hexdigest()
    if not path(digest, name).exists():
        limits = hosting.limits()
        if sum(map(_bytes, _own())) + len(content) > limits.texts_mb * hosting.MEGABYTE:
            raise ValueError(f"the texts of all visitors take the {limits.texts_mb:,} MB there are for them; try again tomorrow")
        keep(path(digest, name), content)
        if giver:
            OwnText(digest).owners.begin(giver)
    elif giver:
        OwnText(digest).owners.add(giver)
    return digest


def forget_own(hours: float) -> int:
    """Delete what visitors gave and nobody has read for so long, with all that was learnt from it alone. Returns how many there were."""
    gone = [folder for folder in _own() if _read_at(folder) < time.time() - hours * 3_600]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)


def owned(viewer: str) -> list[str]:
    """The digests of what is this visitor's, by name."""
    return sorted(folder.name for folder in _own() if OwnText(folder.name).owners.name(viewer))


def forget_of(viewer: str) -> int:
    """Delete what is this visitor's, with all that was learnt from it alone. Returns how many there were.

    What others gave too stays theirs.
    """
    digests = owned(viewer)
    for digest in digests:
        if (text := OwnText(digest)).owners.others(viewer):
            text.owners.remove(viewer)
        else:
            shutil.rmtree(text.folder, ignore_errors=True)
    return len(digests)


def _own() -> set[Path]:
    """The folders that hold something of a visitor's own."""
    return {file.parent for file in home().glob(f"texts/*/{OWN}*") if DIGEST.fullmatch(file.parent.name)}


def _bytes(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.iterdir())
    except OSError:  # somebody deletes it at this moment
        return 0


def _read_at(folder: Path) -> float:
    """When it was last read, by the clock of files; now where somebody deletes it at this moment."""
    try:
        return max(file.stat().st_mtime for file in folder.glob(f"{OWN}*"))
    except (OSError, ValueError):
        return time.time()


def read_own(digest: str, name: str, missing: str) -> str:
    """What was kept of a visitor's own under this digest.

    Raises ValueError, with the sentence `missing`, where this machine has nothing of that digest.
    """
    if not DIGEST.fullmatch(digest):
        raise ValueError("what is one's own is named by 64 hexadecimal digits")
    file = path(digest, name)
    try:
        content = file.read_bytes().decode("utf-8")
        if time.time() - file.stat().st_mtime > TOUCHED:
            os.utime(file)  # it is in use
    except (OSError, ValueError):
        content = ""
    if hashlib.sha256(content.encode()).hexdigest() != digest:
        raise ValueError(missing)
    return content
