"""What a server bears: all limits in one frozen value, read once from the environment and one file.

`LLMVIZ_HOSTED=1` says that strangers come: its defaults are those of a small server, the others those of one's own machine. Each limit
can be set by `LLMVIZ_<NAME>`, or in the TOML file that `LLMVIZ_HOSTING` names; the environment goes first. A wrong value ends the start
with a sentence.
"""

import functools
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

FILE = "LLMVIZ_HOSTING"  # names the TOML file
MEGABYTE = 1_000_000
_NAME = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:]*:[0-9a-f:]*")  # of a host; the second an address of IPv6
_PATH = re.compile(r"(/|[A-Za-z]:).*")
_ORIGIN = re.compile(r"https?://[a-z0-9.*-]+(:[0-9]{1,5})?")


def _limit(mine: int, hosted: int, about: str, low: int = 1, high: int = 10_000_000) -> Any:
    return field(default=mine, metadata={"hosted": hosted, "about": about, "low": low, "high": high})


def _listed(about: str, form: re.Pattern[str], cased: bool = False) -> Any:
    return field(default=(), metadata={"hosted": (), "about": about, "form": form, "cased": cased})


@dataclass(frozen=True)
class Limits:
    """All limits; what each is for stands beside it."""

    hosted: bool = field(default=False, metadata={"hosted": True, "about": "strangers come: 1 or 0"})
    hosts: tuple[str, ...] = _listed("names that this server answers to, besides localhost; *.example.org for all below one", _NAME)
    framed_by: tuple[str, ...] = _listed("origins whose pages may show the app in a frame, as https://example.org", _ORIGIN)
    teacher_key: str = field(
        default="",
        repr=False,
        metadata={"hosted": "", "about": "the key of the teacher, of 16 characters or more: who opens ?teacher=KEY is one"},
    )
    real_models: bool = field(default=True, metadata={"hosted": False, "about": "whether models trained elsewhere can be asked: 1 or 0"})
    checkpoints: tuple[str, ...] = _listed("folders of this machine, whole paths; the checkpoints in them may be asked", _PATH, cased=True)
    imports: bool = field(default=True, metadata={"hosted": False, "about": "whether runs can be imported: 1 or 0"})
    file_mb: int = _limit(100, 20, "megabytes of an uploaded file", high=2_000)
    upload_mb_each: int = _limit(120, 20, "megabytes of uploads that one open page holds", high=2_000)
    upload_mb: int = _limit(240, 200, "megabytes of uploads in all", high=100_000)
    uploads_each: int = _limit(20, 8, "uploaded files that one open page holds", high=1_000)
    sessions_each: int = _limit(100, 20, "pages that one browser has open", high=100_000)
    sessions: int = _limit(1_000, 400, "open pages in all", high=100_000)
    message_mb: int = _limit(40, 8, "megabytes of one message, to a page or from it: a pasted text is one", high=2_000)
    messages: int = _limit(20, 20, "messages a second that an open page may go on to send", high=10_000)
    texts_each: int = _limit(1_000, 20, "own texts that one browser may give in a day", high=100_000)
    texts_mb: int = _limit(10_000, 500, "megabytes of own texts, and of what is learnt from them, in all")
    text_hours: int = _limit(0, 24, "hours after its last use at which an own text is deleted; 0: never", low=0, high=100_000)
    learn_seconds: int = _limit(60, 30, "seconds that one question about an own text may take", high=600)
    waiting: int = _limit(50, 200, "runs that wait for a worker, in all", high=10_000)
    waiting_each: int = _limit(40, 2, "those of one visitor; what one press of *Train live* begins is one, a study none", high=10_000)
    training_each: int = _limit(64, 1, "those of one visitor that train at a time, counted so", high=64)
    answering: int = _limit(0, 0, "workers that answer questions, of 500 MB; 0: as many as suit the cores", low=0, high=16)
    studies: int = _limit(4, 4, "studies in training, in all", high=1_000)
    studies_each: int = _limit(4, 1, "pages on which one visitor has studies in training", high=1_000)
    away_seconds: int = _limit(180, 180, "seconds without a sign of whoever started a run; then another may steer it", low=0, high=100_000)
    runs: int = _limit(10_000, 1_000, "runs kept in all")
    runs_each: int = _limit(10_000, 100, "runs that one visitor keeps")
    steps_each: int = _limit(10_000_000, 100_000, "steps of training that one visitor may ask for in a day")
    minutes_each: int = _limit(100_000, 60, "minutes that the runs of one visitor may train in a day")
    disk_mb: int = _limit(100_000, 10_000, "megabytes of runs kept in all")

    @property
    def answerers(self) -> int:
        """How many workers answer: where nothing is said, a second one where strangers come and training leaves it a core."""
        return self.answering or (2 if self.hosted and (os.cpu_count() or 1) >= 4 else 1)

    @property
    def file_bytes(self) -> int:
        """Bytes of an uploaded file: Streamlit's megabytes have 1,024 kilobytes."""
        return self.file_mb * 1_024 * 1_024


