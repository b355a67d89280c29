"""The checkpoints of this machine: `<home>/checkpoints/<digest>/`, folders in the Hugging Face layout that runs may start from."""

import hashlib
import shutil
from pathlib import Path

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.experiment import START


def digest(folder: Path) -> str:
    """SHA-256 over the files of a folder, in the order of their names: of each its path in the folder, its length and its bytes.

    Dates do not count, nor what is hidden: a cloned folder has its history there. Raises ValueError where there is no model in it.
    """
    if not (folder / "config.json").is_file() or not (folder / "model.safetensors").is_file():
        raise ValueError(f"{folder.name} holds no model: config.json and model.safetensors are wanted")
    found = hashlib.sha256()
    names = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    for name in sorted(name.as_posix() for name in names if not any(part.startswith(".") for part in name.parts)):
        content = (folder / name).read_bytes()
        found.update(f"{name}\n{len(content)}\n".encode() + content)  # a length before the bytes: no two folders are written alike
    return found.hexdigest()


def keep(home: Path, folder: Path) -> Checkpoint:
    """Copy a folder to where runs find it, under its digest, and return it as an input of a run; its name is the folder's.

    Raises ValueError where there is no model in it.
    """
    kept = Checkpoint(digest(folder), folder.resolve().name)
    if not place(home, kept).is_dir():
        partial = place(home, kept).with_name(f".{kept.digest}")
        shutil.rmtree(partial, ignore_errors=True)  # left by a kill
        shutil.copytree(folder, partial, ignore=shutil.ignore_patterns(".*"))
        partial.rename(place(home, kept))
    return kept


def found(home: Path, checkpoint: Checkpoint, role: str = START) -> Path:
    """The folder of one that plays this role in a run.

    Raises ValueError, in a sentence, where it is not on this machine or its files are no longer those of its digest.
    """
    folder = place(home, checkpoint)
    if not folder.is_dir():
        plays = "which it starts from" if role == START else f"which is its {role}"
        raise ValueError(f"{checkpoint.title}, {plays}, is not on this machine; its folder belongs at checkpoints/{folder.name}")
    if digest(folder) != checkpoint.digest:
        raise ValueError(f"the files of {checkpoint.title} have changed since it got its name; put back those it had")
    return folder


def named(home: Path, name: str) -> Path | None:
    """The folder of the one whose digest begins so, with at least 6 digits; None where there is none, or more than one."""
    folders = [folder for folder in (home / "checkpoints").glob("*") if len(name) >= 6 and folder.name.startswith(name)]
    return folders[0] if len(folders) == 1 else None


def place(home: Path, checkpoint: Checkpoint) -> Path:
    """Where its folder is, whether or not there is one."""
    return home / "checkpoints" / checkpoint.digest
