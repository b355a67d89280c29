"""The checkpoints of this machine: `<home>/checkpoints/<digest>/`, folders in the Hugging Face layout that runs may start from."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from llmviz.core.checkpoint import Checkpoint
from llmviz.core.checkpoint import place as _place
from llmviz.core.experiment import LLAMAS, START
from llmviz.core.settings import SIZES, ModelSpec, Size

NAME = ".name"  # what people call a checkpoint; hidden, so that it is no part of what it is
AT_ONCE = 1 << 20  # bytes of a file in memory


def digest(folder: Path) -> str:
    """SHA-256 over the files of a folder, in the order of their names: of each its path in the folder, its length and its bytes.

    Dates do not count, nor what is hidden: a cloned folder has its history there. Raises ValueError where there is no model in it.
    """
    if not (folder / "config.json").is_file() or not (folder / "model.safetensors").is_file():
        raise ValueError(f"{folder.name} holds no model: config.json and model.safetensors are wanted")
    found = hashlib.sha256()
    names = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    for name in sorted(name.as_posix() for name in names if not any(part.startswith(".") for part in name.parts)):
        file = folder / name
        found.update(f"{name}\n{file.stat().st_size}\n".encode())  # a length before the bytes: no two folders are written alike
        with file.open("rb") as opened:
            while content := opened.read(AT_ONCE):
                found.update(content)
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


def keep_files(home: Path, files: Mapping[str, Path], title: str) -> Checkpoint:
    """The same for single files, by the name they get; no second copy of them is made where the disk can do without.

    Raises ValueError where there is no model among them.
    """
    partial = home / "checkpoints" / f".{uuid.uuid4().hex}"
    partial.mkdir(parents=True)
    try:
        for name, file in files.items():
            try:
                os.link(file, partial / name)
            except OSError:  # another disk, or one that knows no links
                shutil.copyfile(file, partial / name)
        kept = Checkpoint(digest(partial), title)
        (partial / NAME).write_text(title, encoding="utf-8")
        with suppress(OSError):  # it is there already
            partial.rename(place(home, kept))
        return kept
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def known(home: Path, digest: str) -> tuple[Checkpoint, ModelSpec]:
    """The checkpoint of this digest, and the model that a run has which starts from it.

    Raises ValueError, in a sentence, where none is here, or one of a kind or a size that no run starts from.
    """
    folder = place(home, Checkpoint(digest))
    if not folder.is_dir():
        raise ValueError(f"the checkpoint {digest[:12]} is not on this machine")
    try:
        written = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind, size = written["model_type"], Size(*(written[name] for name in ("num_hidden_layers", "hidden_size", "num_attention_heads")))
    except (OSError, ValueError, LookupError, TypeError) as problem:
        raise ValueError(f"the checkpoint {digest[:12]} cannot be read") from problem
    called = next((name for name, each in SIZES.items() if each == size), None)
    if kind not in LLAMAS or called is None:
        told = ", ".join(str(each) for each in SIZES.values())
        raise ValueError(
            f"runs start from a checkpoint of {' or '.join(LLAMAS)} that is one of: {told}; this is a {str(kind)[:30]}, {size}"
        )
    name = folder / NAME
    return Checkpoint(digest, name.read_text(encoding="utf-8") if name.is_file() else ""), ModelSpec(kind, called)


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
    return _place(home, checkpoint.digest)