@functools.cache
def limits() -> Limits:
    """The limits of this process. Raises ValueError, in a sentence, where one is set to what it cannot be."""
    return read(os.environ)


def read(environment: Mapping[str, str]) -> Limits:
    """The limits that these variables, and the file they name, set. Raises ValueError, in a sentence, for a wrong one."""
    given = dict(_of_file(environment[FILE])) if environment.get(FILE) else {}
    given |= {item.name: (variable(item.name), text) for item in fields(Limits) if (text := environment.get(variable(item.name)))}
    hosted = _value("hosted", *given["hosted"]) if "hosted" in given else False
    usual = {item.name: item.metadata["hosted"] for item in fields(Limits)} if hosted else {}
    found = Limits(**usual | {name: _value(name, *told) for name, told in given.items()})
    if found.teacher_key and not hosted:
        raise ValueError(f"{variable('teacher_key')} is set, but {variable('hosted')} is not: one's own machine has no teacher")
    for less, more in (("file_mb", "upload_mb_each"), ("upload_mb_each", "upload_mb"), ("sessions_each", "sessions")):
        if getattr(found, less) > getattr(found, more):
            raise ValueError(f"{variable(less)} is {getattr(found, less):,}, more than {variable(more)}, {getattr(found, more):,}")
    return found


def variable(name: str) -> str:
    """What the variable of the environment is called that sets this limit."""
    return f"LLMVIZ_{name.upper()}"


def _of_file(path: str) -> Iterator[tuple[str, tuple[str, object]]]:
    """The limits that a file sets, each with where it says so."""
    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ValueError(f"{FILE} names {path}, which cannot be read as TOML: {problem}") from problem
    known = {item.name for item in fields(Limits)}
    for name, value in told.items():
        if name not in known:
            raise ValueError(f"{path} sets {name!r}, which is no limit; there is {', '.join(sorted(known))}")
        yield name, (f"{name} in {path}", value)


def _value(name: str, where: str, told: object) -> Any:
    """What is told of a limit, as its kind. Raises ValueError, in a sentence that says where, for anything else."""
    item = next(item for item in fields(Limits) if item.name == name)
    if isinstance(item.default, bool):
        if str(told).lower() not in ("0", "1", "true", "false"):
            raise ValueError(f"{where} is {told!r}; it is 1 or 0")
        return str(told).lower() in ("1", "true")
    if isinstance(item.default, str):
        if not re.fullmatch(r"[!-~]{16,200}", str(told)):  # and whatever it is, it is not repeated
            raise ValueError(f"{where} is no key: one has 16 to 200 letters, digits or signs, none of them a space; draw it at random")
        return str(told)
    if isinstance(item.default, tuple):
        each = [str(one).strip() for one in (told if isinstance(told, list) else str(told).split(","))]
        each = each if item.metadata["cased"] else [one.lower() for one in each]
        if wrong := next((one for one in each if one and not item.metadata["form"].fullmatch(one)), None):
            raise ValueError(f"{where} holds {wrong!r}; it takes {item.metadata['about']}, a comma between two")
        return tuple(one for one in each if one)
    low, high = item.metadata["low"], item.metadata["high"]
    if isinstance(told, bool) or not re.fullmatch(r"[0-9]{1,9}", str(told).strip(), re.ASCII) or not low <= int(str(told)) <= high:
        raise ValueError(f"{where} is {told!r}; it is a whole number from {low:,} to {high:,}")
    return int(str(told))
